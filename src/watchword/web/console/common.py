"""What the console's pages share: who asks, what is shown everywhere, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from watchword.errors import NotRecorded, WatchwordError
from watchword.store.models import Step
from watchword.store.writable import not_done
from watchword.web import refusals
from watchword.web.access import DECIDES, May, allowed
from watchword.web.static import version_of

PAGES = (
    ("calls", "Calls", "c", May.SEE_CALLS),
    ("escalations", "Escalations", "e", May.SEE_ESCALATIONS),
    ("inbox", "Inbox", "i", May.SEE_MAIL),
    ("desk", "Desk", "d", May.SEE_DESK),
    ("people", "People", "p", May.SEE_PEOPLE),
    ("register", "Do not contact", "r", May.SEE_REGISTER),
    ("policy", "Policy", "o", May.SEE_POLICY),
    ("events", "Events", "v", May.SEE_EVENTS),
)
ROWS = 25


def actor(request: HttpRequest) -> str:
    """Who asks, as it stands in the log."""
    return f"user {request.user.get_username()}"


@dataclass(frozen=True, slots=True)
class StillMay:
    """Asks whether whoever signed in may still see something: somebody may have decided otherwise since.

    All pages of a session ask the same, and so one asks for all.
    """

    session: str = field(repr=False)  # its key
    what: May

    def __call__(self) -> bool:
        """Whether they are still signed in, and may."""
        asked = HttpRequest()
        asked.session = SessionStore(self.session)  # as the database has it now
        user = get_user(asked)
        return user.is_authenticated and self.what in allowed(user.groups.values_list("name", flat=True))


def still(request: HttpRequest, what: May) -> StillMay:
    """What asks it of whoever asks now."""
    return StillMay(request.session.session_key or "", what)


def may_of(request: HttpRequest) -> frozenset[May]:
    """What whoever asks may do, as the middleware found it."""
    found: frozenset[May] = getattr(request, "may", frozenset())
    return found


def shown_everywhere(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs."""
    may = may_of(request)
    return {
        "pages": [(name, title, key) for name, title, key, what in PAGES if what in may],
        "may": {what.name.lower(): what in may for what in May},
        "decides": {channel.value for channel, what in DECIDES.items() if what in may},
        "version": VERSION,
    }


def told(act: Callable[[], Any], request: HttpRequest, done: str = "") -> WatchwordError | None:
    """Do something and say so, in the words it gives if there are none here; or say what stood against it, and give it.

    A database that does not answer, or takes nothing, is told as everything else is: what somebody wrote is then shown
    to them again.
    """
    try:
        words = act()
    except WatchwordError as error:
        against = error
    except (DatabaseError, InterfaceError) as error:
        down = not_done(error)
        if down is None:
            raise
        against = down
    else:
        messages.success(request, done or words)
        return None
    messages.error(request, f"{against.what} {against.do}")
    return against


def named_steps(request: HttpRequest, contact: str, of: str) -> list[Step]:
    """The steps named in a form, in their order; ``of`` says what the contact is. Raises NotRecorded for another's."""
    named = request.POST.getlist("step")
    found = list(Step.objects.filter(escalation__contact__key=contact, key__in=named).order_by("position"))
    if not found or len(found) != len(set(named)):
        raise NotRecorded(f"The {of} has no such step.", do=f"Look at the {of} again.")
    return found


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To where the form was, never to another site."""
    wanted = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return HttpResponseRedirect(wanted if safe else otherwise)


def page(request: HttpRequest, template: str, values: dict[str, Any]) -> HttpResponse:
    """A page, or its changing part alone when htmx asks for that."""
    part = getattr(request, "htmx", False) and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, f"console/{template}{'_part' if part else ''}.html", values)


def form_of(shown: str) -> Callable[..., Callable[..., HttpResponseBase]]:
    """A view that takes a form of a page, and may show the page again at the form's own address, with what was written.

    A reload there, or the way back from a sign-in, leads to the page.
    """

    def taking(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, **which: Any) -> HttpResponseBase:
            return view(request, **which) if request.method == "POST" else redirect(shown, **which)

        return require_http_methods(["GET", "HEAD", "POST"])(answer)

    return taking


def refusable(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer what a view cannot do with a page that says so."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except WatchwordError as error:
            return refusals.refused(request, refusals.status_of(error), error.what, error.do)

    return answer


def _newest() -> str:
    from watchword.web.project import CONSOLE

    return max(version_of(file) for file in (CONSOLE / "static" / "console").iterdir())


VERSION = _newest()
