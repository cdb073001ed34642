"""The mail agent's first page: every mail where it stands, why, and what follows; many can be let go at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from watchword.errors import WatchwordError
from watchword.store.chain import saw
from watchword.store.contacts import contact_of
from watchword.store.inbox import COUNTED, Group, confirm_mail, counts, go_by_themselves, mails_in, waiting_steps
from watchword.store.models import Assessment, Contact
from watchword.store.standstill import standstill
from watchword.web.access import May, needs
from watchword.web.console.common import ROWS, actor, page, refusable
from watchword.web.console.own_words import glimpse, stretches
from watchword.web.news import CALLS, tell
from watchword.web.paging import page_of_all

MOST_AT_ONCE = 200
LONGEST_NUMBER = 18  # digits
TABS = (
    (Group.OPEN, "To see to"),
    (Group.ESCALATE, "Escalate"),
    (Group.CLARIFY, "Clarify"),
    (Group.PERSON, "Needs a person"),
    (Group.CLEAR, "Clear"),
    (Group.DONE, "Done"),
)


@needs(May.SEE_MAIL)
@require_GET
@refusable
def many(request: HttpRequest) -> HttpResponse:
    """The mails of a group, newest first, each with the words that count."""
    group, begun = group_of(request.GET.get("show")), request.GET.get("after")
    places, after = page_of_all(mails_in(group), "at", begun, ROWS, key="number")
    if begun and not places:  # what stood there has been seen to: the newest are shown, and not an inbox that is empty
        begun, (places, after) = None, page_of_all(mails_in(group), "at", None, ROWS, key="number")
    whole = Contact.objects.select_related("person", "escalation").prefetch_related("escalation__steps", "turns")
    mails = whole.in_bulk([place.number for place in places])
    found = [mails[place.number] for place in places]
    many = counts()
    values = {
        "rows": _rows(found),
        "after": after,
        "begun": begun,
        "group": group.value,
        "tabs": [(one.value, title, _number(many[one]) if one in many else None) for one, title in TABS],
        "standstill": standstill(),
        "went": _whole(request.GET.get("went")),
        "stale": _named(request.GET.get("stale", "")),
    }
    saw(actor(request), "inbox seen", "inbox")
    return page(request, "inbox", values)


@needs(May.DECIDE_MAIL)
@require_POST
@refusable
def confirm(request: HttpRequest) -> HttpResponse:
    """Let every mail go that was picked, each for itself: one that somebody else has seen to stops no other."""
    picked = request.POST.getlist("picked") or request.POST.getlist("one")  # a row's button may come along with Enter
    went, stale = 0, []
    for one in dict.fromkeys(picked[:MOST_AT_ONCE]):
        number, _, seen = one.partition(":")
        if not (seen and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            continue
        try:
            confirm_mail(int(number), seen=seen, by=actor(request))
            went += 1
        except WatchwordError:
            stale.append(number)
    tell(CALLS)
    group, after = group_of(request.POST.get("show")).value, request.POST.get("after", "")
    told = {"show": group, "after": after, "went": str(went), "stale": ",".join(stale)}
    return redirect(f"{reverse('inbox')}?{urlencode({name: value for name, value in told.items() if value})}")


def group_of(name: str | None) -> Group:
    """The group of this name; what is to be seen to when there is none."""
    return Group(name) if name in set(Group) else Group.OPEN


def newest_records(contacts: Iterable[Contact]) -> dict[int, dict[str, Any]]:
    """The newest assessment of each contact, as it was recorded."""
    found = Assessment.objects.filter(contact__in=list(contacts)).order_by("number")
    return {one.contact_id: one.record for one in found}


def _rows(contacts: list[Contact]) -> list[dict[str, Any]]:
    records = newest_records(contacts)
    rows = []
    for contact in contacts:
        record = records.get(contact.pk, {})
        escalation = getattr(contact, "escalation", None)
        steps = list(escalation.steps.all()) if escalation else []
        rows.append(
            {
                "contact": contact,
                "record": record,
                "escalation": escalation,
                "steps": steps,
                "waits": waiting_steps(steps),
                "by_itself": go_by_themselves(steps),
                "glimpse": glimpse(stretches(contact_of(contact), record), record),
            }
        )
    return rows


def _named(given: str) -> list[Contact]:
    """The mails that did not go, from the database: an address holds no customer's words."""
    numbers = [int(one) for one in given.split(",")[:MOST_AT_ONCE] if one.isdecimal() and len(one) <= LONGEST_NUMBER]
    return list(Contact.objects.select_related("person").filter(pk__in=numbers)) if numbers else []


def _number(many: int) -> str:
    return f"{COUNTED}+" if many > COUNTED else str(many)


def _whole(given: str | None) -> int | None:
    return int(given) if given and given.isdecimal() and len(given) < 6 else None
