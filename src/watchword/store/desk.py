"""The built-in desk: tickets, queues and chatter for a centre that connects no other system."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from watchword.errors import PermanentFailure
from watchword.escalation.ports import Brief, Order, Receipt
from watchword.store.models import Chatter, Contact, Queue, QueueMove, Ticket
from watchword.store.storable import storable

DESK = "desk"  # what receipts call it
MAIL = "Email"  # the type of a mail's own ticket
BY = "Watchword"


class DeskTickets:
    """Tickets of the desk."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a ticket that is there already."""
        ticket = Ticket.objects.filter(key=key).first()
        return _receipt(key, str(ticket)) if ticket else None

    def file(self, order: Order) -> Receipt:
        """File the ticket. Filed again under the same key, it is the one that is there."""
        if not order.type:
            raise PermanentFailure("The ticket has no type.", do="Name its type in the policy.")
        ticket, _ = Ticket.objects.get_or_create(
            key=order.key,
            defaults={
                "type": order.type,
                "system": order.system or "",
                "contact": _contact(order),
                "subject": _heading(order),
                "body": storable("\n\n".join(filter(None, (told(order.brief), order.text)))),
                "scope": [scope.value for scope in order.scope],
            },
        )
        return _receipt(order.key, str(ticket))


class DeskQueues:
    """Moves of mails' tickets to the desk's queues."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a move that was made already."""
        move = QueueMove.objects.filter(key=key).select_related("ticket").first()
        return _receipt(key, str(move.ticket)) if move else None

    def move(self, order: Order) -> Receipt:
        """Move the mail's ticket, which is made if the desk does not have it yet."""
        if not order.to:
            raise PermanentFailure("No queue is named.", do="Name the queue in the policy.")
        with transaction.atomic():
            queue, _ = Queue.objects.get_or_create(name=order.to)
            ticket = mail_ticket(order)
            move, new = QueueMove.objects.get_or_create(key=order.key, defaults={"ticket": ticket, "queue": queue})
            if new:
                ticket.queue, ticket.changed_at = queue, timezone.now()
                ticket.save(update_fields=["queue", "changed_at"])
        return _receipt(order.key, str(move.ticket))


class DeskChatter:
    """Posts on mails' tickets at the desk."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a post that is there already."""
        post = Chatter.objects.filter(key=key).select_related("ticket").first()
        return _receipt(key, f"{post.ticket}#{post.pk}") if post else None

    def post(self, order: Order) -> Receipt:
        """Write the post on the mail's ticket."""
        if order.text is None or not order.text.strip():
            raise PermanentFailure("The chatter post is empty.", do="Write it and have it tried again.")
        with transaction.atomic():
            ticket = mail_ticket(order)
            post, _ = Chatter.objects.get_or_create(
                key=order.key, defaults={"ticket": ticket, "text": order.text, "by": BY}
            )
        return _receipt(order.key, f"{post.ticket}#{post.pk}")


def mail_ticket(order: Order) -> Ticket:
    """The ticket that a mail is at the desk: one for each mail, whoever asks for it first."""
    ticket, _ = Ticket.objects.get_or_create(
        key=f"mail:{order.brief.contact}",
        defaults={
            "type": MAIL,
            "contact": _contact(order),
            "subject": order.brief.subject or "",
            "body": storable(told(order.brief)),
        },
    )
    return ticket


def told(brief: Brief) -> str:
    """What the receiving team must know, as lines."""
    person = brief.person
    known = [part for part in (person.name, person.patient_id, person.phone, person.email) if part]
    lines = [f"Who: {', '.join(known) or 'an unnamed person'}", f"Contact: {brief.channel} {brief.contact}"]
    if brief.issue:
        lines.append(f"About: {brief.issue}")
    lines += [f"Why: {why}" for why in brief.why]
    return "\n".join([*lines, f"Policy: {brief.policy}"])


def _heading(order: Order) -> str:
    person = order.brief.person
    who = person.name or person.patient_id or person.phone or person.email or "an unnamed person"
    return storable(f"{order.type}: {who}" + (f", {order.brief.issue}" if order.brief.issue else ""))


def _contact(order: Order) -> Contact:
    contact = Contact.objects.filter(key=order.brief.contact).first()
    if contact is None:
        raise PermanentFailure("The desk does not know this contact.", do="Record the contact first.")
    return contact


def _receipt(key: str, reference: str) -> Receipt:
    return Receipt(key=key, system=DESK, reference=reference)
