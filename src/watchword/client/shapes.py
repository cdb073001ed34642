"""What the service answers, typed. A key that a newer service adds is kept along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["patient_id", "phone", "email"]
Speaker = Literal["agent", "caller"]
Level = Literal["escalate", "clarify"]


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it is told: its number in the call, counted from 0, who spoke, and the words."""

    number: int
    speaker: Speaker
    text: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Evidence(_Answer):
    """The exact words, and where they stand in the field as it was given."""

    turn: int | None
    field: str
    start: int
    end: int
    quote: str
    sign: str | None = None
    note: str | None = None
    attachment: str | None = None


class Flag(_Answer):
    """A flag with its evidence. ``number``: contacts claimed; ``scope``: the ways by which not to contact somebody;
    ``read_as``: how people read the term, where the policy says so.
    """

    kind: str
    term: str | None
    level: Level
    why: str
    ask: str | None
    evidence: list[Evidence]
    number: int | None = None
    scope: list[str] = []
    opinion: dict[str, Any] | None = None
    read_as: str | None = None


class Action(_Answer):
    """What follows. At level clarify it is a proposal. ``register``: the register that gets an entry with it."""

    kind: str
    level: Level
    to: str | None = None
    phone: str | None = None
    type: str | None = None
    system: str | None = None
    text: str | None = None
    scope: list[str] = []
    confirm: str | None = None


class SetAside(_Answer):
    """A listed word that raised no flag, and the reason."""

    term: str | None
    quote: str
    because: str
    attachment: str | None = None


class Assessed(_Answer):
    """An assessment by the contract; what is not named here is an attribute by its key as well."""

    id: str
    channel: str
    outcome: Literal["escalate", "clarify", "clear"]
    flags: list[Flag]
    actions: list[Action]
    say: str | None = None
    set_aside: list[SetAside] = []
    history: dict[str, Any] = {}
    policy: dict[str, Any] = {}
    also_say: list[str] = []
    trial: list[Flag] = []
    needs_person: list[str] = []
    model: str | None = None


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


class Contact(_Answer):
    """What a call or a mail came to. ``assessment`` is None until its caller has said something."""

    id: str
    channel: str
    assessment: Assessed | None
    escalation: Escalation | None


class StepsMoved(_Answer):
    """How many steps a decision moved."""

    steps: int


class NotesKept(_Answer):
    """How many notes were new, known but changed since, and known as they are."""

    new: int
    changed: int
    known: int


class NoteStruck(_Answer):
    """What became of a note that is taken back. ``new`` is false when it was struck out before."""

    new: bool


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
    """Whether somebody may be contacted, and the ways by which not.

    ``why`` is there when the value cannot be read, and when a doubt closes a way: who asked may be the same person.
    """

    kind: Kind
    value: str
    closed: list[str]
    may_contact: bool
    why: str | None = None


class EscalationPage(_Answer):
    """A page of a list; ``next`` leads to the page after."""

    escalations: list[Escalation]
    next: str | None


class CallEvent(_Answer):
    """Something that happened in a call: ``turn``, ``assessment``, ``step`` or ``ended``, with what it says."""

    name: str
    id: str
    told: Turn | Assessed | Step | dict[str, Any]
