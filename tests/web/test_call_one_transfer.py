"""One caller, one transfer: another line takes the place of the first, and whoever has the caller hands them on."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.recorded import SUES
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, do, said
from tests.web.test_call_decided import KEYWORD_LINE, KEYWORD_WORDS, RESOLUTIONS, goes_on
from tests.web.test_call_steps_follow import BUREAU, EXECUTIVE, WAITED, chips, in_the_hands, keys, transfers, waiting
from tests.web.test_console import text
from watchword.policy.load import parse_policy, read_policy_text
from watchword.settings import Settings
from watchword.store import models
from watchword.triage.assess import assess
from watchword.web.access import Role
from watchword.web.in_force import InForce, put_in_force


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def test_an_order_raised_while_a_transfer_runs_comes_before_it(agent: Client) -> None:
    said(WAITED)
    in_the_hands(agent)
    goes_on(SUES)
    page = text(agent, PAGE)
    order, running = page.index('data-key="c"'), page.index('data-key="r"')
    assert page.index("Also: escalate now") < page.index(f"<b>{KEYWORD_LINE}</b>") < page.index(KEYWORD_WORDS) < order
    assert order < running
    assert "I completely understand how frustrating" not in page[: page.index('class="folds"')]  # that was said before


def test_a_caller_who_goes_to_another_line_is_not_sent_to_the_first_one_too(agent: Client) -> None:
    said(WAITED)
    in_the_hands(agent)
    goes_on(SUES)
    in_the_hands(agent)
    assert transfers() == [(RESOLUTIONS, "cancelled"), (KEYWORD_LINE, "sent")]
    first = models.Step.objects.get(to=RESOLUTIONS)
    assert first.why == f"The caller goes to {KEYWORD_LINE} instead."
    assert models.Transfer.objects.get(key=first.key).phase == "called off"
    second = keys(to=KEYWORD_LINE)
    do(agent, "transfer", step=second, act="brief")
    assert do(agent, "transfer", step=second, act="accepted", accepted_by="Lee") is None
    page = text(agent, PAGE)
    assert 'data-mode="transfer"' not in page
    assert "data-held" not in page
    assert f'Natera Resolutions</b> cancelled<span class="why">The caller goes to {KEYWORD_LINE} instead.' in page
    assert 'data-key="u"' not in page  # nobody dismissed anything
    assert not models.Step.objects.filter(type="Callback Requested").exists()


def handed_over(browser: Client) -> None:
    """Lee at the line of the frustrated has the caller, who then says a key word."""
    said(WAITED)
    in_the_hands(browser)
    first = keys(to=RESOLUTIONS)
    do(browser, "transfer", step=first, act="brief")
    assert do(browser, "transfer", step=first, act="accepted", accepted_by="Lee") is None
    goes_on(SUES)


def test_a_graver_word_after_the_caller_was_handed_over_goes_to_whoever_has_them(agent: Client) -> None:
    handed_over(agent)
    page = text(agent, PAGE)
    assert f"The caller is with {RESOLUTIONS}: Lee accepted the call." in page
    assert f"hand the caller on to {KEYWORD_LINE}, 650.412.8715" in page
    assert "they were told: no transfer" in page
    assert "I completely understand how frustrating" not in page[: page.index('class="folds"')]  # that was said before
    reason = re.search(r'name="reason" value="(Whoever[^"]+)"', page)
    assert reason
    assert do(agent, "dismiss", step=keys(to=KEYWORD_LINE), reason=reason[1]) is None
    assert chips(agent) == ["attorney", "frustration"]  # it stands, and its ticket is still asked for
    assert waiting() == keys(type=EXECUTIVE)
    assert "hand the caller on" not in text(agent, PAGE)
    do(agent, "confirm", step=waiting())
    assert transfers() == [(RESOLUTIONS, "confirmed"), (KEYWORD_LINE, "cancelled")]


def test_it_is_said_too_when_that_transfer_was_confirmed_and_nobody_has_dialled(agent: Client) -> None:
    handed_over(agent)
    do(agent, "confirm", step=waiting())
    page = text(agent, PAGE)
    assert f"The caller is with {RESOLUTIONS}: Lee accepted the call." in page
    told = re.search(r'name="reason" value="(Whoever[^"]+)"', page)
    assert told
    assert KEYWORD_WORDS in page
    assert "I completely understand how frustrating" not in page[: page.index('class="folds"')]
    assert do(agent, "transfer", step=keys(to=KEYWORD_LINE), act="call off", reason=told[1]) is None
    assert transfers() == [(RESOLUTIONS, "confirmed"), (KEYWORD_LINE, "cancelled")]
    assert keys(type=EXECUTIVE, state="planned")


def test_a_transfer_that_gave_way_comes_not_back_beside_the_one_that_goes(agent: Client) -> None:
    said(WAITED)
    in_the_hands(agent)
    goes_on(SUES)
    do(agent, "confirm", step=waiting())
    goes_on(BUREAU)
    assert transfers() == [(RESOLUTIONS, "cancelled"), (KEYWORD_LINE, "planned")]


def test_a_transfer_called_off_cannot_be_taken_back_beside_another_that_goes(agent: Client) -> None:
    said(WAITED)
    in_the_hands(agent)
    goes_on(SUES)
    do(agent, "transfer", step=keys(to=RESOLUTIONS), act="call off", because="2")
    in_the_hands(agent)
    assert transfers() == [(RESOLUTIONS, "cancelled"), (KEYWORD_LINE, "sent")]
    assert 'data-key="u"' not in text(agent, PAGE)


def test_a_transfer_that_goes_by_itself_takes_the_place_of_the_first_too(agent: Client, web: Settings) -> None:
    content, source = read_policy_text("natera-billing")
    by_itself, _ = parse_policy(content.replace("{phone: agent, email: automatic}", "{phone: automatic}"), source)
    put_in_force(InForce(web, by_itself, assess))
    said(WAITED)
    in_the_hands(agent)
    goes_on(SUES)
    assert transfers() == [(RESOLUTIONS, "cancelled"), (KEYWORD_LINE, "planned")]
