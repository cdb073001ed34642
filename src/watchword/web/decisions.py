"""What people say of a flag: the steps that follow from it go, or are called off, and from no other flag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from watchword.errors import MoveRefused, NotRecorded
from watchword.escalation.states import StepState
from watchword.escalation.steps import StepKind, first_name, steps_of
from watchword.store.chain import append_event
from watchword.store.contacts import contact_of
from watchword.store.decide import confirm, dismiss, of_flag
from watchword.store.models import Contact, Decision, Step
from watchword.store.storable import storable
from watchword.terms import Flag, Level
from watchword.triage.actions import plan
from watchword.triage.assess import NO_HISTORY, ONE_CONTACT
from watchword.web.in_force import in_force
from watchword.web.news import CALLS, tell

UNSENT = (StepState.WAITS, StepState.PLANNED, StepState.NEEDS_PERSON)
FLAG_EVENTS = {Decision.Word.CONFIRM: "flag confirmed", Decision.Word.DISMISS: "flag dismissed"}


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody said of a flag."""

    word: Decision.Word
    kind: str
    term: str | None
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
    row, said = _contact(contact), _Said(Decision.Word.CONFIRM, kind, term, by, reason, text)
    demanded, _ = _demanded(row, kind, term)
    if text is not None and not _posts(row, demanded).exists():
        raise MoveRefused("No chatter post follows from this flag.", do="Leave text out.")
    return _each(row, demanded, (StepState.WAITS,), said)


def dismiss_flag(contact: str, kind: str, term: str | None, *, by: str, reason: str, seen: int | None = None) -> int:
    """Call every step off that this flag alone demands; how many there were. Deletes nothing.

    ``seen`` is the number of the assessment that was shown. Raises NotRecorded, and MoveRefused when something was
    raised since that whoever calls them off has not seen.
    """
    row = _contact(contact)
    demanded, still = _demanded(row, kind, term)
    return _each(row, demanded - still, UNSENT, _Said(Decision.Word.DISMISS, kind, term, by, reason, seen=seen))


def _each(row: Contact, names: frozenset[str], states: tuple[StepState, ...], said: _Said) -> int:
    found = Step.objects.filter(escalation__contact=row, name__in=names, state__in=[state.value for state in states])
    posts = _posts(row, names)
    with transaction.atomic():
        keys = list(found.order_by("position").values_list("key", flat=True))
        if said.text is not None:  # whatever its state: of one that went with other words it is said so
            for key in posts.values_list("key", flat=True):
                confirm(key, by=said.by, text=said.text, reason=said.reason)
        for key in keys:
            if said.word is Decision.Word.CONFIRM:
                confirm(key, by=said.by, reason=said.reason)
            else:
                dismiss(key, by=said.by, reason=said.reason, seen=said.seen)
        of_flag(row, said.word, by=said.by, reason=said.reason)
        named = {"kind": said.kind, "term": said.term, "reason": said.reason, "steps": len(keys)}
        append_event(said.by, FLAG_EVENTS[said.word], f"contact {row.key}", named)
    tell(CALLS, row.key)
    return len(keys)


def _posts(row: Contact, names: frozenset[str]) -> QuerySet[Step]:
    return Step.objects.filter(escalation__contact=row, name__in=names, kind=StepKind.CHATTER_POST.value)


def _demanded(row: Contact, kind: str, term: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the steps that a flag of the kept assessment demands, and of those that the other flags demand.

    Which step follows from which flag is the policy's to say. When the one in force asks of this flag none of the
    steps that are there, for it is not the one that they were planned by, the flag has those that no other demands.
    Raises NotRecorded.
    """
    newest = row.assessments.order_by("-number").first()
    flags = [] if newest is None else newest.record["flags"]
    chosen = [flag for flag in flags if (flag["kind"], flag["term"]) == (kind, term)]
    if not chosen:
        raise _no_flag()
    others = [flag for flag in flags if flag not in chosen]
    there = frozenset(Step.objects.filter(escalation__contact=row).values_list("name", flat=True))
    demanded, still = _among(there, _steps_of(row, chosen)), _among(there, _steps_of(row, others))
    if not demanded and all(_among(there, _steps_of(row, [flag])) for flag in others):
        demanded = there - still
    return demanded, still


def _among(there: frozenset[str], planned: frozenset[str]) -> frozenset[str]:
    """Those of the steps that are there which do what is planned, or go on from one that did."""
    return frozenset(name for name in there if first_name(name) in planned)


def _steps_of(row: Contact, kept: list[dict[str, Any]]) -> frozenset[str]:
    """The names of the steps that kept flags demand by the policy in force; it may not know them any more."""
    policy, contact = in_force().policy, contact_of(row)
    flags = tuple(
        Flag(flag["kind"], flag["term"], Level(flag["level"]), flag["why"], flag["ask"], ())
        for flag in kept
        if flag["kind"] in {rule.rule for rule in policy.rules}
    )
    planned = plan(contact, policy, flags, ONE_CONTACT, contact.history or NO_HISTORY)
    return frozenset(step.name for action in planned.actions for step in steps_of(action))


def _contact(key: str) -> Contact:
    found = Contact.objects.filter(key=storable(key)).first()
    if found is None:
        raise NotRecorded("There is no contact of this id.", do="Record it first.")
    return found


def _no_flag() -> NotRecorded:
    return NotRecorded("The contact has no such flag.", do="Read its assessment again.")
