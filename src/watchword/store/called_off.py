"""What people said of an escalation's flags: which ones they called off, and which doubts were meant.

A flag is called off when it was dismissed by name, or when every step that it demands was dismissed while it demanded
them. It stays so when one of these steps comes back for another flag, until a dismissal is taken back. What is said of
a step is said of the flags that demanded it then, and of the doubts of a mail that is called off whole, which demand
no order: each decision keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchword.store import rows
from watchword.store.models import Assessment, Decision, Escalation, Step
from watchword.terms import FlagName, Level

Word = Decision.Word
DECISIONS = (
    "SELECT decision.* FROM store_decision decision JOIN store_escalation escalation"
    " ON escalation.id = decision.escalation_id WHERE escalation.contact_id = %s ORDER BY decision.at, decision.id"
)
CAN_COME_BACK = (Word.DISMISS, Word.WITHDRAW)  # what whoever said it can take back
CALLED_OFF = (Word.DISMISS, Word.INSTEAD, Word.WITHDRAW)  # after these a step comes back only for something new


@dataclass(slots=True)
class Said:
    """What was said of flags, decision by decision; what is said last counts."""

    with_step: dict[int, set[FlagName]] = field(default_factory=dict)  # called off with each step
    by_name: dict[FlagName, int] = field(default_factory=dict)  # and where among the decisions
    last: dict[int, int] = field(default_factory=dict)  # where a step was dismissed
    meant: set[FlagName] = field(default_factory=set)

    def hear(self, place: int, one: Decision) -> None:
        """Take one more decision in."""
        flags = flags_of(one)
        if one.word == Word.DISMISS:
            self.meant -= flags
        elif one.word == Word.CONFIRM:
            self.meant |= flags
        if one.flag is not None:
            self._hear_of_flag(place, one.word == Word.DISMISS, flags)
        elif one.step_id is not None:
            self._hear_of_step(place, one.word, one.step_id, flags)

    def _hear_of_flag(self, place: int, dismissed: bool, flags: set[FlagName]) -> None:
        for flag in flags:
            self.by_name.pop(flag, None)
            if dismissed:
                self.by_name[flag] = place
        for off in () if dismissed else self.with_step.values():
            off -= flags

    def _hear_of_step(self, place: int, word: str, step: int, flags: set[FlagName]) -> None:
        if word == Word.DISMISS:
            self.with_step.setdefault(step, set()).update(flags)
            self.last[step] = place
        elif word == Word.CONFIRM:
            self.with_step.get(step, set()).difference_update(flags)
        elif word == Word.REOPEN and self.with_step.pop(step, None) is not None:
            for flag in flags:  # dismissed with it, by name
                if self.by_name.get(flag, -1) > self.last[step]:
                    del self.by_name[flag]


def said_of(escalation: Escalation) -> tuple[frozenset[FlagName], frozenset[FlagName]]:
    """The flags that nobody wants carried out any more, and those that were asked about and meant."""
    said = Said()
    for place, one in enumerate(_decisions_of(escalation)):
        said.hear(place, one)
    off = set().union(*said.with_step.values())
    if off:
        steps = [(demanded_by(step), said.with_step.get(step.pk, set())) for step in escalation.steps.all()]
        off = {flag for flag in off if all(flag in gone for demanding, gone in steps if flag in demanding)}
    off |= set(said.by_name)
    off |= {(kind, term, Level.CLARIFY.value) for kind, term, _ in off}  # what is no order is no question either
    return frozenset(off), frozenset(said.meant - off)


def _decisions_of(escalation: Escalation) -> Iterable[Decision]:
    """What was said of it, in order: as it was fetched with the escalation, or asked for now."""
    if "decisions" in getattr(escalation, "_prefetched_objects_cache", {}):
        return escalation.decisions.all()
    return rows.found(Decision, DECISIONS, escalation.contact_id)


def called_off(escalation: Escalation) -> frozenset[FlagName]:
    """The flags that nobody wants carried out any more."""
    return said_of(escalation)[0]


def standing(escalation: Escalation) -> list[dict[str, Any]]:
    """The flags of its newest assessment that nobody called off, as they are kept."""
    off = called_off(escalation)
    return [flag for flag in escalation.assessment.record["flags"] if name_of(flag) not in off]


def not_standing(escalation: Escalation) -> list[dict[str, Any]]:
    """The other flags of it: those that somebody called off."""
    off = called_off(escalation)
    return [flag for flag in escalation.assessment.record["flags"] if name_of(flag) in off]


def said_again(escalation: Escalation) -> list[dict[str, Any]]:
    """The flags that were called off and of which more was said since, each with these words alone as its evidence."""
    again = []
    for flag in not_standing(escalation):
        until = _heard_until(escalation, flag)
        new = [piece for piece in flag["evidence"] if piece["turn"] is not None and piece["turn"] > until]
        if new:
            again.append({**flag, "evidence": new})
    return again


def _heard_until(escalation: Escalation, flag: dict[str, Any]) -> int:
    """The last turn by which a flag was raised when it was called off, sure or in doubt."""
    what = flag["kind"], flag["term"]
    told = [one for one in escalation.decisions.all() if one.word == Word.DISMISS]
    seen = [one.assessment.record["flags"] for one in told if what in {name[:2] for name in flags_of(one)}][-1:]
    known = (one for flags in seen for one in flags if (one["kind"], one["term"]) == what)
    turns = (piece["turn"] for one in known for piece in one["evidence"])
    return max((turn for turn in turns if turn is not None), default=-1)


def demanded_by(step: Step) -> set[FlagName]:
    """The flags that demand a step, as it was planned last."""
    return {_named(flag) for flag in step.demanded_by}


def flags_of(decision: Decision) -> set[FlagName]:
    """The flags of which a decision was made."""
    return {_named(flag) for flag in ([decision.flag] if decision.flag is not None else decision.demanded_by)}


def raised(assessment: Assessment) -> set[FlagName]:
    """The flags of an assessment with their levels."""
    return {name_of(flag) for flag in assessment.record["flags"]}


def _named(kept: Sequence[Any]) -> FlagName:
    kind, term, level = kept
    return kind, term, level


def name_of(flag: dict[str, Any]) -> FlagName:
    """A kept flag's kind, term and level."""
    return flag["kind"], flag["term"], flag["level"]
