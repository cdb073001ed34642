"""Rows of the store as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from watchword.store.models import Contact, Escalation, Step
from watchword.web.heard import next_number

STEP = ("key", "kind", "state", "level", "to", "phone", "type", "system", "scope", "text", "why", "changed_at")
# Read with every flag for each who listens, and so in SQL: putting a query together takes longer than to run it.
STEPS = """
    SELECT step.*, receipt.system AS receipt_system, receipt.reference AS receipt_reference
    FROM store_step step LEFT JOIN store_receipt receipt ON receipt.step_id = step.id
    WHERE step.escalation_id IN ({places}) ORDER BY step.{by}, step.id
"""
ESCALATION = ("key", "channel", "state", "opened_at", "changed_at")
OF_OTHERS = ("contact__key", "assessment__number", "owner__username")


def escalations() -> QuerySet[Escalation, Any]:
    """What is shown of escalations, and of nothing else: to make whole rows of it took longer than to find it."""
    return Escalation.objects.values_list("pk", *ESCALATION, *OF_OTHERS, named=True)


def with_steps(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Each of them with its steps."""
    rows = {row.pk: row for row in found}
    steps: dict[int, list[dict[str, Any]]] = {number: [] for number in rows}
    for one in _steps("position", list(rows)):
        steps[one.escalation_id].append(_found(one))
    return [_escalation(row) | {"steps": steps[number]} for number, row in rows.items()]


def _escalation(row: Any) -> dict[str, Any]:
    return {
        "key": row.key,
        "contact": row.contact__key,
        "channel": row.channel,
        "state": row.state,
        "assessed": row.assessment__number,
        "owner": row.owner__username,
        "opened_at": row.opened_at,
        "changed_at": row.changed_at,
    }


def escalation_of(contact: Contact) -> dict[str, Any] | None:
    """A contact's escalation with its steps."""
    return next(iter(with_steps(escalations().filter(contact=contact))), None)


def step(row: Step) -> dict[str, Any]:
    """A step and where it stands."""
    receipt = getattr(row, "receipt", None)
    told = (receipt.system, receipt.reference) if receipt else (None, None)
    return _step([getattr(row, name) for name in STEP], *told)


def steps_of(escalation: int, *, by: str) -> list[dict[str, Any]]:
    """The steps of the escalation of this row and where they stand, in the order of one of their fields."""
    return [_found(one) for one in _steps(by, [escalation])]


def _steps(by: str, escalations: list[int]) -> Iterable[Any]:
    if not escalations:
        return ()
    return Step.objects.raw(STEPS.format(places=", ".join(["%s"] * len(escalations)), by=by), escalations)


def _found(row: Any) -> dict[str, Any]:
    return _step([getattr(row, name) for name in STEP], row.receipt_system, row.receipt_reference)


def _step(values: Iterable[Any], system: str | None, reference: str | None) -> dict[str, Any]:
    return dict(zip(STEP, values, strict=True)) | {"receipt": None if system is None else f"{system} {reference}"}


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
        "escalation": escalation_of(row),
    }


def call(row: Contact) -> dict[str, Any]:
    """A call as it stands."""
    return {
        "id": row.key,
        "is_open": row.is_open,
        "next": next_number(row.turns.all()),
        "turns": [turn(one) for one in row.turns.all()],
        "assessment": assessment(row),
        "escalation": escalation_of(row),
    }


def turn(row: Any) -> dict[str, Any]:
    """A turn as it is kept."""
    return {"number": row.number, "speaker": row.speaker, "text": row.text}
