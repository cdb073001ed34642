"""Reading escalations, page by page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from watchword.errors import NotRecorded
from watchword.escalation.states import EscalationState
from watchword.store.models import Escalation
from watchword.terms import Channel
from watchword.web.access import KeyScope
from watchword.web.api import shown
from watchword.web.api.keys import Keyed
from watchword.web.api.shapes import EscalationOut, EscalationsOut
from watchword.web.paging import page

router = Router(tags=["escalations"])
KEY = Keyed(KeyScope.ESCALATIONS)
MOST = 200
Limit = Annotated[int, Field(ge=1, le=MOST)]


@router.get("/escalations", response=EscalationsOut, auth=KEY)
def many(
    request: HttpRequest,
    state: EscalationState | None = None,
    channel: Channel | None = None,
    since: datetime | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Escalations, newest first. Follow `next` for the page after; what is opened meanwhile moves nothing."""
    wanted = Q()
    if state is not None:
        wanted &= Q(state=state.value)
    if channel is not None:
        wanted &= Q(channel=channel.value)
    if since is not None:
        wanted &= Q(opened_at__gte=since)
    found = Escalation.objects.filter(wanted).select_related("contact").prefetch_related(shown.STEPS)
    rows, after = page(found, "opened_at", cursor, limit)
    return {"escalations": [shown.escalation(row) for row in rows], "next": after}


@router.get("/escalations/{key}", response=EscalationOut, auth=KEY)
def one(request: HttpRequest, key: str) -> dict[str, Any]:
    """An escalation with its steps."""
    row = Escalation.objects.select_related("contact").prefetch_related(shown.STEPS).filter(key=key).first()
    told = shown.escalation(row)
    if told is None:
        raise NotRecorded("There is no escalation of this key.", do="Look at the list again.")
    return told
