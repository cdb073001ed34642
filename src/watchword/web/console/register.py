"""The do-not-contact register: who is in it, by which ways, since when and because of which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from watchword import terms
from watchword.errors import InputError
from watchword.reading.wishes import reach_problems
from watchword.store.chain import saw
from watchword.store.models import RegisterEntry
from watchword.store.people import found_by, whose_person_fits
from watchword.store.register import FROM_CONTACT, enter_named, in_force_for, withdraw
from watchword.store.same_person import who_may_be
from watchword.terms import Scope
from watchword.web import refusals
from watchword.web.access import May, needs
from watchword.web.console.common import ROWS, actor, form_of, page, refusable, told
from watchword.web.paging import page as page_of
from watchword.web.register_table import entries_by, taken_out

LONGEST = 400
MOST_FOUND = 1000  # people whose entries are looked for one by one
MOST_DOUBTED = 50  # people; words that fit more are the beginning of a name, and ask about nobody in particular
BACK = "back"
ORIGINS = (
    (FROM_CONTACT, "said in a contact"),
    ("other", "entered by people and imports"),
    (BACK, "brought back by imports"),
)


@needs(May.SEE_REGISTER)
@require_GET
@refusable
def entries(request: HttpRequest) -> HttpResponse:
    """Entries in force, newest first, or those that were withdrawn; searched, and by way and origin."""
    return _listed(request)


@needs(May.EXPORT_REGISTER)
@require_GET
@refusable
def out(request: HttpRequest) -> HttpResponse:
    """The same entries as a table, in which no cell and no part of one can run."""
    wanted = _wanted(request)
    lines = taken_out(_found(wanted, _whose(wanted["find"])), wanted, by=actor(request))
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="do-not-contact.csv"'
    return response


def _listed(request: HttpRequest, typed: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """The register's page. ``typed`` is the form that was refused: it stands open on the page, with what was typed."""
    wanted = _wanted(request)
    whose = _whose(wanted["find"])
    rows, after = page_of(_found(wanted, whose), "since", request.GET.get("after"), ROWS)
    query = urlencode({name: value for name, value in wanted.items() if value})
    saw(actor(request), "register seen", "register")
    shown = {"rows": rows, "after": after, **wanted, "query": query, "doubtful": whose.doubtful}
    choices = {"ways": list(Scope), "origins": ORIGINS, "typed": typed}  # a class, a template would call
    response = page(request, "register", shown | choices)
    response.status_code = status
    return response


def _wanted(request: HttpRequest) -> dict[str, str]:
    """What is looked for; words that nobody can choose count as nothing."""
    way, origin = request.GET.get("way", ""), request.GET.get("origin", "")
    return {
        "find": request.GET.get("find", "").strip()[:LONGEST],
        "way": way if way in set(Scope) else "",
        "origin": origin if origin in dict(ORIGINS) else "",
        "withdrawn": "1" if "withdrawn" in request.GET else "",
    }


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose entries are looked for: who is known by the words, and who else may be one of them, as the check has it."""

    people: list[int]
    doubtful: frozenset[int]


def _whose(words: str) -> _Whose:
    people = found_by(words, MOST_FOUND + 1) if words else []
    others = who_may_be(people) if len(people) <= MOST_DOUBTED else {}
    return _Whose(people, frozenset().union(*others.values()) - set(people))


def _found(wanted: dict[str, str], whose: _Whose) -> QuerySet[RegisterEntry]:
    found = entries_by(way=wanted["way"], withdrawn=bool(wanted["withdrawn"]))
    if wanted["origin"] == BACK:
        found = found.filter(back_after__isnull=False)
    elif wanted["origin"]:
        found = found.filter(contact__isnull=wanted["origin"] != FROM_CONTACT)
    if not wanted["find"]:
        return found
    if len(whose.people) > MOST_FOUND:  # then many an entry fits, and going along the entries leaves nobody out
        return found.filter(whose_person_fits(wanted["find"]))
    return found.filter(person__in=[*whose.people, *whose.doubtful])


@needs(May.CHANGE_REGISTER)
@form_of("register")
@refusable
def add(request: HttpRequest) -> HttpResponse:
    """Make an entry by hand."""
    against = told(lambda: _add(request.POST, actor(request)), request, "Entered.")
    if against is None:
        return redirect("register")
    typed = {**request.POST.dict(), "ways": request.POST.getlist("way")}
    return _listed(request, typed, refusals.status_of(against))


def _add(given: Any, by: str) -> None:
    patient_id, name, phone, email = (_part(given, part) for part in ("patient_id", "name", "phone", "email"))
    if not (patient_id or phone or email):
        raise InputError(
            "Nothing is given by which this person could be recognised.", do="Give a patient id, telephone or address."
        )
    wrong = reach_problems([phone] if phone else (), [email] if email else ())
    if wrong:
        raise InputError(
            " ".join(wrong), do="Mend it, or leave it out: an entry that nobody can ask for closes nothing."
        )
    origin = given.get("origin", "").strip()[:LONGEST]
    if not origin:
        raise InputError("It is not said where the wish was expressed.", do="Say so, for an auditor will ask.")
    ways = [Scope(way) for way in given.getlist("way") if way in set(Scope)]
    if not ways:
        raise InputError("No way is closed: calls, messages and mail are all left out.", do="Tick what was asked for.")
    enter_named(terms.Person(patient_id, name, phone, email), ways, by=by, origin=origin)


def _part(given: Any, name: str) -> str | None:
    return given.get(name, "").strip()[:LONGEST] or None


@needs(May.CHANGE_REGISTER)
@require_POST
@refusable
def end(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw an entry because the person asked for it."""
    why = request.POST.get("why", "").strip()[:LONGEST]
    told(lambda: _end(number, why, actor(request)), request)
    return redirect("register")


def _end(number: int, why: str, by: str) -> str:
    if not why:
        raise InputError("It is not said why.", do="Say what the person asked for, and how.")
    withdraw(number, by=by, why=why)
    own, doubtful = in_force_for(RegisterEntry.objects.select_related("person").get(pk=number).person)
    ways = ", ".join(way for way in Scope if any(getattr(one, way.value) for one in (*own, *doubtful)))
    if not ways:
        return "Withdrawn. It stays to be seen."
    whose = "of this person" if own else "of somebody who may be the same person"
    return f"Withdrawn. It stays to be seen. Another entry {whose} is still in force: {ways}."
