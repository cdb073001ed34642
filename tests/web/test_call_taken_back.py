"""What was dismissed on a call stays so beside what comes later, until it is taken back; and who decided is told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client

from tests.recorded import SUES, a_call, assessed, policy
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said
from tests.web.test_call_decided import KEYWORD_LINE, RESOLUTIONS, goes_on
from tests.web.test_call_steps_follow import AFFAIR, BUREAU, EXECUTIVE, WAITED, chips, keys, transfers, waiting
from tests.web.test_console import text
from watchword.escalation.standing import replan
from watchword.store import models
from watchword.store.record import record
from watchword.terms import Level
from watchword.web.access import Role


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


@pytest.mark.parametrize(
    ("second", "names"),
    [
        ("I will sue you all.", ["legal action", "attorney: called off"]),
        ("I am filing for bankruptcy.", ["bankruptcy", "attorney: called off"]),
        (BUREAU, ["BBB", "attorney: called off"]),
    ],
)
def test_a_key_word_that_was_dismissed_stays_so_when_another_one_is_said(
    agent: Client, second: str, names: list[str]
) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=AFFAIR)
    goes_on(second)
    assert chips(agent) == names
    page = text(agent, PAGE)
    assert "attorney" not in page.split("<pre>")[1].split("</pre>")[0]
    goes_on("I need an answer today.")
    assert "attorney: called off" in chips(agent)
    assert do(agent, "dismiss", step=waiting(), because=AFFAIR) is None
    assert len([name for name in chips(agent) if name.endswith("called off")]) == len(chips(agent))


def test_a_dismissed_key_word_can_be_taken_back_beside_another_one(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=AFFAIR)
    goes_on(BUREAU)
    form = text(agent, PAGE).split("Take the dismissal back")[0].rsplit("<form", 1)[1]
    flags = re.findall(r'name="flag" value="([^"]+)"', form)
    assert do(agent, "take-back", flag=flags) is None
    assert chips(agent) == ["attorney", "BBB"]
    assert 'data-key="u"' not in text(agent, PAGE)
    assert do(agent, "take-back", flag=["keyword/court"])[0] == 404
    assert do(agent, "take-back")[0] == 404


def test_a_key_word_taken_back_goes_before_what_came_meanwhile(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=AFFAIR)
    goes_on(WAITED)
    assert transfers() == [(RESOLUTIONS, "waits for agent")]
    assert do(agent, "take-back", step=keys(type=EXECUTIVE)) is None
    assert chips(agent) == ["attorney", "frustration"]
    assert transfers() == [(KEYWORD_LINE, "waits for agent")]


def test_a_step_that_was_dismissed_and_confirmed_since_is_dismissed_no_more(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=keys(kind="warm_transfer"), reason="This one does not apply")
    goes_on(BUREAU)
    do(agent, "confirm", step=keys(kind="warm_transfer"))
    do(agent, "dismiss", step=keys(kind="ticket"), reason="This one does not apply")
    assert chips(agent) == ["attorney", "BBB"]


def decided(page: str) -> str:
    shown = page.split("Who decided")[1].split("</ol>")[0]
    return re.sub(r"<[^>]*>", "", shown)


def test_who_decided_names_what_was_on_the_screen(agent: Client, signed_in: SignedIn) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=AFFAIR)
    goes_on(WAITED)
    assert transfers() == [(RESOLUTIONS, "waits for agent")]
    escalation = models.Escalation.objects.get().key
    for page in (text(agent, PAGE), text(signed_in(Role.SUPERVISOR), f"/escalations/{escalation}")):
        assert f"dismiss · Transfer to {KEYWORD_LINE}" in decided(page)
        assert RESOLUTIONS not in decided(page)
        assert f"dismiss · Ticket {EXECUTIVE}" in decided(page)


def test_what_was_dismissed_as_sure_is_no_question_later(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=AFFAIR)
    heard_again = assessed(a_call(SUES))
    doubt = replace(heard_again.flags[0], level=Level.CLARIFY)
    perhaps = replace(heard_again, flags=(doubt,))
    again = replan(a_call(SUES), policy(), perhaps)
    steps = again(frozenset(), frozenset())
    record(replace(a_call(SUES, "Well."), issue="INV-1"), perhaps, steps, replan=again, is_open=True)
    assert chips(agent) == ["attorney: called off"]
    assert {step.state for step in models.Step.objects.all()} == {"cancelled"}
