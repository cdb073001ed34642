"""Everything that can be wrong in a policy of the right shape, each with its line and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from watchword.errors import Problem
from watchword.policy.examples import HISTORY_WORDS, examples_of
from watchword.policy.phone import dialled
from watchword.policy.schema import (
    ContactsCondition,
    Example,
    Line,
    MeaningCondition,
    Policy,
    Rule,
    Status,
    TicketType,
    WordsCondition,
)
from watchword.policy.slug import slug
from watchword.policy.source import Path, Source
from watchword.terms import Channel

FEWEST_TO_LEARN, ENOUGH_TO_LEARN = 3, 5  # examples each way
PhraseProblem = Callable[[str], str | None]
Finding = tuple[Path, str, str, str]  # path, what, what to do, severity
NAMED_IN = {"warm_transfer": "lines", "ticket": "tickets", "queue_transfer": "queues", "chatter_post": "chatter"}
BY = {Channel.PHONE: "on the phone", Channel.EMAIL: "by email"}


def check_policy(policy: Policy, source: Source, phrase_problem: PhraseProblem) -> tuple[Problem, ...]:
    """Every problem of a policy, in the order of the file.

    ``phrase_problem`` says what is wrong with a phrase, or None; phrases are compiled a floor above.
    """
    findings = [finding for check in CHECKS for finding in check(policy)]
    findings += _phrases(policy, phrase_problem)
    problems = [Problem(what, do, source.place(path), severity) for path, what, do, severity in findings]
    return tuple(sorted(problems, key=lambda problem: (problem.place.line or 0, problem.place.column or 0)))


def _error(path: Path, what: str, do: str) -> Finding:
    return path, what, do, "error"


def _warning(path: Path, what: str, do: str) -> Finding:
    return path, what, do, "warning"


def _used(policy: Policy) -> Iterator[tuple[Path, str, str]]:
    """Every name used: where, in which section it must be defined, and the name."""
    for key, line in policy.lines.items():
        if line.not_reached is not None:
            yield ("lines", key, "not_reached", "ticket"), "tickets", line.not_reached.ticket
    for index, rule in enumerate(policy.rules):
        for channel in Channel:
            for number, step in enumerate(rule.then.on(channel)):
                for kind, name in step.named:
                    yield ("rules", index, "then", channel.value, number, kind), NAMED_IN[kind], name
            if script := rule.say.on(channel):
                yield ("rules", index, "say", channel.value), "scripts", script
        for number, condition in enumerate(rule.when):
            if isinstance(condition, MeaningCondition):
                yield ("rules", index, "when", number, "meaning"), "meanings", condition.meaning


def _names(policy: Policy) -> Iterator[Finding]:
    for path, section, name in _used(policy):
        known = getattr(policy, section)
        if name not in known:
            yield _error(
                path, f'There is no "{name}" under {section}.', _near(name, known, f"Define it under {section}.")
            )
    for number, name in enumerate(policy.if_several_rules_apply.order):
        rules = [rule.rule for rule in policy.rules]
        if name not in rules:
            path = ("if_several_rules_apply", "order", number)
            yield _error(path, f'There is no rule "{name}".', _near(name, rules, "Remove it."))


def _near(name: str, known: Iterable[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else otherwise


def _unused(policy: Policy) -> Iterator[Finding]:
    used = {(section, name) for _, section, name in _used(policy)}
    for section in ("lines", "tickets", "queues", "chatter", "scripts", "meanings"):
        for name in getattr(policy, section):
            if (section, name) not in used:
                yield _warning(
                    (section, name), f'"{name}" is defined and never used.', "Use it in a rule, or remove it."
                )


def _steps(policy: Policy) -> Iterator[Finding]:
    for index, rule in enumerate(policy.rules):
        for channel in Channel:
            for number, step in enumerate(rule.then.on(channel)):
                if len(step.named) != 1:
                    path = ("rules", index, "then", channel.value, number)
                    yield _error(path, "A step names exactly one thing to do.", "Write one step after each dash.")
                if channel is Channel.EMAIL and step.warm_transfer is not None:
                    here = ("rules", index, "then", channel.value, number, "warm_transfer")
                    what = "A mail cannot be transferred to a line."
                    yield _error(here, what, "Move it to a queue, or file a ticket.")


def _heard(policy: Policy) -> Iterator[Finding]:
    """What could never be: a rule without conditions, an exception or an example for a term that its rule has not."""
    for index, rule in enumerate(policy.rules):
        if not rule.when:
            what = f'Nothing raises the rule "{rule.rule}", for it has no condition.'
            yield _error(("rules", index, "when"), what, "Give it words, a meaning or contacts to count.")
        terms = [term for term in rule.term_rank if term is not None]
        used: list[tuple[Path, str | None]] = [(("unless", number), one.term) for number, one in enumerate(rule.unless)]
        used += [(("examples", group, number), one.term) for group, number, one in examples_of(rule)]
        for path, term in used:
            if term is not None and term not in terms:
                what = f'The rule "{rule.rule}" has no term "{term}".'
                yield _error(("rules", index, *path, "term"), what, _near(term, terms, "Use one of its own, or none."))


def _read_as(policy: Policy) -> Iterator[Finding]:
    """How people read a term that no rule has is read by nobody."""
    known = {term for rule in policy.rules for term in rule.term_rank if term is not None}
    for name in policy.terms:
        if name not in known:
            what = f'No rule has the term "{name}".'
            yield _error(("terms", name), what, _near(name, known, "Remove it."))


def _follows(policy: Policy) -> Iterator[Finding]:
    """A flag from which nothing follows reaches nobody: no step waits, and no list of things to see to has it."""
    for index, rule in enumerate(policy.rules):
        heard = {channel for condition in rule.when for channel in condition.channels}
        for channel in Channel:
            if channel in heard and rule.status is not Status.RETIRED and not rule.then.on(channel):
                what = f'The rule "{rule.rule}" is heard {BY[channel]}, and nothing follows there.'
                do = f"Name steps for {channel} under then, or limit each condition to the other channel with channels."
                yield _error(("rules", index, "then"), what, do)


def _tickets(policy: Policy) -> Iterator[Finding]:
    """A contact has one ticket of a type: two systems that call theirs alike would get one between them."""
    first: dict[str, TicketType] = {}
    for name, ticket in policy.tickets.items():
        other, path = first.setdefault(slug(ticket.type), ticket), ("tickets", name, "type")
        if other.system != ticket.system and other.type.casefold() == ticket.type.casefold():
            what = f'A ticket of the type "{ticket.type}" is filed in {other.system} already'
            yield _error(path, f"{what}; only one of the two would be.", "Name the types apart.")
        elif other.type != ticket.type:
            yield _too_alike(path, ticket.type, other.type)


def _registers(policy: Policy) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, ticket in policy.tickets.items():
        if ticket.register_ is not None:
            other = first.setdefault(slug(ticket.register_), ticket.register_)
            if other != ticket.register_:
                yield _too_alike(("tickets", name, "register"), ticket.register_, other)


def _too_alike(path: Path, name: str, other: str) -> Finding:
    what = f'"{name}" and "{other}" differ in signs or capitals alone, and would be taken for one.'
    return _error(path, what, "Name them apart by letters or digits, or write both the same.")


def _order(policy: Policy) -> Iterator[Finding]:
    """Two rules that transfer the same contact must stand in the order that decides between them."""
    order = policy.if_several_rules_apply.order
    for kind in ("warm_transfer", "queue_transfer"):
        moving = [rule for rule in policy.rules if rule.status is not Status.RETIRED and _moves(rule, kind)]
        for rule in moving if len(moving) > 1 else ():
            if rule.rule not in order:
                what = f'The rule "{rule.rule}" transfers contacts, as others do, and is missing from the order.'
                yield _error(("if_several_rules_apply", "order"), what, "Add it where it belongs.")


def _moves(rule: Rule, kind: str) -> bool:
    return any(named == kind for channel in Channel for step in rule.then.on(channel) for named, _ in step.named)


def _examples(policy: Policy) -> Iterator[Finding]:
    for index, rule in enumerate(policy.rules):
        if rule.status is Status.RETIRED:
            continue
        path = ("rules", index, "examples")
        for channel in (channel for channel in Channel if rule.then.on(channel)):
            for group, examples in (("raise", rule.examples.raise_), ("leave", rule.examples.leave)):
                if not any(_channel_of(example) is channel for example in examples):
                    what = f'The rule "{rule.rule}" acts on {channel} and has no "{group}" example for it.'
                    yield _error(path, what, f"Add one under {group}.")


def _channel_of(example: Example) -> Channel:
    if example.history:
        return Channel.EMAIL if example.history[-1] == "this email" else Channel.PHONE
    return Channel.PHONE if example.phone is not None else Channel.EMAIL


def _example_shapes(policy: Policy) -> Iterator[Finding]:
    for index, rule in enumerate(policy.rules):
        for group, number, example in examples_of(rule):
            path = ("rules", index, "examples", group, number)
            given = [part for part in (example.phone, example.email, example.history) if part is not None]
            if len(given) != 1:
                yield _error(path, "An example is one of phone, email or history.", "Give exactly one of them.")
            if example.history is not None:
                yield from _history_words(example.history, path)
            if (example.should is not None) != (group == "known_gap"):
                yield _error(
                    path, '"should" belongs to a known gap, and to nothing else.', "Say there what it should do."
                )


def _history_words(entries: tuple[str, ...], path: Path) -> Iterator[Finding]:
    for number, words in enumerate(entries):
        if words not in HISTORY_WORDS:
            here = (*path, "history", number)
            yield _error(here, f'"{words}" is no entry of a history.', _near(words, HISTORY_WORDS, "See the guide."))
    if entries[-1:] not in (("this call",), ("this email",)):
        yield _error(path, "A history ends with the present contact.", 'End it with "this call" or "this email".')


def _reasons(policy: Policy) -> Iterator[Finding]:
    """A listed word that is left needs its reason, for the guideline says to act on the word."""
    for index, rule in enumerate(policy.rules):
        words = [word for when in rule.when if isinstance(when, WordsCondition) for word in when.words]
        for number, example in enumerate(rule.examples.leave):
            said = (example.phone or example.email or "").lower()
            if example.because is None and any(word.lower() in said for word in words):
                path = ("rules", index, "examples", "leave", number)
                yield _error(path, "A listed word is left here without a reason.", "Add  because:  with the reason.")


def _lines(policy: Policy) -> Iterator[Finding]:
    first: dict[str, Line] = {}
    for name, line in policy.lines.items():
        other = first.setdefault(line.name.casefold(), line)
        if other is not line:  # how long to hold, and what is done when nobody answers, goes by the name
            what = f'Two lines are called "{line.name}", and calls to both would go by the limits of one.'
            yield _error(("lines", name, "name"), what, "Name them apart.")
        try:
            dialled(line.phone)
        except ValueError as error:
            what = f'The number of the line "{name}" is {error}.'
            yield _error(("lines", name, "phone"), what, "Write it with its area code, or as +1….")
        if line.hold_again is not None and line.hold is None:
            what = f'The line "{name}" says how long to hold again, and not how long to hold first.'
            yield _error(("lines", name, "hold_again"), what, "Add  hold: 4 minutes  before it.")


def _dates(policy: Policy) -> Iterator[Finding]:
    for path, written in ((("in_force_from",), policy.in_force_from), (("last_update", "at"), policy.last_update.at)):
        try:
            date.fromisoformat(written)
        except ValueError:
            yield _error(path, f"{written} is no day of the calendar.", 'Write it as "2025-01-09".')


def _repeats(policy: Policy) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, rule in enumerate(policy.rules):
        if rule.rule in seen:
            yield _error(("rules", index, "rule"), f'There are two rules called "{rule.rule}".', "Rename one.")
        seen.add(rule.rule)
        if sum(isinstance(condition, ContactsCondition) for condition in rule.when) > 1:
            yield _error(("rules", index, "when"), "A rule counts contacts once.", "Keep one condition with contacts.")


def _taught(policy: Policy) -> Iterator[Finding]:
    """A meaning without a wording is learnt from its rule's examples, and a handful each way is needed for that."""
    for index, rule in enumerate(policy.rules):
        for number, when in enumerate(rule.when):
            if not isinstance(when, MeaningCondition) or rule.status is Status.RETIRED:
                continue
            meaning = policy.meanings.get(when.meaning)
            if meaning is None or not meaning.by_example:
                continue
            fewest = min(len(_spoken(rule.examples.raise_)), len(_spoken(rule.examples.leave)))
            if fewest < ENOUGH_TO_LEARN:
                find = _error if fewest < FEWEST_TO_LEARN else _warning
                what = f'The meaning "{when.meaning}" has no wordings, so it is learnt from examples; {fewest} are few.'
                do = f"Give {ENOUGH_TO_LEARN} sentences each under raise and leave, or list wordings under like."
                yield find(("rules", index, "when", number, "meaning"), what, do)


def _spoken(examples: tuple[Example, ...]) -> list[str]:
    return [said for example in examples if (said := example.phone or example.email)]


def _leans(policy: Policy) -> Iterator[Finding]:
    """A lean moves the bar of a model; a listed wording is found or it is not."""
    for name, meaning in policy.meanings.items():
        if "lean" in meaning.model_fields_set and not (meaning.known_as or meaning.by_example):
            what = f'No model listens for "{name}", so its lean changes nothing.'
            yield _warning(("meanings", name, "lean"), what, "Add known_as, or leave lean out.")


def _phrases(policy: Policy, phrase_problem: PhraseProblem) -> Iterator[Finding]:
    for path, phrase in phrases_of(policy):
        problem = phrase_problem(phrase)
        if problem:
            yield _error(path, problem, "See how phrases are written at the top of the shipped policy.")


def phrases_of(policy: Policy) -> Iterator[tuple[Path, str]]:
    """Every phrase of the policy with its path."""
    for path, phrases in _phrase_lists(policy):
        for number, phrase in enumerate(phrases):
            yield (*path, number), phrase


def _phrase_lists(policy: Policy) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for name, meaning in policy.meanings.items():
        for group in ("like", "doubtful", "unlike"):
            yield ("meanings", name, group), getattr(meaning, group)
    for index, rule in enumerate(policy.rules):
        for number, condition in enumerate(rule.when):
            if isinstance(condition, WordsCondition):
                yield ("rules", index, "when", number, "words"), condition.words
        for number, exception in enumerate(rule.unless):
            yield ("rules", index, "unless", number, "phrases"), exception.phrases
        for scope, phrases in rule.scopes.items():
            yield ("rules", index, "scopes", scope.value), phrases


CHECKS = (
    _names,
    _unused,
    _steps,
    _heard,
    _read_as,
    _follows,
    _tickets,
    _registers,
    _order,
    _examples,
    _example_shapes,
    _reasons,
    _lines,
    _dates,
    _repeats,
    _taught,
    _leans,
)
