"""A policy's own examples: does each get the answer that is written beside it?

The assessing is handed in, for deciding stands a floor above the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watchword.policy.schema import Example, Policy, Rule, Status
from watchword.terms import RECORDED_HERE, Assessment, Channel, Contact, Flag, History, Level, Note, Speaker, Turn

Assess = Callable[[Contact, Policy, History | None], Assessment]
ANSWERS = {"raise": "raise", "ask": "ask", "leave": "leave"}
TODAY = datetime(2025, 1, 31, 15, 0, tzinfo=UTC)
QUESTION = "I have a question."
LONG_AGO = timedelta(days=400)
ISSUE, OTHER_ISSUE = "CASE-10391", "CASE-77777"
ANY_TWO = ("LIMS", "AMD")  # notes systems, where a policy names none
HISTORY_WORDS = (
    "call",
    "email",
    "call long ago",
    "email long ago",
    "call about another issue",
    "email about another issue",
    "our own call",
    "our own email",
    "internal note",
    "the same call in another system",
    "the same email in another system",
    "this call",
    "this email",
)


@dataclass(frozen=True, slots=True)
class Tried:
    """One example, the answer written beside it and the answer it got."""

    rule: str
    example: Example
    path: tuple[str | int, ...]
    written: str  # raise, ask, leave
    got: str
    because: str
    known_gap: bool = False

    @property
    def right(self) -> bool:
        """Whether the answers agree."""
        return self.written == self.got

    @property
    def text(self) -> str:
        """The example as people read it."""
        return example_told(self.example)


def example_told(example: Example) -> str:
    """An example in words: the channel and what is said, or the earlier contacts."""
    said = example.phone or example.email
    return (
        f'{"phone" if example.phone else "email"}  "{said}"' if said else f"history  {', '.join(example.history or ())}"
    )


def try_examples(policy: Policy, assess: Assess, only: str | None = None) -> list[Tried]:
    """Assess every example of every rule that is not retired, or of the one rule named; drafts as if they were live."""
    tested = as_live(policy)
    return [
        _try(tested, rule, index, group, number, example, assess)
        for index, rule in enumerate(tested.rules)
        if rule.status is not Status.RETIRED and only in (None, rule.rule)
        for group, number, example in examples_of(rule)
    ]


def tried_unseen(policy: Policy, assess: Assess) -> list[Tried]:
    """The examples that a meaning is learnt from, each assessed as if it had not been there to learn from."""
    tested = as_live(policy)
    return [
        _try(_without(tested, index, example), rule, index, group, number, example, assess)
        for index, rule in enumerate(tested.rules)
        if rule.status is not Status.RETIRED and tested.learns_from(rule)
        for group, number, example in examples_of(rule)
        if example.history is None and group in ("raise", "leave")
    ]


def as_live(policy: Policy) -> Policy:
    """The policy with drafts and rules on trial taken as live, for testing them."""
    if all(rule.status in (Status.LIVE, Status.RETIRED) for rule in policy.rules):
        return policy
    rules = tuple(
        rule if rule.status is Status.RETIRED else rule.model_copy(update={"status": Status.LIVE})
        for rule in policy.rules
    )
    return Policy.model_validate(policy.model_copy(update={"rules": rules}).model_dump(by_alias=True))


def examples_of(rule: Rule) -> Iterator[tuple[str, int, Example]]:
    """A rule's examples with the list they stand in and their place in it."""
    for group, examples in (
        ("raise", rule.examples.raise_),
        ("ask", rule.examples.ask),
        ("leave", rule.examples.leave),
        ("known_gap", rule.examples.known_gap),
    ):
        for number, example in enumerate(examples):
            yield group, number, example


def _try(policy: Policy, rule: Rule, index: int, group: str, number: int, example: Example, assess: Assess) -> Tried:
    written = example.should or "raise" if group == "known_gap" else ANSWERS[group]
    contact, history = contact_of(example, policy.notes_from)
    got, because = _answer(assess(contact, policy, history), rule, example)
    path = ("rules", index, "examples", group, number)
    return Tried(rule.rule, example, path, written, got, because, known_gap=group == "known_gap")


def _without(policy: Policy, index: int, example: Example) -> Policy:
    """The policy as if it had not been taught by this example, which otherwise answers for itself."""
    rule = policy.rules[index]
    less = rule.examples.model_copy(
        update={
            "raise_": tuple(one for one in rule.examples.raise_ if one is not example),
            "leave": tuple(one for one in rule.examples.leave if one is not example),
        }
    )
    rules = (*policy.rules[:index], rule.model_copy(update={"examples": less}), *policy.rules[index + 1 :])
    return Policy.model_validate(policy.model_copy(update={"rules": rules}).model_dump(by_alias=True))


def _answer(assessment: Assessment, rule: Rule, example: Example) -> tuple[str, str]:
    flags = [flag for flag in assessment.flags if flag.kind == rule.rule and example.term in (None, flag.term)]
    if example.scope is not None and flags and set(flags[0].scope) != set(example.scope):
        return "another scope", f"the scope is {', '.join(flags[0].scope)}"
    quotes = {piece.quote for flag in flags for piece in flag.evidence}
    if flags and not set(example.words or ()) <= quotes:
        return "other words", f"it was raised by {', '.join(f'“{quote}”' for quote in sorted(quotes))}"
    if flags:
        sure = any(flag.level is Level.ESCALATE for flag in flags)
        return ("raise" if sure else "ask"), "; ".join(_shown(flag) for flag in flags)
    aside = [
        f"“{aside.quote}” was set aside: {aside.because}" for aside in assessment.set_aside if aside.kind == rule.rule
    ]
    other = [f"raised {flag.term} instead" for flag in assessment.flags if flag.kind == rule.rule]
    return "leave", "; ".join([*other, *aside]) or "nothing in it was noticed"


def _shown(flag: Flag) -> str:
    quotes = ", ".join(f"“{piece.quote}”" for piece in flag.evidence[:3])
    return f"{flag.term or flag.kind} because of {quotes}" if quotes else f"{flag.term or flag.kind}: {flag.why}"


def contact_saying(words: str, channel: Channel) -> Contact:
    """A contact in which the customer says these words and nothing else."""
    if channel is Channel.PHONE:
        return Contact("example", channel, TODAY, turns=(Turn(Speaker.CALLER, words),))
    return Contact("example", channel, TODAY, body=words)


def contact_of(example: Example, systems: tuple[str, ...] = ()) -> tuple[Contact, History | None]:
    """The contact that an example stands for, with its notes, in systems of the policy, if it is about earlier ones."""
    if example.phone is not None:
        return contact_saying(example.phone, Channel.PHONE), None
    if example.email is not None:
        return contact_saying(example.email, Channel.EMAIL), None
    entries = example.history or ()
    by_phone = entries[-1:] == ("this call",)
    system, another = _two_of(systems)
    notes = tuple(
        _note(words, number, entries, another if words.startswith("the same") else system)
        for number, words in enumerate(entries[:-1])
    )
    turns = (Turn(Speaker.CALLER, QUESTION),) if by_phone else ()
    contact = Contact(
        "example",
        Channel.PHONE if by_phone else Channel.EMAIL,
        TODAY,
        issue=ISSUE,
        turns=turns,
        body=None if by_phone else QUESTION,
    )
    return contact, History(notes, tuple(sorted((system, another))))


def _two_of(systems: tuple[str, ...]) -> tuple[str, ...]:
    """Two notes systems that the policy counts: what is recorded here always counts too."""
    return (*systems, RECORDED_HERE)[:2] if systems else ANY_TWO


def _note(words: str, number: int, entries: tuple[str, ...], system: str) -> Note:
    """One earlier note; "the same … in another system" repeats the entry before it."""
    double = words.startswith("the same")
    day = TODAY - timedelta(days=3 * (len(entries) - (number - 1 if double else number)))
    if words.endswith("long ago"):
        day -= LONG_AGO
    issue = OTHER_ISSUE if words.endswith("another issue") else ISSUE
    channel = Channel.EMAIL if "email" in words else Channel.PHONE
    text = {
        "our own call": "Outbound call to the customer, left voicemail.",
        "our own email": "Outbound email to the customer.",
        "internal note": "Internal: sent for review.",
    }.get(words, "Customer called about" if channel is Channel.PHONE else "Customer emailed about")
    at = day + timedelta(minutes=4) if double else day
    return Note(f"n{number}", system, f"{text} {issue}", channel, at, issue)
