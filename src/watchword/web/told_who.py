"""What could not be done while nobody had said who is calling is done once it is told."""

from __future__ import annotations

from watchword.escalation.states import StepState
from watchword.escalation.steps import StepKind
from watchword.store import decide
from watchword.store.models import Step
from watchword.web.transfers import file_call_back

WHO_IT_IS = "It was told who is calling."


def told_who(call: str, *, by: str) -> None:
    """A call back is filed, and a do-not-contact entry made, that had nobody to be for."""
    steps = Step.objects.select_related("escalation__contact__person").filter(
        escalation__contact__key=call, state=StepState.NEEDS_PERSON
    )
    for step in steps:
        if step.kind == StepKind.WARM_TRANSFER:
            file_call_back(step, by=by)
        elif step.kind == StepKind.DO_NOT_CONTACT and step.escalation.contact.person.identities.exists():
            decide.retry(step.key, by=by, reason=WHO_IT_IS)
