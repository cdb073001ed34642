"""Moving a step: its row is locked, the table of moves is asked, and the escalation and the log follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from watchword.errors import NotRecorded
from watchword.escalation.states import Move, StepState, after, overall
from watchword.store import rows
from watchword.store.chain import append_event
from watchword.store.locked import locked
from watchword.store.models import Escalation, Step
from watchword.store.storable import storable

STATES = "SELECT state FROM store_step WHERE escalation_id = %s"
LONGEST_ANSWER = timedelta(minutes=15)  # the wait for word of what is settled later; then a person must look


@contextmanager
def locked_step(key: str) -> Iterator[Step]:
    """A step of which nobody else can change anything until the block ends. Raises NotRecorded.

    The escalation is locked first: of two steps that end at once, the second must see the first.
    """
    fresh_connection()
    with transaction.atomic():
        escalation = locked(Escalation).filter(steps__key=storable(key)).first()
        if escalation is None:
            raise NotRecorded("There is no such step.", do="Look at the escalation again.")
        step = Step.objects.select_for_update().get(key=storable(key))
        step.escalation = escalation
        yield step


def fresh_connection() -> None:
    """Let go of a connection that broke: a worker's threads live long, and a database may have been restarted since."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def moved(step: Step, move: Move, actor: str, **detail: Any) -> None:
    """Make a move and save the step with everything else that was changed on it. Raises MoveRefused."""
    before = StepState(step.state)
    step.state = after(before, move)
    step.changed_at = timezone.now()
    step.save()
    if step.state != before:
        refresh(step.escalation)
    append_event(actor, f"step {move}", f"step {step.key}", {"from": before, "to": step.state, **detail})


def to_try(step: Step, at: Any) -> None:
    """Have a worker try the step at that time; saved by the caller."""
    step.try_at, step.queued_at = at, None
    step.round += 1


def at_rest(step: Step) -> None:
    """No worker has anything to do for the step; saved by the caller."""
    step.try_at = step.queued_at = step.held_until = step.answer_by = None
    step.held_by = ""


def refresh(escalation: Escalation) -> None:
    """Bring the escalation's state in line with its steps'; the escalation's row is locked by the caller."""
    escalation.state = overall([StepState(state) for (state,) in rows.read(STATES, escalation.pk)])
    escalation.changed_at = timezone.now()
    rows.change(escalation, "state", "changed_at")
