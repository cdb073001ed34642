"""The ways to look for many phrases in a text, each as a function of one text."""

from __future__ import annotations

import re
from collections.abc import Callable

import hyperscan

from watchword.detection.lexicon import lexicon_for
from watchword.policy.schema import Policy
from watchword.terms import Channel, Contact, Speaker, Turn
from watchword.triage.assess import assess

Route = Callable[[str], object]


def policy_of(phrases: list[str]) -> Policy:
    """A policy that listens for the phrases as words of one term each."""
    return Policy.model_validate(
        {
            "policy": "speed",
            "title": "Speed",
            "version": 1,
            "in_force_from": "2025-01-01",
            "owner": "Benchmark",
            "last_update": {"by": "Benchmark", "at": "2025-01-01"},
            "tickets": {"form": {"type": "Form", "system": "System"}},
            "rules": [
                {
                    "rule": "keyword",
                    "title": "Words",
                    "means": "A word.",
                    "status": "live",
                    "when": [
                        {"words": phrases[start : start + 25], "term": f"t{start}"}
                        for start in range(0, len(phrases), 25)
                    ],
                    "then": {"phone": [{"ticket": "form"}], "email": [{"ticket": "form"}]},
                    "examples": {},
                }
            ],
            "if_several_rules_apply": {"order": ["keyword"]},
        }
    )


def watchword_turn(policy: Policy) -> Route:
    """Assess a contact of one turn."""
    return lambda text: assess(Contact("c", Channel.PHONE, turns=(Turn(Speaker.CALLER, text),)), policy)


def watchword_mail(policy: Policy) -> Route:
    """Assess a mail."""
    return lambda text: assess(Contact("c", Channel.EMAIL, body=text), policy)


def watchword_scan(policy: Policy) -> Route:
    """The scan stage alone: which phrases end where."""
    return lexicon_for(policy).scanner.raw_hits


def raw_hyperscan(policy: Policy) -> Route:
    """Hyperscan called directly from Python with the same patterns: the ceiling."""
    patterns = [phrase.pattern for phrase in lexicon_for(policy).scanner.phrases]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[pattern.encode() for pattern in patterns],
        ids=list(range(len(patterns))),
        flags=[hyperscan.HS_FLAG_CASELESS] * len(patterns),
    )

    def scan(text: str) -> list[tuple[int, int]]:
        hits: list[tuple[int, int]] = []
        database.scan(text.encode(), lambda number, start, end, flags, context: hits.append((number, end)))
        return hits

    return scan


def re_loop(phrases: list[str]) -> Route:
    """A loop over one compiled pattern for each phrase."""
    patterns = [re.compile(rf"\b{re.escape(phrase)}\b", re.IGNORECASE) for phrase in phrases]
    return lambda text: [match.span() for pattern in patterns for match in pattern.finditer(text)]


def re_alternation(phrases: list[str]) -> Route:
    """One pattern with all phrases side by side: what most people write."""
    longest_first = sorted(phrases, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    return lambda text: [match.span() for match in pattern.finditer(text)]


def spacy_matcher(phrases: list[str]) -> Route:
    """The Matcher of spaCy on a blank English pipeline, one pattern of lower-case tokens for each phrase."""
    import spacy
    from spacy.matcher import Matcher

    pipeline = spacy.blank("en")
    matcher = Matcher(pipeline.vocab)
    for phrase in phrases:
        matcher.add(phrase, [[{"LOWER": word} for word in phrase.split()]])
    return lambda text: matcher(pipeline(text))


def spacy_phrase_matcher(phrases: list[str]) -> Route:
    """The PhraseMatcher of spaCy on a blank English pipeline."""
    import spacy
    from spacy.matcher import PhraseMatcher

    pipeline = spacy.blank("en")
    matcher = PhraseMatcher(pipeline.vocab, attr="LOWER")
    matcher.add("phrases", list(pipeline.pipe(phrases)))
    return lambda text: matcher(pipeline(text))


def presidio_deny_list(phrases: list[str]) -> Route:
    """Presidio's recogniser with a deny list."""
    from presidio_analyzer import PatternRecognizer

    recogniser = PatternRecognizer(supported_entity="PHRASE", deny_list=phrases)
    return lambda text: recogniser.analyze(text, ["PHRASE"], None)
