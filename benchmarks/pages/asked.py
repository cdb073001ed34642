"""The addresses that are measured: each page in the ways in which people look at it, and the API's readings."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.models import Group, User
from django.test import Client

from watchword.store.keys import make_key
from watchword.store.models import Contact, Escalation, Event, Person, Ticket
from watchword.web.access import Role
from watchword.web.paging import page

SCOPES = ("escalations", "do-not-contact", "read-calls")


def sign_in() -> dict[str, str]:
    """The headers of a browser that may see every page, and of a key for the API."""
    user = User.objects.create(username="everybody")
    user.groups.set(Group.objects.filter(name__in=[role.value for role in Role]))
    browser = Client()
    browser.force_login(user)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    return {"cookie": cookies, "authorization": f"Bearer {make_key('pages', SCOPES, by='benchmark')}"}


def pages() -> dict[str, str]:
    """Each page by a name for people."""
    middle = Person.objects.count() // 2
    call = Contact.objects.filter(channel="phone", pk__gte=Contact.objects.count() // 2).order_by("pk")[0]
    state = "done"
    mail = Contact.objects.filter(channel="email", outcome="escalate").order_by("-pk")[0]
    _, earlier = page(Contact.objects.filter(channel="phone"), "at", None, min(20_000, Contact.objects.count() // 3))
    _, deep = page(Escalation.objects.all(), "opened_at", None, Escalation.objects.count() // 2)
    _, old = page(Ticket.objects.filter(state="closed"), "created_at", None, Ticket.objects.count() // 2)
    return {
        "account": "/account",
        "calls that go on": "/calls",
        "calls that have ended": "/calls?ended",
        "calls that have ended, far back": f"/calls?ended&after={earlier}",
        "a call's own page": f"/calls/{call.key}",
        "inbox": "/inbox",
        "inbox, what needs a person": f"/inbox?show={quote('needs a person')}",
        "inbox, clear": "/inbox?show=clear",
        "inbox, done": "/inbox?show=done",
        "a mail": f"/inbox/{mail.pk}",
        "policy": "/policy",
        "import": "/imports/notes",
        "log": "/events",
        "log, half of it back": f"/events?before={Event.objects.order_by('-number')[0].number // 2}",
        "log of one who does much": f"/events?who={quote('worker w-1')}",
        "log of a person": f"/events?person={middle}",
        "log of a day": "/events?from=2022-06-01&to=2022-06-01",
        "escalations": "/escalations",
        "escalations, half of them back": f"/escalations?after={deep}",
        "escalations that need a person": f"/escalations?state={quote('needs a person')}",
        "escalations that are done": f"/escalations?state={state}",
        "escalations that are done, half of them back": f"/escalations?state={state}&after={deep}",
        "one escalation": f"/escalations/{Escalation.objects.order_by('-pk')[0].key}",
        "desk": "/desk",
        "desk, a queue": f"/desk?queue={quote('Bill Review')}",
        "desk, a type": f"/desk?type={quote('Patient SOS')}",
        "desk, closed": "/desk?closed",
        "desk, closed, half of them back": f"/desk?closed&after={old}",
        "a ticket": f"/desk/{Ticket.objects.order_by('-pk')[0].pk}",
        "people": "/people",
        "people by a first name": "/people?find=ana",
        "people by a letter": "/people?find=m",
        "people by a telephone": f"/people?find={quote(f'+1555{middle:07}')}",
        "people, nobody": "/people?find=nobody+of+this+name",
        "a person": f"/people/{middle}",
        "a call": f"/contacts/{call.pk}",
        "register": "/register",
        "register, a name": "/register?find=zoe",
        "register, a patient id": f"/register?find=p-{middle // 50 * 50}",
        "register, withdrawn": "/register?withdrawn",
        "API: escalations": "/api/v1/escalations",
        "API: escalations of a channel and state": "/api/v1/escalations?channel=email&state=done",
        "API: escalations of a channel": "/api/v1/escalations?channel=phone",
        "API: may somebody be contacted": f"/api/v1/do-not-contact?kind=phone&value={quote(f'+1555{middle:07}')}",
        "API: a call": f"/api/v1/calls/{call.key}",
        "health": "/health",
    }
