"""What other systems are told of an event: ids, names of the policy's, and states, never a customer's words.

No name, no quote, no text of a post, no reason that somebody typed: whoever needs them asks the API with a key that has
the scope for it. Only the do-not-contact topics say what a person is known by, for that is what a dialer must look up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from watchword.escalation.telling import Topic
from watchword.store.models import Assessment, Contact, Escalation, Event, Identity, RegisterEntry, Step
from watchword.store.same_person import who_may_be

Told = tuple[Topic, dict[str, Any]]
STEP_MOVES = {
    "step accept": Topic.STEP_CONFIRMED,
    "step settle": Topic.STEP_CONFIRMED,
    "step dismiss": Topic.STEP_DISMISSED,
    "step withdraw": Topic.STEP_DISMISSED,
    "step lapse": Topic.STEP_DISMISSED,
    "step give up": Topic.STEP_NEEDS_PERSON,
}
CHANGES = ("step agree", "step reopen", "step retry", "step be replaced")
REGISTER_MOVES = {
    "register entry made": Topic.DO_NOT_CONTACT_ENTERED,
    "register entry withdrawn": Topic.DO_NOT_CONTACT_WITHDRAWN,
}
KNOWN_BY_MORE = "person known by more"
CHANGED = "escalation changed"
RECORDED = ("contact recorded", "contact went on")
ACTIONS = (*STEP_MOVES, *CHANGES, CHANGED, *REGISTER_MOVES, KNOWN_BY_MORE, *RECORDED)
STEP_SHOWN = ("key", "kind", "state", "level", "to", "phone", "type", "system", "scope")


def told_of(event: Event) -> Iterator[Told]:
    """Everything that an event of the log is told as."""
    if event.action in STEP_MOVES:
        yield from _step(STEP_MOVES[event.action], event)
    elif event.action in CHANGES:
        yield from _whole(Topic.ESCALATION_CHANGED, steps__key=_step_key(event))
    elif event.action == CHANGED:
        yield from _whole(Topic.ESCALATION_CHANGED, key=event.subject.removeprefix("escalation "))
    elif event.action in REGISTER_MOVES:
        yield from _entries(REGISTER_MOVES[event.action], pk=event.detail.get("entry"))
    elif event.action == KNOWN_BY_MORE:  # since then they may have been withdrawn, which was told
        entries = event.detail.get("entries", ())
        yield from _entries(Topic.DO_NOT_CONTACT_ENTERED, pk__in=entries, withdrawn_at__isnull=True)
    else:
        yield from _recorded(event)


def body(topic: Topic, at: str, number: int | None, said: dict[str, Any]) -> str:
    """The body of a delivery, in the shape that Standard Webhooks recommends."""
    told = {"type": topic.value, "timestamp": at, "number": number, "data": said}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _step(topic: Topic, event: Event) -> Iterator[Told]:
    found = Step.objects.select_related("escalation__contact", "receipt")
    row = found.filter(key=_step_key(event)).first()
    if row is not None:
        state = event.detail.get("to", row.state)  # as it was then; it may have moved on
        yield topic, {**_which(row.escalation), "step": {**_shown(row), "state": state}}


def _step_key(event: Event) -> str:
    return event.subject.removeprefix("step ")


def _which(escalation: Escalation) -> dict[str, Any]:
    return {"escalation": escalation.key, "contact": escalation.contact.key, "channel": escalation.channel}


def _shown(row: Step) -> dict[str, Any]:
    receipt = getattr(row, "receipt", None)
    told = {name: getattr(row, name) for name in STEP_SHOWN}
    return {**told, "receipt": str(receipt) if receipt else None}


def _entries(topic: Topic, **named: Any) -> Iterator[Told]:
    for row in RegisterEntry.objects.filter(**named).order_by("pk"):
        ways = [way for way in ("calls", "messages", "mail") if getattr(row, way)]
        people = [row.person_id, *who_may_be([row.person_id])[row.person_id]]  # a doubt closes, and is told too
        rows = Identity.objects.filter(person__in=people).order_by("kind", "value").distinct()
        known = list(rows.values("kind", "value"))
        yield topic, {"entry": row.pk, "register": row.register, "ways": ways, "known_by": known}


def _recorded(event: Event) -> Iterator[Told]:
    row = Contact.objects.filter(key=event.subject.removeprefix("contact ")).first()
    number = event.detail.get("assessment")
    if row is None or not isinstance(number, int):
        return
    assessed = {one.number: one for one in row.assessments.filter(number__in=(number - 1, number))}
    if number not in assessed:
        return
    if event.detail.get("new_assessment", True):  # events of older versions do not say so
        yield from _assessed({"contact": row.key, "channel": row.channel}, assessed.get(number - 1), assessed[number])
    if event.detail.get("opened"):
        yield from _whole(Topic.ESCALATION_OPENED, contact=row)
    elif event.detail.get("steps_changed"):
        yield from _whole(Topic.ESCALATION_CHANGED, contact=row)


def _assessed(which: dict[str, Any], before: Assessment | None, now: Assessment) -> Iterator[Told]:
    for flag in _new_flags(before, now):
        yield Topic.FLAG_RAISED, {**which, "flag": flag}
    if now.needs_person and not (before and before.needs_person):
        yield Topic.CONTACT_NEEDS_PERSON, {**which, "outcome": now.outcome}


def _new_flags(before: Assessment | None, now: Assessment) -> Iterator[dict[str, Any]]:
    """The flags that the assessment before did not have, or had in doubt only."""
    had = {(flag["kind"], flag["term"]): flag["level"] for flag in before.record["flags"]} if before else {}
    for flag in now.record["flags"]:
        level = had.get((flag["kind"], flag["term"]))
        if level is None or (level == "clarify" and flag["level"] == "escalate"):
            yield {"kind": flag["kind"], "term": flag["term"], "level": flag["level"]}


def _whole(topic: Topic, **named: Any) -> Iterator[Told]:
    """An escalation with every step, as it stands by now."""
    found = Escalation.objects.select_related("contact").prefetch_related("steps__receipt")
    escalation = found.filter(**named).first()
    if escalation is not None:
        steps = [_shown(step) for step in escalation.steps.all()]
        yield topic, {**_which(escalation), "state": escalation.state, "steps": steps}
