"""Calls that are open, and keys that may write of them or decide on them without reading them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.test import Client
from django.utils import timezone

from tests.recorded import SUES, a_call, a_mail, keep, policy
from tests.web.test_api import API, post
from tests.web.test_calls import say, turn
from watchword.store import models
from watchword.triage.assess import assess
from watchword.web.access import KeyScope
from watchword.web.in_force import in_force, put_in_force

Connect = Callable[..., Client]
WHOLE = {"id": "c-1", "channel": "phone", "turns": [{"speaker": "caller", "text": "Hello there."}]}


def test_a_contact_that_is_an_open_call_changes_nothing(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello there."), turn(1, SUES))
    status, told = post(crm, "/contacts", WHOLE)
    assert status == 409
    assert "/calls/c-1/end" in told["do"]
    assert models.Contact.objects.get().is_open
    assert say(crm, turn(2, "Are you there?"))[1]["next"] == 3
    post(crm, "/calls/c-1/end", {})
    assert post(crm, "/contacts", WHOLE)[0] == 409  # fewer turns than are kept
    assert models.Turn.objects.count() == 3


def test_a_key_for_contacts_reads_no_call_that_it_does_not_know(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello there."), turn(1, SUES))
    post(crm, "/calls/c-1/end", {})
    models.AccessKey.objects.update(scopes=["contacts"])
    said = [*WHOLE["turns"], {"speaker": "caller", "text": SUES}]
    more = [*said, {"speaker": "caller", "text": "I closed my account because of you."}]
    for turns in ([], said[:1], more):
        status, told = post(crm, "/contacts", {**WHOLE, "turns": turns})
        assert (status, set(told)) == (409, {"what", "do"})
    assert models.Turn.objects.count() == 2
    assert not models.Event.objects.filter(action="contact read").exists()
    status, told = post(crm, "/contacts", {**WHOLE, "turns": said})
    assert (status, told["new"], told["assessment"]["outcome"]) == (200, False, "escalate")
    assert models.Event.objects.get(action="contact read").subject == "contact c-1"


def test_a_call_that_was_handed_in_whole_may_be_handed_in_longer(machine: Connect) -> None:
    crm = machine(KeyScope.CONTACTS)
    assert post(crm, "/contacts", WHOLE)[0] == 201
    longer = {**WHOLE, "turns": [*WHOLE["turns"], {"speaker": "caller", "text": SUES}]}
    assert post(crm, "/contacts", longer)[1]["assessment"]["outcome"] == "escalate"
    assert post(crm, "/contacts", WHOLE)[0] == 409


def test_what_is_over_is_not_escalated_anew_by_another_policy(machine: Connect) -> None:
    crm = machine()
    mail = {"id": "m-1", "channel": "email", "body": SUES}
    with_rule = in_force()
    put_in_force(replace(with_rule, decide=lambda contact, *more, **_: assess(replace(contact, body="Hello."), *more)))
    first = post(crm, "/contacts", mail)[1]
    models.Contact.objects.update(looked_at=timezone.now())
    put_in_force(with_rule)
    assert post(crm, "/contacts", mail) == (200, first | {"new": False})
    assert models.Assessment.objects.count() == 1
    assert not models.Step.objects.exists()
    assert models.Contact.objects.get().looked_at is not None


def test_a_key_that_may_only_tell_calls_reads_none(machine: Connect) -> None:
    telephone = machine(KeyScope.CALLS)
    assert post(telephone, "/calls", {"id": "c-1"}) == (201, {"id": "c-1", "is_open": True, "next": 0})
    say(telephone, turn(0, SUES))
    assert post(telephone, "/calls", {"id": "c-1"}) == (200, {"id": "c-1", "is_open": True, "next": 1})
    models.AccessKey.objects.update(scopes=["calls", "read-calls"])
    told = post(telephone, "/calls", {"id": "c-1"})[1]
    assert (told["turns"][0]["text"], told["next"]) == (SUES, 1)
    assert telephone.get(f"{API}/calls/c-1").json()["assessment"]["outcome"] == "escalate"


def test_a_key_that_may_only_decide_reads_no_text(machine: Connect) -> None:
    keep(a_mail())
    models.Step.objects.update(state="waits for agent", try_at=None)
    post_step = models.Step.objects.get(kind="chatter_post")
    assert post_step.text
    status, told = post(machine(KeyScope.DECIDE), f"/steps/{post_step.key}/confirm", {"by": "ana"})
    assert (status, told["text"]) == (200, None)


def test_a_flag_is_confirmed_with_the_post_as_it_was_left(machine: Connect) -> None:
    keep(a_mail())
    models.Step.objects.update(state="waits for agent", try_at=None)
    crm = machine(KeyScope.DECIDE)
    said = {"kind": "keyword", "term": "attorney", "by": "ana", "text": "As I would say it."}
    status, told = post(crm, "/contacts/m-1/flags/confirm", said)
    assert (status, told["steps"]) == (200, models.Step.objects.count())
    assert models.Step.objects.get(kind="chatter_post").text == "As I would say it."
    assert post(crm, "/contacts/m-1/flags/confirm", {**said, "text": "Otherwise."})[0] == 409


def test_a_text_that_no_post_can_take_is_refused(machine: Connect) -> None:
    keep(a_call(SUES))
    said = {"kind": "keyword", "term": "attorney", "by": "ana", "text": "As I would say it."}
    assert post(machine(), "/contacts/c-1/flags/confirm", said)[0] == 409
    assert set(models.Step.objects.values_list("state", flat=True)) == {"waits for agent"}


def test_a_flag_that_stands_can_be_dismissed_when_the_policy_knows_it_no_more(machine: Connect) -> None:
    keep(a_call(SUES))
    others = tuple(rule for rule in policy().rules if rule.rule != "keyword")
    put_in_force(replace(in_force(), policy=policy().model_copy(update={"rules": others})))
    flag = {"kind": "keyword", "term": "attorney", "by": "ana", "reason": "her neighbour's"}
    status, told = post(machine(), "/contacts/c-1/flags/dismiss", flag)
    assert (status, told["steps"]) == (200, 2)
    assert set(models.Step.objects.values_list("state", flat=True)) == {"cancelled"}


def test_a_dismissed_flag_is_a_decision_though_no_step_is_left(machine: Connect) -> None:
    keep(a_call(SUES))
    models.Step.objects.update(state="confirmed", try_at=None)
    flag = {"kind": "keyword", "term": "attorney", "by": "ana", "reason": "her neighbour's"}
    assert post(machine(), "/contacts/c-1/flags/dismiss", flag) == (200, {"steps": 0})
    decision = models.Decision.objects.get()
    assert (decision.word, decision.step, decision.reason) == ("dismiss", None, "her neighbour's")
