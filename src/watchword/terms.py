"""The words of Watchword as types: what rooms hand to one another.

Everything here is frozen and knows nothing of files, policies or networks. The glossary gives each word's meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

FlagName = tuple[str, str | None, str]  # kind, term and level


class Channel(StrEnum):
    """How a contact reached the centre."""

    PHONE = "phone"
    EMAIL = "email"


class Speaker(StrEnum):
    """Who said a turn of a call."""

    AGENT = "agent"
    CALLER = "caller"


class Level(StrEnum):
    """How sure a flag is: act now, or ask first."""

    ESCALATE = "escalate"
    CLARIFY = "clarify"


class Outcome(StrEnum):
    """What an assessment comes to."""

    ESCALATE = "escalate"
    CLARIFY = "clarify"
    CLEAR = "clear"


class Field(StrEnum):
    """The part of a contact that a piece of evidence stands in."""

    TURN = "turn"
    SUBJECT = "subject"
    BODY = "body"
    HISTORY = "history"


class Zone(StrEnum):
    """Whose words a passage holds; only ``OWN`` words can raise a flag."""

    OWN = "own"
    AGENT = "agent"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    FOOTER = "footer"


class Scope(StrEnum):
    """What a do-not-contact request covers."""

    CALLS = "calls"
    MESSAGES = "messages"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Person:
    """The customer, as far as the contact names them. Any part may be missing."""

    patient_id: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's words in a call."""

    speaker: Speaker
    text: str
    extra: Mapping[str, Any] = field(default_factory=dict)


def turn_told(number: int) -> str:
    """A turn as people say it: they count from 1, records from 0."""
    return f"turn {number + 1}"


RECORDED_HERE = "Watchword"  # the source of notes that stand for contacts which the service itself has recorded


@dataclass(frozen=True, slots=True)
class Note:
    """A record of an earlier contact in LIMS, AMD or the CRM. ``at`` is None when the record carries no date."""

    id: str
    source: str
    note: str
    channel: Channel | None = None
    at: datetime | None = None
    issue: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """The earlier notes about a person, and which notes systems could and could not be read.

    ``struck`` are notes that are struck out: they count for nothing and are kept to be seen.
    """

    notes: tuple[Note, ...] = ()
    sources_read: tuple[str, ...] = ()
    sources_failed: tuple[str, ...] = ()
    struck: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """One call or one email. ``history`` is None when nobody has looked for earlier contacts."""

    id: str
    channel: Channel
    received_at: datetime | None = None
    person: Person = Person()
    issue: str | None = None
    turns: tuple[Turn, ...] = ()
    subject: str | None = None
    body: str | None = None
    history: History | None = None
    unread: tuple[str, ...] = ()  # parts that could not be read, each as a sentence for people
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one field with its markup removed, and whose words it holds.

    ``places[i]`` is where character ``i`` of ``text`` stands in the field as given; without ``places`` the text stands
    there unchanged from ``start`` on. ``attachment`` names the one whose words these are, in a body.
    """

    field: Field
    zone: Zone
    text: str
    start: int = 0
    turn: int | None = None
    places: Sequence[int] | None = None
    attachment: str | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from ``start`` to ``end`` of this passage stand in the field as given."""
        if self.places is None:
            return self.start + start, self.start + end
        if end == start:
            return self.places[start], self.places[start]
        return self.places[start], self.places[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """The exact words: ``quote`` is what stands from ``start`` to ``end`` in the named field, in characters."""

    field: Field
    start: int
    end: int
    quote: str
    turn: int | None = None  # counted from 0, as the contact's list of turns is
    sign: str | None = None  # which sign of a meaning these words show
    note: str | None = None  # for the field "history": the note's id
    attachment: str | None = None  # for the field "body": the attachment's name, if they stand in one


@dataclass(frozen=True, slots=True)
class SetAside:
    """A listed word that raised no flag, with the reason; never dropped in silence."""

    kind: str
    term: str | None
    quote: str
    because: str
    field: Field
    start: int
    end: int
    turn: int | None = None
    attachment: str | None = None  # as with evidence


class Answer(StrEnum):
    """What a second opinion says of words in doubt."""

    MEANT = "meant"
    NOT_MEANT = "not_meant"
    CANNOT_TELL = "cannot_tell"
    NONE = "none"  # it was asked, and no usable answer came


@dataclass(frozen=True, slots=True)
class Opinion:
    """A second opinion on a flag in doubt: whose it is, what it says, and its reason or why there is none."""

    by: str
    answer: Answer
    why: str


@dataclass(frozen=True, slots=True)
class Flag:
    """What the guideline names, found in a contact. ``kind`` is the name of the policy's rule."""

    kind: str
    term: str | None
    level: Level
    why: str
    ask: str | None
    evidence: tuple[Evidence, ...]
    number: int | None = None  # contacts that the customer claims, the present one included
    scope: tuple[Scope, ...] = ()  # what a do-not-contact request covers
    opinion: Opinion | None = None
    read_as: str | None = None  # how people read the term, where the policy says so

    @property
    def name(self) -> FlagName:
        """What it is, and how sure: the same flag in doubt and sure are two."""
        return self.kind, self.term, self.level.value


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the guideline demands. At level clarify it is a proposal, not an order."""

    kind: str  # warm_transfer, ticket, queue_transfer, chatter_post
    level: Level
    to: str | None = None  # the line or the queue, by name
    phone: str | None = None  # the line's number in E.164
    type: str | None = None
    system: str | None = None
    register: str | None = None
    scope: tuple[Scope, ...] = ()
    text: str | None = None
    confirm: str = "agent"
    demanded_by: tuple[FlagName, ...] = field(default=(), compare=False)  # no part of the contract


@dataclass(frozen=True, slots=True)
class Count:
    """The contacts on one issue, this one included, and what was left out of the count and why.

    Two systems may give one id. Then each list of ids has the notes' systems beside it, in the same order.
    """

    contacts_on_this_issue: int
    counted: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()  # (note id, reason)
    sources_read: tuple[str, ...] = ()
    sources_failed: tuple[str, ...] = ()
    counted_from: tuple[str, ...] = ()  # the systems; empty where ids alone tell the notes apart
    doubtful_from: tuple[str, ...] = ()
    left_out_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyStamp:
    """The policy an assessment was made under."""

    name: str
    version: str
    hash: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """All flags of one contact, the outcome, the reasons, and what follows."""

    id: str
    channel: Channel
    outcome: Outcome
    flags: tuple[Flag, ...]
    actions: tuple[Action, ...]
    say: str | None
    also_say: tuple[str, ...]
    set_aside: tuple[SetAside, ...]
    count: Count
    policy: PolicyStamp
    trial: tuple[Flag, ...] = ()  # flags of rules on trial: recorded and shown, never acted on
    needs_person: tuple[str, ...] = ()  # why a person must look at this contact, whatever the flags say
    model: str | None = None  # the meaning model asked, by its name and state; None for listed wordings alone
