"""The flags of an escalation that somebody called off, and those that stand.

A flag is called off when it was dismissed by name, or when every step that it demands was dismissed while it was
raised. It stays so when one of these steps comes back for another flag, until a dismissal is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from watchword.store.models import Assessment, Decision, Escalation, Step
from watchword.terms import FlagName

Word = Decision.Word
CAN_COME_BACK = (Word.DISMISS, Word.WITHDRAW)  # what whoever said it can take back
CALLED_OFF = (Word.DISMISS, Word.INSTEAD, Word.WITHDRAW)  # after these a step comes back only for something new


def called_off(escalation: Escalation) -> frozenset[FlagName]:
    """The flags that nobody wants carried out any more."""
    steps, flags = _dismissed(list(escalation.decisions.all()))
    if not steps:
        return flags
    demands = [(demanded_by(step), steps.get(step.pk, set())) for step in escalation.steps.all()]
    every: set[FlagName] = set().union(*(demanding for demanding, _ in demands))
    return flags | {flag for flag in every if all(flag in off for demanding, off in demands if flag in demanding)}


def _dismissed(decisions: Sequence[Decision]) -> tuple[dict[int, set[FlagName]], frozenset[FlagName]]:
    """For each step that was dismissed the flags that were raised then; and the flags that were dismissed by name."""
    steps: dict[int, set[FlagName]] = {}
    flags: dict[FlagName, int] = {}  # and where among the decisions
    last: dict[int, int] = {}  # where a step was dismissed
    for place, one in enumerate(decisions):
        step = one.step_id
        if one.flag is not None and one.word == Word.DISMISS:
            flags[_named(one.flag)] = place
        elif one.flag is not None:
            flags.pop(_named(one.flag), None)
        elif step is not None and one.word == Word.DISMISS:
            steps.setdefault(step, set()).update(raised(one.assessment))
            last[step] = place
        elif one.step is not None and one.word == Word.REOPEN and steps.pop(one.step.pk, None) is not None:
            with_it = {flag for flag in demanded_by(one.step) if flags.get(flag, -1) > last[one.step.pk]}
            flags = {flag: at for flag, at in flags.items() if flag not in with_it}
    return steps, frozenset(flags)


def standing(escalation: Escalation) -> list[dict[str, Any]]:
    """The flags of its newest assessment that nobody called off, as they are kept."""
    off = called_off(escalation)
    return [flag for flag in escalation.assessment.record["flags"] if name_of(flag) not in off]


def not_standing(escalation: Escalation) -> list[dict[str, Any]]:
    """The other flags of it: those that somebody called off."""
    off = called_off(escalation)
    return [flag for flag in escalation.assessment.record["flags"] if name_of(flag) in off]


def demanded_by(step: Step) -> set[FlagName]:
    """The flags that demand a step, as it was planned last."""
    return {_named(flag) for flag in step.demanded_by}


def raised(assessment: Assessment) -> set[FlagName]:
    """The flags of an assessment with their levels."""
    return {name_of(flag) for flag in assessment.record["flags"]}


def _named(kept: Sequence[Any]) -> FlagName:
    kind, term, level = kept
    return kind, term, level


def name_of(flag: dict[str, Any]) -> FlagName:
    """A kept flag's kind, term and level."""
    return flag["kind"], flag["term"], flag["level"]
