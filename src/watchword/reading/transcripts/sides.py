"""Which side of a call somebody was on, told from the word or name a transcript gives them."""

from __future__ import annotations

import re

from watchword.terms import Speaker

CENTRE = frozenset(
    "agent agents representative rep advisor adviser associate operator supervisor bot ivr acd workflow system".split()
)
CUSTOMERS = frozenset("customer caller patient member client".split())
# "Customer Service" and "Patient Care Agent" speak for the centre; "Patient Representative" may speak for the patient.
SERVING = frozenset("service services support care relations".split())


def side_of(name: str | None) -> Speaker | None:
    """The side of a speaker such as "AGENT", "Agent Ana" or "Customer"; None where the words do not tell."""
    words = set(re.findall(r"[a-z]+", (name or "").lower()))
    for_customer, for_centre = bool(words & CUSTOMERS), bool(words & CENTRE)
    if for_customer and words & SERVING:
        return Speaker.AGENT
    if for_customer == for_centre:
        return None
    return Speaker.CALLER if for_customer else Speaker.AGENT
