"""The addresses that are measured: each page in the ways in which people look at it, and the API's readings."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.models import Group, User
from django.test import Client

from watchword.store.keys import make_key
from watchword.store.models import Contact, Escalation, Person, Ticket
from watchword.web.access import Role
from watchword.web.paging import page

SCOPES = ("escalations", "do-not-contact", "read-calls")


def sign_in() -> dict[str, str]:
    """The headers of a supervisor's browser, and of a key for the API."""
    user = User.objects.create(username="supervisor")
    user.groups.add(Group.objects.get(name=Role.SUPERVISOR.value))
    browser = Client()
    browser.force_login(user)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    return {"cookie": cookies, "authorization": f"Bearer {make_key('pages', SCOPES, by='benchmark')}"}


def pages() -> dict[str, str]:
    """Each page by a name for people."""
    middle = Person.objects.count() // 2
    call = Contact.objects.filter(channel="phone", pk__gte=Contact.objects.count() // 2).order_by("pk")[0]
    state = "done"
    _, deep = page(Escalation.objects.all(), "opened_at", None, Escalation.objects.count() // 2)
    _, old = page(Ticket.objects.filter(state="closed"), "created_at", None, Ticket.objects.count() // 2)
    return {
        "account": "/account",
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
