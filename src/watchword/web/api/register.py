"""The check that dialers and mailers make before they contact somebody."""

from __future__ import annotations

import re
from typing import Any, Literal

from django.http import HttpRequest
from ninja import P, QueryEx, Router
from ninja.errors import ValidationError

from watchword.reading.reach import LONGEST, NO_ADDRESS, NO_TELEPHONE
from watchword.store.chain import saw
from watchword.store.models import IdentityKind
from watchword.store.people import comparable
from watchword.store.register import closed_surely, closed_ways
from watchword.web.access import KeyScope
from watchword.web.api.answers import ReachesOut, ReachOut
from watchword.web.api.keys import Keyed, actor
from watchword.web.api.shapes import ReachesIn

router = Router(tags=["do not contact"])
KEY = Keyed(KeyScope.DO_NOT_CONTACT)
Kind = Literal["patient_id", "phone", "email"]
UNREAD = {
    IdentityKind.PATIENT_ID: "holds no patient id",
    IdentityKind.PHONE: NO_TELEPHONE,
    IdentityKind.EMAIL: NO_ADDRESS,
}
UNENCODED = re.compile(r"[^\d+]* [^\d+]*\d")  # in an address a + that stands as it is means a blank
IN_DOUBT = (
    "whoever is known by this may be somebody who asked for it: they share a telephone or an address, and nothing, "
    "such as another name, tells them apart"
)
ENCODE = "a blank stands before the number, where a + may have stood: encode + as %2B"
KindAsked = QueryEx[Kind, P(description="What the value is.")]
Value = QueryEx[
    str,
    P(
        min_length=1,
        max_length=LONGEST,
        description="However it is written; the `+` of a telephone is encoded as `%2B`.",
    ),
]


@router.get("/do-not-contact", response=ReachOut, auth=KEY)
def check(request: HttpRequest, kind: KindAsked, value: Value) -> dict[str, Any]:
    """Whether whoever is known by this may be contacted, and by which ways not."""
    saw(actor(request), "register asked", "register")  # about whom is not written down: the log keeps no numbers
    if kind == "phone" and UNENCODED.match(value):  # read without its + it is somebody else's
        raise ValidationError([{"loc": ("query", "value"), "msg": ENCODE}])
    answer = _answers([(IdentityKind(kind), value)])[0]
    if not comparable(IdentityKind(kind), value):
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
    read = [(kind, value if len(value) <= LONGEST else "") for kind, value in asked]  # its beginning is another value
    closed = closed_ways(read)
    surely = closed_surely(read)
    return [
        {
            "kind": kind.value,
            "value": value,
            "closed": sorted(closed[one]),
            "may_contact": not closed[one],
            "why": (IN_DOUBT if closed[one] - surely[one] else None) if comparable(*one) else _why(kind, value),
        }
        for (kind, value), one in zip(asked, read, strict=True)
    ]


def _why(kind: IdentityKind, value: str) -> str:
    return f"value {UNREAD[kind]}" if len(value) <= LONGEST else f"value is longer than {LONGEST} characters"
