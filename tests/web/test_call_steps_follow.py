"""The steps of a call follow from its flags and from what the agent said of each question and order."""

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
from tests.web.test_call_decided import KEYWORD_LINE, KEYWORD_WORDS, RESOLUTIONS, goes_on
from tests.web.test_console import text
from watchword.store import models
from watchword.terms import Person
from watchword.web.access import Role

WAITED = "I have been waiting for two weeks and nobody called me back."
PERHAPS = "My brother passed the bar last year, maybe I talk to him."
ASKED = "Is the attorney you mentioned helping you with this bill?"
BUREAU = "I will complain to the Better Business Bureau."
AFFAIR, MEANT_OTHERWISE = "1", "4"
EXECUTIVE, SOS = "Executive Escalation Keywords", "Patient SOS"


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def keys(**of: Any) -> list[str]:
    return list(models.Step.objects.filter(**of).order_by("position").values_list("key", flat=True))


def transfers() -> list[tuple[str | None, str]]:
    found = models.Step.objects.filter(kind="warm_transfer").order_by("position")
    return list(found.values_list("to", "state"))


def chips(browser: Client) -> list[str]:
    """The flags that the box names, in its order."""
    what = text(browser, PAGE).split('<div class="what">')[1].split("</div>")[0]
    return flags_in(what)


def flags_in(page: str) -> list[str]:
    """The flags that a page names, in its order."""
    return re.findall(r'<span class="flag [a-z]+">([^<]+)</span>', page)


def waiting() -> list[str]:
    return keys(state="waits for agent", level="escalate")


def doubts() -> list[str]:
    return keys(state="waits for agent", level="clarify")


def in_the_hands(browser: Client) -> None:
    """What waits is confirmed, and the agent has dialled."""
    assert do(browser, "confirm", step=waiting()) is None
    assert do(browser, "transfer", step=keys(kind="warm_transfer", state="planned")[0], act="dial") is None


def test_a_doubt_beside_an_order_is_asked_in_the_same_box(agent: Client) -> None:
    said(WAITED, PERHAPS)
    page = text(agent, PAGE)
    assert "Escalate now" in page
    assert ASKED in page
    assert 'data-key="c"' in page
    assert 'data-key="y"' in page
    assert page.index(ASKED) < page.index('data-key="y"') < page.index('data-key="c"')
    assert page.count('data-key="4"') == 1
    assert transfers() == [(RESOLUTIONS, "waits for agent")]


def test_what_is_sure_stands_before_a_doubt_wherever_the_flags_are_listed(signed_in: SignedIn, agent: Client) -> None:
    supervisor = signed_in(Role.SUPERVISOR)
    said(WAITED, PERHAPS)
    assert chips(agent) == ["frustration", "attorney"]
    many = ["attorney", "repeated contact", "do not contact"]
    said(SUES, "I get too many calls.", id="c-2", person=Person(name="Ben Ortiz", phone="+16505551313"))
    for key, flags in (("c-1", ["frustration", "attorney"]), ("c-2", many)):
        row = models.Contact.objects.select_related("escalation").get(key=key)
        for page in (f"/escalations/{row.escalation.key}", f"/contacts/{row.pk}", f"/people/{row.person_id}"):
            assert flags_in(text(supervisor, page)) == flags, page
    for page in ("/calls", "/escalations"):
        assert flags_in(text(supervisor, page)) == [*many, "frustration", "attorney"], page


def test_a_key_word_that_is_meant_takes_the_transfer_to_its_own_line_while_it_waits(agent: Client) -> None:
    said(WAITED, PERHAPS)
    assert do(agent, "confirm", step=doubts()) is None
    assert transfers() == [(KEYWORD_LINE, "waits for agent")]
    page = text(agent, PAGE)
    assert page.index(KEYWORD_WORDS) < page.index("I completely understand how frustrating")
    assert do(agent, "confirm", step=waiting()) is None
    assert "650.412.8715" in text(agent, PAGE)
    assert {step.state for step in models.Step.objects.all()} == {"planned"}


def test_it_does_so_when_the_transfer_was_confirmed_and_nobody_has_dialled(agent: Client) -> None:
    said(WAITED, PERHAPS)
    do(agent, "confirm", step=waiting())
    assert do(agent, "confirm", step=doubts()) is None
    assert transfers() == [(KEYWORD_LINE, "planned")]
    assert "650.412.8715" in text(agent, PAGE)


def test_it_asks_for_another_transfer_when_the_first_one_is_under_way(agent: Client) -> None:
    said(WAITED, PERHAPS)
    in_the_hands(agent)
    assert do(agent, "confirm", step=doubts()) is None
    assert transfers() == [(RESOLUTIONS, "sent"), (KEYWORD_LINE, "waits for agent")]
    goes_on("I see.")
    assert transfers() == [(RESOLUTIONS, "sent"), (KEYWORD_LINE, "waits for agent")]


def test_what_was_meant_is_meant_when_the_call_goes_on(agent: Client) -> None:
    said(WAITED, PERHAPS)
    do(agent, "confirm", step=doubts())
    goes_on("I need an answer today.")
    assert transfers() == [(KEYWORD_LINE, "waits for agent")]


def test_each_of_several_questions_has_an_answer_of_its_own(agent: Client) -> None:
    said(PERHAPS, "I get too many calls.")
    assert do(agent, "dismiss", step=waiting(), because=AFFAIR) is None
    assert chips(agent) == ["attorney", "do not contact", "repeated contact: called off"]
    page = text(agent, PAGE)
    assert re.findall(r'value="([^"]+)" data-key="y"', page) == ["keyword/attorney"]  # never all at once
    assert do(agent, "confirm", flag="keyword/attorney") is None
    assert transfers() == [(KEYWORD_LINE, "planned")]
    assert keys(type=EXECUTIVE, state="planned")
    assert doubts() == keys(type="Do Not Contact Me")
    page = text(agent, PAGE)
    assert page.count('data-key="y"') == 1
    assert "Do you want us to stop contacting you altogether" in page
    assert do(agent, "confirm", step=doubts()) is None
    assert not doubts()


def test_one_of_several_questions_is_answered_with_no_and_the_other_is_still_asked(agent: Client) -> None:
    said(PERHAPS, "I get too many calls.")
    do(agent, "dismiss", step=waiting(), because=AFFAIR)
    no = re.search(
        r'name="because" value="(\d)"><button class="quiet" name="flag" value="keyword/attorney"', text(agent, PAGE)
    )
    assert no
    assert do(agent, "dismiss", flag="keyword/attorney", because=no[1]) is None
    assert chips(agent) == ["do not contact", "repeated contact: called off", "attorney: called off"]
    assert models.Decision.objects.filter(reason="I asked: it was not meant that way").exists()
    assert doubts() == keys(type="Do Not Contact Me")
    assert "Do you want us to stop contacting you altogether" in text(agent, PAGE)
    assert do(agent, "confirm", flag="keyword/court")[0] == 404
    assert do(agent, "confirm")[0] == 404


def test_an_order_that_is_dismissed_leaves_the_question_beside_it(agent: Client) -> None:
    said(WAITED, PERHAPS)
    assert do(agent, "dismiss", step=waiting(), because=AFFAIR) is None
    assert chips(agent) == ["attorney", "frustration: called off"]
    assert transfers() == [(KEYWORD_LINE, "waits for agent")]
    page = text(agent, PAGE)
    assert "Ask first" in page
    assert ASKED in page
    assert do(agent, "confirm", step=doubts()) is None
    assert "650.412.8715" in text(agent, PAGE)


def test_a_doubt_that_was_not_meant_is_called_off_and_the_order_beside_it_is_not(agent: Client) -> None:
    said(WAITED, PERHAPS)
    assert do(agent, "dismiss", step=doubts(), because=MEANT_OTHERWISE) is None
    assert chips(agent) == ["frustration", "attorney: called off"]
    assert transfers() == [(RESOLUTIONS, "waits for agent")]


def test_an_escalation_has_all_the_words_for_the_agent(signed_in: SignedIn) -> None:
    said(WAITED, SUES)
    page = text(signed_in(Role.SUPERVISOR), f"/escalations/{models.Escalation.objects.get().key}")
    assert page.index(KEYWORD_WORDS) < page.index("I completely understand how frustrating")


def test_a_doubt_that_is_meant_leads_to_its_line_by_whatever_door_it_is_said(
    machine: Callable[..., Client], signed_in: SignedIn
) -> None:
    crm, supervisor = machine(), signed_in(Role.SUPERVISOR)
    flag = {"kind": "keyword", "term": "attorney", "by": "ana"}
    doors: dict[str, Callable[[str], Any]] = {
        "c-1": lambda key: post(crm, f"/steps/{key}/confirm", {"by": "ana"}),
        "c-2": lambda key: supervisor.post(f"/steps/{key}/confirm"),
        "c-3": lambda _: post(crm, "/contacts/c-3/flags/confirm", flag),
    }
    for id, say in doors.items():
        said(WAITED, PERHAPS, id=id)
        of = models.Step.objects.filter(escalation__contact__key=id)
        say(of.get(level="clarify").key)
        assert of.get(kind="warm_transfer").to == KEYWORD_LINE
        assert of.get(type=EXECUTIVE).state == "planned"


def test_an_order_called_off_by_its_flag_goes_not_out_for_a_doubt_that_nobody_has_asked(
    agent: Client, machine: Callable[..., Client]
) -> None:
    said(WAITED, PERHAPS)
    do(agent, "confirm", step=waiting())
    wrong = {"kind": "frustration", "term": None, "by": "ana", "reason": "only a remark"}
    assert post(machine(), "/contacts/c-1/flags/dismiss", wrong) == (200, {"steps": 2})
    assert transfers() == [(KEYWORD_LINE, "waits for agent")]
    assert chips(agent) == ["attorney", "frustration: called off"]
    assert "Ask first" in text(agent, PAGE)
