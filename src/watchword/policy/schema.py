"""The shape of a policy file. Everything a centre decides stands here as data; nothing of it stands in code."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from watchword.policy.known import Known
from watchword.terms import Channel, PolicyStamp, Scope

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Duration = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,4} (minute|second)s?$")]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Channels = Annotated[tuple[Channel, ...], Field(min_length=1)]
CountedBy = tuple[str, frozenset[Channel], int | None]  # about, through, days


def seconds(duration: str | None) -> int | None:
    """A duration such as "4 minutes" in seconds."""
    if duration is None:
        return None
    number, unit = duration.split()
    return int(number) * (60 if unit.startswith("minute") else 1)


class Part(BaseModel):
    """A part of the file: no key that the schema does not know, and never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,), defer_build=True)


class NotReached(Part):
    """What is done instead when a line is not reached."""

    ticket: Name


class Line(Part):
    """Where calls can be transferred, how long a caller may hold for it, and what is done when it is not reached.

    ``phone`` is missing when the guideline gives a name alone. After ``hold`` the agent goes back to the caller to
    refresh, and then the caller may hold again, for ``hold_again``.
    """

    name: Text
    phone: Text | None = None
    hold: Duration | None = None
    hold_again: Duration | None = None
    not_reached: NotReached | None = None

    @property
    def hold_seconds(self) -> tuple[int | None, int | None]:
        """The limits of the first and of every later hold, in seconds; None for no limit."""
        return seconds(self.hold), seconds(self.hold_again or self.hold)


class TicketType(Part):
    """A kind of ticket, the system it is filed in, and the register that an entry goes to with it, if any."""

    type: Text
    system: Text
    register_: Text | None = Field(default=None, alias="register")


class Queue(Part):
    """Where a mail's ticket can be moved."""

    name: Text


class ChatterFact(StrEnum):
    """What a chatter post can be made to state."""

    SAID = "what was said"
    RULE = "which rule"
    EARLIER = "earlier contacts"
    ASKED = "what is asked"


class ChatterPost(Part):
    """What a chatter post must state, and what it asks of the queue that receives the mail."""

    must_state: tuple[ChatterFact, ...]
    asks: Text


class LastUpdate(Part):
    """Who changed the guideline last, and when."""

    by: Text
    at: Date


class Lean(StrEnum):
    """Which mistake the owner would rather have for one meaning."""

    CATCH_MORE = "catch more"
    EVEN = "even"
    FEWER_FALSE_ALARMS = "fewer false alarms"


class Meaning(Part):
    """Something customers say in many wordings: one sentence, and how it sounds when they say it."""

    means: Text
    known_as: Known | None = None  # the meaning of this name that the shipped model knows
    lean: Lean = Lean.EVEN
    sign: Text | None = None  # the name shown to people for what these words show
    like: tuple[Text, ...] = ()
    doubtful: tuple[Text, ...] = ()  # wordings that leave an honest doubt: ask, do not act
    unlike: tuple[Text, ...] = ()
    ask: Text | None = None

    @property
    def has_wordings(self) -> bool:
        """Whether it lists wordings; without any it is heard by the model alone."""
        return bool(self.like or self.doubtful)

    @property
    def by_example(self) -> bool:
        """Whether it is learnt from the examples of its rule: no wording is listed, and the model does not know it."""
        return self.known_as is None and not self.has_wordings


class WordsCondition(Part):
    """Listed words: each is a reason to look, wherever the customer says it."""

    words: Annotated[tuple[Text, ...], Field(min_length=1)]
    term: Name | None = None
    channels: Channels = tuple(Channel)
    ask: Text | None = None


class MeaningCondition(Part):
    """A meaning, in whatever words. ``at_least`` holds back a claim with a number below it."""

    meaning: Name
    term: Name | None = None
    channels: Channels = tuple(Channel)
    at_least: Annotated[int, Field(ge=1)] | None = None


class ContactsCount(Part):
    """How many contacts, about what, through which channels, over what time."""

    at_least: Annotated[int, Field(ge=2)]  # one would be every contact
    about: Literal["same issue", "any issue"] = "same issue"
    through: Channels = tuple(Channel)
    within: Annotated[str, StringConstraints(pattern=r"^(any time|[1-9]\d{0,4} days)$")] = "any time"

    @cached_property
    def days(self) -> int | None:
        """The time limit in days, or None for no limit."""
        return None if self.within == "any time" else int(self.within.split()[0])

    @cached_property
    def way(self) -> CountedBy:
        """What is counted, however many are needed: two rules that count the same way share one count."""
        return self.about, frozenset(self.through), self.days


class ContactsCondition(Part):
    """Contacts counted in the notes, the present one included."""

    contacts: ContactsCount
    channels: Channels = tuple(Channel)
    ask: Text | None = None


def _condition_kind(value: object) -> str | None:
    keys = value if isinstance(value, dict) else getattr(value, "model_fields_set", ())
    return next((kind for kind in ("words", "meaning", "contacts") if kind in keys), None)


Condition = Annotated[
    Annotated[WordsCondition, Tag("words")]
    | Annotated[MeaningCondition, Tag("meaning")]
    | Annotated[ContactsCondition, Tag("contacts")],
    Discriminator(
        _condition_kind,
        custom_error_type="unknown_condition",
        custom_error_message="a condition begins with one of: words, meaning, contacts",
    ),
]


class SetAsidePhrases(Part):
    """Phrases that set a listed word aside. It narrows the guideline, so somebody must have agreed to it."""

    phrases: Annotated[tuple[Text, ...], Field(min_length=1)]
    term: Name | None = None
    because: Text
    agreed_by: Text


class StepOrder(Part):
    """One step of a rule: exactly one of the four keys, naming what is defined further up in the file."""

    warm_transfer: Name | None = None
    ticket: Name | None = None
    queue_transfer: Name | None = None
    chatter_post: Name | None = None

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """The (kind, name) pairs given; a well-formed step has one."""
        return tuple((kind, name) for kind in STEP_KINDS if (name := getattr(self, kind)) is not None)


STEP_KINDS = ("warm_transfer", "ticket", "queue_transfer", "chatter_post")


class Steps(Part):
    """What to do on each channel."""

    phone: tuple[StepOrder, ...] = ()
    email: tuple[StepOrder, ...] = ()

    def on(self, channel: Channel) -> tuple[StepOrder, ...]:
        """The steps for one channel, in the order given."""
        return self.phone if channel is Channel.PHONE else self.email


class Confirm(Part):
    """Who lets the steps go out on each channel."""

    phone: Literal["agent", "automatic"] = "agent"
    email: Literal["agent", "automatic"] = "agent"

    def on(self, channel: Channel) -> str:
        """Who confirms on one channel."""
        return self.phone if channel is Channel.PHONE else self.email


class Say(Part):
    """The script to say on each channel."""

    phone: Name | None = None
    email: Name | None = None

    def on(self, channel: Channel) -> str | None:
        """The script for one channel, by name."""
        return self.phone if channel is Channel.PHONE else self.email


class Example(Part):
    """One line that the rule must raise, ask about, or leave; with the reason where a listed word is left."""

    phone: Text | None = None
    email: Text | None = None
    history: tuple[Text, ...] | None = None
    term: Name | None = None
    words: tuple[Text, ...] | None = None  # the very words that must be shown as evidence
    scope: tuple[Scope, ...] | None = None
    because: Text | None = None
    should: Literal["raise", "ask", "leave"] | None = None


class Examples(Part):
    """A rule's own examples. ``known_gap`` holds what the rule should answer and does not yet."""

    raise_: tuple[Example, ...] = Field(default=(), alias="raise")
    ask: tuple[Example, ...] = ()
    leave: tuple[Example, ...] = ()
    known_gap: tuple[Example, ...] = ()


class Status(StrEnum):
    """Where a rule stands in its life."""

    DRAFT = "draft"
    TRIAL = "trial"
    LIVE = "live"
    RETIRED = "retired"


class Rule(Part):
    """One red flag: what it means, when it is raised, what follows, what to say, and its examples."""

    rule: Name
    title: Text
    means: Text
    status: Status
    how_to_identify: tuple[Text, ...] = ()
    when: tuple[Condition, ...]
    unless: tuple[SetAsidePhrases, ...] = ()
    then: Steps
    confirm: Confirm = Confirm()
    say: Say = Say()
    reminder: Text | None = None
    ask: Text | None = None
    scopes: dict[Scope, tuple[Text, ...]] = {}
    examples: Examples

    @cached_property
    def term_rank(self) -> dict[str | None, int]:
        """The rule's terms in the order in which it names them; None, for what has no term, comes last."""
        terms = (getattr(condition, "term", None) for condition in self.when)
        return {term: place for place, term in enumerate(dict.fromkeys([*filter(None, terms), None]))}

    @cached_property
    def counting(self) -> ContactsCondition | None:
        """The condition that counts contacts, if the rule has one."""
        return next((condition for condition in self.when if isinstance(condition, ContactsCondition)), None)


class Order(Part):
    """What happens when several rules apply to one contact."""

    order: tuple[Name, ...]
    transfer: Literal["the first in this order"] = "the first in this order"
    tickets: Literal["file every one"] = "file every one"


class OpenQuestion(Part):
    """Something the guideline leaves open, how it is read until answered, and who must answer."""

    ask: Text
    until_answered: Text
    owner: Text


class Policy(Part):
    """The guideline as data."""

    policy: Name
    title: Text
    version: Annotated[int, Field(ge=1)]
    in_force_from: Date
    owner: Text
    last_update: LastUpdate
    reminders: tuple[Text, ...] = ()
    see_also: tuple[Text, ...] = ()
    notes_from: tuple[Text, ...] = ()
    lines: dict[Name, Line] = {}
    tickets: dict[Name, TicketType] = {}
    queues: dict[Name, Queue] = {}
    chatter: dict[Name, ChatterPost] = {}
    scripts: dict[Name, Text] = {}
    meanings: dict[Name, Meaning] = {}
    terms: dict[Name, Text] = {}  # how people read a term, where its name as words is not it
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    if_several_rules_apply: Order
    open_questions: tuple[OpenQuestion, ...] = ()

    @cached_property
    def hash(self) -> str:
        """SHA-256 over everything the file says, comments and layout left out."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()

    @cached_property
    def stamp(self) -> PolicyStamp:
        """The policy as an assessment names it."""
        return PolicyStamp(self.policy, str(self.version), self.hash)

    @cached_property
    def countings(self) -> tuple[ContactsCount, ...]:
        """What rules that are live count, then what those on trial do; a draft or a retired rule counts nothing."""
        heard = (rule for status in (Status.LIVE, Status.TRIAL) for rule in self.rules if rule.status is status)
        return tuple(rule.counting.contacts for rule in heard if rule.counting)

    @property
    def counting(self) -> ContactsCount | None:
        """The first of them: the count that an assessment shows when no count raised a flag."""
        return self.countings[0] if self.countings else None

    @cached_property
    def in_order(self) -> tuple[Rule, ...]:
        """The rules that are live or on trial, in the order of precedence."""
        heard = (rule for rule in self.rules if rule.status in (Status.LIVE, Status.TRIAL))
        return tuple(sorted(heard, key=lambda rule: self.rank[rule.rule]))

    @cached_property
    def rank(self) -> dict[str, int]:
        """Each rule's place in the order of precedence; a rule that is not in the order comes after those that are."""
        names = [*self.if_several_rules_apply.order, *(rule.rule for rule in self.rules)]
        return {name: place for place, name in reversed(list(enumerate(names)))}

    def line_named(self, name: str | None) -> Line | None:
        """The line that people know by this name."""
        return next((line for line in self.lines.values() if line.name == name), None)

    def learns_from(self, rule: Rule) -> bool:
        """Whether some meaning of the rule is learnt from its examples."""
        named = (when.meaning for when in rule.when if isinstance(when, MeaningCondition))
        return any(self.meanings[name].by_example for name in named)

    @cached_property
    def _by_name(self) -> dict[str, Rule]:
        return {rule.rule: rule for rule in self.rules}

    def rule(self, name: str) -> Rule:
        """The rule of that name. Raises KeyError if there is none."""
        return self._by_name[name]
