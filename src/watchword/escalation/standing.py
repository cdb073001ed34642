"""What follows from an assessment when some of its flags were called off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from watchword.escalation.steps import PlannedStep, steps_of
from watchword.policy.schema import Policy
from watchword.terms import Assessment, Contact, FlagName, History
from watchword.triage.actions import plan

Replan = Callable[[frozenset[FlagName]], Sequence[PlannedStep]]
NO_HISTORY = History()


def replan(contact: Contact, policy: Policy, assessment: Assessment) -> Replan:
    """A way to plan this contact's steps without the flags that somebody called off; who did is known to the store."""
    return partial(_steps_without, contact, policy, assessment)


def _steps_without(
    contact: Contact, policy: Policy, assessment: Assessment, called_off: frozenset[FlagName]
) -> tuple[PlannedStep, ...]:
    flags = tuple(flag for flag in assessment.flags if flag.name not in called_off)
    planned = plan(contact, policy, flags, assessment.count, contact.history or NO_HISTORY)
    return tuple(step for action in planned.actions for step in steps_of(action))
