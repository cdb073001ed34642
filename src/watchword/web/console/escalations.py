"""The supervisor's first page: every escalation with its steps, and what each one waits for."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from watchword.errors import InputError, MoveRefused, NotRecorded
from watchword.escalation.states import EscalationState
from watchword.store import decide, owners
from watchword.store.called_off import not_standing, raised
from watchword.store.chain import saw
from watchword.store.counting import how_many
from watchword.store.locked import locked
from watchword.store.mails import forget_source
from watchword.store.models import Assessment, Contact, Escalation, Step
from watchword.store.standstill import standstill
from watchword.store.webhooks import retry_webhook, stuck_webhooks
from watchword.terms import Channel
from watchword.web import refusals, step_decisions
from watchword.web.access import DECIDES, May, needs
from watchword.web.console.common import ROWS, actor, back, may_of, page, refusable, told
from watchword.web.console.marks import flag_name
from watchword.web.listeners import CALLS, tell
from watchword.web.paging import MOST_COUNTED
from watchword.web.paging import page as page_of

ROW = ("contact__person", "assessment", "owner")
SHOWN = (  # of an escalation in the list
    *("key", "state", "channel", "opened_at", "owner__username"),
    *("contact__issue", "contact__person__name", "assessment__record"),
)
SHOWN_OF_STEP = (
    *("escalation", "position", "key", "kind", "state", "level", "to", "phone", "type", "register", "why"),
    *("held_by", "changed_at", "receipt__reference", "receipt__by"),
)
DECISIONS = ("decisions__step", "decisions__assessment")
LONGEST_NUMBER = 10  # digits


@needs(May.SEE_ESCALATIONS)
@require_GET
@refusable
def many(request: HttpRequest) -> HttpResponse:
    """Escalations in one state or in all, newest first."""
    state = request.GET.get("state", "")
    steps = Step.objects.select_related("receipt").only(*SHOWN_OF_STEP)
    found = Escalation.objects.select_related(*ROW).only(*SHOWN).prefetch_related(Prefetch("steps", steps))
    if state in set(EscalationState):
        found = found.filter(state=state)
    else:
        state = ""
    rows, after = page_of(found, "opened_at", request.GET.get("after"), ROWS)
    *many_in, many_unseen = how_many(_to_count, MOST_COUNTED + 1)
    states = [(one.value, many) for one, many in zip(EscalationState, many_in, strict=True)]
    values: dict[str, Any] = {"rows": rows, "after": after, "state": state, "states": states, "all": sum(many_in)}
    if May.SETTLE in may_of(request):
        values |= {"stuck": stuck_webhooks(), "standstill": standstill()}
        if state in ("", EscalationState.NEEDS_PERSON) and "after" not in request.GET:
            values |= {"unseen": _with_reasons(to_look_at())[:ROWS] if many_unseen else [], "many_unseen": many_unseen}
    saw(actor(request), "escalations seen", "escalations")
    return page(request, "escalations", values)


def _to_count() -> list[list[QuerySet[Any]]]:
    in_states = [Escalation.objects.filter(state=one) for one in EscalationState]
    return [[one.values("pk")] for one in (*in_states, to_look_at())]


def to_look_at() -> QuerySet[Contact]:
    """Calls that need a person's look, whether steps follow from them or not, newest first."""
    calls = Contact.objects.filter(channel=Channel.PHONE.value, needs_person=True, looked_at__isnull=True)
    return calls.order_by("-at", "-id")


def _with_reasons(found: QuerySet[Contact]) -> QuerySet[Contact]:
    """The same with whoever called, and with the newest assessment's number and words."""
    newest = Assessment.objects.filter(contact=OuterRef("pk")).order_by("-number")
    shown = {name: Subquery(newest.values(of)[:1]) for name, of in (("shown", "number"), ("record", "record"))}
    return found.select_related("person").only("key", "at", "issue", "is_open", "person__name").annotate(**shown)


@needs(May.SETTLE)
@require_POST
@refusable
def looked(request: HttpRequest, number: int) -> HttpResponse:
    """A person has looked at a call that could not be read or assessed otherwise."""
    told(lambda: _looked(number, _seen(request), actor(request)), request, "Kept as looked at by you.")
    tell(CALLS)
    return back(request, reverse("escalations"))


def _looked(number: int, seen: int | None, by: str) -> None:
    with transaction.atomic():  # the row is locked: the call does not go on meanwhile
        row = locked(Contact).filter(pk=number, channel=Channel.PHONE.value).first()
        if row is None:
            raise NotRecorded("There is no such call.", do="Look at the list again.")
        if row.looked_at is not None:
            raise MoveRefused("Somebody has looked at it already.", do="Go on with the next one.")
        if row.assessments.order_by("-number").values_list("number", flat=True).first() != seen:
            raise MoveRefused("This call has changed since it was shown.", do="Look at it again.")
        decide.looked(row.key, by=by)


@needs(May.SEE_ESCALATIONS)
@require_GET
@refusable
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One escalation: why, what follows, and what became of it."""
    found = Escalation.objects.select_related(*ROW).prefetch_related("steps__receipt", *DECISIONS)
    escalation = found.filter(key=key).first()
    if escalation is None:
        raise NotRecorded("There is no such escalation.", do="Look at the list again.")
    saw(actor(request), "escalation seen", f"contact {escalation.contact.key}")
    values = {
        "escalation": escalation,
        "record": escalation.assessment.record,
        "called_off": not_standing(escalation),
    }
    return page(request, "escalation", values)


@needs(May.DECIDE)
@require_POST
@refusable
def take(request: HttpRequest, key: str) -> HttpResponse:
    """See to an escalation from now on, or let go of it."""
    if "let_go" in request.POST:
        told(lambda: owners.let_go(key, request.user, by=actor(request)), request, "It is nobody’s now.")
    else:
        told(lambda: owners.take(key, request.user, by=actor(request)), request, "It is yours.")
    return back(request, f"/escalations/{key}")


@needs(May.DECIDE)
@require_POST
@refusable
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Let a step go."""
    if _is_another_channels(request, key):
        return refusals.not_allowed(request)
    text = request.POST.get("text")
    told(lambda: step_decisions.confirm(key, by=actor(request), text=text), request, "Confirmed: it goes out now.")
    return _back(request, key)


@needs(May.DECIDE)
@require_POST
@refusable
def dismiss(request: HttpRequest, key: str) -> HttpResponse:
    """Call a step off, with a reason; not when something was raised since that was not shown."""
    if _is_another_channels(request, key):
        return refusals.not_allowed(request)
    reason, seen = request.POST.get("reason", "").strip(), _seen(request)

    def act() -> None:
        if seen is None and "seen" in request.POST:
            raise InputError("It is not said what was shown.", do="Look at the escalation again, and then decide.")
        if not reason:
            raise InputError("It is not said why.", do="Write the reason beside the button.")
        try:
            step_decisions.dismiss(key, by=actor(request), reason=reason, seen=seen)
        except MoveRefused as error:
            if names := _raised_since(key, seen):
                what = f"Nothing was called off. Raised since you looked: {names}."
                raise MoveRefused(what, do="Look at it below, and then decide.") from error
            raise

    told(act, request, "Called off. Nothing was deleted.")
    return _back(request, key)


def _is_another_channels(request: HttpRequest, key: str) -> bool:
    """Whether a step follows from a contact of a channel on which whoever asks does not decide."""
    channel = Escalation.objects.filter(steps__key=key).values_list("channel", flat=True).first()
    return channel is not None and DECIDES[Channel(channel)] not in may_of(request)


def _seen(request: HttpRequest) -> int | None:
    """The number of the assessment that was shown, as the form hands it back."""
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < LONGEST_NUMBER else None


def _raised_since(key: str, seen: int | None) -> str:
    """What a step's escalation raises by now that the assessment of this number does not, by name and level."""
    step = Step.objects.select_related("escalation__assessment").filter(key=key).first()
    newest = step.escalation.assessment if step else None
    if newest is None or seen is None or newest.number <= seen:
        return ""
    shown = Assessment.objects.filter(contact=newest.contact_id, number=seen).first()
    new = raised(newest) - (raised(shown) if shown else set())
    return ", ".join(sorted(f"{flag_name({'kind': kind, 'term': term})} ({level})" for kind, term, level in new))


@needs(May.SETTLE)
@require_POST
@refusable
def retry(request: HttpRequest, key: str) -> HttpResponse:
    """Have a step that needs a person tried again."""
    told(lambda: decide.retry(key, by=actor(request)), request, "It is tried again.")
    return _back(request, key)


@needs(May.SETTLE)
@require_POST
@refusable
def settle(request: HttpRequest, key: str) -> HttpResponse:
    """Say that it was done by hand, with the other system's reference."""
    reference = request.POST.get("reference", "").strip() or "done by hand"
    told(lambda: decide.settle(key, by=actor(request), reference=reference), request, "Kept as done by hand.")
    return _back(request, key)


@needs(May.SETTLE)
@require_POST
@refusable
def tell_again(request: HttpRequest, name: str) -> HttpResponse:
    """Have another system told again of what could not be delivered to it."""
    told(lambda: retry_webhook(name, by=actor(request)), request, f"{name} is told again.")
    return redirect("escalations")


@needs(May.SETTLE)
@require_POST
@refusable
def forget(request: HttpRequest, number: int) -> HttpResponse:
    """Say that a mailbox or a folder is not to be read any more, so that nobody is told that it is not."""
    told(lambda: forget_source(number, by=actor(request)), request, "It is not waited for any more.")
    return redirect("escalations")


def _back(request: HttpRequest, key: str) -> HttpResponse:
    step = Step.objects.select_related("escalation__contact").filter(key=key).first()
    if step is None:
        return redirect("escalations")
    tell(CALLS, step.escalation.contact.key)
    return back(request, f"/escalations/{step.escalation.key}")
