"""Rows of the store as the API shows them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from watchword.store.models import Contact, Escalation, Step
from watchword.web.heard import next_number

STEP = ("key", "kind", "state", "level", "to", "phone", "type", "system", "scope", "text", "why", "changed_at")
RECEIPT = ("receipt__system", "receipt__reference")
ESCALATION = ("key", "channel", "state", "opened_at", "changed_at")
WITH = {"contact": "contact__key", "assessment": "assessment__number", "owner": "owner__username"}


def escalations() -> QuerySet[Escalation]:
    """Escalations with their steps and receipts: what is shown of them and nothing else, for to read whole rows took
    longer than to find them.
    """
    steps = Step.objects.select_related("receipt").only("escalation", "position", *STEP, *RECEIPT)
    found = Escalation.objects.select_related(*WITH).only(*ESCALATION, *WITH.values())
    return found.prefetch_related(Prefetch("steps", steps))


def escalation_of(contact: Contact) -> Escalation | None:
    """A contact's escalation."""
    return escalations().filter(contact=contact).first()


def escalation(row: Escalation | None) -> dict[str, Any] | None:
    """An escalation with its steps."""
    if row is None:
        return None
    return {
        "key": row.key,
        "contact": row.contact.key,
        "channel": row.channel,
        "state": row.state,
        "assessed": row.assessment.number,
        "owner": row.owner.get_username() if row.owner else None,
        "opened_at": row.opened_at,
        "changed_at": row.changed_at,
        "steps": [step(one) for one in row.steps.all()],
    }


def step(row: Step) -> dict[str, Any]:
    """A step and where it stands."""
    receipt = getattr(row, "receipt", None)
    return {**{name: getattr(row, name) for name in STEP}, "receipt": str(receipt) if receipt else None}


def assessment(contact: Contact) -> dict[str, Any] | None:
    """The newest assessment of a contact, by the contract."""
    newest = contact.assessments.order_by("-number").first()
    return newest.record if newest else None


def contact(row: Contact) -> dict[str, Any]:
    """What a contact came to."""
    return {
        "id": row.key,
        "channel": row.channel,
        "assessment": assessment(row),
        "escalation": escalation(escalation_of(row)),
    }


def call(row: Contact) -> dict[str, Any]:
    """A call as it stands."""
    return {
        "id": row.key,
        "is_open": row.is_open,
        "next": next_number(row.turns.all()),
        "turns": [turn(one) for one in row.turns.all()],
        "assessment": assessment(row),
        "escalation": escalation(escalation_of(row)),
    }


def turn(row: Any) -> dict[str, Any]:
    """A turn as it is kept."""
    return {"number": row.number, "speaker": row.speaker, "text": row.text}
