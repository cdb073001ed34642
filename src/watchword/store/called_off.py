"""The flags of an escalation that somebody called off, and those that stand.

A flag is called off when every step that it demands was dismissed while it was raised. It stays so when one of these
steps comes back for another flag, until a dismissal is taken back.
"""

from __future__ import annotations

from typing import Any

from watchword.store.models import Assessment, Decision, Escalation, Step
from watchword.terms import FlagName

Word = Decision.Word
CAN_COME_BACK = (Word.DISMISS, Word.WITHDRAW)  # what whoever said it can take back
CALLED_OFF = (Word.DISMISS, Word.INSTEAD, Word.WITHDRAW)  # after these a step comes back only for something new


def called_off(escalation: Escalation) -> frozenset[FlagName]:
    """The flags that nobody wants carried out any more."""
    dismissed = _dismissed(escalation)
    if not dismissed:
        return frozenset()
    demands = [(demanded_by(step), dismissed.get(step.pk, set())) for step in escalation.steps.all()]
    every: set[FlagName] = set().union(*(flags for flags, _ in demands))
    return frozenset(flag for flag in every if all(flag in off for flags, off in demands if flag in flags))


def _dismissed(escalation: Escalation) -> dict[int, set[FlagName]]:
    """For each step that was dismissed: the flags that were raised then."""
    found: dict[int, set[FlagName]] = {}
    for one in escalation.decisions.all():
        if one.step_id is not None and one.word == Word.DISMISS:
            found.setdefault(one.step_id, set()).update(raised(one.assessment))
        elif one.step_id is not None and one.word == Word.REOPEN:
            found.pop(one.step_id, None)
    return found


def standing(escalation: Escalation) -> list[dict[str, Any]]:
    """The flags of its newest assessment that nobody called off, as they are kept."""
    off = called_off(escalation)
    return [flag for flag in escalation.assessment.record["flags"] if name_of(flag) not in off]


def demanded_by(step: Step) -> set[FlagName]:
    """The flags that demand a step, as it was planned last."""
    return {(kind, term, level) for kind, term, level in step.demanded_by}


def raised(assessment: Assessment) -> set[FlagName]:
    """The flags of an assessment with their levels."""
    return {name_of(flag) for flag in assessment.record["flags"]}


def name_of(flag: dict[str, Any]) -> FlagName:
    """A kept flag's kind, term and level."""
    return flag["kind"], flag["term"], flag["level"]
