"""An escalation's steps as its call goes on: what follows anew, what is brought up to date, what has gone already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from watchword.escalation.standing import Replan
from watchword.escalation.states import TO_CARRY, Move, StepState, overall
from watchword.escalation.steps import PlannedStep, StepKind, further, slug, step_key
from watchword.store.called_off import CALLED_OFF, called_off, raised
from watchword.store.models import Assessment, Contact, Escalation, Step
from watchword.store.moving import moved, refresh
from watchword.store.storable import plain, storable_or_none
from watchword.terms import Scope

AS_PLANNED = ("state", "level", "confirm", "to", "phone", "type", "system", "register", "scope", "text")


def escalated(
    known: Escalation | None,
    row: Contact,
    assessment: Assessment,
    steps: Sequence[PlannedStep],
    news: bool,
    actor: str,
    replan: Replan | None = None,
) -> tuple[Escalation, bool]:
    """The escalation with every planned step, and whether any is new or another than it was.

    Steps that are there already are brought up to date while they wait. ``known`` is the contact's escalation as its
    caller has locked it, None when it has none yet. ``replan`` plans the steps without the flags that were called off.
    """
    if known is not None and not news:
        return known, False
    if known is not None and replan is not None and (off := called_off(known)):
        steps = replan(off)
    waiting = overall([step.state for step in steps])
    escalation = known or Escalation(contact=row, channel=row.channel, state=waiting, opened_at=timezone.now())
    escalation.outcome, escalation.contact_at = row.outcome, row.at
    escalation.assessment = assessment
    escalation.save()
    kept = list(escalation.steps.all()) if known else []
    before = _as_planned(kept)
    for planned in steps:
        left = _not_gone(planned, kept)
        if left is None:
            continue
        same = next((step for step in kept if step.name == left.name), None)
        if same is None:
            kept.append(_new_step(escalation, left, position=len(kept)))
        else:
            same.escalation = escalation
            _again(same, left, actor)
    if known:
        refresh(escalation)
    return escalation, _as_planned(kept) != before


def _as_planned(steps: Sequence[Step]) -> list[list[object]]:
    return [[getattr(step, name) for name in AS_PLANNED] for step in steps]


def _not_gone(planned: PlannedStep, kept: Sequence[Step]) -> PlannedStep | None:
    """What of a planned step those that have gone already do not do; None when they do all of it.

    Somebody who wished no calls, and was entered for that, may say later that letters are unwelcome too; a call that
    was offered to one line may have to go to another: that is a step of its own.
    """
    gone = [step for step in kept if _is_of(step, planned) and not _may_change(step)]
    if not gone:
        return planned
    if planned.kind is StepKind.WARM_TRANSFER:
        elsewhere = all((step.to, step.phone) != (planned.to, planned.phone) for step in gone)
        return replace(planned, name=further(planned.name, slug(planned.to))) if elsewhere else None
    done = {Scope(way) for step in gone for way in step.scope or Scope}
    rest = tuple(way for way in planned.scope or Scope if way not in done)  # a wish that names no way means all
    if rest:
        return replace(planned, scope=rest, name=further(planned.name, "-".join(rest)))
    return None


def _is_of(step: Step, planned: PlannedStep) -> bool:
    """Whether a step does the same thing, be it for less or elsewhere."""
    one = (step.kind, step.type, step.system, step.register)
    return one == (planned.kind, planned.type, planned.system, planned.register)


def _may_change(step: Step) -> bool:
    """Nothing of it has been sent yet, or it was called off."""
    untried = step.state == StepState.PLANNED and step.tries == 0 and step.held_until is None
    return untried or step.state in (StepState.WAITS, StepState.CANCELLED)


def _new_step(escalation: Escalation, planned: PlannedStep, position: int) -> Step:
    step = Step(escalation=escalation, name=planned.name, key=step_key(escalation.key, planned.name), position=position)
    _fill(step, planned)
    step.state = planned.state
    step.try_at = timezone.now() if planned.state in TO_CARRY else None
    step.save()
    return step


def add_step(escalation: Escalation, planned: PlannedStep) -> Step:
    """A step that follows from how another one went; one of this name that is there already stays as it is.

    The escalation's row is locked by the caller, who also brings its state up to date.
    """
    kept = escalation.steps.filter(name=planned.name).first()
    return kept or _new_step(escalation, planned, position=escalation.steps.count())


def _fill(step: Step, planned: PlannedStep) -> None:
    step.kind = planned.kind
    step.level, step.confirm = planned.level.value, planned.confirm
    step.to, step.phone = storable_or_none(planned.to), storable_or_none(planned.phone)
    step.type, step.system = storable_or_none(planned.type), storable_or_none(planned.system)
    step.register = storable_or_none(planned.register)
    step.scope = [scope.value for scope in planned.scope]
    step.demanded_by = plain(planned.demanded_by)
    step.text = storable_or_none(planned.text)


def _again(step: Step, planned: PlannedStep, actor: str) -> None:
    """A step planned anew because the call went on: what was not sent yet is brought up to date."""
    if step.state == StepState.CANCELLED:
        if not _demanded_anew(step, planned):
            return
        step.why, step.tries = "", 0
        moved(step, Move.REOPEN, actor)
    own_words = step.text if step.state == StepState.PLANNED else None  # as the agent left them
    _fill(step, planned)
    step.text = own_words or step.text
    if step.state == StepState.WAITS and planned.state is StepState.PLANNED:
        step.try_at = timezone.now()
        moved(step, Move.AGREE, actor)  # surer than before, and the policy lets it go by itself
        return
    step.changed_at = timezone.now()
    step.save()


def _demanded_anew(step: Step, planned: PlannedStep) -> bool:
    """Whether a flag demands a step that was not there when the step was called off or replaced."""
    told = step.decisions.filter(word__in=CALLED_OFF).order_by("-id").first()
    return told is None or bool(set(planned.demanded_by) - raised(told.assessment))
