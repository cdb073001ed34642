"""One mail: what the customer wrote, why it was flagged, what follows from it, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from watchword.errors import InputError, NotRecorded
from watchword.escalation.states import StepState
from watchword.escalation.steps import StepKind
from watchword.reading.mail_shown import shown_mail
from watchword.store import decide
from watchword.store.called_off import not_standing
from watchword.store.chain import saw
from watchword.store.contacts import contact_of
from watchword.store.inbox import (
    LONGEST_POST,
    UNSENT,
    Group,
    confirm_mail,
    confirmed_by,
    dismiss_mail,
    goes_by_itself,
    is_doubt,
    neighbours,
    unsent_post,
    waiting_steps,
)
from watchword.store.models import Contact, Decision, OriginalMail, Step
from watchword.terms import Channel
from watchword.web import refusals
from watchword.web.access import May, needs
from watchword.web.console import stranger
from watchword.web.console.common import actor, form_of, named_steps, page, refusable, told
from watchword.web.console.earlier import earlier_of
from watchword.web.console.inbox import group_of, newest_records
from watchword.web.console.marks import who
from watchword.web.console.own_words import stretches
from watchword.web.listeners import CALLS, tell
from watchword.web.middleware import POLICY

REASONS = ("It is not meant so", "It is about somebody else", "It is settled already", "It is a duplicate")
LONGEST_REASON = 2000  # characters
MOST_EARLIER = 8
WITH_FRAME = f"{POLICY}; frame-src 'self'"


@needs(May.SEE_MAIL)
@require_GET
@refusable
def one(request: HttpRequest, number: int) -> HttpResponse:
    """A mail with everything that is needed to decide on it."""
    row = _mail(number)
    return _shown(request, row, group_of(request.GET.get("show")))


@needs(May.DECIDE_MAIL)
@form_of("mail")
@refusable
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Let the mail's steps go, with the post as it was left."""
    seen, post = request.POST.get("seen", ""), request.POST.get("post")

    def act() -> str:
        is_new = confirm_mail(number, seen=seen, by=actor(request), post=post)
        return "Confirmed: it goes out now." if is_new else "It was confirmed already."

    return _decided(request, number, act)


@needs(May.DECIDE_MAIL)
@form_of("mail")
@refusable
def dismiss(request: HttpRequest, number: int) -> HttpResponse:
    """Call the mail's steps off, with a reason."""
    seen = request.POST.get("seen", "")
    reason = (request.POST.get("because", "").strip() or request.POST.get("reason", "").strip())[:LONGEST_REASON]

    def act() -> str:
        if not reason:
            raise InputError("It is not said why.", do="Choose a reason, or write one.")
        is_all = dismiss_mail(number, seen=seen, by=actor(request), reason=reason)
        return (
            "Called off. Nothing was deleted; among the done it can be taken back."
            if is_all
            else "Called off what had not gone out yet."
        )

    return _decided(request, number, act)


@needs(May.DECIDE_MAIL)
@require_POST
@refusable
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """What was called off waits again, all that is named or nothing; the page stays, for it is to be decided anew."""
    row = _mail(number)

    def act() -> None:
        with transaction.atomic():
            for step in named_steps(request, row.key, "mail"):
                decide.reopen(step.key, by=actor(request))
        tell(CALLS)

    told(act, request, "It waits for your word again.")
    shown = urlencode({"show": group_of(request.POST.get("show")).value})
    return redirect(f"{reverse('mail', args=[number])}?{shown}")


@needs(May.DECIDE_MAIL)
@form_of("mail")
@refusable
def looked(request: HttpRequest, number: int) -> HttpResponse:
    """A person has read what could not be read otherwise."""
    row = _mail(number)

    def act() -> str:
        decide.looked(row.key, by=actor(request))
        return "Kept as read by you."

    return _decided(request, number, act)


@needs(May.SEE_MAIL)
@require_GET
@refusable
def original(request: HttpRequest, number: int) -> HttpResponse:
    """The mail as it came, as a document in which nothing runs and nothing is fetched."""
    row = _mail(number)
    kept = OriginalMail.objects.filter(contact=row).first()
    if kept is None:
        raise NotRecorded("The mail was not kept as it came.", do="Read its words on its page.")
    saw(actor(request), "original seen", f"contact {row.key}")
    return stranger.document(shown_mail(bytes(kept.raw)))


def _mail(number: int) -> Contact:
    found = Contact.objects.select_related("person", "escalation").filter(pk=number, channel=Channel.EMAIL.value)
    row = found.first()
    if row is None:
        raise NotRecorded("There is no such mail.", do="Look at the inbox again.")
    return row


def _post_of(steps: list[Any]) -> Any:
    """The chatter post that can still be edited, if there is one."""
    posts = (step for step in steps if step.kind == StepKind.CHATTER_POST and step.state == StepState.WAITS)
    return next(posts, None)


def _plan(steps: list[Step]) -> list[tuple[Step, str]]:
    """The steps, and where each stands: of one that is about to go, by whose word."""
    by = confirmed_by([step for step in steps if step.state == StepState.PLANNED])
    return [(step, _told(step, by)) for step in steps]


def _told(step: Step, by: Mapping[int, str]) -> str:
    if step.state == StepState.PLANNED and step.pk in by:
        return f"confirmed by {who(by[step.pk])}"
    return "goes by itself" if step.state == StepState.PLANNED and goes_by_itself(step, by) else step.state


def _dismissed(steps: list[Step]) -> list[Step]:
    """The steps that somebody called off; one in whose place another was put is not among them."""
    gone = [step for step in steps if step.state == StepState.CANCELLED]
    words = dict(Decision.objects.filter(step__in=gone).order_by("pk").values_list("step_id", "word")) if gone else {}
    return [step for step in gone if words.get(step.pk) == Decision.Word.DISMISS]


def _decided(request: HttpRequest, number: int, act: Callable[[], str]) -> HttpResponse:
    """Do it, say what was done, and go on to the next mail of the group.

    This one is shown again when it could not be done, or while something of it still waits.
    """
    group = group_of(request.POST.get("show"))
    _, older = neighbours(group, _mail(number))
    against = told(act, request)
    if against is not None:
        return _shown(request, _mail(number), group, request.POST, refusals.status_of(against))
    tell(CALLS)
    onward = number if waiting_steps(Step.objects.filter(escalation__contact=number)) else older
    return redirect(
        (reverse("mail", args=[onward]) if onward else reverse("inbox")) + f"?{urlencode({'show': group.value})}"
    )


def _shown(
    request: HttpRequest, row: Contact, group: Group, written: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """The mail's page. ``written`` is the form that was refused: its words stand on the page again."""
    saw(actor(request), "contact seen", f"contact {row.key}")
    words = written or {}
    newer, older = neighbours(group, row)
    record = newest_records([row]).get(row.pk, {})
    escalation = getattr(row, "escalation", None)
    steps = list(escalation.steps.select_related("receipt")) if escalation else []
    values = {
        "contact": row,
        "record": record,
        "escalation": escalation,
        "called_off": not_standing(escalation) if escalation else [],
        "plan": _plan(steps),
        "waits": waiting_steps(steps),
        "is_doubt": is_doubt(steps),
        "post": _post_of(steps),
        "unsent": unsent_post(steps, words.get("post", "")),
        "reason": words.get("reason", ""),
        "dismissed": _dismissed(steps),
        "has_unsent": any(step.state in UNSENT for step in steps),
        "stretches": stretches(contact_of(row), record),
        "earlier": earlier_of(row, record, MOST_EARLIER),
        "attachments": row.extra.get("attachments", []),
        "original": OriginalMail.objects.defer("raw").filter(contact=row).first(),
        "reasons": list(enumerate(REASONS, 1)),
        "longest_post": LONGEST_POST,
        "group": group.value,
        "newer": newer,
        "older": older,
    }
    response = page(request, "mail", values)
    response.headers["Content-Security-Policy"] = WITH_FRAME
    response.status_code = status
    return response
