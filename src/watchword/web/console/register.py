"""The do-not-contact register: who is in it, by which ways, since when and because of which words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from watchword import terms
from watchword.errors import InputError
from watchword.store.models import RegisterEntry
from watchword.store.people import found_by, person_for
from watchword.store.register import enter_by_hand, withdraw
from watchword.terms import Scope
from watchword.web.access import May, needs
from watchword.web.console.common import ROWS, actor, page, refusable, told
from watchword.web.paging import page as page_of

LONGEST = 400
MOST_FOUND = 1000  # people whose entries are looked for


@needs(May.SEE_REGISTER)
@require_GET
@refusable
def entries(request: HttpRequest) -> HttpResponse:
    """Entries in force, newest first, or those that were withdrawn; and a search."""
    wanted, ended = request.GET.get("find", "").strip()[:LONGEST], "withdrawn" in request.GET
    found = RegisterEntry.objects.select_related("person", "contact").prefetch_related("person__identities")
    found = found.filter(withdrawn_at__isnull=not ended)
    if wanted:
        found = found.filter(person__in=found_by(wanted, MOST_FOUND))
    rows, after = page_of(found, "since", request.GET.get("after"), ROWS)
    return page(request, "register", {"rows": rows, "after": after, "find": wanted, "withdrawn": ended, "ways": Scope})


@needs(May.CHANGE_REGISTER)
@require_POST
@refusable
def add(request: HttpRequest) -> HttpResponse:
    """Make an entry by hand."""
    told(lambda: _add(request.POST, actor(request)), request, "Entered.")
    return redirect("register")


def _add(given: Any, by: str) -> None:
    patient_id, name, phone, email = (_part(given, part) for part in ("patient_id", "name", "phone", "email"))
    if not (patient_id or phone or email):
        raise InputError(
            "Nothing is given by which this person could be recognised.", do="Give a patient id, telephone or address."
        )
    origin = given.get("origin", "").strip()[:LONGEST]
    if not origin:
        raise InputError("It is not said where the wish was expressed.", do="Say so, for an auditor will ask.")
    ways = [Scope(way) for way in given.getlist("way") if way in set(Scope)]
    enter_by_hand(person_for(terms.Person(patient_id, name, phone, email)), ways, by=by, origin=origin)


def _part(given: Any, name: str) -> str | None:
    return given.get(name, "").strip()[:LONGEST] or None


@needs(May.CHANGE_REGISTER)
@require_POST
@refusable
def end(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw an entry because the person asked for it."""
    why = request.POST.get("why", "").strip()[:LONGEST]
    told(lambda: _end(number, why, actor(request)), request, "Withdrawn. It stays to be seen.")
    return redirect("register")


def _end(number: int, why: str, by: str) -> None:
    if not why:
        raise InputError("It is not said why.", do="Say what the person asked for, and how.")
    withdraw(number, by=by, why=why)
