"""Contact, assessment, escalation and planned steps, written in one transaction before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from watchword import terms
from watchword.escalation.states import TO_CARRY, Move, StepState, after, overall
from watchword.escalation.steps import PlannedStep, step_key
from watchword.store.chain import append_event
from watchword.store.contacts import add_turns, check_same, new_row
from watchword.store.models import Assessment, Contact, Decision, Escalation, Flag, Step
from watchword.store.models.assessments import LONGEST_FLAG_NAME
from watchword.store.people import person_for
from watchword.store.storable import fingerprint, plain, storable, storable_or_none
from watchword.triage.record import as_record


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written. ``escalation`` is its key, None when nothing follows; ``version`` is the contact's by now."""

    contact: str
    escalation: str | None
    new_contact: bool
    new_assessment: bool
    version: int = 0


def record(
    contact: terms.Contact,
    assessment: terms.Assessment,
    steps: Sequence[PlannedStep],
    *,
    source: str = "",
    is_open: bool = False,
    actor: str = "system",
    alongside: Callable[[Contact], None] | None = None,
) -> Recorded:
    """Write a contact, its assessment and the steps that follow, all or nothing.

    ``alongside`` writes what else belongs to the contact, in the same transaction, whether the contact is new or not.

    Recording the same again changes nothing. A call that goes on is recorded again with more turns: what is new is
    added, and a step that was sent stays as it was. Raises RecordConflict when a contact of this id said other words.
    """
    with transaction.atomic():
        row, new = _row(contact, source=source, is_open=is_open)
        added = add_turns(row, contact.turns)
        written, news = _assessed(row, assessment)
        known = Escalation.objects.filter(contact=row).first()
        escalation = _escalated(row, written, steps, news) if steps else known
        ended = row.is_open and not is_open
        if ended:
            row.is_open, row.ended_at = False, timezone.now()
        if added or new or news or ended:
            row.version += 1
            row.save()
        if alongside:
            alongside(row)
        if new or news or ended:
            detail = {
                "outcome": assessment.outcome.value,
                "turns": len(contact.turns),
                "assessment": written.number,
                "policy": assessment.policy.hash,
                "steps": [step.name for step in steps],
                "opened": escalation is not None and known is None,
            }
            append_event(actor, "contact recorded" if new else "contact went on", f"contact {row.key}", detail)
    return Recorded(row.key, escalation.key if escalation else None, new, news, row.version)


def _row(contact: terms.Contact, *, source: str, is_open: bool) -> tuple[Contact, bool]:
    """The contact's row, locked, and whether it is new."""
    kept = Contact.objects.select_for_update().filter(key=storable(contact.id)).first()
    if kept is None:
        try:
            with transaction.atomic():
                row = new_row(contact, person_for(contact.person), source=source, is_open=is_open)
                row.save()
                return row, True
        except IntegrityError:  # another was quicker
            kept = Contact.objects.select_for_update().get(key=storable(contact.id))
    check_same(kept, contact)
    return kept, False


def _assessed(row: Contact, assessment: terms.Assessment) -> tuple[Assessment, bool]:
    """The assessment's row and whether it is new: the same assessment is not written twice in a row."""
    values = plain(as_record(assessment))
    hash = fingerprint(values)
    newest = row.assessments.order_by("-number").first()
    if newest is not None and newest.hash == hash:
        return newest, False
    written = Assessment.objects.create(
        contact=row,
        number=newest.number + 1 if newest else 1,
        outcome=assessment.outcome.value,
        policy_name=storable(assessment.policy.name),
        policy_version=storable(assessment.policy.version),
        policy_hash=assessment.policy.hash,
        model=storable_or_none(assessment.model),
        needs_person=bool(assessment.needs_person),
        record=values,
        hash=hash,
    )
    row.outcome, row.needs_person = written.outcome, written.needs_person
    row.looked_at = None
    row.flags.all().delete()
    Flag.objects.bulk_create(_flags(row, assessment), ignore_conflicts=True)
    return written, True


def _flags(row: Contact, assessment: terms.Assessment) -> list[Flag]:
    return [
        Flag(
            contact=row,
            kind=storable(flag.kind)[:LONGEST_FLAG_NAME],
            term=storable(flag.term or "")[:LONGEST_FLAG_NAME],
            level=flag.level.value,
            trial=trial,
            at=row.at,
        )
        for trial, flags in ((False, assessment.flags), (True, assessment.trial))
        for flag in flags
    ]


def _escalated(row: Contact, assessment: Assessment, steps: Sequence[PlannedStep], news: bool) -> Escalation:
    """The escalation with every planned step; steps that are there already are brought up to date while they wait."""
    escalation = Escalation.objects.select_for_update().filter(contact=row).first()
    if escalation is not None and not news:
        return escalation
    if escalation is None:
        waiting = overall([step.state for step in steps])
        escalation = Escalation(contact=row, channel=row.channel, state=waiting, opened_at=timezone.now())
    escalation.assessment = assessment
    escalation.save()
    kept = {step.name: step for step in escalation.steps.all()}
    for planned in steps:
        if planned.name not in kept:
            kept[planned.name] = _new_step(escalation, planned, position=len(kept))
        else:
            _again(kept[planned.name], planned, assessment)
    refresh(escalation)
    return escalation


def _new_step(escalation: Escalation, planned: PlannedStep, position: int) -> Step:
    step = Step(escalation=escalation, name=planned.name, key=step_key(escalation.key, planned.name), position=position)
    _fill(step, planned)
    step.state = planned.state
    step.try_at = timezone.now() if planned.state in TO_CARRY else None
    step.save()
    return step


def add_step(escalation: Escalation, planned: PlannedStep) -> Step:
    """A step that follows from how another one went; one of this name that is there already stays as it is.

    The escalation's row is locked by the caller, who also brings its state up to date.
    """
    kept = escalation.steps.filter(name=planned.name).first()
    return kept or _new_step(escalation, planned, position=escalation.steps.count())


def _fill(step: Step, planned: PlannedStep) -> None:
    step.kind = planned.kind
    step.level, step.confirm = planned.level.value, planned.confirm
    step.to, step.phone = storable_or_none(planned.to), storable_or_none(planned.phone)
    step.type, step.system = storable_or_none(planned.type), storable_or_none(planned.system)
    step.register = storable_or_none(planned.register)
    step.scope = [scope.value for scope in planned.scope]
    step.text = storable_or_none(planned.text)


def _again(step: Step, planned: PlannedStep, assessment: Assessment) -> None:
    """A step planned anew because the call went on: what waits is brought up to date, what was sent stays."""
    if step.state == StepState.CANCELLED and _something_new(step, assessment):
        step.state, step.why = after(StepState(step.state), Move.REOPEN), ""
    if step.state != StepState.WAITS:
        return
    _fill(step, planned)
    if planned.state is StepState.PLANNED:
        step.state = after(StepState.WAITS, Move.AGREE)  # surer than before, and the policy lets it go by itself
        step.try_at = timezone.now()
    step.changed_at = timezone.now()
    step.save()


def _something_new(step: Step, assessment: Assessment) -> bool:
    """Whether the assessment raises something that was not there when the step was dismissed."""
    words = (Decision.Word.DISMISS, Decision.Word.INSTEAD)
    told = Decision.objects.filter(step=step, word__in=words).order_by("-id").first()
    return told is None or bool(_raised(assessment) - _raised(told.assessment))


def _raised(assessment: Assessment) -> set[tuple[str, str | None, str]]:
    return {(flag["kind"], flag["term"], flag["level"]) for flag in assessment.record["flags"]}


def refresh(escalation: Escalation) -> None:
    """Bring the escalation's state in line with its steps'; the escalation's row is locked by the caller."""
    states = [StepState(state) for state in escalation.steps.values_list("state", flat=True)]
    escalation.state = overall(states)
    escalation.changed_at = timezone.now()
    escalation.save(update_fields=["state", "changed_at"])
