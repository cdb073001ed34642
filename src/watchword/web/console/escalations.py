"""The supervisor's first page: every escalation with its steps, and what each one waits for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from watchword.errors import NotRecorded
from watchword.escalation.states import EscalationState
from watchword.store import decide, owners
from watchword.store.chain import saw
from watchword.store.models import Escalation, Step
from watchword.store.webhooks import retry_webhook, stuck_webhooks
from watchword.web.access import May, needs
from watchword.web.console.common import ROWS, actor, back, may_of, page, refusable, told
from watchword.web.news import CALLS, tell
from watchword.web.paging import counted
from watchword.web.paging import page as page_of

ROW = ("contact__person", "assessment", "owner")


@needs(May.SEE_ESCALATIONS)
@require_GET
@refusable
def many(request: HttpRequest) -> HttpResponse:
    """Escalations in one state or in all, newest first."""
    state = request.GET.get("state", "")
    found = Escalation.objects.select_related(*ROW).prefetch_related("steps__receipt")
    if state in set(EscalationState):
        found = found.filter(state=state)
    else:
        state = ""
    rows, after = page_of(found, "opened_at", request.GET.get("after"), ROWS)
    states = [(one.value, counted(Escalation.objects.filter(state=one))) for one in EscalationState]
    every = sum(many for _, many in states)
    values = {"rows": rows, "after": after, "state": state, "states": states, "all": every}
    if May.SETTLE in may_of(request):
        values["stuck"] = stuck_webhooks()
    return page(request, "escalations", values)


@needs(May.SEE_ESCALATIONS)
@require_GET
@refusable
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One escalation: why, what follows, and what became of it."""
    found = Escalation.objects.select_related(*ROW).prefetch_related("steps__receipt", "decisions__step")
    escalation = found.filter(key=key).first()
    if escalation is None:
        raise NotRecorded("There is no such escalation.", do="Look at the list again.")
    saw(actor(request), "escalation seen", f"contact {escalation.contact.key}")
    return page(request, "escalation", {"escalation": escalation, "record": escalation.assessment.record})


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
    text = request.POST.get("text")
    told(lambda: decide.confirm(key, by=actor(request), text=text), request, "Confirmed: it goes out now.")
    return _back(request, key)


@needs(May.DECIDE)
@require_POST
@refusable
def dismiss(request: HttpRequest, key: str) -> HttpResponse:
    """Call a step off, with a reason."""
    reason = request.POST.get("reason", "").strip() or "no reason given"
    told(lambda: decide.dismiss(key, by=actor(request), reason=reason), request, "Called off. Nothing was deleted.")
    return _back(request, key)


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


def _back(request: HttpRequest, key: str) -> HttpResponse:
    step = Step.objects.select_related("escalation__contact").filter(key=key).first()
    if step is None:
        return redirect("escalations")
    tell(CALLS, step.escalation.contact.key)
    return back(request, f"/escalations/{step.escalation.key}")
