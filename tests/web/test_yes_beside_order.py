"""A question answered with Yes beside an order that waits: what follows from the question goes, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.recorded import SUES
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, do, said
from tests.web.test_api import post
from tests.web.test_call_decided import KEYWORD_LINE, PERHAPS, RESOLUTIONS, goes_on
from tests.web.test_call_steps_follow import EXECUTIVE, SOS, WAITED, chips, in_the_hands, transfers
from tests.web.test_console import text
from watchword.store import models
from watchword.web.access import Role

SEVERAL = "I called a few times."
AFFAIR = "1"
MEANT = {"kind": "repeated_contact", "term": None, "by": "ana"}


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def press(browser: Client, key: str) -> Any:
    """What the page does when this key is pressed: the form of its button is sent as it stands."""
    page = text(browser, PAGE)
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'data-key="{key}"' in one)
    action = re.search(r'action="/call/([a-z-]+)/', form)
    assert action
    button = next(one for one in re.findall(r"<(?:button|input)[^>]*>", form) if f'data-key="{key}"' in one)
    given: dict[str, list[str]] = {}
    for field in (*re.findall(r'<input type="hidden"[^>]*>', form), button):
        named = re.search(r'name="(\w+)" value="([^"]*)"', field)
        if named and named[1] != "csrfmiddlewaretoken":
            given.setdefault(named[1], []).append(named[2])
    return do(browser, action[1], **given)


def states(**of: Any) -> list[str]:
    return list(models.Step.objects.filter(**of).order_by("position").values_list("state", flat=True))


def test_yes_lets_no_transfer_go_that_follows_from_the_order(agent: Client) -> None:
    said(SUES, SEVERAL)
    assert press(agent, "y") is None
    assert transfers() == [(KEYWORD_LINE, "waits for agent")]
    assert (states(type=SOS), states(type=EXECUTIVE)) == (["planned"], ["waits for agent"])


def test_nor_the_same_said_over_the_api(machine: Callable[..., Client]) -> None:
    said(SUES, SEVERAL)
    assert post(machine(), "/contacts/c-1/flags/confirm", MEANT) == (200, {"steps": 1})
    assert transfers() == [(KEYWORD_LINE, "waits for agent")]
    assert (states(type=SOS), states(type=EXECUTIVE)) == (["planned"], ["waits for agent"])


def test_yes_lets_the_transfer_go_that_the_question_leads_to(agent: Client) -> None:
    said(WAITED, PERHAPS)
    assert press(agent, "y") is None
    assert transfers() == [(KEYWORD_LINE, "planned")]
    assert (states(type=SOS), states(type=EXECUTIVE)) == (["waits for agent"], ["planned"])


def test_the_order_that_is_no_order_leaves_the_transfer_of_what_was_meant(agent: Client) -> None:
    said(SUES, SEVERAL)
    press(agent, "y")
    assert press(agent, AFFAIR) is None
    assert transfers() == [(RESOLUTIONS, "waits for agent")]
    assert chips(agent) == ["repeated contact", "attorney: called off"]
    assert states(type=EXECUTIVE) == ["cancelled"]


def test_and_so_does_one_raised_after_the_first_was_let_go(agent: Client, machine: Callable[..., Client]) -> None:
    said(WAITED)
    in_the_hands(agent)
    goes_on(SUES)
    wrong = {"kind": "keyword", "term": "attorney", "by": "ana", "reason": "her neighbour's"}
    assert post(machine(), "/contacts/c-1/flags/dismiss", wrong)[0] == 200
    assert transfers() == [(RESOLUTIONS, "sent"), (KEYWORD_LINE, "cancelled")]
    assert chips(agent) == ["frustration", "attorney: called off"]
