"""What webhooks are told: what happened, each thing once, in the words of the policy and in nobody else's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from tests.recorded import ANA, NO_MORE, SUES, a_call, a_mail, keep
from watchword.errors import InputError, NotRecorded, RecordConflict
from watchword.escalation.carry import carry
from watchword.escalation.ports import Due
from watchword.escalation.states import Move
from watchword.escalation.telling import Topic
from watchword.settings import Settings
from watchword.store import models
from watchword.store.calls import open_call
from watchword.store.chain import append_event
from watchword.store.decide import confirm, dismiss, reopen, settle
from watchword.store.deliveries import Deliveries
from watchword.store.ledger import Ledger
from watchword.store.models import IdentityKind
from watchword.store.people import person_for
from watchword.store.register import closed_ways, enter_by_hand, withdraw
from watchword.store.topics import ACTIONS
from watchword.store.webhook_secrets import secret_of
from watchword.store.webhooks import (
    add_webhook,
    is_told,
    remove_webhook,
    retry_webhook,
    topics_named,
    webhooks,
)
from watchword.terms import Person, Scope
from watchword.wiring import built_in

URL = "http://127.0.0.1:9/told"
EVERY = topics_named(["all"])


def told() -> list[dict[str, Any]]:
    """What is on its way, in order."""
    Deliveries().plan()
    return [json.loads(body) for body in models.Delivery.objects.order_by("pk").values_list("body", flat=True)]


def types() -> list[str]:
    return [one["type"] for one in told()]


def carried() -> None:
    """Everything that is due is carried out, as a worker does."""
    for step in models.Step.objects.filter(try_at__isnull=False).order_by("pk"):
        carry(Due(step.key, step.round), worker="w1", ledger=Ledger(), connectors=built_in())


def test_a_call_from_the_first_flag_to_the_last_step(database: Settings) -> None:
    keep(a_call(SUES, id="before"))
    add_webhook("crm", URL, EVERY, by="test")
    keep(a_call("Hello.", SUES), is_open=True)
    assert types() == ["flag.raised", "escalation.opened"]
    flag, opened = told()
    assert flag["data"] == {
        "contact": "c-1",
        "channel": "phone",
        "flag": {"kind": "keyword", "term": "attorney", "level": "escalate"},
    }
    assert [step["kind"] for step in opened["data"]["steps"]] == ["warm_transfer", "ticket"]
    keep(a_call("Hello.", SUES, "It is a fraud."), is_open=True)
    assert types()[2:] == ["flag.raised"]
    steps = models.Step.objects.filter(escalation__contact__key="c-1").order_by("position")
    dismiss(steps[0].key, by="ana", reason="she hung up")
    models.Step.objects.filter(pk=steps[1].pk).update(state="needs a person")
    settle(steps[1].key, by="sam", reference="SY-17")
    assert types()[3:] == ["step.dismissed", "step.confirmed"]
    last = told()[-1]["data"]
    assert (last["contact"], last["step"]["state"], last["step"]["receipt"]) == ("c-1", "confirmed", "by hand SY-17")
    assert last["escalation"] == opened["data"]["escalation"]


def test_a_call_that_ends_tells_nothing_a_second_time(database: Settings) -> None:
    add_webhook("crm", URL, EVERY, by="test")
    keep(a_call(SUES), is_open=True)
    keep(a_call(SUES))
    keep(a_call(" ", id="c-2"), is_open=True)
    keep(a_call(" ", id="c-2"))
    assert list(models.Event.objects.filter(action="contact went on").values_list("subject", flat=True)) == [
        "contact c-1",
        "contact c-2",
    ]
    assert types() == ["flag.raised", "escalation.opened", "contact.needs_person"]


def test_an_event_from_before_it_said_whether_it_brought_an_assessment_is_told(database: Settings) -> None:
    add_webhook("crm", URL, [Topic.FLAG_RAISED], by="test")
    recorded = keep(a_call(SUES))
    models.Webhook.objects.update(told=models.ChainHead.objects.get().number)
    append_event("test", "contact went on", f"contact {recorded.contact}", {"assessment": 1})
    assert types() == ["flag.raised"]


def test_an_open_escalation_that_changes_is_told_whole(database: Settings) -> None:
    keep(a_call(SUES), is_open=True)
    add_webhook("crm", URL, [Topic.ESCALATION_CHANGED], by="test")
    keep(a_call(SUES, "Thank you."), is_open=True)
    assert types() == []  # nothing about its steps
    keep(a_call(SUES, "Thank you.", NO_MORE), is_open=True)
    (added,) = told()
    assert [step["type"] for step in added["data"]["steps"]][-1] == "Do Not Contact Me"
    assert set(added["data"]) == {"escalation", "contact", "channel", "state", "steps"}
    transfer, ticket = (step["key"] for step in added["data"]["steps"][:2])
    dismiss(transfer, by="ana", reason="she hung up")
    reopen(transfer, by="sam")
    confirm(ticket, by="ana")
    *_, agreed = told()
    assert types() == ["escalation.changed"] * 3
    assert [step["state"] for step in agreed["data"]["steps"]][:2] == ["waits for agent", "planned"]


def test_whoever_is_in_the_register_and_becomes_known_by_more_is_told_again(database: Settings) -> None:
    by_mail = Person(name="Zoe Hill", email="zoe@example.org")
    entry = enter_by_hand(person_for(by_mail), [Scope.CALLS], by="sam", origin="a letter")
    withdraw(enter_by_hand(person_for(by_mail), [Scope.MAIL], by="sam", origin="a letter").pk, by="sam", why="asked")
    add_webhook("dialer", URL, [Topic.DO_NOT_CONTACT_ENTERED], by="test")
    keep(a_mail("Thank you.", person=by_mail))
    keep(a_call("Hello.", id="other"))
    assert told() == []
    keep(a_call("Hello.", person=Person(name="Zoe Hill", email="zoe@example.org", phone="+16505550100")))
    (again,) = told()
    assert (again["data"]["entry"], again["data"]["ways"]) == (entry.pk, ["calls"])
    assert {"kind": "phone", "value": "+16505550100"} in again["data"]["known_by"]


def test_whoever_may_be_the_same_is_told_with_the_entry(database: Settings) -> None:
    """Two have the address, so that the patient who comes with it is a new row; the doubt closes, and is told."""
    for name in ("Ben Brook", "Zoe Hill"):
        person_for(Person(name=name, email="zoe@example.org"))
    entry = enter_by_hand(person_for(Person(name="Zoe Hill", email="zoe@example.org")), (), by="sam", origin="a letter")
    add_webhook("dialer", URL, [Topic.DO_NOT_CONTACT_ENTERED], by="test")
    person_for(Person("P-7", "Z. Hill", email="zoe@example.org"))
    (again,) = told()
    assert again["data"]["entry"] == entry.pk
    assert [one["value"] for one in again["data"]["known_by"]] == ["zoe@example.org", "p-7"]


def test_an_entry_goes_over_to_whoever_is_told_later_to_have_called(database: Settings) -> None:
    ana = person_for(Person("P-1001", "Ana Brook", None, "ana@example.org"))
    phone = Person(phone="+16505551212")
    opened = replace(a_call(person=phone), turns=())
    open_call(opened, source="test", actor="test")
    keep(a_call(NO_MORE, person=phone), is_open=True)
    for step in models.Step.objects.all():
        confirm(step.key, by="ana")
    carried()
    before = models.RegisterEntry.objects.get()
    add_webhook("dialer", URL, [Topic.DO_NOT_CONTACT_ENTERED], by="test")
    for _ in range(2):
        open_call(replace(opened, person=Person("P-1001", "Ana Brook", phone.phone)), source="test", actor="test")
    entry = models.RegisterEntry.objects.get()
    assert (entry.person, models.Contact.objects.get().person) == (ana, ana)
    assert before.person != ana
    (again,) = told()
    assert (again["data"]["entry"], again["data"]["ways"]) == (entry.pk, ["calls", "messages", "mail"])
    assert {one["value"] for one in again["data"]["known_by"]} == {"p-1001", "ana@example.org", phone.phone}
    asked = [(IdentityKind.PATIENT_ID, "P-1001"), (IdentityKind.EMAIL, "ana@example.org")]
    assert all(ways == set(Scope) for ways in closed_ways(asked).values())


def test_every_move_of_a_step_is_told_but_that_it_is_sent() -> None:
    assert {f"step {move}" for move in Move if move is not Move.SEND} <= set(ACTIONS)


def test_a_mail_that_goes_by_itself(database: Settings) -> None:
    add_webhook("crm", URL, [Topic.STEP_CONFIRMED, Topic.STEP_NEEDS_PERSON], by="test")
    keep(a_mail())
    carried()
    assert types() == ["step.confirmed", "step.confirmed"]
    keep(a_mail(id="m-2"))
    first = models.Step.objects.filter(escalation__contact__key="m-2").order_by("position")[0]
    Ledger().needs_person(first.key, "The desk is closed.", may_have_arrived=False)
    assert types()[2:] == ["step.needs_person"]


def test_the_register_says_whom_it_is_about(database: Settings) -> None:
    add_webhook("dialer", URL, [Topic.DO_NOT_CONTACT_ENTERED, Topic.DO_NOT_CONTACT_WITHDRAWN], by="test")
    keep(a_call(NO_MORE))
    models.Step.objects.update(state="planned", try_at=timezone.now())
    carried()
    carried()
    enter_by_hand(person_for(ANA), [Scope.MAIL], by="sam", origin="a letter")
    withdraw(models.RegisterEntry.objects.latest("pk").pk, by="sam", why="she asked")
    entered, by_hand, withdrawn = told()
    assert (entered["type"], withdrawn["type"]) == ("do_not_contact.entered", "do_not_contact.withdrawn")
    assert entered["data"]["ways"] == ["calls", "messages", "mail"]  # never again is all of them
    assert by_hand["data"]["ways"] == withdrawn["data"]["ways"] == ["mail"]
    assert {"kind": "phone", "value": "+16505551212"} in entered["data"]["known_by"]


def test_what_nobody_could_read_needs_a_person(database: Settings) -> None:
    add_webhook("crm", URL, [Topic.CONTACT_NEEDS_PERSON], by="test")
    keep(a_call(" "))
    keep(a_call("Hello.", id="c-2"))
    (one,) = told()
    assert one["data"]["contact"] == "c-1"


def test_no_customers_words_go_out(database: Settings) -> None:
    add_webhook("crm", URL, EVERY, by="test")
    keep(a_mail("My attorney Zebulon will see you in court. Never contact me again, in no way."))
    carried()
    for step in models.Step.objects.filter(state="waits for agent"):
        dismiss(step.key, by="ana", reason="Zebulon is her dog")
    sent = "".join(models.Delivery.objects.values_list("body", flat=True)) if types() else ""
    assert len(told()) >= 4
    for words in ("Zebulon", "My bill", "see you", "Ana Brook"):
        assert words not in sent
    numbers = [one["number"] for one in told()]
    assert numbers == sorted(numbers)


def test_each_is_told_what_it_asked_for_and_nothing_twice(database: Settings) -> None:
    add_webhook("first", URL, [Topic.FLAG_RAISED], by="test")
    keep(a_mail())
    add_webhook("second", URL, [Topic.FLAG_RAISED, Topic.ESCALATION_OPENED], by="test")
    keep(a_mail(id="m-2"))
    for _ in range(3):
        Deliveries().plan()
    found = models.Delivery.objects.order_by("pk").values_list("webhook__name", "topic")
    assert sorted(found) == [
        ("first", "flag.raised"),
        ("first", "flag.raised"),
        ("second", "escalation.opened"),
        ("second", "flag.raised"),
    ]
    assert models.Delivery.objects.values("key").distinct().count() == 4


def test_what_is_taken_is_held_and_comes_back(database: Settings) -> None:
    add_webhook("crm", URL, EVERY, by="test")
    for number in range(4):
        keep(a_mail(id=f"m-{number}"))
    kept = Deliveries(each=3)
    kept.plan()
    first = kept.take(10, "w1")
    assert len(first) == 3
    assert kept.take(10, "w2") == []  # three of one webhook are under way
    kept.delivered(first[0].id)
    kept.try_again(first[1].id, "It was late.", timezone.now() + timedelta(hours=1))
    kept.needs_person(first[2].id, "It was too late.", stop=False)
    assert len(kept.take(2, "w2")) == 2
    kept.let_go("w2")
    again = kept.take(1, "w2")
    assert again[0].tries == 2
    assert [one.id for one in again] == [
        models.Delivery.objects.filter(state="planned", tries=2).order_by("try_at", "pk")[0].key
    ]
    (shown,) = webhooks()
    assert (shown.waiting, shown.needs_person, shown.why) == (6, 1, "It was too late.")
    models.Delivery.objects.filter(delivered_at__isnull=False).update(delivered_at=timezone.now() - timedelta(days=8))
    kept.forget()
    assert models.Delivery.objects.count() == 7


@pytest.mark.parametrize("down", [5, 20])
def test_webhooks_that_are_down_keep_no_other_waiting(database: Settings, down: int) -> None:
    """Every slot of the worker is full with tries that fail, each webhook has more of them than it can ever be sent."""
    names = [f"w{number:02}" for number in range(down)]
    for name in names:
        add_webhook(name, URL, EVERY, by="test")
    hooks = list(models.Webhook.objects.all())
    models.Delivery.objects.bulk_create(
        models.Delivery(webhook=hook, topic="flag.raised", body="{}") for hook in hooks for _ in range(40)
    )
    kept, later = Deliveries(), timezone.now() + timedelta(hours=1)
    under_way = list(kept.take(16, "w1"))
    tried = len(under_way)
    while tried < 60 + 8 * down:
        kept.try_again(under_way.pop(0).id, "It is down.", later)
        more = kept.take(1, "w1")
        assert len(more) == 1
        under_way += more
        tried += 1
    first = models.Delivery.objects.filter(tries__gt=0).values_list("webhook__name", flat=True)
    assert set(first) == set(names)


def test_what_is_stopped_waits_until_a_person_says_so(database: Settings) -> None:
    add_webhook("crm", URL, EVERY, by="test")
    keep(a_mail())
    kept = Deliveries()
    kept.plan()
    one, _ = kept.take(10, "w1")
    kept.needs_person(one.id, "It is gone.", stop=True)
    kept.let_go("w1")
    keep(a_mail(id="m-2"))
    kept.plan()
    assert kept.take(10, "w1") == ()
    assert webhooks()[0].why == "It is gone."
    assert retry_webhook("crm", by="sam") == 1
    assert len(kept.take(10, "w1")) == 4
    assert webhooks()[0].why == ""


def test_what_waited_for_days_is_not_given_up_at_its_first_failure(database: Settings) -> None:
    days = timezone.now() - timedelta(days=3)
    add_webhook("crm", URL, EVERY, by="test")
    keep(a_mail())
    kept = Deliveries()
    kept.plan()
    tried, never = models.Delivery.objects.order_by("pk")
    models.Delivery.objects.update(since=days)
    models.Delivery.objects.filter(pk=tried.pk).update(tries=1)
    since = {one.id: one.since for one in kept.take(10, "w1")}
    assert since[tried.key] == days  # counted from its first try
    assert since[never.key] > days + timedelta(days=2)
    assert models.Delivery.objects.get(pk=never.pk).since == since[never.key]
    models.Webhook.objects.update(stopped_at=days)
    retry_webhook("crm", by="sam")
    assert min(models.Delivery.objects.values_list("since", flat=True)) > days + timedelta(days=2)


def test_a_machine_with_another_secret_sends_nothing(database: Settings) -> None:
    secret = add_webhook("crm", URL, EVERY, by="test")
    assert secret_of(models.Webhook.objects.get()) == secret
    assert secret not in str(list(models.Webhook.objects.values()))
    keep(a_mail())
    kept = Deliveries()
    kept.plan()
    with override_settings(SECRET_KEY="other"):
        assert kept.take(10, "w1") == []
    assert "WATCHWORD_SECRET" in webhooks()[0].why
    retry_webhook("crm", by="sam")
    assert len(kept.take(10, "w1")) == 2


def test_removed_and_made_again(database: Settings) -> None:
    add_webhook("crm", URL, EVERY, by="test")
    keep(a_mail())
    Deliveries().plan()
    with pytest.raises(RecordConflict):
        add_webhook("crm", URL, EVERY, by="test")
    assert remove_webhook("crm", by="test") == 2
    assert (webhooks(), told()) == ([], [])
    add_webhook("crm", URL, EVERY, by="test")
    assert told() == []  # it is told of what happens from now on
    for act in (remove_webhook, retry_webhook):
        with pytest.raises(NotRecorded):
            act("none", by="test")
    actions = models.Event.objects.filter(subject="webhook crm").values_list("action", flat=True)
    assert list(actions) == ["webhook added", "webhook removed", "webhook added"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a/",
        "http://",
        "crm.example.org",
        "http://u:p@a/",
        "http://a:99999/",
        "http://[",
        "http://a/\n",
        "http://ä/",
    ],
)
def test_what_is_no_address_is_refused(database: Settings, url: str) -> None:
    with pytest.raises(InputError):
        add_webhook("crm", url, EVERY, by="test")


def test_an_event_that_there_is_not_is_named() -> None:
    with pytest.raises(InputError, match=r"step\.needs_person"):
        topics_named(["step.gone"])
    assert topics_named(["all", "flag.raised"]) == ["all"]
    assert topics_named([" Flag.Raised "]) == [Topic.FLAG_RAISED]


def test_all_means_what_comes_later_too(database: Settings) -> None:
    for name, topics in (("all", EVERY), ("one", topics_named(["flag.raised"]))):
        add_webhook(name, URL, topics, by="test")
    rows = {row.name: row for row in models.Webhook.objects.all()}
    assert rows["all"].topics == ["all"]  # and no list of today's topics
    assert all(is_told(rows["all"], topic) for topic in Topic)
    assert [topic for topic in Topic if is_told(rows["one"], topic)] == [Topic.FLAG_RAISED]
