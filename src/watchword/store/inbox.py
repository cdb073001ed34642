"""The mails in the order in which people see to them: what waits in which group, and what is said of a mail at once."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet

from watchword.errors import InputError, MoveRefused, NotRecorded
from watchword.escalation.states import EscalationState, StepState
from watchword.escalation.steps import StepKind
from watchword.store.decide import confirm, dismiss
from watchword.store.models import Contact, Escalation, Step
from watchword.terms import Channel, Outcome

COUNTED = 999  # the most that is counted; nobody needs to know whether it is more by one or by a million
LONGEST_POST = 20_000  # characters
UNSENT = (StepState.WAITS, StepState.PLANNED, StepState.NEEDS_PERSON)


class Group(StrEnum):
    """Where a mail stands for whoever sees to the inbox."""

    OPEN = "open"  # whatever is not done, of the next three
    ESCALATE = "escalate"
    CLARIFY = "clarify"
    PERSON = "needs a person"
    CLEAR = "clear"
    DONE = "done"


def mails_in(group: Group) -> list[QuerySet[Contact]]:
    """The mails of a group, as lists that together hold each of them, some maybe twice; in no order yet."""
    mails = Contact.objects.filter(channel=Channel.EMAIL.value)
    match group:
        case Group.OPEN:
            return [found for one in (Group.ESCALATE, Group.CLARIFY, Group.PERSON) for found in mails_in(one)]
        case Group.ESCALATE | Group.CLARIFY:
            unfinished = _of_state(EscalationState.WAITS, EscalationState.UNDER_WAY)
            return [mails.filter(outcome=group.value, pk__in=unfinished)]
        case Group.PERSON:
            unseen = Contact.objects.filter(needs_person=True, looked_at__isnull=True)
            failed = _of_state(EscalationState.NEEDS_PERSON)
            return [unseen.filter(channel=Channel.EMAIL.value), mails.filter(pk__in=failed)]
        case Group.CLEAR:
            return [mails.filter(outcome=Outcome.CLEAR.value)]
        case Group.DONE:
            ended = (EscalationState.DONE.value, EscalationState.DISMISSED.value)
            seen = Q(escalation__isnull=True, needs_person=True, looked_at__isnull=False)
            return [mails.filter(Q(escalation__state__in=ended) | seen)]


def _of_state(*states: EscalationState) -> QuerySet[Escalation, int]:
    """Contacts by their escalations' state. Few are unfinished at any time, and an index finds them."""
    wanted = Escalation.objects.filter(channel=Channel.EMAIL.value, state__in=[state.value for state in states])
    return wanted.values_list("contact_id", flat=True)


def counted(group: Group) -> int:
    """How many mails a group has, up to COUNTED + 1."""
    found: set[int] = set()
    for source in mails_in(group):
        found.update(source.order_by().values_list("pk", flat=True)[: COUNTED + 1])
    return min(len(found), COUNTED + 1)


def neighbours(group: Group, row: Contact) -> tuple[Contact | None, Contact | None]:
    """The mail before (newer) and the one after (older) in a group."""
    newer = Q(at__gt=row.at) | Q(at=row.at, pk__gt=row.pk)
    older = Q(at__lt=row.at) | Q(at=row.at, pk__lt=row.pk)
    before = [found for one in mails_in(group) for found in one.filter(newer).order_by("at", "pk")[:1]]
    after = [found for one in mails_in(group) for found in one.filter(older).order_by("-at", "-pk")[:1]]
    return min(before, key=_order, default=None), max(after, key=_order, default=None)


def _order(row: Contact) -> tuple[object, int]:
    return row.at, row.pk


def waiting_steps(steps: Iterable[Step]) -> str:
    """Which steps of a mail wait, as a page hands it back: what somebody decides is what they have seen."""
    return "-".join(str(step.pk) for step in steps if step.state == StepState.WAITS)


def confirm_mail(number: int, *, seen: str, by: str, post: str | None = None) -> None:
    """Let everything of a mail go that waits, with the chatter post as it was left.

    Raises MoveRefused, and nothing goes, when what waits is not what was ``seen``; InputError for a post of no words.
    """
    with transaction.atomic():
        steps = list(_locked(number).steps.order_by("position"))
        _check_seen(steps, seen)
        if not seen:
            raise _quicker()
        for step in steps:
            if step.state == StepState.WAITS:
                text = _edited(step, post)
                confirm(step.key, by=by, text=text, reason="" if text is None else "The post was edited.")


def dismiss_mail(number: int, *, seen: str, by: str, reason: str) -> bool:
    """Call everything of a mail off that was not sent yet; whether that was all. Raises as confirm_mail does."""
    with transaction.atomic():
        steps = list(_locked(number).steps.order_by("position"))
        _check_seen(steps, seen)
        unsent = [step for step in steps if step.state in UNSENT]
        if not unsent:
            raise _quicker()
        for step in unsent:
            dismiss(step.key, by=by, reason=reason)
        return all(step.state == StepState.CANCELLED for step in steps if step not in unsent)


def _locked(number: int) -> Escalation:
    found = Escalation.objects.select_for_update().filter(contact_id=number).first()
    if found is None:
        raise NotRecorded("Nothing follows from this mail.", do="Look at the inbox again.")
    return found


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
    text = post.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_POST:
        raise InputError(f"The post is empty or longer than {LONGEST_POST} characters.", do="Write what is to be said.")
    return None if text == (step.text or "").strip() else text
