"""Every phrase of a policy with what it stands for, compiled once into one scan."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from watchword.detection.kept import code_of, fingerprint, keep, read_kept
from watchword.detection.phrases import Phrase, compile_phrase, recall
from watchword.detection.scan import Scanner, compile_scanner
from watchword.policy.check import phrases_of
from watchword.policy.known import Known
from watchword.policy.schema import (
    Example,
    Lean,
    Meaning,
    MeaningCondition,
    Policy,
    Rule,
    Status,
    WordsCondition,
)
from watchword.terms import Channel, Level


class Role(StrEnum):
    """What a phrase does where it is found."""

    LISTED = "listed"  # a word that the guideline lists
    LIKE = "like"  # a way to say a meaning
    DOUBTFUL = "doubtful"  # a wording that may have the meaning: ask
    UNLIKE = "unlike"  # sounds like the meaning, has another
    MEANING = "meaning"  # a meaning as a whole, which a model may know in whatever wording
    UNLESS = "unless"  # the policy sets the word aside here, with a reason


@dataclass(frozen=True, slots=True)
class Taught:
    """A meaning of the owner's own, which the model was never trained on: its sentence, and examples both ways."""

    means: str
    holds: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase and what it stands for. ``part`` names the place in the policy, by which a removal is tried."""

    phrase: Phrase
    role: Role
    rule: str
    part: tuple[str | int, ...]
    channels: frozenset[Channel]
    term: str | None = None
    meaning: str | None = None
    sign: str | None = None
    ask: str | None = None
    because: str | None = None
    at_least: int | None = None
    known: Known | None = None
    taught: Taught | None = None
    lean: Lean = Lean.EVEN

    @property
    def level(self) -> Level:
        """How sure a flag from this phrase alone is."""
        return Level.CLARIFY if self.role is Role.DOUBTFUL else Level.ESCALATE

    @property
    def raises(self) -> bool:
        """Whether the phrase can raise a flag, rather than set one aside."""
        return self.role not in (Role.UNLIKE, Role.UNLESS)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The entries of a policy; ``entries[i]`` holds what phrase ``i`` of the scanner stands for.

    ``meanings`` holds an entry for each meaning that a model can look for, found by no phrase.
    """

    entries: tuple[tuple[Entry, ...], ...]
    scanner: Scanner
    meanings: tuple[Entry, ...]


_KEPT: OrderedDict[str, Lexicon] = OrderedDict()
_LOCK = threading.Lock()
MOST_KEPT = 16
PHRASE_CODE = ("phrases", "forms", "slips")  # the modules that make a pattern of a phrase


def lexicon_for(policy: Policy, cache: Path | None = None) -> Lexicon:
    """The compiled phrases of a policy, kept in memory by its hash, and on disk in ``cache`` where one is given.

    Raises PatternError when they cannot be compiled.
    """
    kept = _KEPT.get(policy.hash)
    if kept is not None:
        return kept
    with _LOCK:
        if policy.hash not in _KEPT:
            by_phrase = _by_phrase(policy)
            _hold(policy, by_phrase, _scanner_holding(by_phrase) or compile_scanner(tuple(by_phrase), cache))
            if cache is not None:
                _keep_phrases(policy, cache)
        return _KEPT[policy.hash]


def recall_phrases(policy: Policy, cache: Path) -> None:
    """Take over the patterns of this policy's phrases that an earlier run kept on disk."""
    kept = read_kept(_phrase_file(policy, cache))
    if kept is not None:
        recall(json.loads(kept))


def _keep_phrases(policy: Policy, cache: Path) -> None:
    file = _phrase_file(policy, cache)
    if not file.exists():
        # All that a start compiles, also what no scan looks for: of one left out, each start would make the pattern.
        phrases = [compile_phrase(written) for _, written in phrases_of(policy)]
        keep(file, json.dumps([(phrase.written, phrase.pattern, phrase.longest) for phrase in phrases]).encode())


def _phrase_file(policy: Policy, cache: Path) -> Path:
    name = fingerprint(policy.hash, code_of(PHRASE_CODE), version("pyspellchecker"))
    return cache / f"phrases-{name}.json"


def _hold(policy: Policy, by_phrase: dict[Phrase, tuple[Entry, ...]], scanner: Scanner) -> None:
    entries = tuple(by_phrase.get(phrase, ()) for phrase in scanner.phrases)
    _KEPT[policy.hash] = Lexicon(entries, scanner, tuple(meanings_of(policy)))
    while len(_KEPT) > MOST_KEPT:
        _KEPT.popitem(last=False)


def _scanner_holding(wanted: dict[Phrase, tuple[Entry, ...]]) -> Scanner | None:
    """A scanner in memory that holds every wanted phrase and few others: a policy less one word needs no new one."""
    for lexicon in _KEPT.values():
        held = lexicon.scanner.phrases
        if len(held) <= len(wanted) + 1 and wanted.keys() <= set(held):
            return lexicon.scanner
    return None


def _by_phrase(policy: Policy) -> dict[Phrase, tuple[Entry, ...]]:
    found: dict[Phrase, tuple[Entry, ...]] = {}
    for entry in entries_of(policy):
        found[entry.phrase] = (*found.get(entry.phrase, ()), entry)
    return found


def entries_of(policy: Policy) -> Iterator[Entry]:
    """Every phrase of every rule that is not retired."""
    for index, rule in enumerate(policy.rules):
        if rule.status is Status.RETIRED:
            continue
        for number, condition in enumerate(rule.when):
            part = ("rules", index, "when", number)
            if isinstance(condition, WordsCondition):
                yield from _listed(rule, condition, part)
            elif isinstance(condition, MeaningCondition):
                yield from _meant(policy, rule, condition)
        yield from _exceptions(rule, index)


def _listed(rule: Rule, condition: WordsCondition, part: tuple[str | int, ...]) -> Iterator[Entry]:
    for number, word in enumerate(condition.words):
        yield Entry(
            phrase=compile_phrase(word),
            role=Role.LISTED,
            rule=rule.rule,
            part=(*part, "words", number),
            channels=frozenset(condition.channels),
            term=condition.term,
            ask=condition.ask,
        )


def _meant(policy: Policy, rule: Rule, condition: MeaningCondition) -> Iterator[Entry]:
    meaning = policy.meanings[condition.meaning]
    for role, phrases in (
        (Role.LIKE, meaning.like),
        (Role.DOUBTFUL, meaning.doubtful),
        (Role.UNLIKE, meaning.unlike),
    ):
        for number, written in enumerate(phrases):
            yield Entry(
                phrase=compile_phrase(written),
                role=role,
                rule=rule.rule,
                part=("meanings", condition.meaning, role.value, number),
                channels=frozenset(condition.channels),
                term=condition.term,
                meaning=condition.meaning,
                sign=meaning.sign,
                ask=meaning.ask,
                because=f"it sounds like this, but means something else: “{written}”" if role is Role.UNLIKE else None,
                at_least=condition.at_least,
            )


def meanings_of(policy: Policy) -> Iterator[Entry]:
    """The meanings that a model can look for: those it was trained on, and those that a rule teaches by example."""
    for rule in policy.rules:
        for condition in rule.when:
            if rule.status is Status.RETIRED or not isinstance(condition, MeaningCondition):
                continue
            meaning = policy.meanings[condition.meaning]
            taught = _taught(rule, condition, meaning)
            if meaning.known_as is not None or taught is not None:
                yield Entry(
                    phrase=Phrase(meaning.means, "", 0),
                    role=Role.MEANING,
                    rule=rule.rule,
                    part=("meanings", condition.meaning),
                    channels=frozenset(condition.channels),
                    term=condition.term,
                    meaning=condition.meaning,
                    sign=meaning.sign,
                    ask=meaning.ask,
                    at_least=condition.at_least,
                    known=meaning.known_as,
                    taught=taught,
                    lean=meaning.lean,
                )


def _taught(rule: Rule, condition: MeaningCondition, meaning: Meaning) -> Taught | None:
    if not meaning.by_example:
        return None

    def said(examples: tuple[Example, ...]) -> tuple[str, ...]:
        fitting = (example for example in examples if example.term in (None, condition.term))
        return tuple(words for example in fitting if (words := example.phone or example.email))

    return Taught(meaning.means, said(rule.examples.raise_), said(rule.examples.leave))


def _exceptions(rule: Rule, index: int) -> Iterator[Entry]:
    for number, exception in enumerate(rule.unless):
        for which, written in enumerate(exception.phrases):
            yield Entry(
                phrase=compile_phrase(written),
                role=Role.UNLESS,
                rule=rule.rule,
                part=("rules", index, "unless", number, "phrases", which),
                channels=frozenset(Channel),
                term=exception.term,
                because=exception.because,
            )
