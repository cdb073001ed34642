"""A further word once whoever has the caller was told to hand them on: it is shown, and asks only for what is new."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import SignedIn
from tests.web.test_call_decided import KEYWORD_LINE, RESOLUTIONS, goes_on
from tests.web.test_call_one_transfer import handed_over
from tests.web.test_call_steps_follow import AFFAIR, BUREAU, EXECUTIVE, chips, keys, transfers, waiting
from tests.web.test_console import text
from watchword.web.access import Role
from watchword.web.console.call_shown import TOLD_ON


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def dismissed(browser: Client, **given: Any) -> None:
    answer = browser.post("/call/dismiss/c-1", given, headers={"x-requested-with": "fetch"})
    assert answer.status_code == 204


def test_a_further_word_for_the_line_that_they_were_told_of_asks_for_no_second_hand_over(agent: Client) -> None:
    handed_over(agent)
    dismissed(agent, step=keys(to=KEYWORD_LINE), reason=TOLD_ON)
    goes_on(BUREAU)
    assert chips(agent) == ["attorney", "BBB", "frustration"]
    assert transfers() == [(RESOLUTIONS, "confirmed"), (KEYWORD_LINE, "cancelled")]
    assert waiting() == keys(type=EXECUTIVE)
    assert "hand the caller on" not in text(agent, "/calls/c-1")


def test_one_after_a_word_that_was_not_meant_asks_for_it(agent: Client) -> None:
    handed_over(agent)
    dismissed(agent, step=waiting(), because=AFFAIR)
    goes_on(BUREAU)
    assert chips(agent) == ["BBB", "frustration", "attorney: called off"]
    assert transfers() == [(RESOLUTIONS, "confirmed"), (KEYWORD_LINE, "waits for agent")]
    assert f"hand the caller on to {KEYWORD_LINE}" in text(agent, "/calls/c-1")
