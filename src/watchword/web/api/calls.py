"""Calls while they go on: open, tell turns, hear a platform's events, end; and read them, once or as they go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Body, Router, Status

from watchword.errors import ContactInvalid
from watchword.store.call_news import news_of
from watchword.store.calls import Numbered, check_call, find_call
from watchword.store.chain import saw
from watchword.store.keys import StillInForce
from watchword.store.models import Assessment, Contact, Step
from watchword.store.models import Turn as TurnRow
from watchword.terms import Channel, Turn
from watchword.web import live
from watchword.web.access import KeyScope
from watchword.web.api import shown
from watchword.web.api.addresses import BY_ID, Named
from watchword.web.api.answers import CallOut, Opened, Went
from watchword.web.api.contacts import contact_in, values_in
from watchword.web.api.keys import Keyed, actor, may
from watchword.web.api.shapes import CallIn, NumberedTurn, TurnsIn
from watchword.web.heard import PIECE, TRANSCRIPTIONS, next_number
from watchword.web.listeners import CALLS
from watchword.web.streams import Followed, Item, stream

router = Router(tags=["calls"])
WRITE, READ = Keyed(KeyScope.CALLS), Keyed(KeyScope.READ_CALLS)
FROM_START = "0.0.0"
LAST = {
    "in": "header",
    "name": "Last-Event-ID",
    "description": "The `id` of the last event that you have heard.",
    "required": False,
    "schema": {"type": "string"},
}
STREAM = {"parameters": [LAST], "responses": {200: {"content": {"text/event-stream": {}}}}}
SHAPE = frozenset(NumberedTurn.model_fields)


@router.post("/calls", response={200: CallOut | Opened, 201: CallOut | Opened}, auth=WRITE)
def open_call(request: HttpRequest, given: CallIn) -> Status[dict[str, Any]]:
    """Open a call. The same id again changes nothing while it is open.

    A key that has the scope `read-calls` too is told the whole call.
    """
    more: dict[str, Any] = {"channel": Channel.PHONE.value} | ({"turns": []} if given.turns is None else {})
    contact = contact_in(request, **more)
    _check_names(TRANSCRIPTIONS, contact.extra)
    _check_names(PIECE, *(turn.extra for turn in contact.turns))
    new = live.begin(contact, source="api", actor=actor(request))
    row = find_call(contact.id)
    if not may(request, KeyScope.READ_CALLS):
        told = {"id": row.key, "is_open": row.is_open, "next": next_number(row.turns.all())}
        return Status(201 if new else 200, told)
    if not new:
        saw(actor(request), "call read", f"contact {row.key}")
    return Status(201 if new else 200, shown.call(row))


@router.post(f"/calls/{BY_ID}/turns", response=Went, auth=WRITE)
def say(request: HttpRequest, id: Named, given: TurnsIn) -> dict[str, Any]:
    """Tell one turn or many. A number told again changes nothing; one that comes too early is refused."""
    return _went(id, live.say(id, _said(request, given), actor=actor(request)))


def _said(request: HttpRequest, given: TurnsIn) -> list[Numbered]:
    """The turns with every key that they have; what is not in their shape is carried along."""
    whole = values_in(request)["turns"]
    turns = [
        (turn.number, Turn(turn.speaker, turn.text, {key: value for key, value in raw.items() if key not in SHAPE}))
        for turn, raw in zip(given.turns, whole, strict=True)
    ]
    _check_names(PIECE, *(turn.extra for _, turn in turns))
    return turns


def _check_names(ours: str, *extras: Mapping[str, Any]) -> None:
    """Whether nobody has put a mark of our own there, under which turns would be lost. Raises ContactInvalid."""
    if any(ours in extra for extra in extras):
        raise ContactInvalid(f"The key {ours} is one of Watchword's own.", do="Give yours another name.")


def _went(id: str, went: live.WentOn) -> dict[str, Any]:
    return {"id": id, "added": went.added, "next": went.next, "is_open": went.is_open}


@router.post(f"/calls/{BY_ID}/platform-events", response=Went, auth=WRITE)
def hear(request: HttpRequest, id: Named, given: Body[dict[str, Any]]) -> dict[str, Any]:
    """Take an event of Amazon Contact Lens, Twilio or Genesys Cloud, or a transcript of the latter, as it comes.

    The answer to a poll of Contact Lens is taken too, for the call that the address names. Drafts are waited out, and
    what comes twice changes nothing. The call's id is the platform's own: what is of another call than the address
    names is refused.
    """
    return _went(id, live.hear(id, given, actor=actor(request)))


@router.post(f"/calls/{BY_ID}/end", response=Went, auth=WRITE)
def end(request: HttpRequest, id: Named) -> dict[str, Any]:
    """Say that a call has ended. Said again it changes nothing."""
    return _went(id, live.say(id, (), actor=actor(request), end=True))


@router.get(f"/calls/{BY_ID}/events", auth=READ, openapi_extra=STREAM)
def events(request: HttpRequest, id: Named) -> StreamingHttpResponse:
    """What happens in a call, as server-sent events: `turn`, `assessment`, `step`, `ended`.

    It begins with everything so far, or after the event that `Last-Event-ID` names.
    """
    check_call(id)
    cursor = _cursor(request.headers.get("last-event-id", ""))
    saw(actor(request), "call heard", f"contact {id}")
    may_hear = StillInForce(request.auth.pk)  # type: ignore[attr-defined]
    return stream(lambda since: look(id, since), cursor, CALLS, id, follow=follow, newest=newest, may_hear=may_hear)


@router.get(f"/calls/{BY_ID}", response=CallOut, auth=READ)
def read(request: HttpRequest, id: Named) -> dict[str, Any]:
    """A call with its turns, its present assessment and its steps."""
    row = find_call(id)
    saw(actor(request), "call read", f"contact {row.key}")
    return shown.call(row)


def _cursor(given: str) -> str:
    parts = given.split(".")
    return given if len(parts) == 3 and all(part.isdecimal() and len(part) < 20 for part in parts) else FROM_START


def look(id: str, cursor: str) -> tuple[list[Item], str, bool]:
    """What happened in a call since a cursor, which counts turns, assessments and the time of steps' changes."""
    turns, assessment, moment = (int(part) for part in cursor.split("."))
    news = news_of(id, turns=turns, assessment=assessment)
    items: list[Item] = []
    for number, speaker, text in news.turns:
        turns = number + 1
        told = {"number": number, "speaker": speaker, "text": text}
        items.append(Item("turn", f"{turns}.{assessment}.{moment}", told))
    if news.assessment is not None:
        assessment, record = news.assessment
        items.append(Item("assessment", f"{turns}.{assessment}.{moment}", record))
    steps = shown.steps_of(news.escalation, by="changed_at") if news.escalation is not None else []
    for step in steps:
        if (changed := _microseconds(step["changed_at"])) > moment:
            moment = changed
            items.append(Item("step", f"{turns}.{assessment}.{moment}", _plain(step)))
    cursor = f"{turns}.{assessment}.{moment}"
    is_last = not news.is_open and all(step["state"] in ("confirmed", "cancelled") for step in steps)
    if is_last:
        ended = Contact.objects.values_list("ended_at", flat=True).get(key=id) or timezone.now()
        items.append(Item("ended", cursor, {"id": id, "at": ended.isoformat()}))
    return items, cursor, is_last


def follow(cursor: str, told: dict[str, Any]) -> Followed | None:
    """Turns that were just said and the assessment that they led to, for whoever has heard everything before them.

    What follows from the assessment must be read.
    """
    heard, assessed, moment = (int(part) for part in cursor.split("."))
    said = told["turns"]
    if said[0]["number"] > heard:
        return None
    new = [turn for turn in said if turn["number"] >= heard]
    items = [Item("turn", f"{turn['number'] + 1}.{assessed}.{moment}", turn) for turn in new]
    heard = max(heard, said[-1]["number"] + 1)
    if told["made"] is None:
        return Followed(items, f"{heard}.{assessed}.{moment}")
    number, record = told["made"]
    if number > assessed:
        assessed = number
        items.append(Item("assessment", f"{heard}.{assessed}.{moment}", record))
    return Followed(items, f"{heard}.{assessed}.{moment}", is_all=False)


def newest(keys: list[str]) -> dict[str, str]:
    """The cursors that open calls have come to, all in one look."""
    of_call = {"contact": OuterRef("pk")}
    turn = TurnRow.objects.filter(**of_call).order_by("-number").values("number")[:1]
    assessment = Assessment.objects.filter(**of_call).order_by("-number").values("number")[:1]
    step = Step.objects.filter(escalation__contact=OuterRef("pk")).order_by("-changed_at").values("changed_at")[:1]
    rows = Contact.objects.filter(key__in=keys, is_open=True).values_list(
        "key", Subquery(turn), Subquery(assessment), Subquery(step)
    )
    return {
        key: f"{0 if turn is None else turn + 1}.{assessment or 0}.{_microseconds(changed) if changed else 0}"
        for key, turn, assessment, changed in rows
    }


def _microseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
