"""What the API answers, key by key; the OpenAPI description is made from it.

Answers are made of plain values, so they are plain pydantic: ninja's own Schema looks into every value anew, and that
was a third of the work of a long list.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from watchword.escalation.states import EscalationState, StepState
from watchword.escalation.steps import StepKind
from watchword.terms import Channel, Scope, Speaker
from watchword.web.api.assessments import AssessmentOut, LevelName


class Told(BaseModel):
    """What every answer has in common: what stands below a field describes it."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Trouble(Told):
    """The one shape of every error."""

    what: str
    """What is wrong, for people to read."""
    do: str
    """What to do about it, for people to read."""
    expected: int | None = None
    """When turns are refused: the number to go on with."""
    places: list[str] | None = None
    """When a request does not fit: each place in it, and what is wrong there."""


class StepOut(Told):
    """A step of an escalation and where it stands."""

    key: str
    """Its own for good; what `/steps/KEY/confirm` and `/dismiss` are told."""
    kind: StepKind
    """What it does."""
    state: StepState
    """Where it stands. `planned`: it goes by itself. `confirmed`: the other system has it."""
    level: LevelName
    """`escalate`: to be done. `clarify`: proposed, for the flag is in doubt."""
    to: str | None = None
    """The line or the queue."""
    phone: str | None = None
    """The line's telephone number."""
    type: str | None = None
    """The ticket's type."""
    system: str | None = None
    """The system that gets it."""
    scope: list[str]
    """The ways that a wish not to be contacted covers: `calls`, `messages`, `mail`."""
    text: str | None = None
    """The words of a chatter post; null in answers to whoever decides."""
    why: str = ""
    """Why it needs a person, or what went wrong last."""
    receipt: str | None = None
    """The system and its reference, once it was taken there."""
    changed_at: datetime
    """When it last changed."""


class EscalationOut(Told):
    """An escalation with its steps."""

    key: str
    """Its own for good."""
    contact: str
    """The id of the call or the mail."""
    channel: Channel
    """The contact's."""
    state: EscalationState
    """That of its most urgent step."""
    assessed: int
    """The number of the assessment that the steps follow from; what a dismissal gives as `seen`."""
    owner: str | None
    """Who has taken it."""
    opened_at: datetime
    """When it was opened: the order of lists."""
    changed_at: datetime
    """When it or one of its steps last changed."""
    steps: list[StepOut]
    """In the order in which they are carried out."""


class EscalationsOut(Told):
    """A page of escalations, newest first."""

    escalations: list[EscalationOut]
    """So many at most as `limit` says."""
    next: str | None
    """What to give as `cursor` for the page after; null at the end."""


class RecordedOut(Told):
    """What was written down for a contact."""

    id: str
    """The contact's id; of a mail, its Message-ID or a hash."""
    new: bool
    """False when it was recorded before; then nothing has changed."""
    assessment: AssessmentOut
    """The newest."""
    escalation: EscalationOut | None
    """What is carried out; null when nothing follows."""


class ContactOut(Told):
    """What a contact came to, and the steps that follow from it."""

    id: str
    """The contact's id."""
    channel: Channel
    """The contact's."""
    assessment: AssessmentOut | None
    """The newest; null until the caller has said something."""
    escalation: EscalationOut | None
    """What is carried out; null when nothing follows."""


class TurnOut(Told):
    """A turn as it is kept."""

    number: int
    """Its number in the call, counted from 0."""
    speaker: Speaker
    """Who said it."""
    text: str
    """The words."""


class Opened(Told):
    """A call for whoever may not read it."""

    id: str
    """The call's id."""
    is_open: bool
    """Whether it goes on."""
    next: int
    """The number of the next turn that you tell."""


class CallOut(Opened):
    """A call as it stands."""

    turns: list[TurnOut]
    """Everything said so far."""
    assessment: AssessmentOut | None
    """The newest; null until the caller has said something."""
    escalation: EscalationOut | None
    """What is carried out; null when nothing follows."""


class Went(Told):
    """What became of turns."""

    id: str
    """The call's id."""
    added: int
    """How many of them were new."""
    next: int
    """The number of the next turn that you tell."""
    is_open: bool
    """Whether the call goes on."""


class StepsMoved(Told):
    """What a decision on a flag moved."""

    steps: int
    """How many steps: 0 when it had been said before, or they had gone already."""


class ReachOut(Told):
    """Whether somebody may be contacted."""

    kind: str
    """As it was asked."""
    value: str
    """As it was asked."""
    closed: list[Scope]
    """The ways by which whoever is known by this must not be contacted."""
    may_contact: bool
    """True when no way is closed."""
    why: str | None = None
    """Why the value cannot be read; all ways are then closed. Or that a doubt closes a way."""


class ReachesOut(Told):
    """The answers to many questions."""

    answers: list[ReachOut]
    """In the order of the questions."""


class NoteStruck(Told):
    """What became of a note that is taken back."""

    new: bool
    """False when it was struck out before."""


class NotesKept(Told):
    """What became of notes."""

    new: int
    """How many were not known."""
    changed: int
    """How many were known and have changed since."""
    known: int
    """How many were known as they are."""
