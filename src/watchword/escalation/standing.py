"""What follows from an assessment when people called flags off, or said of a doubt that it is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from watchword.escalation.steps import PlannedStep, steps_of
from watchword.policy.schema import Policy
from watchword.terms import Assessment, Contact, Count, Flag, FlagName, History, Level
from watchword.triage.actions import plan

Replan = Callable[[frozenset[FlagName], frozenset[FlagName]], Sequence[PlannedStep]]
NO_HISTORY = History()


def replan(contact: Contact, policy: Policy, assessment: Assessment) -> Replan:
    """A way to plan this contact's steps by what was said of its flags; who said it is known to the store."""
    return partial(steps_of_standing, contact, policy, assessment.flags, assessment.count)


def steps_of_standing(
    contact: Contact,
    policy: Policy,
    flags: Iterable[Flag],
    count: Count,
    called_off: frozenset[FlagName],
    meant: frozenset[FlagName],
) -> tuple[PlannedStep, ...]:
    """The steps of the flags that stand; a doubt that is meant is as good as sure, and keeps its name."""
    stand = [flag for flag in flags if flag.name not in called_off]
    sure = [replace(flag, level=Level.ESCALATE) if flag.name in meant else flag for flag in stand]
    names = {now.name: before.name for now, before in zip(sure, stand, strict=True)}
    planned = plan(contact, policy, tuple(sure), count, contact.history or NO_HISTORY)
    steps = (step for action in planned.actions for step in steps_of(action))
    return tuple(replace(step, demanded_by=tuple(names[name] for name in step.demanded_by)) for step in steps)
