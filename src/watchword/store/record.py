"""Contact, assessment, escalation and planned steps, written in one transaction before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from watchword import terms
from watchword.escalation.standing import Replan
from watchword.escalation.steps import PlannedStep
from watchword.store import rows
from watchword.store.chain import append_event, events_last
from watchword.store.contacts import add_turns, check_same, check_whole, new_row
from watchword.store.locked import locked
from watchword.store.models import Assessment, Contact, Escalation, Flag
from watchword.store.models.assessments import LONGEST_FLAG_NAME
from watchword.store.replanning import escalated, set_opened
from watchword.store.storable import fingerprint, plain, storable, storable_or_none
from watchword.store.taught import taught_by
from watchword.triage.record import as_record

# What may change of a contact's row while a call goes on.
WHILE_IT_GOES_ON = ("is_open", "ended_at", "unread", "extra", "outcome", "needs_person", "looked_at", "version")
NEWEST = "SELECT id, number, hash FROM store_assessment WHERE contact_id = %s ORDER BY number DESC LIMIT 1"
NO_FLAGS = "DELETE FROM store_flag WHERE contact_id = %s"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written. ``escalation`` is its key, None when nothing follows; ``version`` is the contact's by now.

    ``made`` is the number of a new assessment, and its record.
    """

    contact: str
    escalation: str | None
    new_contact: bool
    new_assessment: bool
    version: int = 0
    made: tuple[int, dict[str, Any]] | None = None


def record(
    contact: terms.Contact,
    assessment: terms.Assessment,
    steps: Sequence[PlannedStep],
    *,
    replan: Replan | None = None,
    source: str = "",
    is_open: bool = False,
    actor: str = "system",
    alongside: Callable[[Contact], None] | None = None,
) -> Recorded:
    """Write a contact, its assessment and the steps that follow, all or nothing.

    ``replan`` plans the steps anew without the flags that somebody has called off meanwhile. ``alongside`` writes what
    else belongs to the contact, in the same transaction, whether the contact is new or not.

    Recording the same again changes nothing, nor does an earlier state of a call that goes on. A call that
    goes on is recorded again with more turns: what is new is added, and a step that was sent stays as it was. Raises
    RecordConflict when a contact of this id said other words, or more of them.
    """
    with events_last():
        row, new = _row(contact, source=source, is_open=is_open)
        if not (new or row.is_open):
            check_whole(row, contact)
        check_same(row, contact)
        return write(
            row,
            contact,
            assessment,
            steps,
            added=add_turns(row, contact.turns),
            replan=replan,
            is_open=is_open,
            actor=actor,
            new=new,
            alongside=alongside,
        )


def write(
    row: Contact,
    contact: terms.Contact,
    assessment: terms.Assessment,
    steps: Sequence[PlannedStep],
    *,
    added: int,
    replan: Replan | None,
    is_open: bool,
    actor: str,
    new: bool = False,
    changed: bool = False,
    alongside: Callable[[Contact], None] | None = None,
) -> Recorded:
    """What follows for a contact whose row its caller has locked, or just made, and to which turns were added.

    ``added`` is their number; below zero when more are kept than were assessed. ``changed`` says that fields of the
    row, such as may change while a call goes on, were set anew and are to be saved.
    """
    again = not (added or new or changed or row.is_open) and row.assessments.exists()
    if again and alongside:
        alongside(row)
    if again or added < 0:  # another policy or model since does not escalate anew what is over
        return as_it_is(row)
    written, news = _assessed(row, assessment)
    known = rows.found_locked(Escalation, "contact", row.pk)
    escalation, changed_steps = known, False
    if steps or known is not None:
        escalation, changed_steps = escalated(known, row, written, steps, news, actor, replan)
    ended = row.is_open and not is_open
    if ended:
        row.is_open, row.ended_at = False, timezone.now()
    if added or new or news or ended or changed:
        row.version += 1
        rows.change(row, *WHILE_IT_GOES_ON)
    if alongside:
        alongside(row)
    if new or news or ended:
        detail = {
            "outcome": assessment.outcome.value,
            "turns": len(contact.turns),
            "assessment": written.number,
            "new_assessment": news,
            "policy": assessment.policy.hash,
            "steps": [step.name for step in steps],
            "opened": escalation is not None and known is None,
            "steps_changed": known is not None and changed_steps,
        }
        action = "contact recorded" if new else "contact went on"
        opened = escalation if known is None else None
        append_event(actor, action, f"contact {row.key}", detail, in_turn=lambda: set_opened(opened))
    made = (written.number, written.record) if news else None
    return Recorded(row.key, escalation.key if escalation else None, new, news, row.version, made)


def as_it_is(row: Contact) -> Recorded:
    """What is kept already; more than was told."""
    known = Escalation.objects.filter(contact=row).first()
    return Recorded(row.key, known.key if known else None, new_contact=False, new_assessment=False, version=row.version)


def _row(contact: terms.Contact, *, source: str, is_open: bool) -> tuple[Contact, bool]:
    """The contact's row, locked, and whether it is new."""
    kept = locked(Contact).filter(key=storable(contact.id)).first()
    if kept is None:
        person, taught = taught_by(contact.person)
        try:
            with transaction.atomic():
                row = new_row(contact, person, source=source, is_open=is_open, taught=taught)
                row.save()
                return row, True
        except IntegrityError:  # another was quicker
            kept = locked(Contact).get(key=storable(contact.id))
    return kept, False


def _assessed(row: Contact, assessment: terms.Assessment) -> tuple[Assessment, bool]:
    """The assessment's row and whether it is new: the same assessment is not written twice in a row."""
    values = plain(as_record(assessment))
    hash = fingerprint(values)
    newest = next(iter(rows.found(Assessment, NEWEST, row.pk)), None)
    if newest is not None and newest.hash == hash:
        return newest, False
    written = Assessment(
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
    rows.add(written)
    row.outcome, row.needs_person = written.outcome, written.needs_person
    row.looked_at = None
    if newest is not None:
        rows.write(NO_FLAGS, row.pk)
    for flag in _flags(row, assessment):
        rows.add_soon(flag)
    return written, True


def hash_of(assessment: terms.Assessment) -> str:
    """What tells whether an assessment is the one that was recorded."""
    return fingerprint(plain(as_record(assessment)))


def _flags(row: Contact, assessment: terms.Assessment) -> Iterable[Flag]:
    """A row for each; of those whose names are too long to be told apart one is enough."""
    found = [
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
    each: dict[tuple[str, str, bool], Flag] = {}
    for flag in found:
        each.setdefault((flag.kind, flag.term, flag.trial), flag)
    return each.values()
