"""Contacts: recorded with everything that follows, or assessed and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from ninja import Router, Status

from watchword.errors import ContactInvalid, Place, RecordConflict
from watchword.reading.contacts import contact_from_json
from watchword.reading.json_text import parse_json
from watchword.store.chain import saw
from watchword.store.models import Contact
from watchword.store.record import Recorded
from watchword.store.storable import storable
from watchword.store.struck import without_struck
from watchword.terms import Contact as ContactTerm
from watchword.triage.record import as_record
from watchword.web.access import KeyScope
from watchword.web.api import shown
from watchword.web.api.answers import RecordedOut
from watchword.web.api.assessments import AssessmentOut
from watchword.web.api.keys import Keyed, actor
from watchword.web.api.shapes import ContactIn
from watchword.web.in_force import in_force
from watchword.web.listeners import CALLS, tell
from watchword.wiring import take_in

router = Router(tags=["contacts"])
PLACE = Place("request")
MEND = "Mend the request, and send it again."


def values_in(request: HttpRequest) -> Any:
    """The values of a request's body, with every key. Raises ContactInvalid."""
    with _sender_mends():
        return parse_json(request.body, place=PLACE)


@contextmanager
def _sender_mends() -> Iterator[None]:
    """What reads files advises on files; here somebody sent one request, and no other contact is read besides."""
    try:
        yield
    except ContactInvalid as error:
        raise ContactInvalid(error.what, do=MEND, place=error.place) from None


def contact_in(request: HttpRequest, **more: Any) -> ContactTerm:
    """The contact that a request holds, with every key that it has. Raises ContactInvalid.

    Its shape has been checked by then; it is read from the body, for what is not in the shape is carried along.
    """
    with _sender_mends():
        return contact_from_json({**values_in(request), **more}, place=PLACE)


@router.post("/contacts", response={200: RecordedOut, 201: RecordedOut}, auth=Keyed(KeyScope.CONTACTS))
def record(request: HttpRequest, given: ContactIn) -> Status[dict[str, Any]]:
    """Record a contact with its assessment and the steps that follow. The same again changes nothing.

    What is recorded is told again to whoever tells all of it. A call that is open is not recorded this way: it goes on,
    and is ended by whoever leads it.
    """
    opened, contact = in_force(), contact_in(request)
    if Contact.objects.filter(key=storable(contact.id), is_open=True).exists():
        raise RecordConflict(
            f"The call {contact.id} is open: it goes on.",
            do=f"End it with /calls/{quote(contact.id, safe='')}/end, or tell its turns.",
        )
    _, recorded = take_in(contact, opened.policy, opened.decide, source="api", actor=actor(request))
    return answer(recorded, by=actor(request))


def answer(recorded: Recorded, *, by: str) -> Status[dict[str, Any]]:
    """What was recorded, told to whoever brought it and to open pages; the log holds whoever is told it again."""
    tell(CALLS, recorded.contact)
    if not recorded.new_contact:
        saw(by, "contact read", f"contact {recorded.contact}")
    row = Contact.objects.get(key=recorded.contact)
    told = {
        "id": row.key,
        "new": recorded.new_contact,
        "assessment": shown.assessment(row) or {},
        "escalation": shown.escalation_of(row),
    }
    return Status(201 if recorded.new_contact else 200, told)


@router.post("/assess", response=AssessmentOut, auth=Keyed(KeyScope.ASSESS))
def assess(request: HttpRequest, given: ContactIn) -> dict[str, Any]:
    """Assess a contact and keep nothing of it; the log holds that this key did so.

    Of the notes in its history, those that are struck out here count for nothing.
    """
    contact = contact_in(request)
    if contact.history is not None:
        contact = replace(contact, history=without_struck(contact.history))
    assessment = in_force().assess(contact)
    saw(actor(request), "contact assessed", "assess")
    return as_record(assessment)
