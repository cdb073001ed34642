"""From an assessment's actions to the steps that carry it out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from watchword.escalation.states import StepState
from watchword.policy.slug import slug
from watchword.terms import Action, Assessment, FlagName, Level, Scope

FURTHER = "."  # in no name that is planned: slugs have none


class StepKind(StrEnum):
    """What a step does."""

    WARM_TRANSFER = "warm_transfer"
    TICKET = "ticket"
    QUEUE_TRANSFER = "queue_transfer"
    CHATTER_POST = "chatter_post"
    DO_NOT_CONTACT = "do_not_contact"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as it is written down before anything is sent.

    ``name`` is the same for the same step of the same contact however often it is planned: with the escalation's key it
    makes the step's own.
    """

    name: str
    kind: StepKind
    state: StepState
    level: Level
    confirm: str
    to: str | None = None
    phone: str | None = None
    type: str | None = None
    system: str | None = None
    register: str | None = None
    scope: tuple[Scope, ...] = ()
    text: str | None = None
    demanded_by: tuple[FlagName, ...] = ()


def step_key(escalation: str, step: str) -> str:
    """The idempotency key of a step: what the receiving side is asked for."""
    return f"{escalation}:{step}"


def further(name: str, what: str) -> str:
    """The name of a step that does what an earlier one of this name, gone already, did not."""
    return f"{name}{FURTHER}{what}"


def first_name(name: str) -> str:
    """The name under which a step, or the one that it goes on from, is planned."""
    return name.partition(FURTHER)[0]


def plan_steps(assessment: Assessment) -> tuple[PlannedStep, ...]:
    """The steps that an assessment's actions make, in their order.

    A ticket with a register makes two: nobody can file the ticket and forget the entry.
    """
    return tuple(step for action in assessment.actions for step in steps_of(action))


def steps_of(action: Action) -> tuple[PlannedStep, ...]:
    """The steps that one action makes."""
    first = _step(action, StepKind(action.kind))
    if action.register is None:
        return (first,)
    return first, _step(action, StepKind.DO_NOT_CONTACT)


def _step(action: Action, kind: StepKind) -> PlannedStep:
    return PlannedStep(
        name=_name(action, kind),
        kind=kind,
        state=StepState.WAITS if waits(action) else StepState.PLANNED,
        level=action.level,
        confirm=action.confirm,
        to=action.to,
        phone=action.phone,
        type=action.type,
        system=action.system,
        register=action.register if kind is StepKind.DO_NOT_CONTACT else None,
        scope=action.scope,
        text=action.text,
        demanded_by=action.demanded_by,
    )


def waits(action: Action) -> bool:
    """Whether an agent must say the word first: a proposal, or an order of a rule that a person confirms."""
    return action.level is Level.CLARIFY or action.confirm != "automatic"


def _name(action: Action, kind: StepKind) -> str:
    """A call is transferred once and a mail moved once; tickets and entries are told apart by what they are."""
    match kind:
        case StepKind.TICKET:
            return f"{kind}-{slug(action.type)}"
        case StepKind.DO_NOT_CONTACT:
            return f"{kind}-{slug(action.register)}"
        case _:
            return kind.value
