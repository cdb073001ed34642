"""What an agent does on the page of a call: begin it, type turns, confirm, dismiss, and drive the transfer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import uuid4

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from watchword import terms
from watchword.errors import InputError, RecordConflict, StoreError, WatchwordError
from watchword.store.calls import find_call
from watchword.store.chain import events_last
from watchword.store.click_to_dial import Told, note_brief
from watchword.store.models import Step
from watchword.store.storable import fingerprint
from watchword.web import decisions, demo_caller, heard, live, refusals, step_decisions, transfers
from watchword.web.access import May, needs
from watchword.web.console.call_shown import REASONS, REASONS_TO_CALL_OFF
from watchword.web.console.common import actor, named_steps, told
from watchword.web.listeners import CALLS, tell

LONGEST = 400  # characters of a field
LONGEST_TURN = 20_000
LONGEST_NUMBER = 10  # digits
LONGEST_TOKEN = 64
BY_HAND = "by hand"


@needs(May.TAKE_CALLS)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a call by hand; the person's notes come with it. Handed in twice, the form begins one call."""
    person = terms.Person(_field(request, "patient_id"), _field(request, "name"), _field(request, "phone"))
    issue, token = _field(request, "issue"), request.POST.get("token", "")[:LONGEST_TOKEN] or uuid4().hex
    given = [token, person.patient_id, person.name, person.phone, issue]  # other words are another call's
    contact = terms.Contact(
        id=f"hand-{fingerprint(given)[:12]}",
        channel=terms.Channel.PHONE,
        received_at=timezone.now(),
        person=person,
        issue=issue,
    )
    with suppress(RecordConflict):  # the call that this form began has ended: it is shown
        live.begin(contact, source=BY_HAND, actor=actor(request))
    return redirect("call", contact.id)


@needs(May.TAKE_CALLS)
@require_POST
def play(request: HttpRequest) -> HttpResponse:
    """Have the demo caller play a sample; where none is set, there is nothing at this address."""
    try:
        key = demo_caller.play(request.POST.get("sample", ""), actor=actor(request))
    except WatchwordError as error:
        return refusals.refused(request, refusals.status_of(error), error.what, error.do)
    return redirect("call", key)


def acting(act: Callable[[HttpRequest, str], None]) -> Callable[..., HttpResponseBase]:
    """A view that does something to a call: a script is told how it went, and a form is led back to the page."""

    @needs(May.TAKE_CALLS)
    @require_POST
    def view(request: HttpRequest, key: str) -> HttpResponseBase:
        def done() -> None:
            act(request, find_call(key).key)
            tell(CALLS, key)

        if not refusals.by_script(request):
            against = told(done, request, "Done.")
            words = refusals.written(request) if isinstance(against, StoreError) else []
            if against is not None and words:  # no script keeps them in their field
                list(get_messages(request))  # said here, and not once more on the next page
                return refusals.refused(request, refusals.status_of(against), against.what, against.do, words=words)
            return redirect("call", key)
        try:
            done()
        except WatchwordError as error:
            return JsonResponse(refusals.told(error), status=refusals.status_of(error))
        return HttpResponse(status=204)

    view.__doc__ = act.__doc__
    return view


@acting
def who(request: HttpRequest, key: str) -> None:
    """Who is calling and about what, as far as nobody has told it yet."""
    person = terms.Person(_field(request, "patient_id"), _field(request, "name"), _field(request, "phone"))
    told = terms.Contact(key, terms.Channel.PHONE, person=person, issue=_field(request, "issue"))
    if person == terms.Person() and told.issue is None:
        raise InputError("Nothing is typed.", do="Type who is calling first.")
    live.begin(told, source=BY_HAND, actor=actor(request), typed=True)


@acting
def not_theirs(request: HttpRequest, key: str) -> None:
    """The patient id that the page showed is somebody else's."""
    live.take_back_id(key, request.POST.get("patient_id", ""), actor=actor(request))


@acting
def say(request: HttpRequest, key: str) -> None:
    """A turn typed while on the phone. Sent twice under one token it is one turn; other words need another token."""
    text = request.POST.get("text", "").strip()
    if not text:
        raise InputError("Nothing is typed.", do="Type what was said first.")
    if len(text) > LONGEST_TURN:
        raise InputError("This is too long for one turn.", do=f"Send at most {LONGEST_TURN} characters at a time.")
    speaker = terms.Speaker.AGENT if request.POST.get("speaker") == "agent" else terms.Speaker.CALLER
    piece = heard.TYPED + (request.POST.get("token", "")[:LONGEST_TOKEN] or uuid4().hex)
    live.add(key, [terms.Turn(speaker, text, {heard.PIECE: piece})], actor=actor(request))


@acting
def end(request: HttpRequest, key: str) -> None:
    """The call is over."""
    live.say(key, (), actor=actor(request), end=True)


@acting
def confirm(request: HttpRequest, key: str) -> None:
    """Let the steps go that the banner showed, or those of one doubt that is meant."""
    for kind, term in _flags(request):
        decisions.confirm_flag(key, kind, term, by=actor(request))
    for step in _steps(request, key):
        step_decisions.confirm(step.key, by=actor(request))


@acting
def dismiss(request: HttpRequest, key: str) -> None:
    """Call the steps off that the banner showed, or one doubt, for a reason; nothing is deleted."""
    reason = _reason(request, REASONS)
    if not reason:
        raise InputError("It is not said why.", do="Choose a reason, or write one.")
    number = request.POST.get("seen", "")
    seen = int(number) if number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER else None
    with events_last():
        for kind, term in _flags(request):
            decisions.dismiss_flag(key, kind, term, by=actor(request), reason=reason, seen=seen)
        for step in _steps(request, key):
            step_decisions.dismiss(step.key, by=actor(request), reason=reason, seen=seen)


@acting
def take_back(request: HttpRequest, key: str) -> None:
    """What was called off waits again, and its flags stand again: those of its steps, and those that were named."""
    with events_last():
        for step in _steps(request, key):
            step_decisions.take_back(step.key, by=actor(request))
        for kind, term in _flags(request):
            decisions.take_back_flag(key, kind, term, by=actor(request))


@acting
def transfer(request: HttpRequest, key: str) -> None:
    """How far the transfer is."""
    verified = {"yes": True, "no": False}.get(request.POST.get("identity", ""))
    told_with = Told(
        accepted_by=request.POST.get("accepted_by", "")[:LONGEST],
        identity_verified=verified,
        reason=_reason(request, REASONS_TO_CALL_OFF),
    )
    for step in named_steps(request, key, "call"):
        transfers.act(step, request.POST.get("act", ""), by=actor(request), told=told_with)


@acting
def brief(request: HttpRequest, key: str) -> None:
    """What the agent ticks and types for the brief."""
    verified = {"yes": True, "no": False}.get(request.POST.get("identity", ""))
    tried = request.POST.get("tried", "").strip()[:LONGEST_TURN]
    for step in named_steps(request, key, "call"):
        note_brief(step.key, by=actor(request), identity_verified=verified, tried=tried)


def _steps(request: HttpRequest, key: str) -> list[Step]:
    """The steps named in a form; a form that names flags need name none."""
    is_of_flags = "flag" in request.POST and "step" not in request.POST
    return [] if is_of_flags else named_steps(request, key, "call")


def _flags(request: HttpRequest) -> list[tuple[str, str | None]]:
    """The flags named in a form: kind and term of each."""
    named = (flag.partition("/") for flag in request.POST.getlist("flag"))
    return [(kind, term or None) for kind, _, term in named]


def _reason(request: HttpRequest, known: Sequence[str]) -> str:
    """Why: the reason that was pressed, or else the one that was typed; nothing when neither is said."""
    number = request.POST.get("because", "")
    chosen = known[int(number) - 1] if number in {str(n) for n in range(1, len(known) + 1)} else ""
    return (chosen or request.POST.get("reason", "").strip())[:LONGEST]


def _field(request: HttpRequest, name: str) -> str | None:
    return request.POST.get(name, "").strip()[:LONGEST] or None
