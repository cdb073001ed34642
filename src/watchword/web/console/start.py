"""The first page, and the news that tells open pages to look again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from watchword.store.chain import last_change
from watchword.web.access import May, Role, needs
from watchword.web.console.common import may_of, still
from watchword.web.streams import Item, stream

CHANGES = "changes"
BEGINS_WITH = {  # the first of these that somebody may do, and the page that opens for it
    May.SETTLE: "escalations",
    May.TAKE_CALLS: "calls",
    May.DECIDE_MAIL: "inbox",
    May.SEE_EVENTS: "events",
    May.SEE_POLICY: "policy",
}
COMMANDS = (  # an administrator's work is on no page
    ("watchword user add NAME --role agent", "lets somebody in, and prints a password for the first sign-in"),
    ("watchword user role NAME --role supervisor", "gives somebody these roles and no others"),
    ("watchword user password NAME", "prints a new password, and takes the second factor away"),
    ("watchword user close NAME", "lets somebody in no more"),
    ("watchword user open NAME", "lets in again whoever was closed"),
    ("watchword user list", "everybody with their roles, and who is closed"),
    ("watchword key add NAME --scope calls", "makes a key for an integration, and prints it this once"),
    ("watchword key revoke NAME", "ends a key at once"),
    ("watchword key list", "the keys in force, and what each opens"),
)
LONGEST_NUMBER = 20  # digits


@needs(May.ENTER)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """On to the page where this person's work is."""
    may = may_of(request)
    for what, page in BEGINS_WITH.items():
        if what in may:
            return redirect(page)
    return _account(request)


@needs(May.ENTER)
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """One's own password and second factor, and for an administrator where users and keys are kept."""
    return _account(request)


def _account(request: HttpRequest) -> HttpResponse:
    is_administrator = Role.ADMINISTRATOR in request.user.groups.values_list("name", flat=True)
    return render(request, "console/account.html", {"commands": COMMANDS if is_administrator else ()})


@needs(May.ENTER)
@require_GET
def changes(request: HttpRequest) -> StreamingHttpResponse:
    """That something changed, and nothing else: the pages then ask for what this person may see."""
    given = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    cursor = given if given.isdecimal() and len(given) < LONGEST_NUMBER else ""
    return stream(look, cursor, CHANGES, newest=newest, may_hear=still(request, May.ENTER))


def look(cursor: str) -> tuple[list[Item], str, bool]:
    """Whether anything was written into the log since."""
    number = newest([""])[""]
    if cursor == number:
        return [], cursor, False
    return ([Item("changed", number, {})] if cursor else []), number, False


def newest(keys: list[str]) -> dict[str, str]:
    """The number of the last change in the log, for whoever asks."""
    number = str(last_change())
    return dict.fromkeys(keys, number)
