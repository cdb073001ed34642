"""The mail agent's first page: every mail where it stands, why, and what follows; many can be let go at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from watchword import terms
from watchword.errors import WatchwordError
from watchword.escalation.states import TO_CARRY, StepState
from watchword.store.chain import saw
from watchword.store.inbox import (
    COUNTED,
    Group,
    confirm_mail,
    confirmed_by,
    counts,
    goes_by_itself,
    is_doubt,
    newest_in,
    waiting_steps,
)
from watchword.store.models import Assessment, Contact, Step
from watchword.store.standstill import standstill
from watchword.terms import Level
from watchword.web.access import May, needs
from watchword.web.console.call_flags import demanding
from watchword.web.console.common import ROWS, actor, page, refusable
from watchword.web.console.marks import who
from watchword.web.console.own_words import glimpse, stretches
from watchword.web.listeners import CALLS, tell
from watchword.web.paging import place_of, upto

MOST_AT_ONCE = 200
STEPS = ("escalation", "state", "level", "confirm", "demanded_by")  # of a mail's steps in the list
LONGEST_NUMBER = 18  # digits
SHOWN = (  # of a mail in the list
    *("key", "at", "outcome", "needs_person", "looked_at", "subject", "body", "given_person", "extra"),
    *("person__name", "escalation__state"),
)
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
    places, after = _places(group, begun)
    if begun and not places:  # what stood there has been seen to: the newest are shown, and not an inbox that is empty
        begun, (places, after) = None, _places(group, None)
    found = Contact.objects.select_related("person", "escalation").only(*SHOWN).in_bulk(places)
    many = counts()
    values = {
        "rows": _rows([found[number] for number in places]),
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
    """Let every mail go that was picked, each for itself: one that somebody else has seen to stops no other.

    A doubt is answered by the button of its own row, and by nothing else.
    """
    picked = request.POST.getlist("picked") or request.POST.getlist("one")  # a row's button may come along with Enter
    meant = () if picked else request.POST.getlist("meant")
    picked = picked or list(meant)
    went, stale = 0, []
    for one in dict.fromkeys(picked[:MOST_AT_ONCE]):
        number, _, seen = one.partition(":")
        if not (seen and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            continue
        try:
            confirm_mail(int(number), seen=seen, by=actor(request), orders_only=not meant)
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
    return dict(found.values_list("contact_id", "record"))


def _places(group: Group, cursor: str | None) -> tuple[list[int], str | None]:
    """The numbers of a page's mails, and the cursor of the page after."""
    found = newest_in(group, ROWS + 1, place_of(cursor) if cursor else None)
    places, after = upto(ROWS, found, "at")
    return [place.pk for place in places], after


def _rows(contacts: list[Contact]) -> list[dict[str, Any]]:
    records = newest_records(contacts)
    steps = _steps(contacts)
    by = confirmed_by([step for step in steps if step.state in TO_CARRY])
    steps_of: dict[int, list[Step]] = {}
    for step in steps:
        steps_of.setdefault(step.escalation_id, []).append(step)
    rows = []
    for contact in contacts:
        record = records.get(contact.pk, {})
        escalation = getattr(contact, "escalation", None)
        own = steps_of.get(escalation.pk, []) if escalation else []
        going = [step for step in own if step.state != StepState.CANCELLED]
        rows.append(
            {
                "contact": contact,
                "record": record,
                "escalation": escalation,
                "waits": waiting_steps(own),
                "is_doubt": is_doubt(own),
                "asks": _asks(record, own),
                "by_itself": all(goes_by_itself(step, by) for step in going),
                "by": list(dict.fromkeys(who(by[step.pk]) for step in going if step.pk in by)),
                "glimpse": glimpse(stretches(_words(contact), record), record),
            }
        )
    return rows


def _asks(record: dict[str, Any], steps: list[Step]) -> list[str]:
    """The questions about what waits and is in doubt."""
    doubts = [step for step in steps if step.state == StepState.WAITS and step.level == Level.CLARIFY]
    return list(dict.fromkeys(flag["ask"] for flag in demanding(record.get("flags", []), doubts) if flag["ask"]))


def _steps(contacts: list[Contact]) -> list[Step]:
    found = [escalation for one in contacts if (escalation := getattr(one, "escalation", None))]
    return list(Step.objects.filter(escalation__in=found).only(*STEPS))


def _words(row: Contact) -> terms.Contact:
    """What a mail says, and nothing else of it: a list shows no more, and has many."""
    return terms.Contact(row.key, terms.Channel.EMAIL, subject=row.subject, body=row.body, extra=row.extra)


def _named(given: str) -> list[Contact]:
    """The mails that did not go, from the database: an address holds no customer's words."""
    numbers = [int(one) for one in given.split(",")[:MOST_AT_ONCE] if one.isdecimal() and len(one) <= LONGEST_NUMBER]
    return list(Contact.objects.select_related("person").filter(pk__in=numbers)) if numbers else []


def _number(many: int) -> str:
    return f"{COUNTED}+" if many > COUNTED else str(many)


def _whole(given: str | None) -> int | None:
    return int(given) if given and given.isdecimal() and len(given) < 6 else None
