"""The log: who saw and did what, newest first, found by person, by who did it, by what it was and by when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.text import Truncator
from django.views.decorators.http import require_GET

from watchword.store.chain import actions, actors, number_at, saw
from watchword.store.models import Contact, Escalation, Event, Person, Step, Ticket
from watchword.web.access import May, needs
from watchword.web.console.common import actor, page, refusable

ROWS = 50
MOST_SUBJECTS = 400  # of one person
MOST_VALUES = 200  # to choose from
LONGEST = 600
LONGEST_SHOWN = 120


@needs(May.SEE_EVENTS)
@require_GET
@refusable
def many(request: HttpRequest) -> HttpResponse:
    """Events, newest first."""
    saw(actor(request), "events seen", "events")
    wanted = {name: request.GET.get(name, "").strip()[:LONGEST] for name in ("who", "what", "person", "from", "to")}
    found, person = _found(wanted)
    who = actors(MOST_VALUES)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(number__lt=int(before))
    rows = list(found.order_by("-number")[: ROWS + 1])
    links = _links(rows[:ROWS])
    values = {
        "rows": [{"event": one, "subject": _subject(one), "link": links.get(one.subject)} for one in rows[:ROWS]],
        "older": rows[ROWS - 1].number if len(rows) > ROWS else None,
        "wanted": wanted,
        "person": person,
        "actions": actions(MOST_VALUES),
        "actors": who,
        "typed": len(who) == MOST_VALUES,  # who comes after those in the alphabet could not be chosen
        "newest_only": MOST_SUBJECTS if person and _has_more_contacts(person) else None,
    }
    return page(request, "events", values)


def _found(wanted: dict[str, str]) -> tuple[QuerySet[Event], Person | None]:
    found, person = Event.objects.all(), None
    if wanted["who"]:
        found = found.filter(actor=wanted["who"])
    if wanted["what"]:
        found = found.filter(action=wanted["what"])
    if wanted["person"].isdecimal() and len(wanted["person"]) < 19:
        person = Person.objects.filter(pk=int(wanted["person"])).first()
        found = found.filter(subject__in=_subjects(person) if person else ())
    if (since := _day(wanted["from"])) is not None:
        found = found.filter(number__gte=number_at(since))
    if (until := _day(wanted["to"])) is not None:
        found = found.filter(number__lt=number_at(until + timedelta(days=1)))
    return found, person


def _day(given: str) -> datetime | None:
    try:
        day = parse_date(given)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day and day.year < 9999 else None


def _subjects(person: Person) -> list[str]:
    """Whatever events call this person: their own number, their contacts, and what followed from these."""
    newest = Contact.objects.filter(person=person).order_by("-at")
    contacts = list(newest.values_list("pk", "key", "escalation__key")[:MOST_SUBJECTS])
    numbers = [number for number, _, _ in contacts]
    steps = Step.objects.filter(escalation__contact__in=numbers).values_list("key", flat=True)
    tickets = Ticket.objects.filter(contact__in=numbers).values_list("pk", flat=True)
    return [
        f"person {person.pk}",
        *(f"contact {key}" for _, key, _ in contacts),
        *(f"escalation {key}" for _, _, key in contacts if key),
        *(f"step {key}" for key in steps),
        *(f"ticket {number}" for number in tickets),
    ]


def _has_more_contacts(person: Person) -> bool:
    return Contact.objects.filter(person=person)[MOST_SUBJECTS : MOST_SUBJECTS + 1].exists()


def _subject(event: Event) -> str:
    """What an event is about, short enough for a line: a step by its name, for its key is long."""
    kind, _, key = event.subject.partition(" ")
    escalation, _, step = key.partition(":")
    shown = f"{kind} {escalation[:6]}…:{step}" if kind == "step" and step else event.subject
    return Truncator(shown).chars(LONGEST_SHOWN)


def _links(events: Iterable[Event]) -> dict[str, str]:
    """Where what the events are about is shown, by subject; one look-up, or none, for all of a kind."""
    keys: dict[str, set[str]] = {}
    for event in events:
        kind, _, key = event.subject.partition(" ")
        keys.setdefault(kind, set()).add(key)
    links = {
        f"{kind} {key}": reverse(kind, args=[int(key)])
        for kind in ("person", "ticket")
        for key in keys.get(kind, ())
        if key.isdecimal()
    }
    for key, number in Contact.objects.filter(key__in=keys.get("contact", ())).values_list("key", "pk"):
        links[f"contact {key}"] = reverse("contact", args=[number])
    for key in Escalation.objects.filter(key__in=keys.get("escalation", ())).values_list("key", flat=True):
        links[f"escalation {key}"] = reverse("escalation", args=[key])
    for key, escalation in Step.objects.filter(key__in=keys.get("step", ())).values_list("key", "escalation__key"):
        links[f"step {key}"] = reverse("escalation", args=[escalation])
    return links
