"""People: found by whatever they are known by, with everything that was ever said and noted, in order of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from watchword.errors import InputError, NotRecorded
from watchword.store.called_off import not_standing
from watchword.store.chain import saw
from watchword.store.contacts import contact_of
from watchword.store.models import Contact, Note, Person
from watchword.store.people import found_by
from watchword.store.register import in_force_for
from watchword.store.same_person import who_may_be
from watchword.store.struck import put_back, strike
from watchword.store.taught import only_from_notes, taken_away
from watchword.terms import Channel
from watchword.web.access import May, needs
from watchword.web.console.common import ROWS, actor, page, refusable, told
from watchword.web.console.own_words import stretches

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
MOST = 200  # contacts and notes of one person shown
LONGEST_REASON = 400  # characters


@needs(May.SEE_PEOPLE)
@require_GET
@refusable
def many(request: HttpRequest) -> HttpResponse:
    """Whoever fits the words that are searched for; without any, who contacted us last."""
    wanted, more = request.GET.get("find", "").strip()[:200], False
    if wanted:
        numbers = found_by(wanted, ROWS + 1)
        by_number = Person.objects.prefetch_related("identities").in_bulk(numbers[:ROWS])
        rows = sorted(by_number.values(), key=lambda person: person.name_key)
        more = len(numbers) > ROWS
    else:
        newest = Contact.objects.select_related("person").prefetch_related("person__identities").order_by("-at", "-id")
        rows = list({contact.person_id: contact.person for contact in newest[:ROWS]}.values())
    saw(actor(request), "people seen", "people")
    return page(request, "people", {"rows": rows, "find": wanted, "more": more})


@needs(May.SEE_PEOPLE)
@require_GET
@refusable
def one(request: HttpRequest, number: int) -> HttpResponse:
    """A person, with the timeline over phone, mail and notes."""
    person = Person.objects.prefetch_related("identities").filter(pk=number).first()
    if person is None:
        raise NotRecorded("There is no such person.", do="Search again.")
    saw(actor(request), "person seen", f"person {person.pk}")
    entries, doubtful = in_force_for(person)
    others = sorted(who_may_be([number])[number])
    by_number = Person.objects.prefetch_related("identities").in_bulk(others[:ROWS])
    shown = {
        "person": person,
        "others": sorted(by_number.values(), key=lambda other: other.name_key),
        "not_shown": len(others) - len(by_number),
        "entries": entries,
        "doubtful": doubtful,
        "most": MOST,
    }
    return page(request, "person", {**shown, **_timeline(person)})


def _timeline(person: Person) -> dict[str, Any]:
    """Contacts and notes of a person, newest first, notes without a date last; and whether there are more."""
    contacts = list(person.contacts.select_related("escalation").prefetch_related("flags").order_by("-at")[: MOST + 1])
    notes = list(person.notes.order_by(F("at").desc(nulls_last=True), "-id")[: MOST + 1])
    items: list[dict[str, Any]] = [{"at": contact.at, "contact": contact} for contact in contacts[:MOST]]
    takes, has = only_from_notes(person), {(one.kind, one.value) for one in person.identities.all()}
    items += [
        {"at": note.at, "note": note, "takes": takes.get(note.pk), "taken": taken_away(note, has)}
        for note in notes[:MOST]
    ]
    items.sort(key=lambda item: item["at"] or LONG_AGO, reverse=True)
    return {"timeline": items, "more": len(contacts) > MOST or len(notes) > MOST}


@needs(May.STRIKE_NOTES)
@require_POST
@refusable
def strike_out(request: HttpRequest, number: int) -> HttpResponse:
    """Have a note count no more, and say why."""
    why = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    return _changed(request, number, lambda: _strike(number, why, actor(request)), "Struck out. It stays to be seen.")


@needs(May.STRIKE_NOTES)
@require_POST
@refusable
def put_note_back(request: HttpRequest, number: int) -> HttpResponse:
    """Have a note that was struck out count again."""
    return _changed(request, number, lambda: put_back(number, by=actor(request)), "Put back. It counts again.")


def _changed(request: HttpRequest, number: int, act: Callable[[], Any], done: str) -> HttpResponse:
    person = Note.objects.filter(pk=number).values_list("person", flat=True).first()
    if person is None:
        raise NotRecorded("There is no such note.", do="Look at the person again.")
    told(act, request, done)
    return redirect("person", number=person)


def _strike(number: int, why: str, by: str) -> None:
    if not why:
        raise InputError("It is not said why.", do="Say why it counts no more, for an auditor will ask.")
    strike(number, by=by, why=why)


@needs(May.SEE_PEOPLE)
@require_GET
@refusable
def contact(request: HttpRequest, number: int) -> HttpResponse:
    """One contact: what was said, as text and nothing else, and what was decided."""
    row = Contact.objects.select_related("person").prefetch_related("turns").filter(pk=number).first()
    if row is None:
        raise NotRecorded("There is no such contact.", do="Look at the person again.")
    saw(actor(request), "contact seen", f"contact {row.key}")
    newest = row.assessments.order_by("-number").first()
    record = newest.record if newest else {}
    escalation = getattr(row, "escalation", None)
    values = {
        "contact": row,
        "record": record,
        "escalation": escalation,
        "called_off": not_standing(escalation) if escalation else [],
        "stretches": stretches(contact_of(row), record) if row.channel == Channel.EMAIL else [],
    }
    return page(request, "contact", values)
