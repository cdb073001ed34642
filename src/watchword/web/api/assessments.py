"""An assessment as it goes over the line: the contract, described key by key.

They are typed dictionaries, so that an assessment leaves as it was kept: no key is made up, and one that is not
described here goes along. What came after the contract may be missing in an old one. What stands below a key describes
it.
"""

from __future__ import annotations

from typing import Literal, NotRequired

from pydantic import ConfigDict
from typing_extensions import TypedDict

from watchword.terms import Scope

LevelName = Literal["escalate", "clarify"]
FieldName = Literal["turn", "subject", "body", "history"]
AND_MORE = ConfigDict(extra="allow", use_attribute_docstrings=True)


class EvidenceOut(TypedDict):
    """The exact words, and where they stand in the field as it was given."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    turn: int | None
    """Which turn of a call, counted from 0; null elsewhere."""
    field: FieldName
    """Which part of the contact."""
    start: int
    """The first character, counted from 0."""
    end: int
    """The character after the last one."""
    quote: str
    """What stands there, exactly."""
    sign: NotRequired[str]
    """The sign of frustration that it shows."""
    note: NotRequired[str]
    """Which note of the history."""
    attachment: NotRequired[str]
    """Which attachment of a mail; the place is one in the body all the same."""


class OpinionOut(TypedDict):
    """What somebody who was asked says of a flag."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    by: str
    """Who was asked."""
    answer: str
    """Whether it is meant."""
    why: str
    """The reason that was given."""


class FlagOut(TypedDict):
    """A flag with its evidence."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    kind: str
    """The name of the policy's rule."""
    term: str | None
    """What was meant, where the rule tells several apart."""
    level: LevelName
    """`escalate`: act now. `clarify`: ask first."""
    why: str
    """The reason, for people to read."""
    ask: str | None
    """At level clarify: the question for the customer."""
    evidence: list[EvidenceOut]
    """The words that raised it."""
    number: NotRequired[int]
    """How many contacts the customer claims."""
    scope: NotRequired[list[Scope]]
    """The ways that a wish not to be contacted names."""
    opinion: NotRequired[OpinionOut]
    """What was said of it by whoever was asked."""
    read_as: NotRequired[str]
    """How people read the term, where the policy says so."""


class ActionOut(TypedDict):
    """What follows, with the keys that its kind has."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    kind: str
    """`warm_transfer`, `ticket`, `queue_transfer` or `chatter_post`."""
    to: NotRequired[str]
    """The line or the queue."""
    phone: NotRequired[str]
    """The line's telephone number."""
    type: NotRequired[str]
    """The ticket's type."""
    system: NotRequired[str]
    """The system that the ticket is filed in."""
    register: NotRequired[str]
    """The register that gets an entry together with the ticket."""
    text: NotRequired[str]
    """The words of a chatter post."""
    scope: NotRequired[list[Scope]]
    """The ways that a wish not to be contacted covers."""
    level: LevelName
    """`escalate`: an order. `clarify`: a proposal."""
    confirm: NotRequired[str]
    """Who lets it go out: `agent` or `automatic`."""


class SetAsideOut(TypedDict):
    """A listed word that raised no flag, and the reason."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    kind: NotRequired[str]
    """The name of the policy's rule."""
    term: str | None
    """What the word could have meant."""
    quote: str
    """What stands there, exactly."""
    because: str
    """Why it raised no flag."""
    turn: NotRequired[int | None]
    """Which turn of a call, counted from 0; null elsewhere."""
    field: NotRequired[FieldName]
    """Which part of the contact."""
    start: NotRequired[int]
    """The first character, counted from 0."""
    end: NotRequired[int]
    """The character after the last one."""
    attachment: NotRequired[str]
    """Which attachment of a mail; the place is one in the body all the same."""


class LeftOutOut(TypedDict):
    """A note that is no contact on this issue, and the reason."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    note: str
    """The note's id."""
    because: str
    """Why it does not count."""
    source: NotRequired[str]
    """Its system, where two systems have notes of one id."""


class HistoryOut(TypedDict):
    """Which contacts were counted, and which notes systems could be read."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    contacts_on_this_issue: int
    """How many, this one included."""
    counted: list[str]
    """The ids of the notes that count."""
    doubtful: NotRequired[list[str]]
    """Those that may be contacts on this issue."""
    left_out: NotRequired[list[LeftOutOut]]
    """Those that are none, each with the reason."""
    sources_read: list[str]
    """The notes systems that were read."""
    sources_failed: list[str]
    """Those that could not be read."""
    counted_from: NotRequired[list[str]]
    """The system of each note that counts, in the same order, where two systems have notes of one id."""
    doubtful_from: NotRequired[list[str]]
    """The same of those that may be contacts on this issue."""


class PolicyOut(TypedDict):
    """The policy that an assessment was made under."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    name: str
    """The policy's name."""
    version: str
    """The version that its owner gave it."""
    hash: NotRequired[str]
    """A hash over the whole of it."""


class AssessmentOut(TypedDict):
    """All flags of one contact, the outcome and the reasons."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    id: str
    """The contact's id."""
    channel: Literal["phone", "email"]
    """The contact's."""
    outcome: Literal["escalate", "clarify", "clear"]
    """`escalate`: act now. `clarify`: ask first, or a person must look. `clear`: nothing."""
    flags: list[FlagOut]
    """What was seen."""
    actions: list[ActionOut]
    """What follows from it."""
    say: str | None
    """The words for the agent, word for word."""
    set_aside: list[SetAsideOut]
    """Listed words that raised no flag."""
    history: HistoryOut
    """The earlier contacts on this issue."""
    policy: PolicyOut
    """What it was made under."""
    also_say: NotRequired[list[str]]
    """The words for the agent that go with other flags."""
    trial: NotRequired[list[FlagOut]]
    """Flags of rules on trial: nothing follows from them."""
    needs_person: NotRequired[list[str]]
    """Why a person must look at it, whatever the flags say."""
    model: NotRequired[str | None]
    """The meaning model that was asked; null: listed wordings alone."""
