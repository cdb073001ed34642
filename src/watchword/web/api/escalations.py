"""Reading escalations, page by page, and what became of one contact."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import P, QueryEx, Router
from ninja.errors import ValidationError
from pydantic import BeforeValidator

from watchword.errors import InputError, NotRecorded
from watchword.escalation.states import EscalationState
from watchword.store.chain import saw
from watchword.store.models import Contact
from watchword.store.storable import storable
from watchword.terms import Channel
from watchword.web.access import KeyScope
from watchword.web.api import shown
from watchword.web.api.addresses import BY_ID, BY_KEY, Named
from watchword.web.api.answers import ContactOut, EscalationOut, EscalationsOut
from watchword.web.api.keys import Keyed, actor
from watchword.web.api.shapes import Name
from watchword.web.paging import page

router = Router(tags=["escalations"])
KEY = Keyed(KeyScope.ESCALATIONS)
MOST = 200
UNENCODED = re.compile(r"\d \d\d:?\d\d$")  # in an address a + that stands as it is means a blank
CONDITIONS = frozenset(["state", "channel", "since", "contact", "cursor", "limit"])
ENCODE = "a blank stands before the zone, where a + may have stood: encode + as %2B, or give the moment in UTC with a Z"


def _encoded(value: object) -> object:
    if isinstance(value, str) and UNENCODED.search(value) and "T" in value:
        raise ValueError(ENCODE)
    return value


State = QueryEx[EscalationState | None, P(description="Only those in this state.")]
OfChannel = QueryEx[Channel | None, P(description="Only those of calls, or of mails.")]
Since = QueryEx[
    Annotated[datetime, BeforeValidator(_encoded)] | None,
    P(
        description="Only those opened at this moment or later: by the newest `opened_at` that you have, you miss "
        "none. Its `+` is encoded as `%2B`."
    ),
]
OfContact = QueryEx[Name | None, P(description="Only that of the call or mail with this id.")]
Cursor = QueryEx[str | None, P(description="The `next` of the page before, under the same conditions.")]
Limit = QueryEx[int, P(ge=1, le=MOST, description="How many at most on a page.")]


@router.get("/escalations", response=EscalationsOut, auth=KEY)
def many(
    request: HttpRequest,
    state: State = None,
    channel: OfChannel = None,
    since: Since = None,
    contact: OfContact = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Escalations, newest first. Follow `next` for the page after; what is opened meanwhile moves nothing."""
    _check_conditions(request)
    wanted = Q()
    if state is not None:
        wanted &= Q(state=state.value)
    if channel is not None:
        wanted &= Q(channel=channel.value)
    if since is not None:
        wanted &= Q(opened_at__gte=_in_reach(since))
    if contact is not None:
        wanted &= Q(contact__key=storable(contact))
    rows, after = page(shown.escalations().filter(wanted), "opened_at", cursor, limit)
    saw(actor(request), "escalations read", "escalations")
    return {"escalations": shown.with_steps(rows), "next": after}


def _check_conditions(request: HttpRequest) -> None:
    """Whether all that was asked narrows the list: passed over, a misspelt one would lead to the escalations of all."""
    if unknown := sorted(set(request.GET) - CONDITIONS):
        raise ValidationError(
            [{"loc": ("query", name), "msg": "escalations are not narrowed by this"} for name in unknown]
        )


def _in_reach(given: datetime) -> datetime:
    """A moment as the database keeps it; one without a zone is taken as UTC. Raises InputError at the ends of time."""
    try:
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise InputError("since is out of reach.", do="Give a moment that lies between the years 1 and 9999.") from None


@router.get(f"/escalations/{BY_KEY}", response=EscalationOut, auth=KEY)
def one(request: HttpRequest, key: Named) -> dict[str, Any]:
    """An escalation with its steps."""
    told = next(iter(shown.with_steps(shown.escalations().filter(key=key))), None)
    if told is None:
        raise NotRecorded("There is no escalation of this key.", do="Look at the list again.")
    saw(actor(request), "escalation read", f"contact {told['contact']}")
    return told


@router.get(f"/contacts/{BY_ID}", response=ContactOut, auth=KEY)
def of_contact(request: HttpRequest, id: Named) -> dict[str, Any]:
    """A call or a mail: its newest assessment, and its escalation when it has one."""
    row = Contact.objects.filter(key=id).first()
    if row is None:
        raise NotRecorded("There is no contact of this id.", do="Record it first.")
    saw(actor(request), "contact read", f"contact {row.key}")
    return shown.contact(row)
