"""The mails in the order in which people see to them: what waits in which group, and what is said of a mail at once."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from watchword.errors import InputError, MoveRefused, NotRecorded
from watchword.escalation.states import EscalationState, StepState
from watchword.escalation.steps import StepKind
from watchword.store import rows
from watchword.store.called_off import name_of
from watchword.store.counting import how_many
from watchword.store.decide import confirm, dismiss
from watchword.store.decided import LONGEST_NAME
from watchword.store.locked import locked
from watchword.store.models import Contact, Decision, Escalation, Step
from watchword.store.storable import storable
from watchword.terms import Channel, Level, Outcome

COUNTED = 999  # the most that is counted; nobody needs to know whether it is more by one or by a million
LONGEST_POST = 20_000  # characters
UNSETTLED = (Outcome.ESCALATE.value, Outcome.CLARIFY.value)
LETTING_GO = (Decision.Word.CONFIRM, Decision.Word.DISMISS, Decision.Word.REOPEN)  # what bears on whose word it was
UNSENT = (StepState.WAITS, StepState.PLANNED, StepState.NEEDS_PERSON)


class Group(StrEnum):
    """Where a mail stands for whoever sees to the inbox."""

    OPEN = "open"  # whatever is not done, of the next three
    ESCALATE = "escalate"
    CLARIFY = "clarify"
    PERSON = "needs a person"
    CLEAR = "clear"
    DONE = "done"


Place = tuple[datetime, int]  # a mail's, in order
NEWEST = 'ORDER BY "at" DESC, number DESC'
# Said so, and not as "before, or at the same moment and lower", for it is then one stretch of an index.
OLDER = f'WHERE "at" <= %s AND NOT ("at" = %s AND number >= %s) {NEWEST}'
NEWER = 'WHERE "at" >= %s AND NOT ("at" = %s AND number <= %s) ORDER BY "at", number'
TO_COUNT = (Group.OPEN, Group.ESCALATE, Group.CLARIFY, Group.PERSON, Group.CLEAR)


def mails_in(group: Group) -> list[QuerySet[Any]]:
    """The mails of a group, as lists that together hold each of them, some maybe twice; in no order yet.

    Each row, whatever it is of, has ``at`` and ``number``, the mail's. Each list is one stretch of an index.
    """
    match group:
        case Group.OPEN:
            unfinished = _followed((EscalationState.WAITS, EscalationState.UNDER_WAY), UNSETTLED)
            return [*unfinished, *mails_in(Group.PERSON)]
        case Group.ESCALATE | Group.CLARIFY:
            return _followed((EscalationState.WAITS, EscalationState.UNDER_WAY), (group.value,))
        case Group.PERSON:
            return [*_followed((EscalationState.NEEDS_PERSON,)), _mails(needs_person=True, looked_at__isnull=True)]
        case Group.CLEAR:
            return [_mails(outcome=Outcome.CLEAR.value)]
        case Group.DONE:
            seen = _mails(needs_person=True, looked_at__isnull=False).filter(escalation__isnull=True)
            return [*_followed((EscalationState.DONE, EscalationState.DISMISSED)), seen]


def _mails(**wanted: Any) -> QuerySet[Contact]:
    return Contact.objects.filter(channel=Channel.EMAIL.value, **wanted).annotate(number=F("pk"))


def _followed(states: Iterable[EscalationState], outcomes: Iterable[str] = ()) -> list[QuerySet[Escalation]]:
    """The mails from which something follows that has come to one of these states; of any outcome if none is said."""
    found = Escalation.objects.annotate(at=F("contact_at"), number=F("contact_id"))
    if outcomes:
        found = found.filter(outcome__in=list(outcomes))
    return [found.filter(channel=Channel.EMAIL.value, state=state.value) for state in states]


def counts() -> dict[Group, int]:
    """How many mails each group has in which something is to be done, and how many are clear; up to COUNTED + 1."""
    return dict(zip(TO_COUNT, how_many(_to_count, COUNTED + 1), strict=True))


def _to_count() -> list[list[QuerySet[Any]]]:
    return [[one.values("number") for one in mails_in(group)] for group in TO_COUNT]


def newest_in(group: Group, most: int, before: Place | None = None) -> list[Contact]:
    """So many mails of a group, newest first, or those that come after a place; of each its number and its moment."""
    return _in_order(group, OLDER if before else NEWEST, most, before)


def neighbours(group: Group, row: Contact) -> tuple[int | None, int | None]:
    """The numbers of the mail before (newer) and the one after (older) in a group."""
    newer, older = (_in_order(group, way, 1, (row.at, row.pk)) for way in (NEWER, OLDER))
    return (newer[0].pk if newer else None), (older[0].pk if older else None)


def _in_order(group: Group, way: str, most: int, beside: Place | None) -> list[Contact]:
    statement, values = _statement(group, way, connection.vendor)
    place: tuple[Any, ...] = ()
    if beside:
        moment = connection.ops.adapt_datetimefield_value(beside[0])
        place = moment, moment, beside[1]
    given = [one for of_list in values for one in (*of_list, *place, most)]
    return rows.found(Contact, statement, *given, most)


@cache
def _statement(group: Group, way: str, vendor: str) -> tuple[str, tuple[tuple[Any, ...], ...]]:
    """A group's lists as one, and the values of each: put into words once, in those of each ``vendor``.

    Each is asked for what its own index has first.
    """
    lists = [one.values("at", "number").order_by().query.sql_with_params() for one in mails_in(group)]
    # All of it is Django's own words and those above.
    first = [f'SELECT "at", number FROM ({words}) AS found {way} LIMIT %s' for words, _ in lists]  # noqa: S608
    together = " UNION ".join(f"SELECT * FROM ({one}) AS one" for one in first)  # noqa: S608
    order = way[way.index("ORDER") :]
    statement = f'SELECT number AS id, "at" FROM ({together}) AS each_once {order} LIMIT %s'  # noqa: S608
    return statement, tuple(values for _, values in lists)


def asked_of(steps: Iterable[Step]) -> list[Step]:
    """What of a mail one word lets go: the orders that wait; once there are none, what follows if a doubt is meant."""
    waiting = [step for step in steps if step.state == StepState.WAITS]
    return [step for step in waiting if step.level != Level.CLARIFY] or waiting


def is_doubt(steps: Iterable[Step]) -> bool:
    """Whether the next word on a mail answers a question, and lets no order go."""
    return any(step.level == Level.CLARIFY for step in asked_of(steps))


def waiting_steps(steps: Iterable[Step]) -> str:
    """The steps that one word lets go, as a page hands them back: what somebody decides is what they have seen."""
    return "-".join(str(step.pk) for step in asked_of(steps))


def confirmed_by(steps: Iterable[Step]) -> dict[int, str]:
    """Who let each of these steps go, by its number; one that goes by itself is not among them."""
    said = Decision.objects.filter(step__in=list(steps), word__in=LETTING_GO).order_by("pk")
    last = {step: (word, by) for step, word, by in said.values_list("step_id", "word", "by")}
    return {step: by for step, (word, by) in last.items() if step is not None and word == Decision.Word.CONFIRM}


def goes_by_itself(step: Step, confirmed: Container[int]) -> bool:
    """Whether the policy lets a step go, and nobody's word did; ``confirmed`` are those that somebody let go."""
    return step.confirm == "automatic" and step.level != Level.CLARIFY and step.pk not in confirmed


def unsent_post(steps: Iterable[Step], post: str) -> str:
    """What was written for the chatter post and is not what any post says; "" when nothing would be lost."""
    text = _as_left(post)
    return "" if text in {(step.text or "").strip() for step in steps if step.kind == StepKind.CHATTER_POST} else text


def confirm_mail(number: int, *, seen: str, by: str, post: str | None = None, orders_only: bool = False) -> bool:
    """Let the orders of a mail go that wait, with the chatter post as it was left; or, without any, what is in doubt.

    False, with nothing done, when it went by the same person's word on the same already: a form handed in twice.
    Raises MoveRefused, and nothing goes, when what waits is not what was ``seen``, or is a doubt and orders alone are
    wanted; InputError for a post of no words.
    """
    with transaction.atomic():
        steps = list(_locked(number).steps.order_by("position"))
        if _said_before(steps, seen, by, post):
            return False
        _check_seen(steps, seen)
        if not seen or (orders_only and is_doubt(steps)):
            raise _quicker()
        for step in asked_of(steps):
            text = _edited(step, post)
            confirm(step.key, by=by, text=text, reason="" if text is None else "The post was edited.")
    return True


def dismiss_mail(number: int, *, seen: str, by: str, reason: str) -> bool:
    """Call everything of a mail off that was not sent yet; whether that was all, and then no doubt of it stands either.

    Raises as confirm_mail does.
    """
    with transaction.atomic():
        escalation = _locked(number)
        steps = list(escalation.steps.order_by("position"))
        _check_seen(steps, seen)
        unsent = [step for step in steps if step.state in UNSENT]
        if not unsent:
            raise _quicker()
        is_all = all(step.state == StepState.CANCELLED for step in steps if step not in unsent)
        flags = escalation.assessment.record["flags"] if is_all else []
        doubts = [name_of(flag) for flag in flags if flag["level"] == Level.CLARIFY]
        for step in unsent:
            dismiss(step.key, by=by, reason=reason, doubts=doubts)
        return is_all


def _locked(number: int) -> Escalation:
    found = locked(Escalation).filter(contact_id=number).first()
    if found is None:
        raise NotRecorded("Nothing follows from this mail.", do="Look at the inbox again.")
    return found


def _said_before(steps: list[Step], seen: str, by: str, post: str | None) -> bool:
    """Whether this person confirmed just what was seen, with the same words for the post, and nothing came after."""
    shown = seen.split("-")
    named = [
        step for step in steps if str(step.pk) in shown and step.state not in (StepState.WAITS, StepState.CANCELLED)
    ]
    if len(named) != len(shown):
        return False
    told = Decision.objects.filter(step__in=named).order_by("pk").values_list("step_id", "word", "by")
    last = {step: (word, whose) for step, word, whose in told}
    agreed = Decision.Word.CONFIRM.value, storable(by)[:LONGEST_NAME]
    return all(last.get(step.pk) == agreed and _edited(step, post) is None for step in named)


def _check_seen(steps: list[Step], seen: str) -> None:
    if waiting_steps(steps) != seen:
        raise _quicker()


def _quicker() -> MoveRefused:
    return MoveRefused(
        "This mail has changed since it was shown, and nothing was done.",
        do="Look again: somebody may have been quicker.",
    )


def _edited(step: Step, post: str | None) -> str | None:
    """The post as it was left; None when it was left as it is, or the step has none."""
    if post is None or step.kind != StepKind.CHATTER_POST:
        return None
    text = _as_left(post)
    if not text or len(text) > LONGEST_POST:
        raise InputError(f"The post is empty or longer than {LONGEST_POST} characters.", do="Write what is to be said.")
    return None if text == (step.text or "").strip() else text


def _as_left(post: str) -> str:
    return storable(post.replace("\r\n", "\n").strip())
