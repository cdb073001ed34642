"""What people say of a flag: the steps that follow from it go, or are called off, and from no other flag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.db import transaction

from watchword import terms
from watchword.errors import NotRecorded
from watchword.escalation.states import StepState
from watchword.escalation.steps import plan_steps
from watchword.store.chain import append_event
from watchword.store.contacts import contact_of
from watchword.store.decide import confirm, dismiss
from watchword.store.models import Contact, Step
from watchword.store.storable import storable
from watchword.triage.assess import NO_HISTORY, replanned
from watchword.web.in_force import in_force
from watchword.web.news import CALLS, tell

UNSENT = (StepState.WAITS, StepState.PLANNED, StepState.NEEDS_PERSON)


def confirm_flag(contact: str, kind: str, term: str | None, *, by: str, reason: str = "") -> int:
    """Let every step go that this flag demands; how many there were. Raises NotRecorded."""
    row = _contact(contact)
    demanded = _steps_of(row, lambda flag: (flag.kind, flag.term) == (kind, term))
    if not demanded:
        raise _no_flag()
    return _each(row, demanded, (StepState.WAITS,), "confirmed", (kind, term), by, reason)


def dismiss_flag(contact: str, kind: str, term: str | None, *, by: str, reason: str) -> int:
    """Call every step off that this flag alone demands; how many there were. Deletes nothing. Raises NotRecorded."""
    row = _contact(contact)
    demanded = _steps_of(row, lambda flag: (flag.kind, flag.term) == (kind, term))
    if not demanded:
        raise _no_flag()
    still = _steps_of(row, lambda flag: (flag.kind, flag.term) != (kind, term))
    return _each(row, demanded - still, UNSENT, "dismissed", (kind, term), by, reason)


def _each(
    row: Contact,
    names: frozenset[str],
    states: tuple[StepState, ...],
    word: str,
    flag: tuple[str, str | None],
    by: str,
    reason: str,
) -> int:
    found = Step.objects.filter(escalation__contact=row, name__in=names, state__in=[state.value for state in states])
    with transaction.atomic():
        keys = list(found.order_by("position").values_list("key", flat=True))
        for key in keys:
            if word == "confirmed":
                confirm(key, by=by, reason=reason)
            else:
                dismiss(key, by=by, reason=reason)
        named = {"kind": flag[0], "term": flag[1], "reason": reason, "steps": len(keys)}
        append_event(by, f"flag {word}", f"contact {row.key}", named)
    tell(CALLS, row.key)
    return len(keys)


def _steps_of(row: Contact, wanted: Callable[[terms.Flag], bool]) -> frozenset[str]:
    """The names of the steps that these flags of a contact demand, by the policy in force."""
    opened, contact = in_force(), contact_of(row)
    assessed = opened.assess(contact)
    chosen = replace(assessed, flags=tuple(flag for flag in assessed.flags if wanted(flag)))
    planned = replanned(chosen, contact, opened.policy, contact.history or NO_HISTORY)
    return frozenset(step.name for step in plan_steps(planned))


def _contact(key: str) -> Contact:
    found = Contact.objects.filter(key=storable(key)).first()
    if found is None:
        raise NotRecorded("There is no contact of this id.", do="Record it first.")
    return found


def _no_flag() -> NotRecorded:
    return NotRecorded("The contact has no such flag.", do="Read its assessment again.")
