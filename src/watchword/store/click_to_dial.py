"""Click-to-dial: the agent's own telephone makes the transfer, and the agent says what became of it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from watchword.errors import MoveRefused, NotRecorded, PermanentFailure
from watchword.escalation.ports import Order, Receipt
from watchword.store.chain import append_event
from watchword.store.decide import answered, not_answered
from watchword.store.models import Contact, Transfer
from watchword.store.storable import storable

CLICK_TO_DIAL = "click-to-dial"  # what receipts call it
Phase = Transfer.Phase
ENDED = (Phase.ACCEPTED, Phase.NOT_REACHED)
ONWARD: dict[str, tuple[str, ...]] = {
    Phase.OFFERED: (Phase.DIALLED, Phase.NOT_REACHED),
    Phase.DIALLED: (Phase.ON_HOLD, Phase.BRIEFED, Phase.ACCEPTED, Phase.NOT_REACHED),
    Phase.ON_HOLD: (Phase.REFRESHED, Phase.BRIEFED, Phase.ACCEPTED, Phase.NOT_REACHED),
    Phase.REFRESHED: (Phase.ON_HOLD, Phase.BRIEFED, Phase.ACCEPTED, Phase.NOT_REACHED),
    Phase.BRIEFED: (Phase.ACCEPTED, Phase.NOT_REACHED),
    Phase.ACCEPTED: (),
    Phase.NOT_REACHED: (Phase.DIALLED,),  # tried once more
}


class ClickToDial:
    """Transfers offered to agents. A receipt is not settled until somebody has accepted the call."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a transfer that was offered already."""
        transfer = Transfer.objects.filter(key=key).exclude(phase=Phase.NOT_REACHED).first()
        return _receipt(transfer) if transfer else None

    def transfer(self, order: Order) -> Receipt:
        """Offer the transfer on the agent's screen. A line without a number is dialled from the agent's own list."""
        if not order.to:
            raise PermanentFailure("No line is named.", do="Name the line in the policy.")
        contact = Contact.objects.filter(key=order.brief.contact).first()
        if contact is None:
            raise PermanentFailure("Click-to-dial does not know this contact.", do="Record the contact first.")
        transfer, _ = Transfer.objects.get_or_create(
            key=order.key, defaults={"contact": contact, "line": order.to, "phone": order.phone}
        )
        if transfer.phase == Phase.NOT_REACHED:  # a person has it tried again
            transfer.phase, transfer.changed_at = Phase.OFFERED, timezone.now()
            transfer.save(update_fields=["phase", "changed_at"])
        return _receipt(transfer)


def advance(key: str, phase: Transfer.Phase, *, by: str, accepted_by: str = "") -> None:
    """The agent says how far the transfer is. At its ends the step follows. Raises NotRecorded, MoveRefused.

    Said twice, it changes nothing.
    """
    with transaction.atomic():
        transfer = Transfer.objects.select_for_update().filter(key=key).first()
        if transfer is None:
            raise NotRecorded("This transfer was not offered.", do="Look at the call again.")
        if transfer.phase == phase:
            return
        if phase not in ONWARD[transfer.phase]:
            raise MoveRefused(f"A transfer that is “{transfer.phase}” cannot become “{phase}”.", do="Look at it again.")
        if phase == Phase.ACCEPTED and not accepted_by.strip():
            raise MoveRefused("Nobody is named who accepted the call.", do="Say who accepted it.")
        transfer.phase, transfer.changed_at = phase, timezone.now()
        transfer.by, transfer.accepted_by = storable(by)[:200], storable(accepted_by)
        transfer.save()
        if phase == Phase.ACCEPTED:
            answered(_receipt(transfer), by=by)
        elif phase == Phase.NOT_REACHED:
            not_answered(key, by=by, why="The line was not reached.")
        append_event(by, f"transfer {phase}", f"step {key}", {"accepted_by": accepted_by} if accepted_by else {})


def _receipt(transfer: Transfer) -> Receipt:
    return Receipt(
        key=transfer.key,
        system=CLICK_TO_DIAL,
        reference=f"X-{transfer.pk}",
        url=f"tel:{transfer.phone}" if transfer.phone else None,
        settled=transfer.phase == Phase.ACCEPTED,
        by=transfer.accepted_by or None,
    )
