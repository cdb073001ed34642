"""The first page, and the news that tells open pages to look again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from watchword.store.chain import last_change
from watchword.web.access import May, needs
from watchword.web.console.common import may_of, still
from watchword.web.news import Item, stream

CHANGES = "changes"
BEGINS_WITH = {  # the first of these that somebody may do, and the page that opens for it
    May.SETTLE: "escalations",
    May.TAKE_CALLS: "calls",
    May.DECIDE_MAIL: "inbox",
    May.SEE_EVENTS: "events",
    May.SEE_POLICY: "policy",
}
LONGEST_NUMBER = 20  # digits


@needs(May.ENTER)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """On to the page where this person's work is."""
    may = may_of(request)
    for what, page in BEGINS_WITH.items():
        if what in may:
            return redirect(page)
    return render(request, "console/account.html")


@needs(May.ENTER)
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """One's own password and second factor."""
    return render(request, "console/account.html")


@needs(May.ENTER)
@require_GET
def changes(request: HttpRequest) -> StreamingHttpResponse:
    """That something changed, and nothing else: the pages then ask for what this person may see."""
    given = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    cursor = given if given.isdecimal() and len(given) < LONGEST_NUMBER else ""
    return stream(look, cursor, CHANGES, newest=newest, may_hear=lambda: still(request, May.ENTER))


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
