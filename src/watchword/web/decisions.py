"""What people say of a flag: the steps that follow from it go, or are called off with the last flag that they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from watchword.errors import MoveRefused, NotRecorded
from watchword.escalation.standing import NO_HISTORY
from watchword.escalation.states import TO_CARRY, StepState
from watchword.escalation.steps import StepKind, first_name, steps_of
from watchword.store.called_off import CAN_COME_BACK, called_off, name_of, said_of
from watchword.store.chain import append_event, events_last
from watchword.store.contacts import contact_of
from watchword.store.decide import confirm, dismiss, of_flag, reopen
from watchword.store.locked import locked
from watchword.store.models import Contact, Decision, Escalation, Step
from watchword.store.storable import storable
from watchword.terms import FlagName, Level
from watchword.triage.actions import plan
from watchword.triage.flags import ONE_CONTACT
from watchword.triage.record import flag_of
from watchword.web.in_force import in_force
from watchword.web.listeners import CALLS, tell
from watchword.web.step_decisions import steps_follow

UNSENT = (StepState.WAITS, StepState.PLANNED, StepState.NEEDS_PERSON)
LET_GO = (*TO_CARRY, StepState.NEEDS_PERSON, StepState.CONFIRMED)
Flags = list[dict[str, Any]]
Planned = dict[str, str | None]  # the names of steps, and where each leads
FLAG_EVENTS = {
    Decision.Word.CONFIRM: "flag confirmed",
    Decision.Word.DISMISS: "flag dismissed",
    Decision.Word.REOPEN: "flag taken back",
}


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
    """Let every step go that this flag demands; how many there were. Those of one that was called off come back.

    A transfer that waits and leads elsewhere, for it follows from another flag first, is that one's to be let go.
    ``text`` is the chatter post as it was left. Raises NotRecorded, and MoveRefused when there is no such post.
    """
    row = _contact(contact)
    with events_last():
        escalation = _locked(row)
        found = _demanded(row, escalation, kind, term)
        if text is not None and not _posts(row, found.steps).exists():
            raise MoveRefused("No chatter post follows from this flag.", do="Leave text out.")
        said = _Said(Decision.Word.CONFIRM, found.flag, by, reason, text)
        if escalation is not None:  # first of all: a doubt that is meant may lead elsewhere than it did
            was_off = found.flag in called_off(escalation)
            of_flag(escalation, found.flag, said.word, by=by, reason=reason)
            steps_follow(escalation, by)
            if was_off and _back(escalation, _demanded(row, escalation, kind, term).steps, by):
                steps_follow(escalation, by)
        moved = _each(row, _demanded(row, escalation, kind, term).own, (StepState.WAITS,), said)
        _logged(row, said, moved)
    tell(CALLS, row.key)
    return moved


def dismiss_flag(contact: str, kind: str, term: str | None, *, by: str, reason: str, seen: int | None = None) -> int:
    """Call every step off that no other flag demands which stands; how many there were. Deletes nothing.

    What other flags demand as well follows from these alone from now on. ``seen`` is the number of the assessment that
    was shown. Raises NotRecorded, and MoveRefused when something was raised since that whoever dismisses it has not
    seen.
    """
    row = _contact(contact)
    with events_last():
        escalation = _locked(row)
        found = _demanded(row, escalation, kind, term)
        said = _Said(Decision.Word.DISMISS, found.flag, by, reason, seen=seen)
        moved = _each(row, found.steps - found.still, UNSENT, said)
        if escalation is not None:
            of_flag(escalation, found.flag, said.word, by=by, reason=reason, seen=seen)
            steps_follow(escalation, by)
        _logged(row, said, moved)
    tell(CALLS, row.key)
    return moved


def take_back_flag(contact: str, kind: str, term: str | None, *, by: str) -> None:
    """Take back that a flag was called off: what is yet to go follows from it again. Raises NotRecorded."""
    row = _contact(contact)
    with events_last():
        escalation = _locked(row)
        found = _demanded(row, escalation, kind, term)
        if escalation is None or found.flag not in said_of(escalation)[0]:
            return
        of_flag(escalation, found.flag, Decision.Word.REOPEN, by=by, reason="")
        steps_follow(escalation, by)
        _logged(row, _Said(Decision.Word.REOPEN, found.flag, by, ""), 0)


def _back(escalation: Escalation, names: frozenset[str], by: str) -> bool:
    """Take back that steps of these names were called off; whether any was."""
    back = False
    for step in escalation.steps.filter(name__in=names, state=StepState.CANCELLED):
        told = step.decisions.order_by("-id").first()
        if told is not None and told.word in CAN_COME_BACK:  # any other gave way to what has gone
            reopen(step.key, by=by)
            back = True
    return back


def _each(row: Contact, names: frozenset[str], states: tuple[StepState, ...], said: _Said) -> int:
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
    return len(keys)


def _logged(row: Contact, said: _Said, moved: int) -> None:
    kind, term, _ = said.flag
    named = {"kind": kind, "term": term, "reason": said.reason, "steps": moved}
    append_event(said.by, FLAG_EVENTS[said.word], f"contact {row.key}", named)


def _posts(row: Contact, names: frozenset[str]) -> QuerySet[Step]:
    return Step.objects.filter(escalation__contact=row, name__in=names, kind=StepKind.CHATTER_POST.value)


@dataclass(frozen=True, slots=True)
class _Demanded:
    """A flag and the names of its steps: of those that lead where it alone would have them lead, and of those that
    other flags demand which stand and are no less sure.
    """

    flag: FlagName
    steps: frozenset[str]
    own: frozenset[str]
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
    off, meant = said_of(escalation) if escalation is not None else (frozenset(), frozenset())
    others = [flag for flag in flags if flag not in chosen and name_of(flag) not in off]
    there = list(Step.objects.filter(escalation__contact=row))
    sure = [flag for flag in flags if flag["level"] == Level.ESCALATE or name_of(flag) in meant]
    as_sure = [flag for flag in others if flag in sure or chosen[0] not in sure]
    planned, rest = _planned(row, chosen), _planned(row, as_sure)
    demanded = _among(there, planned)
    still = frozenset(step.name for step in there if first_name(step.name) in rest and not _is_done(step, rest, there))
    if not demanded and all(_among(there, _planned(row, [flag])) for flag in others):
        demanded = frozenset(step.name for step in there) - still
    first = {step.name: [one for one in flags if list(name_of(one)) in step.demanded_by[:1]] for step in there}
    elsewhere = (name for name in demanded if _lead_apart(_planned(row, first[name]), planned, first_name(name)))
    return _Demanded(name_of(chosen[0]), demanded, demanded - frozenset(elsewhere), still)


def _among(there: Iterable[Step], planned: Planned) -> frozenset[str]:
    """Those of the steps that are there which do what is planned, or go on from one that did."""
    return frozenset(step.name for step in there if first_name(step.name) in planned)


def _is_done(step: Step, rest: Planned, there: Iterable[Step]) -> bool:
    """Whether the other flags need a step no more: it leads elsewhere than they, and another one goes where they do."""
    name = first_name(step.name)
    goes = (one for one in there if first_name(one.name) == name and one.state in LET_GO)
    return step.to != rest[name] and any(one.to == rest[name] for one in goes)


def _lead_apart(one: Planned, other: Planned, name: str) -> bool:
    return name in one and name in other and one[name] != other[name]


def _planned(row: Contact, kept: Flags) -> Planned:
    """The steps that kept flags demand by the policy in force; it may not know them any more."""
    policy, contact = in_force().policy, contact_of(row)
    flags = tuple(flag_of(flag) for flag in kept if flag["kind"] in {rule.rule for rule in policy.rules})
    planned = plan(contact, policy, flags, ONE_CONTACT, contact.history or NO_HISTORY)
    return {step.name: step.to for action in planned.actions for step in steps_of(action)}


def _locked(row: Contact) -> Escalation | None:
    return locked(Escalation).select_related("assessment").filter(contact=row).first()


def _contact(key: str) -> Contact:
    found = Contact.objects.filter(key=storable(key)).first()
    if found is None:
        raise NotRecorded("There is no contact of this id.", do="Record it first.")
    return found


def _no_flag() -> NotRecorded:
    return NotRecorded("The contact has no such flag.", do="Read its assessment again.")
