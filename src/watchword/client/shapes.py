"""What the service answers, typed. A key that a newer service adds is kept along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["patient_id", "phone", "email"]
Speaker = Literal["agent", "caller"]


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it is told: its number in the call, counted from 0, who spoke, and the words."""

    number: int
    speaker: Speaker
    text: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Assessed(_Answer):
    """An assessment by the contract; what is not named here is found by its key as well."""

    id: str
    channel: str
    outcome: Literal["escalate", "clarify", "clear"]
    flags: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    say: str | None = None
    set_aside: list[dict[str, Any]] = []
    needs_person: list[str] = []


class Step(_Answer):
    """A step of an escalation and where it stands."""

    key: str
    kind: str
    state: str
    level: str
    to: str | None = None
    phone: str | None = None
    type: str | None = None
    system: str | None = None
    scope: list[str]
    text: str | None = None
    why: str = ""
    receipt: str | None = None
    changed_at: datetime


class Escalation(_Answer):
    """An escalation with its steps. ``assessed`` is the number of the assessment that they follow from."""

    key: str
    contact: str
    channel: str
    state: str
    assessed: int
    owner: str | None
    opened_at: datetime
    changed_at: datetime
    steps: list[Step]


class Recorded(_Answer):
    """What was written down for a contact. ``new`` is false when it was recorded before."""

    id: str
    new: bool
    assessment: Assessed
    escalation: Escalation | None


class Turn(_Answer):
    """A turn as it is kept."""

    number: int
    speaker: str
    text: str


class Opened(_Answer):
    """A call that was opened; ``next`` is the number of the next turn."""

    id: str
    is_open: bool
    next: int


class Call(Opened):
    """A call as it stands. ``assessment`` is None until the caller has said something."""

    turns: list[Turn]
    assessment: Assessed | None
    escalation: Escalation | None


class Went(_Answer):
    """What became of turns: how many were new, and the number that the next one has."""

    id: str
    added: int
    next: int
    is_open: bool


class Reach(_Answer):
    """Whether somebody may be contacted, and the ways by which not."""

    kind: Kind
    value: str
    closed: list[str]
    may_contact: bool


class EscalationPage(_Answer):
    """A page of a list; ``next`` leads to the page after."""

    escalations: list[Escalation]
    next: str | None


class CallEvent(_Answer):
    """Something that happened in a call: ``turn``, ``assessment``, ``step`` or ``ended``, with what it says."""

    name: str
    id: str
    told: Turn | Assessed | Step | dict[str, Any]
