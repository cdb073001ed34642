"""Flags that share a step: each is called off by itself, and the step with the last of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.recorded import NO_MORE, SUES, a_call, a_mail, keep
from tests.store.test_webhooks import told
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, do
from tests.web.test_api import API, post
from tests.web.test_calls import say, turn
from tests.web.test_console import text
from watchword.policy.load import parse_policy, read_policy_text
from watchword.settings import Settings
from watchword.store import models
from watchword.store.called_off import standing
from watchword.store.webhooks import add_webhook, topics_named
from watchword.terms import Contact
from watchword.triage.assess import assess
from watchword.web.access import Role
from watchword.web.in_force import InForce, put_in_force

Connect = Callable[..., Client]
BBB = "The Better Business Bureau will hear of this."
WAITED = "I have been waiting for two weeks and nobody called me back."
EXECUTIVE, SOS = "Executive Escalation Keywords", "Patient SOS"
ATTORNEY = {"kind": "keyword", "term": "attorney", "by": "ana", "reason": "her neighbour’s"}
BUREAU = {"kind": "keyword", "term": "bbb", "by": "ben", "reason": "settled since"}
WAITS_FOR_US = {"kind": "frustration", "term": None, "by": "ben", "reason": "settled since"}


def dismissed(crm: Client, flag: dict[str, Any], contact: str = "c-1") -> Any:
    status, told = post(crm, f"/contacts/{contact}/flags/dismiss", flag)
    assert status == 200, told
    return told["steps"]


def state(**of: Any) -> str:
    return models.Step.objects.get(**of).state


def stand(contact: str = "c-1") -> list[str]:
    """The flags that stand, by their terms or kinds."""
    found = standing(models.Escalation.objects.get(contact__key=contact))
    return [flag["term"] or flag["kind"] for flag in found]


def test_a_shared_step_stands_as_long_as_one_of_its_flags_does(machine: Connect) -> None:
    keep(a_call(SUES, BBB))
    assert stand() == ["attorney", "bbb"]
    crm = machine()
    assert dismissed(crm, ATTORNEY) == 0
    assert stand() == ["bbb"]
    assert set(models.Step.objects.values_list("state", flat=True)) == {"waits for agent"}
    assert dismissed(crm, BUREAU) == 2
    assert stand() == []
    assert set(models.Step.objects.values_list("state", "why")) == {("cancelled", "settled since")}
    told = models.Decision.objects.filter(step=None).values_list("flag", "word", "reason", "by")
    assert list(told) == [
        (["keyword", "attorney", "escalate"], "dismiss", "her neighbour’s", "ana by key crm"),
        (["keyword", "bbb", "escalate"], "dismiss", "settled since", "ben by key crm"),
    ]


def test_neither_page_nor_ticket_tells_a_flag_that_was_dismissed_alone(machine: Connect, signed_in: SignedIn) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, SUES), turn(1, BBB))
    dismissed(crm, ATTORNEY)
    page = text(signed_in(Role.AGENT), PAGE)
    assert "attorney: called off" in page
    assert "BBB: called off" not in page
    ticket = page.split("<pre>")[1].split("</pre>")[0]
    assert "BBB" in ticket
    assert "attorney" not in ticket


def test_a_flag_that_was_dismissed_alone_stays_dismissed_when_the_call_goes_on(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, SUES), turn(1, BBB))
    dismissed(crm, ATTORNEY)
    dismissed(crm, BUREAU)
    say(crm, turn(2, WAITED))
    assert stand() == ["frustration"]
    assert state(type=EXECUTIVE) == "cancelled"
    assert state(type=SOS) == "waits for agent"


def test_a_step_that_stands_follows_from_the_flags_that_are_left(machine: Connect) -> None:
    keep(a_call(SUES, WAITED))
    assert models.Step.objects.get(kind="warm_transfer").to == "Natera Billing Escalation Calls"
    assert dismissed(machine(), ATTORNEY) == 1
    assert state(type=EXECUTIVE) == "cancelled"
    transfer = models.Step.objects.get(kind="warm_transfer")
    assert (transfer.state, transfer.to) == ("waits for agent", "Natera Resolutions")
    assert transfer.demanded_by == [["frustration", None, "escalate"]]


def test_the_post_names_only_the_reasons_that_are_left(machine: Connect) -> None:
    keep(a_mail(f"{SUES} {BBB}"))
    models.Step.objects.update(state="waits for agent", try_at=None)
    post_step = models.Step.objects.get(kind="chatter_post")
    assert SUES in post_step.text
    assert BBB in post_step.text
    dismissed(machine(), ATTORNEY, "m-1")
    post_step.refresh_from_db()
    assert SUES not in post_step.text
    assert BBB in post_step.text
    assert post_step.state == "waits for agent"


def test_it_does_so_too_when_the_policy_was_changed_since(machine: Connect, web: Settings) -> None:
    keep(a_mail(f"{SUES} {BBB}"))
    models.Step.objects.update(state="waits for agent", try_at=None)
    content, source = read_policy_text("natera-billing")
    content = content.replace("\nversion: 1\n", "\nversion: 2\n").replace("name: Bill Review", "name: Bills")
    put_in_force(InForce(web, parse_policy(content, source)[0], assess))
    dismissed(machine(), ATTORNEY, "m-1")
    post_step = models.Step.objects.get(kind="chatter_post")
    assert SUES not in post_step.text
    assert BBB in post_step.text
    assert "version 1)" in post_step.text  # by which the flag was raised
    assert (post_step.state, state(to="Bill Review")) == ("waits for agent", "waits for agent")


def test_words_that_somebody_wrote_and_what_has_gone_stay_as_they_are(machine: Connect) -> None:
    keep(a_mail(f"{SUES} {BBB}"))
    models.Step.objects.filter(kind="chatter_post").update(state="waits for agent", try_at=None)
    models.Step.objects.filter(kind="queue_transfer").update(state="confirmed", try_at=None)
    moved = models.Step.objects.get(kind="queue_transfer")
    key, crm = models.Step.objects.get(kind="chatter_post").key, machine()
    assert post(crm, f"/steps/{key}/confirm", {"by": "ana", "text": "As I would say it."})[0] == 200
    dismissed(crm, ATTORNEY, "m-1")
    assert models.Step.objects.get(key=key).text == "As I would say it."
    assert models.Step.objects.get(pk=moved.pk).demanded_by == moved.demanded_by


@pytest.mark.parametrize("first", [ATTORNEY, BUREAU])
def test_a_step_taken_back_stands_for_what_was_called_off_with_it(
    machine: Connect, signed_in: SignedIn, first: dict[str, Any]
) -> None:
    keep(a_call(SUES, BBB))
    crm, last = machine(), BUREAU if first is ATTORNEY else ATTORNEY
    dismissed(crm, first)
    dismissed(crm, last)
    key = models.Step.objects.get(kind="ticket").key
    do(signed_in(Role.AGENT), "take-back", step=[key])
    assert state(kind="ticket") == "waits for agent"
    assert stand() == [last["term"]]


def test_a_flag_that_is_confirmed_after_all_stands_again(machine: Connect) -> None:
    keep(a_call(SUES, BBB))
    crm = machine()
    dismissed(crm, ATTORNEY)
    right = {"kind": "keyword", "term": "attorney", "by": "ana"}
    assert post(crm, "/contacts/c-1/flags/confirm", right) == (200, {"steps": 2})
    assert stand() == ["attorney", "bbb"]


@pytest.mark.parametrize(
    ("contact", "back"),
    [(a_call(SUES, WAITED), 1), (a_call(SUES), 2), (a_mail(SUES, id="c-1"), 2)],
    ids=["beside another", "call", "mail"],
)
def test_a_flag_that_is_confirmed_after_all_has_its_steps_back(machine: Connect, contact: Contact, back: int) -> None:
    keep(contact)
    crm = machine()
    assert dismissed(crm, ATTORNEY) == back
    assert post(crm, "/contacts/c-1/flags/confirm", ATTORNEY) == (200, {"steps": 2})
    assert post(crm, "/contacts/c-1/flags/confirm", ATTORNEY) == (200, {"steps": 0})
    gone = models.Step.objects.exclude(type=SOS)
    assert list(gone.values_list("state", "why")) == [("planned", "")] * 2
    assert {step.to for step in gone if step.to} <= {"Natera Billing Escalation Calls", "Bill Review"}


def test_a_step_that_was_dismissed_alone_stays_so_when_its_flag_is_confirmed(machine: Connect) -> None:
    crm = machine()
    keep(a_call(SUES))
    ticket = models.Step.objects.get(type=EXECUTIVE)
    assert post(crm, f"/steps/{ticket.key}/dismiss", {"by": "ana", "reason": "there is one"})[0] == 200
    assert post(crm, "/contacts/c-1/flags/confirm", ATTORNEY) == (200, {"steps": 1})
    assert state(type=EXECUTIVE) == "cancelled"


def test_a_shared_flag_is_not_dismissed_by_whoever_has_not_seen_what_was_raised_since(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, SUES), turn(1, BBB))
    shown = crm.get(f"{API}/calls/c-1").json()["escalation"]["assessed"]
    say(crm, turn(2, NO_MORE))
    assert post(crm, "/contacts/c-1/flags/dismiss", ATTORNEY | {"seen": shown})[0] == 409
    assert stand() == ["attorney", "bbb", "do_not_contact"]
    assert not models.Event.objects.filter(action="flag dismissed").exists()


def test_the_pages_of_a_mail_tell_which_flag_was_dismissed(machine: Connect, signed_in: SignedIn) -> None:
    keep(a_mail(f"{SUES} {BBB}"))
    models.Step.objects.update(state="waits for agent", try_at=None)
    dismissed(machine(), ATTORNEY, "m-1")
    number = models.Contact.objects.get().pk
    for role, address in ((Role.MAIL_AGENT, f"/inbox/{number}"), (Role.SUPERVISOR, f"/contacts/{number}")):
        page = text(signed_in(role), address)
        assert "attorney: called off" in page
        assert "BBB: called off" not in page


def test_a_supervisor_sees_which_flag_was_dismissed_by_whom_and_why(machine: Connect, signed_in: SignedIn) -> None:
    keep(a_call(SUES, BBB))
    dismissed(machine(), ATTORNEY)
    page = text(signed_in(Role.SUPERVISOR), f"/escalations/{models.Escalation.objects.get().key}")
    why, decided = page.split("Who decided")
    assert "attorney: called off" in why
    assert "BBB: called off" not in why
    assert "flag attorney" in decided
    assert "her neighbour’s" in decided


def test_other_systems_are_told_where_a_call_goes_when_a_flag_is_dismissed_and_confirmed(machine: Connect) -> None:
    keep(a_call(SUES, WAITED))
    add_webhook("crm", "http://127.0.0.1:9/told", topics_named(["all"]), by="test")
    crm = machine()
    for act, lines in (("dismiss", ["Natera Resolutions"]), ("confirm", ["Natera Billing Escalation Calls"])):
        before = len(told())
        assert post(crm, f"/contacts/c-1/flags/{act}", ATTORNEY)[0] == 200
        *_, last = [one["data"] for one in told()[before:] if one["type"] == "escalation.changed"]
        assert [step["to"] for step in last["steps"] if step["kind"] == "warm_transfer"] == lines
    before = len(told())
    assert post(crm, "/contacts/c-1/flags/confirm", ATTORNEY)[0] == 200
    assert len(told()) == before  # nothing changed
