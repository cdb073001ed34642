"""Calls while they go on: the list, the page of one call, and its news."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from watchword.store.calls import find_call
from watchword.store.chain import saw
from watchword.store.models import Assessment, Contact, Step, Transfer, Turn
from watchword.store.storable import storable
from watchword.web.access import May, needs
from watchword.web.console.call_shown import NOT_MEANT, REASONS, REASONS_TO_CALL_OFF, TOLD_ON, banner_of
from watchword.web.console.call_stays import stays_of
from watchword.web.console.common import ROWS, actor, page, refusable, still
from watchword.web.console.earlier import earlier_of
from watchword.web.console.transcript import shown_turns, spans_of, unmarked
from watchword.web.demo_caller import samples
from watchword.web.listeners import CALLS
from watchword.web.paging import page as page_of
from watchword.web.streams import Followed, Item, stream

FROM_START = "0.0.0.-"
NEWEST = Assessment.objects.filter(contact=OuterRef("pk")).order_by("-number").values("number")[:1]
WHO = ("person", "given_person", "issue", "not_theirs")  # what the head of a call's page shows
LAST = Turn.objects.filter(contact=OuterRef("pk")).order_by("-number").values("number")[:1]


@needs(May.SEE_CALLS)
@require_GET
@refusable
def many(request: HttpRequest) -> HttpResponse:
    """The calls that go on, newest first; or those that have ended."""
    ended = "ended" in request.GET
    found = Contact.objects.select_related("person", "escalation").prefetch_related("flags")
    found = found.filter(channel="phone", is_open=False) if ended else found.filter(is_open=True)
    rows, after = page_of(found, "at", request.GET.get("after"), ROWS)
    saw(actor(request), "calls seen", "calls")
    values = {"rows": rows, "after": after, "ended": ended, "samples": samples(), "token": uuid4().hex}
    return page(request, "calls", values)


@needs(May.SEE_CALLS)
@require_GET
@refusable
def one(request: HttpRequest, key: str) -> HttpResponse:
    """A call: what is said, what to do now, and the earlier contacts beside it."""
    # Taken first: what changes while the page is made comes as news.
    cursor = cursors_of([kept := storable(key)]).get(kept, FROM_START)
    row = find_call(key)
    saw(actor(request), "call seen", f"contact {row.key}")
    banner = banner_of(row)
    turns = shown_turns(row.turns.all(), spans_of(banner.record))
    parts = {**_parts(row, banner), **_side(row, banner), **_head(row)}
    values = {"turns": turns, "cursor": cursor, "token": uuid4().hex, **parts}
    return render(request, "console/call.html", values)


def _parts(row: Contact, banner: Any) -> dict[str, Any]:
    reasons, to_call_off = (list(enumerate(those, 1)) for those in (REASONS, REASONS_TO_CALL_OFF))
    return {
        "call": row,
        "banner": banner,
        "reasons": reasons,
        "reasons_to_call_off": to_call_off,
        "told_on": TOLD_ON,
        "not_meant": NOT_MEANT,
    }


def _side(row: Contact, banner: Any) -> dict[str, Any]:
    return {"call": row, "record": banner.record, "earlier": earlier_of(row, banner.record)}


def _head(row: Contact) -> dict[str, Any]:
    return {"call": row, "stays": stays_of(row) if row.not_theirs else None}


@needs(May.SEE_CALLS)
@require_GET
@refusable
def news(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """What happens in a call, as parts of its page: `turn`, `banner`, `side`, `head`; `over` when the sign-in ended."""
    kept = find_call(key).key
    saw(actor(request), "call seen", f"contact {kept}")
    given = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    cursor = given if _is_cursor(given) else FROM_START

    def look(since: str) -> tuple[list[Item], str, bool]:
        return look_at(kept, since, lambda name, values: render_to_string(name, values, request))

    may_hear = still(request, May.SEE_CALLS)
    return stream(look, cursor, CALLS, kept, follow=follow, newest=cursors_of, may_hear=may_hear, over="over")


Rendered = Callable[[str, dict[str, Any]], str]


def look_at(key: str, cursor: str, rendered: Rendered) -> tuple[list[Item], str, bool]:
    """What is new in a call since a cursor: its number of turns, its assessment, how all else stood, and who calls.

    Turns whose marks changed with a new assessment come again.
    """
    said, assessed, state, who = _split(cursor)
    now = cursor_of(key)
    if now == cursor:
        return [], cursor, False
    _, newest, stands, told_by = _split(now)
    row = Contact.objects.select_related("person").prefetch_related("turns").get(key=key)
    items: list[Item] = []
    banner = banner_of(row)
    spans = spans_of(banner.record)
    again = set(spans) | _marked_before(row, assessed) if newest != assessed else set()
    wanted = [turn for turn in row.turns.all() if turn.number >= said or turn.number in again]
    if wanted:
        told = {"turns": shown_turns(wanted, spans)}
        items.append(Item("turn", now, rendered("console/call_turns.html", told)))
    if newest != assessed or stands != state:
        items.append(Item("banner", now, rendered("console/call_banner.html", _parts(row, banner))))
    if newest != assessed or told_by != who:
        items.append(Item("side", now, rendered("console/call_side.html", _side(row, banner))))
    if told_by != who:
        items.append(Item("head", now, rendered("console/call_head.html", _head(row))))
    # Only the last carries the cursor: whoever loses the connection in between is told all of it again.
    return [*(Item(item.event, cursor, item.told) for item in items[:-1]), *items[-1:]], now, False


def follow(cursor: str, told: dict[str, Any]) -> Followed | None:
    """Turns that were just said as news, for a page that shows everything before them: with nothing else new, no word
    of theirs is marked.
    """
    heard, _, rest = cursor.partition(".")
    said = told["turns"]
    if told["made"] is not None or said[0]["number"] > int(heard):
        return None
    new = [unmarked(**turn) for turn in said if turn["number"] >= int(heard)]
    if not new:
        return Followed([], cursor)
    after = f"{new[-1].number + 1}.{rest}"
    return Followed([Item("turn", after, render_to_string("console/call_turns.html", {"turns": new}))], after)


def _marked_before(row: Contact, number: int) -> set[int]:
    before = row.assessments.filter(number=number).first()
    return set(spans_of(before.record)) if before else set()


def cursor_of(key: str) -> str:
    """How a call stands."""
    return cursors_of([key])[key]


def cursors_of(keys: Sequence[str]) -> dict[str, str]:
    """How calls stand, asked of the database as cheaply as can be, for all that are listened to at once."""
    asked = Contact.objects.filter(key__in=keys).annotate(newest=Subquery(NEWEST), last=Subquery(LAST))
    calls = list(asked.values_list("pk", "key", "is_open", "newest", "last", *WHO))
    numbers = [pk for pk, *_ in calls]
    steps = Step.objects.filter(escalation__contact__in=numbers).order_by("pk")
    stand = _by_call(steps.values_list("escalation__contact", "pk", "state", "changed_at", "receipt__pk"))
    transfers = Transfer.objects.filter(contact__in=numbers).order_by("pk")
    moves = _by_call(transfers.values_list("contact", "phase", "changed_at", "identity_verified", "tried", "by"))
    return {
        key: f"{0 if last is None else last + 1}.{newest or 0}."
        f"{_hash(is_open, stand[pk], moves[pk])}.{_hash(is_open, who)}"
        for pk, key, is_open, newest, last, *who in calls
    }


def _by_call(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for call, *told in rows:
        found[call].append(tuple(told))
    return found


def _hash(*told: object) -> str:
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:16]


def _split(cursor: str) -> tuple[int, int, str, str]:
    said, assessed, state, who = cursor.split(".")
    return int(said), int(assessed), state, who


def _is_cursor(given: str) -> bool:
    parts = given.split(".")
    return len(parts) == 4 and all(part.isdecimal() and len(part) < 10 for part in parts[:2])
