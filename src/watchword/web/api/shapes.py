"""What goes over the line: the shapes of requests and answers, from which the OpenAPI description is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from watchword.store.storable import storable
from watchword.terms import Scope, Speaker
from watchword.web.api.assessments import AssessmentOut

LONGEST_TURN = 100_000  # characters
MOST_TURNS = 1000  # at a time
MOST_ASSESSMENTS = 2**31 - 1  # of one contact: what the database can count
MOST_CHECKED = 1000  # do-not-contact checks at a time
MOST_NOTES = 200  # at a time: they are written in one transaction, and others wait for it
Name = Annotated[str, Field(max_length=500)]
SourceName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class Trouble(Schema):
    """The one shape of every error: what is wrong, and what to do. ``expected`` is the number of the next turn."""

    what: str
    do: str
    expected: int | None = None
    places: list[str] | None = None


class PersonIn(Schema):
    """The customer; any part may be missing."""

    model_config = ConfigDict(extra="allow")
    patient_id: str | int | None = None
    name: str | None = None
    phone: str | int | None = None
    email: str | None = None


class TurnIn(Schema):
    """One person's words in a call."""

    model_config = ConfigDict(extra="allow")
    speaker: Speaker
    text: Annotated[str, Field(max_length=LONGEST_TURN)]


class NumberedTurn(TurnIn):
    """A turn with its number in the call, counted from 0."""

    number: Annotated[int, Field(ge=0)]


class NoteIn(Schema):
    """A record of an earlier contact."""

    model_config = ConfigDict(extra="allow")
    id: str | int | None = None
    source: str
    note: str
    channel: str | None = None
    at: str | None = None
    issue: str | int | None = None


class CallIn(Schema):
    """A call that begins. Unknown keys are carried along untouched."""

    model_config = ConfigDict(extra="allow")
    id: Name
    received_at: str | None = None
    person: PersonIn | None = None
    issue: str | int | None = None
    turns: list[TurnIn] | None = None
    history: list[NoteIn] | None = None
    sources_read: list[str] | None = None
    sources_failed: list[str] | None = None


class ContactIn(CallIn):
    """One call or one email, whole."""

    channel: Literal["phone", "email"]
    subject: str | None = None
    body: str | None = None


class TurnsIn(Schema):
    """One turn or many."""

    turns: Annotated[list[NumberedTurn], Field(min_length=1, max_length=MOST_TURNS)]


class Went(Schema):
    """What became of turns: how many were new, and the number that the next one has."""

    id: str
    added: int
    next: int
    is_open: bool


class StepOut(Schema):
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


class EscalationOut(Schema):
    """An escalation with its steps. ``assessed`` is the number of the assessment that they follow from."""

    key: str
    contact: str
    channel: str
    state: str
    assessed: int
    owner: str | None
    opened_at: datetime
    changed_at: datetime
    steps: list[StepOut]


class EscalationsOut(Schema):
    """A page of escalations, newest first; ``next`` is the cursor of the page after, null at the end."""

    escalations: list[EscalationOut]
    next: str | None


class RecordedOut(Schema):
    """What was written down for a contact."""

    id: str
    new: bool
    assessment: AssessmentOut
    escalation: EscalationOut | None


class ContactOut(Schema):
    """What a contact came to, and the steps that follow from it."""

    id: str
    channel: str
    assessment: AssessmentOut | None
    escalation: EscalationOut | None


class TurnOut(Schema):
    """A turn as it is kept."""

    number: int
    speaker: str
    text: str


class Opened(Schema):
    """A call for whoever may not read it: ``next`` is the number of the next turn."""

    id: str
    is_open: bool
    next: int


class CallOut(Opened):
    """A call as it stands. ``assessment`` is null until the caller has said something."""

    turns: list[TurnOut]
    assessment: AssessmentOut | None
    escalation: EscalationOut | None


class ConfirmIn(Schema):
    """A person's word that a step or a flag's steps may go. ``text``: the chatter post as they left it."""

    by: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(max_length=2000)] = ""
    text: Annotated[str, Field(max_length=LONGEST_TURN)] | None = None


class DismissIn(Schema):
    """A person's word that a step or a flag's steps are called off, and why.

    ``seen`` is the number of the assessment that they were shown: what it did not raise yet is not called off unseen.
    """

    by: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    seen: Annotated[int, Field(ge=0, le=MOST_ASSESSMENTS)] | None = None


class FlagNamed(Schema):
    """Which flag of a contact is meant."""

    kind: Name
    term: Name | None = None


class FlagConfirmIn(ConfirmIn, FlagNamed):
    """A person's word that a flag is right."""


class FlagDismissIn(DismissIn, FlagNamed):
    """A person's word that a flag is wrong, and why."""


class StepsMoved(Schema):
    """How many steps a decision moved."""

    steps: int


def _as_text(value: object) -> object:
    """Numbers are ids too, and nothing is a value that cannot be read: neither may sink the list that it stands in."""
    if value is None:
        return ""
    return str(value) if type(value) is int else value


class ReachIn(Schema):
    """One thing that somebody is known by."""

    kind: Literal["patient_id", "phone", "email"]
    value: Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | int | None), AfterValidator(storable)]


class ReachesIn(Schema):
    """Many at a time."""

    ask: Annotated[list[ReachIn], Field(min_length=1, max_length=MOST_CHECKED)]


class ReachOut(Schema):
    """The ways by which whoever is known by this must not be contacted; none of them: ``may_contact`` is true.

    ``why`` says why a value cannot be read; all ways are then closed.
    """

    kind: str
    value: str
    closed: list[Scope]
    may_contact: bool
    why: str | None = None


class ReachesOut(Schema):
    """The answers, in the order of the questions."""

    answers: list[ReachOut]


class NotedIn(NoteIn):
    """A note that stands alone: whose it is, and an id by which it is known again."""

    id: Annotated[str | int, Field(description="The note's own, in its system")]
    person: PersonIn


class NotesIn(Schema):
    """One note or many, and which notes systems could and could not be read."""

    notes: Annotated[list[NotedIn], Field(max_length=MOST_NOTES)] = Field(default_factory=list)
    sources_read: Annotated[list[SourceName], Field(max_length=100)] = Field(default_factory=list)
    sources_failed: Annotated[list[SourceName], Field(max_length=100)] = Field(default_factory=list)


class NotesKept(Schema):
    """How many notes were new, known but changed since, and known as they are."""

    new: int
    changed: int
    known: int
