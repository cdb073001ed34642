"""YAML is read with its lines, and nothing is retyped."""

from __future__ import annotations

import pytest

from watchword.errors import PolicyError
from watchword.policy.source import read_source


def problems_of(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        read_source(text, "p.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("written", ["No", "off", "yes", "1:30", "2025-01-09", "0x10", "1e3", "true", "=", "<<"])
def test_a_word_stays_the_word_that_was_written(written: str) -> None:
    assert read_source(f"words: [{written}]", "p.yaml").tree == {"words": [written]}


def test_on_may_be_a_key() -> None:
    assert read_source("on: off", "p.yaml").tree == {"on": "off"}


@pytest.mark.parametrize("written", ["", "~", "null"])
def test_nothing_is_none(written: str) -> None:
    assert read_source(f"phone: {written}", "p.yaml").tree == {"phone": None}


def test_a_quoted_null_is_a_word() -> None:
    assert read_source('words: ["null", ""]', "p.yaml").tree == {"words": ["null", ""]}


def test_every_value_knows_its_line() -> None:
    source = read_source("a: 1\nb:\n  - x\n  - y: z\n", "p.yaml")
    assert str(source.place(("b", 1, "y"))) == "p.yaml:4:5"


def test_a_path_that_is_not_there_gives_the_nearest_place_above() -> None:
    source = read_source("a:\n  b: 1\n", "p.yaml")
    assert source.place(("a", "missing")).line == 1


def test_repeated_keys_are_refused_with_both_lines() -> None:
    assert problems_of("a: 1\nb: 2\na: 3\n") == [
        'p.yaml:3:1: error: The key "a" is given twice; first on line 1. Keep one.'
    ]


def test_all_problems_come_at_once() -> None:
    assert len(problems_of("a: 1\na: 2\nb: 1\nb: 2\n[x]: 3\n")) == 3


def test_aliases_are_refused() -> None:
    assert "alias" in problems_of("a: &x {b: 1}\nc: *x\n")[0]


def test_broken_yaml_names_the_place() -> None:
    assert problems_of("a: [1, 2\nb: 3\n")[0].startswith("p.yaml:")


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    assert "nested" in problems_of("a: " + "[" * 60 + "]" * 60)[0]
    with pytest.raises(PolicyError):
        read_source("[" * 100_000, "p.yaml")


def test_an_empty_file_is_nothing() -> None:
    assert read_source("", "p.yaml").tree is None
