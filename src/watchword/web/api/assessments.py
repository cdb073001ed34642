"""An assessment as it goes over the line: the contract, described key by key.

They are typed dictionaries, so that an assessment leaves as it was kept: no key is made up, and one that is not
described here goes along. What came after the contract may be missing in an old one.
"""

from __future__ import annotations

from typing import Literal, NotRequired

from pydantic import ConfigDict
from typing_extensions import TypedDict

from watchword.terms import Scope

LevelName = Literal["escalate", "clarify"]
FieldName = Literal["turn", "subject", "body", "history"]
AND_MORE = ConfigDict(extra="allow")


class EvidenceOut(TypedDict):
    """The exact words, and where they stand in the field as it was given; turns and characters count from 0."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    turn: int | None
    field: FieldName
    start: int
    end: int
    quote: str
    sign: NotRequired[str]
    note: NotRequired[str]


class OpinionOut(TypedDict):
    """What somebody who was asked says of a flag."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    by: str
    answer: str
    why: str


class FlagOut(TypedDict):
    """A flag. ``number``: contacts claimed; ``scope``: the ways that a wish not to be contacted names."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    kind: str
    term: str | None
    level: LevelName
    why: str
    ask: str | None
    evidence: list[EvidenceOut]
    number: NotRequired[int]
    scope: NotRequired[list[Scope]]
    opinion: NotRequired[OpinionOut]


class ActionOut(TypedDict):
    """What follows, with the keys that its kind has. At level clarify it is a proposal."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    kind: str
    to: NotRequired[str]
    phone: NotRequired[str]
    type: NotRequired[str]
    system: NotRequired[str]
    register: NotRequired[str]
    text: NotRequired[str]
    scope: NotRequired[list[Scope]]
    level: LevelName
    confirm: NotRequired[str]


class SetAsideOut(TypedDict):
    """A listed word that raised no flag, and the reason."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    kind: NotRequired[str]
    term: str | None
    quote: str
    because: str
    turn: NotRequired[int | None]
    field: NotRequired[FieldName]
    start: NotRequired[int]
    end: NotRequired[int]


class LeftOutOut(TypedDict):
    """A note that is no contact on this issue, and the reason."""

    note: str
    because: str


class HistoryOut(TypedDict):
    """Which contacts were counted, and which notes systems could be read."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    contacts_on_this_issue: int
    counted: list[str]
    doubtful: NotRequired[list[str]]
    left_out: NotRequired[list[LeftOutOut]]
    sources_read: list[str]
    sources_failed: list[str]


class PolicyOut(TypedDict):
    """The policy that an assessment was made under."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    name: str
    version: str
    hash: NotRequired[str]


class AssessmentOut(TypedDict):
    """All flags of one contact, the outcome and the reasons. ``needs_person``: why a person must look at it."""

    __pydantic_config__ = AND_MORE  # type: ignore[misc]
    id: str
    channel: Literal["phone", "email"]
    outcome: Literal["escalate", "clarify", "clear"]
    flags: list[FlagOut]
    actions: list[ActionOut]
    say: str | None
    set_aside: list[SetAsideOut]
    history: HistoryOut
    policy: PolicyOut
    also_say: NotRequired[list[str]]
    trial: NotRequired[list[FlagOut]]
    needs_person: NotRequired[list[str]]
    model: NotRequired[str | None]
