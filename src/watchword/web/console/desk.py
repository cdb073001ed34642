"""The desk: queues, their tickets, and the chatter on each."""

from __future__ import annotations

from uuid import uuid4

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from watchword.errors import NotRecorded
from watchword.store import tickets
from watchword.store.chain import saw
from watchword.store.models import Chatter, Queue, Ticket
from watchword.web import refusals
from watchword.web.access import May, needs
from watchword.web.console.common import ROWS, actor, form_of, page, refusable, told
from watchword.web.in_force import in_force
from watchword.web.paging import MOST_COUNTED
from watchword.web.paging import page as page_of


@needs(May.SEE_DESK)
@require_GET
@refusable
def desk(request: HttpRequest) -> HttpResponse:
    """A queue's tickets, those of a type, or all, newest first."""
    queue, kind, closed = request.GET.get("queue", ""), request.GET.get("type", ""), "closed" in request.GET
    found = Ticket.objects.select_related("queue", "owner", "contact__person")
    found = found.filter(state=Ticket.State.CLOSED if closed else Ticket.State.OPEN)
    if queue:
        found = found.filter(queue=Queue.objects.filter(name=queue).first() or 0)
    elif kind:
        found = found.filter(queue__isnull=True, type=kind)
    rows, after = page_of(found, "created_at", request.GET.get("after"), ROWS)
    posts = dict(Chatter.objects.filter(ticket__in=rows).order_by().values_list("ticket").annotate(Count("pk")))
    for row in rows:
        row.posts = posts.get(row.pk, 0)
    chosen = {"queue": queue, "type": kind, "closed": closed}
    saw(actor(request), "desk seen", "desk")
    types = tickets.waiting_in_no_queue(MOST_COUNTED + 1)
    return page(request, "desk", {"rows": rows, "after": after, **chosen, "queues": _queues(), "types": types})


def _queues() -> list[tuple[str, int]]:
    """The queues that the policy in force names, empty or not, and those where tickets have gone before."""
    named = {one.name: 0 for one in in_force().policy.queues.values()}
    return sorted((named | dict(tickets.waiting_in_queues(MOST_COUNTED + 1))).items())


@needs(May.SEE_DESK)
@require_GET
@refusable
def ticket(request: HttpRequest, number: int) -> HttpResponse:
    """One ticket with its chatter."""
    return _shown(request, _ticket(number))


@needs(May.WORK_DESK)
@form_of("ticket")
@refusable
def post(request: HttpRequest, number: int) -> HttpResponse:
    """Write a post on a ticket."""
    text, token = request.POST.get("text", ""), request.POST.get("token", "")
    against = told(lambda: tickets.post(number, text, by=actor(request), token=token), request, "Posted.")
    if against is None:
        return redirect("ticket", number)
    return _shown(request, _ticket(number), text, refusals.status_of(against))


@needs(May.WORK_DESK)
@form_of("ticket")
@refusable
def take(request: HttpRequest, number: int) -> HttpResponse:
    """See to a ticket from now on."""
    told(lambda: tickets.take(number, request.user, by=actor(request)), request, "It is yours.")
    return _again(request, number)


@needs(May.WORK_DESK)
@form_of("ticket")
@refusable
def turn(request: HttpRequest, number: int) -> HttpResponse:
    """Close a ticket, or open it again."""
    wanted = Ticket.State.OPEN if request.POST.get("state") == "open" else Ticket.State.CLOSED
    told(lambda: tickets.set_state(number, wanted, by=actor(request)), request, f"The ticket is {wanted}.")
    return _again(request, number)


def _ticket(number: int) -> Ticket:
    found = Ticket.objects.select_related("queue", "owner", "contact__person").prefetch_related(
        "chatter", "moves__queue"
    )
    row = found.filter(pk=number).first()
    if row is None:
        raise NotRecorded("There is no such ticket.", do="Look at the desk again.")
    return row


def _again(request: HttpRequest, number: int) -> HttpResponse:
    """The ticket after something else was done than to post: a post that is half written comes along, and stays."""
    text = request.POST.get("text", "")
    return _shown(request, _ticket(number), text) if text.strip() else redirect("ticket", number)


def _shown(request: HttpRequest, row: Ticket, text: str = "", status: int = 200) -> HttpResponse:
    """The ticket's page, with a post that was written and is not posted."""
    saw(actor(request), "ticket seen", f"contact {row.contact.key}")
    is_open = row.state == Ticket.State.OPEN
    answer = page(request, "ticket", {"ticket": row, "is_open": is_open, "text": text, "token": uuid4().hex})
    answer.status_code = status
    return answer
