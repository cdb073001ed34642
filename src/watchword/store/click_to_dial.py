"""Click-to-dial: the agent's own telephone makes the transfer, and the agent says how far it is, move by move.

```
 offered ──> dialled ──> on hold <──> refreshed
    │           │           │             │
    │           └───────────┴──> briefed <┘ (and back to the caller)
    │                               │
    └──> not reached <──────────────┴──> accepted
```

Until it is accepted it can be called off at any point: the caller is gone, or does not want it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from watchword.errors import MoveRefused, NotRecorded, PermanentFailure
from watchword.escalation.ports import Order, Receipt
from watchword.escalation.states import Move, StepState
from watchword.escalation.steps import PlannedStep, StepKind
from watchword.store.chain import append_event
from watchword.store.decide import answered, not_answered, replace, withdraw
from watchword.store.models import Contact, Step, Transfer
from watchword.store.moving import LONGEST_ANSWER, at_rest, locked_step, moved
from watchword.store.storable import storable

CLICK_TO_DIAL = "click-to-dial"  # what receipts call it
NOT_REACHED = "The line was not reached."
Phase = Transfer.Phase
ONWARD: dict[str, tuple[str, ...]] = {
    Phase.OFFERED: (Phase.DIALLED, Phase.NOT_REACHED, Phase.CALLED_OFF),
    Phase.DIALLED: (Phase.ON_HOLD, Phase.BRIEFED, Phase.ACCEPTED, Phase.NOT_REACHED, Phase.CALLED_OFF),
    Phase.ON_HOLD: (Phase.REFRESHED, Phase.BRIEFED, Phase.ACCEPTED, Phase.NOT_REACHED, Phase.CALLED_OFF),
    Phase.REFRESHED: (Phase.ON_HOLD, Phase.BRIEFED, Phase.ACCEPTED, Phase.NOT_REACHED, Phase.CALLED_OFF),
    Phase.BRIEFED: (Phase.REFRESHED, Phase.ACCEPTED, Phase.NOT_REACHED, Phase.CALLED_OFF),
    Phase.ACCEPTED: (),
    Phase.NOT_REACHED: (Phase.DIALLED, Phase.CALLED_OFF),  # tried once more, or the caller is gone by now
    Phase.CALLED_OFF: (Phase.DIALLED,),  # taken back
}
ENDED_UNHEARD = (Phase.NOT_REACHED, Phase.CALLED_OFF)  # from here it can be offered again
# The hold clock runs on while the brief is read out, and until somebody talks to a caller whose line was not reached.
CALLER_WAITS = (Phase.ON_HOLD, Phase.BRIEFED, Phase.NOT_REACHED)


@dataclass(frozen=True, slots=True)
class Told:
    """What the agent says with a move: who accepted, whether the identity is verified, what was tried, why it ends."""

    accepted_by: str = ""
    identity_verified: bool | None = None
    tried: str | None = None
    reason: str = ""


NOTHING_MORE = Told()


class ClickToDial:
    """Transfers offered to agents. A receipt is not settled until somebody has accepted the call."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a transfer that was offered already."""
        transfer = Transfer.objects.filter(key=key).exclude(phase__in=ENDED_UNHEARD).first()
        return _receipt(transfer) if transfer else None

    def transfer(self, order: Order) -> Receipt:
        """Offer the transfer on the agent's screen. A line without a number is dialled from the agent's own list."""
        if not order.to:
            raise PermanentFailure("No line is named.", do="Name the line in the policy.")
        contact = Contact.objects.filter(key=order.brief.contact).first()
        if contact is None:
            raise PermanentFailure("Click-to-dial does not know this contact.", do="Record the contact first.")
        return _receipt(_offered(order.key, contact, order.to, order.phone))


def _offered(key: str, contact: Contact, line: str, phone: str | None) -> Transfer:
    """The transfer as it is, or offered; one that ended before is offered again, maybe to another line.

    A caller who holds since then holds on.
    """
    transfer, _ = Transfer.objects.get_or_create(key=key, defaults={"contact": contact, "line": line, "phone": phone})
    if transfer.phase in ENDED_UNHEARD:
        transfer.phase, transfer.changed_at = Phase.OFFERED, timezone.now()
        transfer.line, transfer.phone, transfer.holds = line, phone, 0
        transfer.save()
    return transfer


def advance(
    key: str,
    *phases: Transfer.Phase,
    by: str,
    told: Told = NOTHING_MORE,
    instead: PlannedStep | None = None,
    why: str = NOT_REACHED,
) -> None:
    """The agent says how far the transfer is: one move, or several that are one act. At its ends the step follows.

    Said twice, it changes nothing. ``instead`` is the step that takes the transfer's place when the line is not
    reached; without one the transfer then needs a person, and ``why`` says why. Raises NotRecorded, MoveRefused; then
    nothing is changed.
    """
    with locked_step(key) as step:
        if step.state == StepState.CANCELLED and Transfer.objects.filter(key=key, phase=phases[-1]).exists():
            return  # it ended so, and nobody has taken that back
        transfer = _transfer_of(step, by)
        if transfer.phase == phases[-1]:
            return
        for phase in phases:
            _move(transfer, phase, by, told)
            if phase == Phase.ACCEPTED:
                answered(_receipt(transfer), by=by)
            elif phase == Phase.CALLED_OFF:
                withdraw(key, by=by, reason=told.reason)
            elif phase == Phase.NOT_REACHED:
                not_answered(key, by=by, why=why)
                if instead is not None:
                    call_back(key, instead, by=by)
            append_event(by, f"transfer {phase}", f"step {key}", _detail(phase, told))
        if phases[-1] != Phase.NOT_REACHED:  # whoever holds, holds for one line
            Transfer.objects.filter(contact=transfer.contact_id).exclude(pk=transfer.pk).update(held_at=None)


def call_back(key: str, instead: PlannedStep, *, by: str) -> None:
    """Have a step take the place of a transfer whose line was not reached. Raises MoveRefused, NotRecorded."""
    replace(key, instead, by=by, why=f"{NOT_REACHED} {instead.type or instead.kind} takes its place.")


def with_the_caller(key: str, *, by: str) -> None:
    """Somebody talks to a caller who has held for a transfer that is over. Said twice, it changes nothing."""
    with locked_step(key):
        transfer = Transfer.objects.select_for_update().filter(key=key, held_at__isnull=False).first()
        if transfer is not None:
            transfer.held_at, transfer.changed_at = None, timezone.now()
            transfer.save(update_fields=["held_at", "changed_at"])
            append_event(by, "transfer back with the caller", f"step {key}")


def _transfer_of(step: Step, by: str) -> Transfer:
    """The transfer of a step that the agent has agreed to. Whoever dials before a worker came to it does its work."""
    transfer = Transfer.objects.select_for_update().filter(key=step.key).first()
    if transfer is not None and (
        step.state in (StepState.SENT, StepState.NEEDS_PERSON) or transfer.phase == Phase.ACCEPTED
    ):
        return transfer
    if step.kind != StepKind.WARM_TRANSFER or step.state not in (StepState.PLANNED, StepState.SENT):
        raise NotRecorded("This transfer was not offered.", do="Look at the call again.")
    if step.state == StepState.PLANNED:
        at_rest(step)
        step.sent_at, step.answer_by = timezone.now(), timezone.now() + LONGEST_ANSWER
        moved(step, Move.SEND, by)
    return _offered(step.key, step.escalation.contact, step.to or "", step.phone)


def _move(transfer: Transfer, phase: str, by: str, told: Told) -> None:
    if phase not in ONWARD[transfer.phase]:
        raise MoveRefused(f"A transfer that is “{transfer.phase}” cannot become “{phase}”.", do="Look at it again.")
    if phase == Phase.ACCEPTED and not told.accepted_by.strip():
        raise MoveRefused("Nobody is named who accepted the call.", do="Say who accepted it.")
    if phase == Phase.CALLED_OFF and not told.reason.strip():
        raise MoveRefused("It is not said why.", do="Choose a reason, or write one.")
    now = timezone.now()
    if phase == Phase.ON_HOLD:
        transfer.holds, transfer.held_at = transfer.holds + 1, now
    elif phase not in CALLER_WAITS:
        transfer.held_at = None
    if told.identity_verified is not None:
        transfer.identity_verified = told.identity_verified
    if told.tried is not None:
        transfer.tried = storable(told.tried)
    transfer.phase, transfer.changed_at = phase, now
    transfer.by, transfer.accepted_by = storable(by)[:200], storable(told.accepted_by)
    transfer.save()


def note_brief(key: str, *, by: str, identity_verified: bool | None, tried: str) -> None:
    """Keep what the agent ticks and types for the brief before it is read out. Raises NotRecorded."""
    with transaction.atomic():
        transfer = Transfer.objects.select_for_update().filter(key=key).first()
        if transfer is None:
            raise NotRecorded("This transfer was not offered.", do="Look at the call again.")
        transfer.identity_verified, transfer.tried = identity_verified, storable(tried)
        transfer.by = storable(by)[:200]
        transfer.save(update_fields=["identity_verified", "tried", "by"])
        append_event(by, "transfer brief noted", f"step {key}", {"identity_verified": identity_verified})


def _detail(phase: str, told: Told) -> dict[str, object]:
    if phase == Phase.ACCEPTED:
        return {"accepted_by": told.accepted_by, "identity_verified": told.identity_verified}
    return {}


def _receipt(transfer: Transfer) -> Receipt:
    return Receipt(
        key=transfer.key,
        system=CLICK_TO_DIAL,
        reference=f"X-{transfer.pk}",
        url=f"tel:{transfer.phone}" if transfer.phone else None,
        settled=transfer.phase == Phase.ACCEPTED,
        by=transfer.accepted_by or None,
    )
