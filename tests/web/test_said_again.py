"""More is said of a flag after it was called off: the agent is told, and nothing follows by itself."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.recorded import SUES
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said
from tests.web.test_call_decided import KEYWORD_LINE, RESOLUTIONS, goes_on
from tests.web.test_call_steps_follow import EXECUTIVE, WAITED, chips, keys, transfers
from tests.web.test_console import text
from tests.web.test_yes_beside_order import press
from watchword.store import models
from watchword.web.access import Role

SETTLED = "5"
MODE = re.compile(r'data-mode="([a-z ]+)"')


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def mode(page: str) -> str:
    found = MODE.search(page)
    assert found
    return found[1]


def called_off(agent: Client) -> None:
    said(SUES)
    assert do(agent, "dismiss", step=all_steps(), because=SETTLED) is None
    goes_on("Thank you for that.")
    assert mode(text(agent, PAGE)) == "off"


def test_what_was_called_off_and_is_said_again_is_shown_and_y_escalates_it(agent: Client) -> None:
    called_off(agent)
    goes_on("My attorney will call you after all.")
    page = text(agent, PAGE)
    assert mode(page) == "again"
    assert "<q>attorney</q>" in page.split("It was called off, and then this was said")[1].split("</p>")[0]
    assert set(models.Step.objects.values_list("state", flat=True)) == {"cancelled"}
    assert press(agent, "y") is None
    assert chips(agent) == ["attorney"]
    assert transfers() == [(KEYWORD_LINE, "planned")]
    assert keys(type=EXECUTIVE, state="planned")
    assert "Said again" not in text(agent, PAGE)


def test_answered_with_no_it_is_shown_no_more(agent: Client) -> None:
    called_off(agent)
    goes_on("My attorney will call you after all.")
    no = re.search(r'name="because" value="(\d)"><button class="quiet" name="flag"', text(agent, PAGE))
    assert no
    assert do(agent, "dismiss", flag="keyword/attorney", because=no[1]) is None
    assert mode(text(agent, PAGE)) == "off"
    assert chips(agent) == ["attorney: called off"]


def test_beside_an_order_it_stands_without_a_key(agent: Client) -> None:
    called_off(agent)
    goes_on("My attorney will call you after all.", WAITED)
    page = text(agent, PAGE)
    assert mode(page) == "escalate"
    assert "<h3>Said again</h3>" in page
    assert 'data-key="y"' not in page
    assert transfers() == [(RESOLUTIONS, "waits for agent")]
    assert press(agent, "c") is None
    assert chips(agent) == ["frustration", "attorney: called off"]


def test_what_was_said_before_the_dismissal_is_not_said_again(agent: Client) -> None:
    said(SUES, "My attorney will call you.")
    do(agent, "dismiss", step=all_steps(), because=SETTLED)
    goes_on("Well.")
    assert mode(text(agent, PAGE)) == "off"
