"""What is answered when something is refused or goes wrong: a page for people, one JSON shape for machines.

Neither ever holds a stack trace, or a customer's words but those that whoever asks has just sent.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from watchword.errors import (
    AccessRefused,
    InputError,
    MoveRefused,
    NotRecorded,
    RecordConflict,
    StoreError,
    TurnsRefused,
    WatchwordError,
)
from watchword.store.writable import not_done

STATUS: tuple[tuple[type[WatchwordError], int], ...] = (
    (NotRecorded, 404),
    (RecordConflict, 409),
    (TurnsRefused, 409),
    (MoveRefused, 409),
    (AccessRefused, 403),
    (InputError, 422),
    (StoreError, 503),
)
API = "/api/"
WRITTEN = ("origin", "post", "reason", "sentence", "text", "tried", "why")  # the fields in which people write at length
NO_KEY = "No key in force was shown."
NOTHING_HERE = "There is nothing at this address."
ADDRESSES = "See /api/v1/openapi.json."
NAME_IT = "Add the name to WATCHWORD_HOSTS and start the service anew, or use a name that stands there."
BY_HTTPS = "Use its https address. If you did, its proxy does not pass X-Forwarded-Proto on, or is not believed."
SHOW_KEY = "Send  Authorization: Bearer KEY  with a key of  watchword key add."


def status_of(error: WatchwordError) -> int:
    """The HTTP status that says what kind of trouble it is."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def told(error: WatchwordError) -> dict[str, Any]:
    """An error as machines read it."""
    expected = {"expected": error.expected} if isinstance(error, TurnsRefused) else {}
    return {"what": error.what, "do": error.do, **expected}


def refused(
    request: HttpRequest, status: int, what: str, do: str, *, words: Sequence[str] = (), sign_in: str = ""
) -> HttpResponse:
    """A refusal, in the shape that whoever asked can read; on a page, with the words that they sent."""
    if request.path.startswith(API) or by_script(request):
        return JsonResponse({"what": what, "do": do}, status=status)
    told = {"what": what, "do": do, "status": status, "words": words, "sign_in": sign_in}
    return render(request, "console/refused.html", told, status=status)


def by_script(request: HttpRequest) -> bool:
    """Whether a page's script asked, which tells what it is answered in the page's own place for it."""
    return request.headers.get("X-Requested-With") == "fetch"


def no_key(request: HttpRequest) -> HttpResponse:
    """Some program has shown a key that is not in force."""
    return refused(request, 401, NO_KEY, SHOW_KEY)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """Somebody is signed in and may not see this."""
    if request.user.groups.exists():
        return refused(request, 403, "Your role does not include this.", "Ask an administrator if it should.")
    return refused(request, 403, "You have no role yet.", "Ask an administrator to give you one.")


def written(request: HttpRequest) -> list[str]:
    """What somebody wrote at length in the form that they sent: refused, it is given back, for it is kept nowhere."""
    return [text for name in WRITTEN for text in request.POST.getlist(name) if text.strip()]


def signed_out(request: HttpRequest, words: list[str], sign_in: str) -> HttpResponse:
    """The session ended while somebody wrote."""
    what, do = "You were signed out; nothing was done.", "Copy what you wrote, sign in, and put it in again."
    return refused(request, 401, what, do, words=words, sign_in=sign_in)


def other_method(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """The address is there, but not for what was asked of it."""
    allowed = response.headers.get("Allow", "")
    told = f"Use {allowed}." if request.path.startswith(API) and allowed else "Go back, and use the page's own buttons."
    answer = refused(request, 405, "This cannot be done at this address.", told)
    answer.headers["Allow"] = allowed
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is nothing at this address."""
    is_api = request.path.startswith(API)
    return refused(request, 404, NOTHING_HERE, ADDRESSES if is_api else "Go back, or start at the first page.")


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request cannot be read, or names another service: its words are not shown, for anybody may have put them."""
    if isinstance(exception, DisallowedHost):
        return refused(request, 400, "This service does not go by the name that it was asked under.", NAME_IT)
    do = "Send it as openapi.json describes it." if request.path.startswith(API) else "Go back and try once more."
    return refused(request, 400, "The request could not be understood.", do)


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed here; where it is the database, it is said what ails it, and words are given back."""
    down = not_done(sys.exception())
    if down is None:
        what, do = "Something failed here, and nothing was changed.", "Try once more; the log says what it was."
        return refused(request, 500, what, do)
    words = written(request)
    try:
        return refused(request, status_of(down), down.what, down.do, words=words)
    except (DatabaseError, InterfaceError):  # who asks cannot be looked up either: a page that is the same for all
        told = {"what": down.what, "do": down.do, "status": status_of(down), "words": words}
        return HttpResponse(render_to_string("console/refused.html", told), status=status_of(down))


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was made before the last sign-in, or by another site, whose words are not shown."""
    if settings.CSRF_COOKIE_SECURE and not request.is_secure():  # no other form would be taken either
        return refused(request, 403, "This service takes forms by https alone, and this one came by http.", BY_HTTPS)
    what, do = "This form is too old to be taken.", "Go back, load the page again and repeat it."
    words = written(request) if request.headers.get("Sec-Fetch-Site") == "same-origin" else []
    return refused(request, 403, what, do, words=words)
