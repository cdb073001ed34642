"""What is asked of the API: the shapes of requests, from which the OpenAPI description is made."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from watchword.store.storable import storable
from watchword.terms import Speaker

LONGEST_TURN = 100_000  # characters
MOST_TURNS = 1000  # at a time
MOST_ASSESSMENTS = 2**31 - 1  # of one contact: what the database can count
MOST_CHECKED = 1000  # do-not-contact checks at a time
MOST_NOTES = 200  # at a time: they are written in one transaction, and others wait for it
Name = Annotated[str, Field(max_length=500)]
SourceName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class Asked(Schema):
    """What every request has in common: what stands below a field describes it.

    A key that is not known is refused: passed over, a misspelt `source_failed` would be a failure that nobody hears of.
    """

    model_config = ConfigDict(use_attribute_docstrings=True, extra="forbid")


class Carried(Asked):
    """Something whose unknown keys are carried along untouched."""

    model_config = ConfigDict(extra="allow")


class PersonIn(Carried):
    """The customer; any part may be missing."""

    patient_id: str | int | None = None
    """As your own systems know them: the surest way to be recognised."""
    name: str | None = None
    """For people to read; nobody is recognised by a name alone."""
    phone: str | int | None = None
    """However it is written; without `+` it is read as a number of the United States."""
    email: str | None = None
    """One address."""


class TurnIn(Carried):
    """One person's words in a call."""

    speaker: Speaker
    """Who said it: only the caller's words raise flags."""
    text: Annotated[str, Field(max_length=LONGEST_TURN)]
    """The words."""


class NumberedTurn(TurnIn):
    """A turn with its number in the call."""

    number: Annotated[int, Field(ge=0)]
    """Counted from 0, over all speakers; told again it changes nothing."""


class NoteIn(Carried):
    """A record of an earlier contact."""

    id: str | int | None = None
    """The note's own, in its system."""
    source: str
    """The system that it comes from, such as LIMS, AMD or CRM."""
    note: str
    """What was written down."""
    channel: str | None = None
    """`phone` or `email`; what is neither, or missing, is read from the note."""
    at: str | None = None
    """When the contact was: an ISO 8601 date and time, in UTC when it names no zone."""
    issue: str | int | None = None
    """The matter: an invoice, a case."""


class CallIn(Carried):
    """A call that begins. Unknown keys are carried along untouched."""

    id: Name
    """By which it is known from now on: not blank, and nothing in it that cannot be shown."""
    received_at: str | None = None
    """When it began: an ISO 8601 date and time, in UTC when it names no zone."""
    person: PersonIn | None = None
    """Who the customer is, as far as you know."""
    issue: str | int | None = None
    """The matter that it is about: an invoice, a case."""
    turns: list[TurnIn] | None = None
    """What was said, in order; the first one has the number 0."""
    history: list[NoteIn] | None = None
    """Earlier contacts. Left out: nobody looked. Empty: somebody looked and found none."""
    sources_read: list[str] | None = None
    """The notes systems that were read for it."""
    sources_failed: list[str] | None = None
    """The notes systems that could not be read: the outcome is then at least `clarify`."""


class ContactIn(CallIn):
    """One call or one email, whole. Unknown keys are carried along untouched."""

    channel: Literal["phone", "email"]
    """`phone` asks for `turns`, `email` for `subject` or `body`."""
    subject: str | None = None
    """An email's subject."""
    body: str | None = None
    """An email's text, plain or HTML, as the mail client has it."""


class TurnsIn(Asked):
    """One turn or many."""

    turns: Annotated[list[NumberedTurn], Field(min_length=1, max_length=MOST_TURNS)]
    """In order, with no number left out."""


class ConfirmIn(Asked):
    """A person's word that a step or a flag's steps may go."""

    by: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    """Who says so."""
    reason: Annotated[str, Field(max_length=2000)] = ""
    """Why, for the log."""
    text: Annotated[str, Field(max_length=LONGEST_TURN)] | None = None
    """The chatter post as they left it; left out it goes as it is."""


class DismissIn(Asked):
    """A person's word that a step or a flag's steps are called off, and why."""

    by: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    """Who says so."""
    reason: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
    """Why, for the log."""
    seen: Annotated[int, Field(ge=0, le=MOST_ASSESSMENTS)] | None = None
    """The escalation's `assessed` as they were shown it: what it did not raise yet is not called off unseen."""


class FlagNamed(Asked):
    """Which flag of a contact is meant."""

    kind: Name
    """The flag's kind, as the assessment names it."""
    term: Name | None = None
    """The flag's term; null for a kind that has none."""


class FlagConfirmIn(ConfirmIn, FlagNamed):
    """A person's word that a flag is right."""


class FlagDismissIn(DismissIn, FlagNamed):
    """A person's word that a flag is wrong, and why."""


def _as_text(value: object) -> object:
    """Numbers are ids too, and nothing is a value that cannot be read: neither may sink the list that it stands in."""
    if value is None:
        return ""
    return str(value) if type(value) is int else value


class ReachIn(Asked):
    """One thing that somebody is known by. Keys of your own in it are passed over."""

    model_config = ConfigDict(extra="ignore")  # one that is refused would sink the list that it stands in

    kind: Literal["patient_id", "phone", "email"]
    """What the value is."""
    value: Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | int | None), AfterValidator(storable)]
    """However it is written; one that cannot be read is answered with every way closed."""


class ReachesIn(Asked):
    """Many at a time."""

    ask: Annotated[list[ReachIn], Field(min_length=1, max_length=MOST_CHECKED)]
    """The answers come in the same order."""


class NotedIn(NoteIn):
    """A note that stands alone: whose it is, and an id by which it is known again."""

    id: str | int
    """The note's own, in its system: with its `source` it is known again."""
    person: PersonIn
    """Whose it is, by `patient_id`, `phone` or `email`; a name alone is not enough."""


class NoteStruckIn(Asked):
    """Which note counts no more, and why."""

    source: SourceName
    """The notes system that it came from."""
    id: str | int
    """The note's own, as it was handed in."""
    reason: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
    """Why, for the person's page and the log: that your system deleted it, or that it was another person's."""


class NotesIn(Asked):
    """One note or many, and which notes systems could and could not be read."""

    notes: Annotated[list[NotedIn], Field(max_length=MOST_NOTES)] = Field(default_factory=list)
    """All of them are kept or none."""
    sources_read: Annotated[list[SourceName], Field(max_length=100)] = Field(default_factory=list)
    """The notes systems that were read, also those without any news."""
    sources_failed: Annotated[list[SourceName], Field(max_length=100)] = Field(default_factory=list)
    """Those that could not be read: every assessment then says so, until they are read again."""
