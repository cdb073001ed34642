"""What other programs speak to the service with: `pip install '.[client]'` in a checkout.

    with Watchword("https://watchword.example.com", key) as service:
        service.open_call("live-1", person={"phone": "+16505551212"})
        service.say("live-1", Said(0, "caller", "My attorney will call you."))
        for event in service.follow("live-1"):
            ...

Every error is a ``ServiceError`` with ``what`` is wrong and what to ``do``.
"""

from __future__ import annotations

from watchword.client.service import Watchword
from watchword.client.shapes import (
    Action,
    Assessed,
    Call,
    CallEvent,
    Contact,
    Escalation,
    Evidence,
    Flag,
    NotesKept,
    Reach,
    Recorded,
    Said,
    SetAside,
    Step,
    Turn,
    Went,
)
from watchword.client.signature import is_genuine
from watchword.errors import ServiceError, ServiceRefused, ServiceUnreachable

__all__ = [
    "Action",
    "Assessed",
    "Call",
    "CallEvent",
    "Contact",
    "Escalation",
    "Evidence",
    "Flag",
    "NotesKept",
    "Reach",
    "Recorded",
    "Said",
    "ServiceError",
    "ServiceRefused",
    "ServiceUnreachable",
    "SetAside",
    "Step",
    "Turn",
    "Watchword",
    "Went",
    "is_genuine",
]
