"""The check that dialers and mailers make before they contact somebody."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from ninja.errors import ValidationError
from pydantic import Field

from watchword.reading.reach import NO_ADDRESS, NO_TELEPHONE
from watchword.store.chain import saw
from watchword.store.models import IdentityKind
from watchword.store.people import comparable
from watchword.store.register import closed_ways
from watchword.web.access import KeyScope
from watchword.web.api.keys import Keyed, actor
from watchword.web.api.shapes import ReachesIn, ReachesOut, ReachOut

router = Router(tags=["do not contact"])
KEY = Keyed(KeyScope.DO_NOT_CONTACT)
Kind = Literal["patient_id", "phone", "email"]
UNREAD = {
    IdentityKind.PATIENT_ID: "holds no patient id",
    IdentityKind.PHONE: NO_TELEPHONE,
    IdentityKind.EMAIL: NO_ADDRESS,
}
Value = Annotated[str, Field(min_length=1, max_length=400)]


@router.get("/do-not-contact", response=ReachOut, auth=KEY)
def check(request: HttpRequest, kind: Kind, value: Value) -> dict[str, Any]:
    """Whether whoever is known by this may be contacted, and by which ways not."""
    saw(actor(request), "register asked", "register")  # about whom is not written down: the log keeps no numbers
    answer = _answers([(IdentityKind(kind), value)])[0]
    if answer["why"]:
        raise ValidationError([{"loc": ("query", "value"), "msg": answer["why"]}])
    return answer


@router.post("/do-not-contact/check", response=ReachesOut, auth=KEY)
def check_many(request: HttpRequest, given: ReachesIn) -> dict[str, Any]:
    """The same for many at a time; the answers come in the order of the questions.

    A value that cannot be read is answered too, with every way closed and `why`: the rest of the list can go on.
    """
    saw(actor(request), "register asked", "register")
    return {"answers": _answers([(IdentityKind(one.kind), one.value) for one in given.ask])}


def _answers(asked: list[tuple[IdentityKind, str]]) -> list[dict[str, Any]]:
    closed = closed_ways(asked)
    return [
        {
            "kind": kind.value,
            "value": value,
            "closed": sorted(closed[kind, value]),
            "may_contact": not closed[kind, value],
            "why": None if comparable(kind, value) else f"value {UNREAD[kind]}",
        }
        for kind, value in asked
    ]
