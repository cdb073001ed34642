"""What people say of steps: let them go, call them off, have them tried again, or say how they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone

from watchword.errors import MoveRefused, NotRecorded
from watchword.escalation import ports
from watchword.escalation.states import TO_CARRY, Move, StepState
from watchword.escalation.steps import PlannedStep, StepKind
from watchword.store.called_off import CAN_COME_BACK, raised
from watchword.store.chain import append_event
from watchword.store.decided import decided, decided_of_flag
from watchword.store.locked import locked
from watchword.store.models import Assessment, Contact, Decision, Escalation, Receipt, Step
from watchword.store.moving import at_rest, locked_step, moved, to_try
from watchword.store.one_transfer import gives_way
from watchword.store.replanning import add_step
from watchword.store.storable import storable
from watchword.terms import FlagName

BY_HAND = "by hand"


def confirm(key: str, *, by: str, text: str | None = None, reason: str = "") -> None:
    """Let a step go. ``text`` is the chatter post as the agent left it. Raises MoveRefused when it does not wait.

    Said twice of a step that went on its way already, it changes nothing; another text for it is refused.
    """
    with locked_step(key) as step:
        if text is not None and step.kind != StepKind.CHATTER_POST:
            raise MoveRefused("Only a chatter post has words that can be left in another way.", do="Leave text out.")
        if text is not None and not text.strip():
            raise MoveRefused("The post has no words.", do="Write it, or call it off.")
        if StepState(step.state) in TO_CARRY or step.state == StepState.CONFIRMED:
            if text is not None and storable(text) != step.text:
                raise MoveRefused("It has gone already, with other words.", do="Post yours on the ticket.")
            return
        if text is not None:
            step.text = storable(text)
        to_try(step, timezone.now())
        decided(step, Decision.Word.CONFIRM, by, reason)
        moved(step, Move.AGREE, by)
        gives_way(step, by)


def dismiss(key: str, *, by: str, reason: str, seen: int | None = None, doubts: Sequence[FlagName] = ()) -> None:
    """Call a step off before it is sent; deletes nothing.

    ``seen`` is the number of the assessment that was shown; ``doubts`` are flags that are called off with the step
    though it is an order and they do not demand it. Raises MoveRefused when the step is on its way, or when
    something was raised since that whoever calls it off has not seen.
    """
    with locked_step(key) as step:
        if step.state == StepState.CANCELLED:
            return
        _check_seen(step.escalation.assessment, seen)
        held_until = step.held_until  # what was sent before may still be on its way: a step that comes back must wait
        at_rest(step)
        step.held_until, step.why = held_until, storable(reason)
        decided(step, Decision.Word.DISMISS, by, reason, doubts)
        moved(step, Move.DISMISS, by, reason=reason)


def _check_seen(newest: Assessment, seen: int | None) -> None:
    """Refuse when the newest assessment raises what the one with this number does not."""
    if seen is None or newest.number <= seen:
        return
    shown = Assessment.objects.filter(contact=newest.contact_id, number=seen).first()
    if shown is None or raised(newest) - raised(shown):
        raise MoveRefused("Something new was said since you looked.", do="Look at it again, and then decide.")


def reopen(key: str, *, by: str) -> None:
    """Take a dismissal back: the step waits for the agent again. Raises MoveRefused for what was not dismissed."""
    with locked_step(key) as step:
        if step.state == StepState.WAITS:
            return
        told = step.decisions.order_by("-id").first()
        if told is None or told.word not in CAN_COME_BACK:
            raise MoveRefused("This was not called off.", do="Look at it again: somebody may have been quicker.")
        step.why = ""
        decided(step, Decision.Word.REOPEN, by, "")
        moved(step, Move.REOPEN, by)


def replace(key: str, planned: PlannedStep, *, by: str, why: str) -> str:
    """Another step takes the place of one that needs a person, and goes out at once; its key. Raises MoveRefused."""
    with locked_step(key) as step:
        other = add_step(step.escalation, planned)
        if other.state == StepState.WAITS:
            to_try(other, timezone.now())
            moved(other, Move.AGREE, by)
        step.why = storable(why)
        decided(step, Decision.Word.INSTEAD, by, why)
        moved(step, Move.REPLACE, by, by_step=other.key)
        return other.key


def withdraw(key: str, *, by: str, reason: str) -> None:
    """Call a transfer off that was sent and that nobody has accepted yet. Raises MoveRefused for any other step."""
    with locked_step(key) as step:
        if step.kind != StepKind.WARM_TRANSFER:
            raise MoveRefused("Only a transfer can be called off once it was sent.", do="Look at it again.")
        at_rest(step)
        step.why = storable(reason)
        decided(step, Decision.Word.WITHDRAW, by, reason)
        moved(step, Move.WITHDRAW, by, reason=reason)


def confirm_all(escalation: str, *, by: str, reason: str = "") -> int:
    """Let every step of an escalation go that waits for the agent; how many there were."""
    return _each(escalation, (StepState.WAITS,), lambda key: confirm(key, by=by, reason=reason))


def dismiss_all(escalation: str, *, by: str, reason: str) -> int:
    """Call every step of an escalation off that was not sent yet; how many there were."""
    states = (StepState.WAITS, StepState.PLANNED, StepState.NEEDS_PERSON)
    return _each(escalation, states, lambda key: dismiss(key, by=by, reason=reason))


def retry(key: str, *, by: str, reason: str = "") -> None:
    """Have a step that needs a person tried again from the start. Raises MoveRefused for any other."""
    with locked_step(key) as step:
        to_try(step, timezone.now())
        step.tries, step.why = 0, ""
        decided(step, Decision.Word.RETRY, by, reason)
        moved(step, Move.RETRY, by)


def settle(key: str, *, by: str, reference: str, system: str = BY_HAND) -> None:
    """A person has done by hand what could not be delivered. Raises MoveRefused for a step that needs no person."""
    with locked_step(key) as step:
        at_rest(step)
        step.why, step.confirmed_at = "", timezone.now()
        _receipt(step, system, reference, by)
        decided(step, Decision.Word.SETTLE, by, reference)
        moved(step, Move.SETTLE, by, reference=reference)


def answered(receipt: ports.Receipt, *, by: str) -> None:
    """What was sent has been accepted, in time or late. Said again, it changes nothing. Raises MoveRefused."""
    with locked_step(receipt.key) as step:
        if step.state == StepState.CONFIRMED:
            return
        at_rest(step)
        step.why, step.confirmed_at = "", timezone.now()
        _receipt(step, receipt.system, receipt.reference, receipt.by or by)
        late = step.state == StepState.NEEDS_PERSON
        moved(step, Move.SETTLE if late else Move.ACCEPT, by, accepted_by=receipt.by)


def not_answered(key: str, *, by: str, why: str) -> None:
    """What was sent has not been accepted: a person must see to it. Raises MoveRefused."""
    with locked_step(key) as step:
        if step.state == StepState.NEEDS_PERSON:
            return
        at_rest(step)
        step.why = storable(why)
        moved(step, Move.GIVE_UP, by, why=why)


def looked(contact: str, *, by: str, reason: str = "") -> None:
    """A person took the look that a contact needed. Raises NotRecorded."""
    with transaction.atomic():
        if not Contact.objects.filter(key=storable(contact)).update(looked_at=timezone.now()):
            raise NotRecorded("There is no such contact.", do="Look at the list again.")
        append_event(by, "contact looked at", f"contact {contact}", {"reason": reason})


def of_flag(
    escalation: Escalation, flag: FlagName, word: Decision.Word, *, by: str, reason: str, seen: int | None = None
) -> None:
    """Keep what a person said of a flag, after what was said of its steps, of which there may be none left.

    ``seen`` is as in dismiss. The escalation's row is locked by the caller. Raises MoveRefused.
    """
    _check_seen(escalation.assessment, seen)
    decided_of_flag(escalation, flag, word, by, reason)


def _each(escalation: str, states: Sequence[StepState], act: Callable[[str], None]) -> int:
    rows = Step.objects.filter(escalation__key=escalation, state__in=[state.value for state in states])
    with transaction.atomic():
        locked(Escalation).filter(key=escalation).first()  # no step is sent while these are decided
        keys = list(rows.order_by("position").values_list("key", flat=True))
        for key in keys:
            act(key)
    return len(keys)


def _receipt(step: Step, system: str, reference: str, by: str) -> None:
    Receipt.objects.update_or_create(
        step=step,
        defaults={"system": storable(system), "reference": storable(reference), "settled": True, "by": storable(by)},
    )
