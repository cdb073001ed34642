"""Telephone numbers: what is written as usual is read at once, and as the library for numbers reads it."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import phonenumbers
import pytest

from watchword.policy.load import shipped_policies
from watchword.policy.phone import HOME_REGION, dialled, grouped

BETWEEN = ("", " ", ".", "-", "  ", "/")
AREAS = ("212", "(212)", "(212", "999", "200", "800", "911", "123", "012", "2125", "٢١٢")
ENDS = ("0142", "014", "0142 ext. 7", "0142\n")


def read_by_the_library(written: str) -> str | None:
    """The number as the library has it; None for what is no possible one."""
    try:
        number = phonenumbers.parse(written, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_here(written: str) -> str | None:
    """The same by what the product reads numbers with."""
    try:
        return dialled(written)
    except ValueError:
        return None


@pytest.mark.parametrize("before", ["", "+1", "+1 ", "+1.", "1 ", "1-", "+", "+44 ", "011", "+1+1", " "])
def test_a_number_is_what_the_library_makes_of_it(before: str) -> None:
    for area, first, second, end in product(AREAS, BETWEEN, BETWEEN, ENDS):
        written = f"{before}{area}{first}555{second}{end}"
        assert read_here(written) == read_by_the_library(written), repr(written)


@pytest.mark.parametrize("policy", shipped_policies())
def test_a_shipped_policy_is_opened_without_what_it_does_not_need(policy: str) -> None:
    told = "import sys, watchword; watchword.open_policy(sys.argv[1]); print(*set(sys.argv[2:]) & set(sys.modules))"
    unneeded = ["phonenumbers", "watchword.detection.context", "numpy", "onnxruntime", "django"]
    done = subprocess.run([sys.executable, "-c", told, policy, *unneeded], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("area", ["212", "310", "555", "416", "876", "800", "999"])
def test_a_number_here_is_grouped_as_the_library_groups_it(area: str) -> None:
    number = phonenumbers.parse(f"+1{area}5550142")
    assert grouped(f"+1{area}5550142") == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def test_another_countrys_number_keeps_its_code() -> None:
    assert grouped("+442079460958") == "+44 20 7946 0958"
