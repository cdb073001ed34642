"""What people say of a flag: the steps that follow from it go, or are called off with the last flag that they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from watchword.errors import MoveRefused, NotRecorded
from watchword.escalation.states import StepState
from watchword.escalation.steps import PlannedStep, StepKind, first_name, steps_of
from watchword.store.called_off import called_off, name_of, standing
from watchword.store.chain import append_event
from watchword.store.contacts import contact_of
from watchword.store.decide import confirm, dismiss, of_flag
from watchword.store.locked import locked
from watchword.store.models import Contact, Decision, Escalation, Step
from watchword.store.replanning import follow_what_is_left
from watchword.store.storable import storable
from watchword.terms import Count, FlagName
from watchword.triage.actions import plan
from watchword.triage.assess import NO_HISTORY
from watchword.triage.flags import ONE_CONTACT
from watchword.triage.record import count_of, flag_of
from watchword.web.in_force import in_force
from watchword.web.news import CALLS, tell

UNSENT = (StepState.WAITS, StepState.PLANNED, StepState.NEEDS_PERSON)
Flags = list[dict[str, Any]]
FLAG_EVENTS = {Decision.Word.CONFIRM: "flag confirmed", Decision.Word.DISMISS: "flag dismissed"}


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody said of a flag."""

    word: Decision.Word
    flag: FlagName
    by: str
    reason: str
    text: str | None = None
    seen: int | None = None


def confirm_flag(
    contact: str, kind: str, term: str | None, *, by: str, reason: str = "", text: str | None = None
) -> int:
    """Let every step go that this flag demands; how many there were.

    ``text`` is the chatter post as it was left. Raises NotRecorded, and MoveRefused when there is no such post.
    """
    row = _contact(contact)
    with transaction.atomic():
        escalation = _locked(row)
        found = _demanded(row, escalation, kind, term)
        if text is not None and not _posts(row, found.steps).exists():
            raise MoveRefused("No chatter post follows from this flag.", do="Leave text out.")
        said = _Said(Decision.Word.CONFIRM, found.flag, by, reason, text)
        moved = _each(row, escalation, found.steps, (StepState.WAITS,), said)
    tell(CALLS, row.key)
    return moved


def dismiss_flag(contact: str, kind: str, term: str | None, *, by: str, reason: str, seen: int | None = None) -> int:
    """Call every step off that no other flag demands which stands; how many there were. Deletes nothing.

    What other flags demand as well follows from these alone from now on. ``seen`` is the number of the assessment that
    was shown. Raises NotRecorded, and MoveRefused when something was raised since that whoever dismisses it has not
    seen.
    """
    row = _contact(contact)
    with transaction.atomic():
        escalation = _locked(row)
        found = _demanded(row, escalation, kind, term)
        said = _Said(Decision.Word.DISMISS, found.flag, by, reason, seen=seen)
        moved = _each(row, escalation, found.steps - found.still, UNSENT, said)
        if escalation is not None and (shared := found.steps & found.still):
            _follow_what_is_left(row, escalation, shared)
    tell(CALLS, row.key)
    return moved


def _each(
    row: Contact, escalation: Escalation | None, names: frozenset[str], states: tuple[StepState, ...], said: _Said
) -> int:
    found = Step.objects.filter(escalation__contact=row, name__in=names, state__in=[state.value for state in states])
    keys = list(found.order_by("position").values_list("key", flat=True))
    if said.text is not None:  # whatever its state: of one that went with other words it is said so
        for key in _posts(row, names).values_list("key", flat=True):
            confirm(key, by=said.by, text=said.text, reason=said.reason)
    for key in keys:
        if said.word is Decision.Word.CONFIRM:
            confirm(key, by=said.by, reason=said.reason)
        else:
            dismiss(key, by=said.by, reason=said.reason, seen=said.seen)
    if escalation is not None:
        of_flag(escalation, said.flag, said.word, by=said.by, reason=said.reason, seen=said.seen)
    kind, term, _ = said.flag
    named = {"kind": kind, "term": term, "reason": said.reason, "steps": len(keys)}
    append_event(said.by, FLAG_EVENTS[said.word], f"contact {row.key}", named)
    return len(keys)


def _follow_what_is_left(row: Contact, escalation: Escalation, names: frozenset[str]) -> None:
    """Have steps that stand follow from the flags that stand; by another policy than theirs nothing is planned anew."""
    if escalation.assessment.policy_hash == in_force().policy.hash:
        planned = _planned(row, standing(escalation), count_of(escalation.assessment.record["history"]))
        follow_what_is_left(escalation, [step for step in planned if step.name in {first_name(one) for one in names}])


def _posts(row: Contact, names: frozenset[str]) -> QuerySet[Step]:
    return Step.objects.filter(escalation__contact=row, name__in=names, kind=StepKind.CHATTER_POST.value)


@dataclass(frozen=True, slots=True)
class _Demanded:
    """A flag, the names of the steps that it demands, and of those that the other flags demand which stand."""

    flag: FlagName
    steps: frozenset[str]
    still: frozenset[str]


def _demanded(row: Contact, escalation: Escalation | None, kind: str, term: str | None) -> _Demanded:
    """What a flag of the kept assessment demands.

    Which step follows from which flag is the policy's to say. When the one in force asks of this flag none of the
    steps that are there, for it is not the one that they were planned by, the flag has those that no other demands.
    Raises NotRecorded.
    """
    newest = row.assessments.order_by("-number").first()
    flags = [] if newest is None else newest.record["flags"]
    chosen = [flag for flag in flags if (flag["kind"], flag["term"]) == (kind, term)]
    if not chosen:
        raise _no_flag()
    off = called_off(escalation) if escalation is not None else frozenset()
    others = [flag for flag in flags if flag not in chosen and name_of(flag) not in off]
    there = frozenset(Step.objects.filter(escalation__contact=row).values_list("name", flat=True))
    demanded, still = _among(there, _steps_of(row, chosen)), _among(there, _steps_of(row, others))
    if not demanded and all(_among(there, _steps_of(row, [flag])) for flag in others):
        demanded = there - still
    return _Demanded(name_of(chosen[0]), demanded, still)


def _among(there: frozenset[str], planned: frozenset[str]) -> frozenset[str]:
    """Those of the steps that are there which do what is planned, or go on from one that did."""
    return frozenset(name for name in there if first_name(name) in planned)


def _steps_of(row: Contact, kept: Flags) -> frozenset[str]:
    """The names of the steps that kept flags demand by the policy in force."""
    return frozenset(step.name for step in _planned(row, kept, ONE_CONTACT))


def _planned(row: Contact, kept: Flags, count: Count) -> list[PlannedStep]:
    """The steps of kept flags by the policy in force; it may not know them any more."""
    policy, contact = in_force().policy, contact_of(row)
    flags = tuple(flag_of(flag) for flag in kept if flag["kind"] in {rule.rule for rule in policy.rules})
    planned = plan(contact, policy, flags, count, contact.history or NO_HISTORY)
    return [step for action in planned.actions for step in steps_of(action)]


def _locked(row: Contact) -> Escalation | None:
    return locked(Escalation).select_related("assessment").filter(contact=row).first()


def _contact(key: str) -> Contact:
    found = Contact.objects.filter(key=storable(key)).first()
    if found is None:
        raise NotRecorded("There is no contact of this id.", do="Record it first.")
    return found


def _no_flag() -> NotRecorded:
    return NotRecorded("The contact has no such flag.", do="Read its assessment again.")
