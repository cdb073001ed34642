"""All or nothing, once, and whatever a customer types."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from tests.databases import close
from tests.recorded import ANA, NO_MORE, SUES, a_call, a_mail, assessed, keep
from watchword.errors import MoveRefused, RecordConflict
from watchword.escalation.states import EscalationState, StepState
from watchword.escalation.steps import plan_steps
from watchword.policy.load import parse_policy, read_policy_text
from watchword.settings import Settings
from watchword.store import models, rows
from watchword.store.contacts import contact_of
from watchword.store.decide import confirm, confirm_all, dismiss, dismiss_all
from watchword.store.locked import locked
from watchword.store.people import person_for
from watchword.store.record import record
from watchword.terms import History, Note, Person
from watchword.triage.assess import assess
from watchword.triage.record import as_record

IMPATIENT = "I have been waiting for a call back for three weeks and nobody has called me."


def everything() -> dict[str, int]:
    kept = (models.Contact, models.Turn, models.Assessment, models.Escalation, models.Step, models.Person, models.Event)
    return {model.__name__: model.objects.count() for model in kept}


def test_a_call_with_all_that_follows(database: Settings) -> None:
    recorded = keep(a_call(SUES, NO_MORE))
    escalation = models.Escalation.objects.get(key=recorded.escalation)
    assert escalation.state == EscalationState.WAITS
    assert [(step.name, step.state) for step in escalation.steps.all()] == [
        ("warm_transfer", StepState.WAITS),
        ("ticket-executive-escalation-keywords", StepState.WAITS),
        ("ticket-do-not-contact-me", StepState.WAITS),
        ("do_not_contact-do-not-contact", StepState.WAITS),
    ]
    assessment = escalation.assessment
    assert (assessment.policy_name, assessment.policy_version) == ("natera-billing", "1")
    assert len(assessment.policy_hash) == 64
    assert assessment.record["flags"][0]["evidence"][0]["quote"] == "attorney"
    assert {flag.term for flag in escalation.contact.flags.all()} >= {"attorney"}


def test_whoever_refers_to_a_contact_does_not_wait_for_whoever_has_it_locked(database: Settings) -> None:
    escalation = keep(a_call()).escalation
    person = models.Person.objects.get()

    def enter() -> None:
        contact, escalated = models.Contact.objects.get(), models.Escalation.objects.get(key=escalation)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout TO '20s'")
            models.RegisterEntry.objects.create(person=person, contact=contact, key="k-1", origin="contact")
            models.Decision.objects.create(
                escalation=escalated, word="confirm", by="ana", assessment=escalated.assessment
            )

    if connection.vendor == "sqlite":  # it locks the whole database, and nobody waits for a row
        return
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert locked(models.Contact).get()
        assert locked(models.Escalation).get()
        pool.submit(_and_close, enter).result()


def _and_close(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        close()


def test_nothing_is_written_when_the_last_step_cannot_be(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything()

    def fails(row: Model) -> None:
        if isinstance(row, models.Step) and row.position == 1:
            raise OSError("disk full")
        real(row)

    real = rows.add_soon
    monkeypatch.setattr(rows, "add_soon", fails)
    with pytest.raises(OSError, match="disk full"):
        keep(a_call())
    assert everything() == before


def test_recording_again_changes_nothing(database: Settings) -> None:
    first = keep(a_call())
    before = everything()
    again = keep(a_call())
    assert everything() == before
    assert (again.escalation, again.new_contact, again.new_assessment) == (first.escalation, False, False)


def test_the_same_contact_recorded_by_many_at_once_is_one(database: Settings) -> None:
    def keep_in_thread(_: int) -> str | None:
        try:
            return keep(a_call()).escalation
        finally:
            close()

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(keep_in_thread, range(16)))
    assert len(keys) == 1
    assert everything() == {
        "Contact": 1, "Turn": 1, "Assessment": 1, "Escalation": 1, "Step": 2, "Person": 1, "Event": 1,
    }  # fmt: skip


def test_other_words_under_the_same_id_are_refused(database: Settings) -> None:
    keep(a_call("Hello."))
    keep(a_mail("Hello."))
    with pytest.raises(RecordConflict):
        keep(a_call("Good morning."))
    with pytest.raises(RecordConflict):
        keep(a_mail("Good morning."))
    for left_out in ({"body": None}, {"subject": None}):  # a mail is always told whole
        with pytest.raises(RecordConflict):
            keep(replace(a_mail("Hello."), **left_out))
    with pytest.raises(RecordConflict, match="501 characters"):
        keep(a_call(id="c" * 501))


def test_a_call_that_goes_on(database: Settings) -> None:
    first = keep(a_call("Hello, I have a bill here."), is_open=True)
    assert first.escalation is None
    second = keep(a_call("Hello, I have a bill here.", SUES), is_open=True)
    third = keep(a_call("Hello, I have a bill here.", SUES, NO_MORE))
    assert second.escalation == third.escalation is not None
    contact = models.Contact.objects.get()
    assert (contact.turns.count(), contact.is_open, contact.outcome) == (3, False, "escalate")
    assert contact.ended_at is not None
    assert models.Step.objects.count() == 4


def test_what_was_sent_stays_when_the_call_goes_on(database: Settings) -> None:
    first = keep(a_call(SUES), is_open=True)
    assert confirm_all(first.escalation or "", by="ana") == 2
    keep(a_call(SUES, NO_MORE))
    assert sorted(models.Step.objects.values_list("state", flat=True)) == ["planned"] * 2 + ["waits for agent"] * 2


def test_what_waits_to_be_sent_is_brought_up_to_date_when_the_call_goes_on(database: Settings) -> None:
    """Confirmed for one line and not sent yet; then the caller says something graver."""
    first = keep(a_call(IMPATIENT), is_open=True)
    assert confirm_all(first.escalation or "", by="ana") == 2
    keep(a_call(IMPATIENT, SUES))
    transfer = models.Step.objects.get(kind="warm_transfer")
    assert (transfer.to, transfer.phone, transfer.state) == (
        "Natera Billing Escalation Calls", "+16504128715", "planned"
    )  # fmt: skip


def test_what_has_gone_does_not_hide_what_it_does_not_do(database: Settings) -> None:
    """No calls any more, entered; and then no letters either. One line has the call; then another must."""
    first = keep(a_call("Stop calling me.", IMPATIENT), is_open=True)
    confirm_all(first.escalation or "", by="ana")
    models.Step.objects.update(state=StepState.CONFIRMED, tries=1, try_at=None)
    for _ in range(2):
        keep(a_call("Stop calling me.", IMPATIENT, "Never contact me again, no letters, no texts.", SUES), is_open=True)
        new = {step.name: (step.scope, step.state) for step in models.Step.objects.filter(state=StepState.WAITS)}
        assert new == {
            "warm_transfer.natera-billing-escalation-calls": ([], "waits for agent"),
            "ticket-executive-escalation-keywords": ([], "waits for agent"),
            "ticket-do-not-contact-me.messages-mail": (["messages", "mail"], "waits for agent"),
            "do_not_contact-do-not-contact.messages-mail": (["messages", "mail"], "waits for agent"),
        }


def test_what_has_gone_is_never_written_over(database: Settings) -> None:
    """The policy came to file the ticket in another system, under a name that only its signs tell apart."""
    keep(a_call(SUES), is_open=True)
    models.Step.objects.filter(kind="ticket").update(state=StepState.CONFIRMED)
    gone = models.Step.objects.filter(kind="ticket").values().get()
    graver = ("I will complain to the BBB.", "I am filing for bankruptcy.", "Your company is a fraud.")
    for more in (1, 2, 3):
        contact = a_call(SUES, *graver[:more])
        transfer, ticket = plan_steps(assessed(contact))
        steps = transfer, replace(ticket, type=f"{ticket.type}!", system="Another")
        record(contact, assessed(contact), steps, is_open=True)
        assert models.Step.objects.filter(kind="ticket").values().first() == gone
        other = models.Step.objects.get(system="Another")
        assert other.name == f"{gone['name']}.2"
        if more == 2:
            models.Step.objects.filter(pk=other.pk).update(state=StepState.CONFIRMED)
    assert models.Step.objects.count() == 3


def test_a_step_that_comes_back_by_itself_is_carried_in_a_round_of_its_own(database: Settings) -> None:
    """The queue runs nothing twice under one name: in the round of before it would lie there."""
    text, source = read_policy_text("natera-billing")
    by_itself, _ = parse_policy(text.replace("{phone: agent, email: automatic}", "{phone: automatic}"), source)
    for said in ((SUES,), (SUES, "I will complain to the Better Business Bureau.")):
        contact = a_call(*said)
        assessment = assess(contact, by_itself)
        record(contact, assessment, plan_steps(assessment), is_open=True)
        assert set(models.Step.objects.values_list("state", "round")) == {("planned", len(said) - 1)}
        for step in models.Step.objects.all() if len(said) == 1 else ():
            dismiss(step.key, by="ana", reason="It is a name")


def test_an_earlier_state_of_a_call_told_late_changes_nothing(database: Settings) -> None:
    keep(a_call("Hello.", SUES), is_open=True)
    before = everything()
    late = keep(a_call("Hello."), is_open=True)
    assert everything() == before
    assert late.escalation is not None
    assert models.Contact.objects.get().outcome == "escalate"


def test_another_person_or_issue_under_the_same_id_is_refused(database: Settings) -> None:
    keep(replace(a_mail(), issue="INV-1"))
    with pytest.raises(RecordConflict, match="another patient id"):
        keep(a_mail(person=Person("P-2002", "Ben Lake")))
    with pytest.raises(RecordConflict, match="another issue"):
        keep(replace(a_mail(), issue="INV-2"))
    keep(replace(a_mail(), person=Person(name="Ana Brook")))


def test_what_nobody_has_seen_is_not_called_off(database: Settings) -> None:
    """The agent dismisses impatience while the caller names an attorney."""
    first = keep(a_call(IMPATIENT), is_open=True)
    seen = models.Assessment.objects.get().number
    keep(a_call(IMPATIENT, SUES), is_open=True)
    transfer = models.Step.objects.get(kind="warm_transfer").key
    with pytest.raises(MoveRefused, match="since you looked"):
        dismiss(transfer, by="ana", reason="only impatient", seen=seen)
    dismiss(transfer, by="ana", reason="he is joking", seen=models.Assessment.objects.count())
    assert models.Step.objects.get(key=transfer).state == "cancelled"
    assert first.escalation is not None


def test_a_step_that_comes_back_is_in_the_log_and_begins_anew(database: Settings) -> None:
    first = keep(a_call(SUES), is_open=True)
    dismiss_all(first.escalation or "", by="ana", reason="her brother's attorney")
    models.Step.objects.update(tries=10)
    keep(a_call(SUES, "I am filing for bankruptcy because of your fraud."))
    assert set(models.Step.objects.values_list("state", "tries", "why")) == {("waits for agent", 0, "")}
    assert models.Event.objects.filter(action="step reopen").count() == 2


def test_a_post_needs_words_and_the_first_to_send_it_is_told_apart(database: Settings) -> None:
    keep(a_mail())
    models.Step.objects.filter(kind="chatter_post").update(state=StepState.WAITS, try_at=None)
    post = models.Step.objects.get(kind="chatter_post").key
    with pytest.raises(MoveRefused, match="no words"):
        confirm(post, by="mia", text=" ")
    confirm(post, by="mia", text="Please see to it.")
    confirm(post, by="mia", text="Please see to it.")
    with pytest.raises(MoveRefused, match="other words"):
        confirm(post, by="noa", text="I wrote something else.")
    assert models.Step.objects.get(key=post).text == "Please see to it."


def test_a_family_on_one_telephone_stays_as_many_as_it_is(database: Settings) -> None:
    ana, ben, someone = (Person(name=name, phone="650 555 0100") for name in ("Ana Brook", "Ben Brook", None))
    people = [person_for(person).pk for person in (ana, ben, someone, someone, ana, ana, ben)]
    assert len(set(people)) == 3
    assert people[0] == people[4] == people[5]
    assert people[1] == people[6]
    assert people[2] == people[3]


def test_what_was_dismissed_comes_back_only_with_something_new(database: Settings) -> None:
    first = keep(a_call(SUES), is_open=True)
    dismiss_all(first.escalation or "", by="ana", reason="her brother's attorney")
    keep(a_call(SUES, "And another thing."), is_open=True)
    assert set(models.Step.objects.values_list("state", flat=True)) == {"cancelled"}
    keep(a_call(SUES, "And another thing.", "I am filing for bankruptcy because of your fraud."))
    assert set(models.Step.objects.values_list("state", flat=True)) == {"waits for agent"}
    assert models.Decision.objects.count() == 2


def test_a_contact_comes_back_and_is_assessed_to_the_same_answer(database: Settings) -> None:
    at = a_call().received_at
    history = History((Note("n1", "LIMS", "Patient called about the bill.", None, at, "INV-1"),), ("LIMS",), ("AMD",))
    contact = replace(a_call(SUES, "agent: I see."), history=history, issue="INV-1", extra={"agent": "u-7"})
    keep(contact)
    back = contact_of(models.Contact.objects.get())
    assert back == contact
    assert as_record(assessed(back)) == models.Assessment.objects.get().record


@pytest.mark.parametrize(
    "odd", ["\x00", "\ud800", "\U0001f600", "<script>alert(1)</script>", "'; DROP TABLE store_step"]
)
def test_whatever_is_typed_is_kept_with_its_places(database: Settings, odd: str) -> None:
    keep(replace(a_mail(f"{odd} {SUES}"), extra={odd: [odd, float("nan")]}, issue=odd * 300))
    contact = models.Contact.objects.get()
    piece = models.Assessment.objects.get().record["flags"][0]["evidence"][0]
    assert (contact.body or "")[piece["start"] : piece["end"]] == piece["quote"] == "attorney"
    again = keep(replace(a_mail(f"{odd} {SUES}"), extra={odd: [odd, float("nan")]}, issue=odd * 300))
    assert not again.new_assessment


def test_steps_are_due_only_when_they_may_go_out(database: Settings) -> None:
    keep(a_call())
    assessment = assessed(a_mail())
    by_itself = replace(assessment, actions=tuple(replace(one, confirm="automatic") for one in assessment.actions))
    record(a_mail(), by_itself, plan_steps(by_itself))
    due = {step.kind: step.try_at is not None for step in models.Step.objects.all()}
    assert due == {"warm_transfer": False, "ticket": False, "queue_transfer": True, "chatter_post": True}


def test_the_database_knows_when_a_worker_has_something_to_do(database: Settings) -> None:
    keep(a_call())
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Step.objects.update(try_at=timezone.now())


def test_a_contact_that_a_person_must_look_at_says_so(database: Settings) -> None:
    keep(replace(a_call(), unread=("One turn could not be read.",)))
    assert models.Contact.objects.filter(needs_person=True, looked_at__isnull=True).count() == 1


def test_people(database: Settings) -> None:
    keep(a_call(id="c-1"))
    keep(a_mail(id="m-1", person=Person(name="ana  BROOK", email="ANA@example.org")))
    keep(a_call(id="c-2", person=Person(phone="(650) 555-1212")))
    assert models.Person.objects.count() == 1
    keep(a_call(id="c-3", person=replace(ANA, patient_id="P-2", name="Ben Brook")))
    assert models.Person.objects.count() == 2
    keep(a_call(id="c-4", person=Person(phone="+1 650 555 1212")))
    assert models.Person.objects.count() == 3, "two share the telephone: nobody can say who it is"
    keep(a_call(id="c-5", person=Person()))
    assert models.Person.objects.count() == 4


def test_the_inbox_goes_by_what_a_contact_comes_to_in_the_end(database: Settings) -> None:
    keep(a_call(), is_open=True)
    assert models.Escalation.objects.get().outcome == "escalate"
    longer, calm = a_call(SUES, "It is all sorted out."), assessed(a_call("It is all sorted out."))
    record(longer, calm, (), source="test", is_open=True, actor="test")
    assert models.Contact.objects.get().outcome == models.Escalation.objects.get().outcome == "clear"
