"""One caller is transferred once: the transfer that goes takes the place of those that nobody has accepted."""

from __future__ import annotations

from django.utils import timezone

from watchword.escalation.states import Move, StepState
from watchword.escalation.steps import StepKind
from watchword.store.chain import append_event
from watchword.store.decided import decided
from watchword.store.models import Decision, Step, Transfer
from watchword.store.moving import at_rest, moved

UNDER_WAY = (StepState.PLANNED, StepState.SENT, StepState.NEEDS_PERSON)


def gives_way(step: Step, by: str) -> None:
    """Have the call's other transfers give way to this one, if it is a transfer; it has just been let go.

    A caller who holds for one of them holds on: that is not ended before somebody talks to them. The escalation's row
    is locked by the caller.
    """
    if step.kind != StepKind.WARM_TRANSFER:
        return
    others = Step.objects.filter(escalation=step.escalation, kind=step.kind, state__in=UNDER_WAY).exclude(pk=step.pk)
    for other in others.select_for_update():
        other.escalation = step.escalation
        at_rest(other)
        other.why = f"The caller goes to {step.to} instead."
        decided(other, Decision.Word.INSTEAD, by, other.why)
        moved(other, Move.REPLACE, by, by_step=step.key)
        offered = Transfer.objects.filter(key=other.key)
        if offered.update(phase=Transfer.Phase.CALLED_OFF, changed_at=timezone.now()):
            append_event(by, f"transfer {Transfer.Phase.CALLED_OFF}", f"step {other.key}")
