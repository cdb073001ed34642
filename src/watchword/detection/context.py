"""What a word means where it stands: meant, in doubt, or something else, with the reason.

The word is a reason to look, the meaning decides. The checks here know English, not any policy: denial, withdrawal,
names and addresses, occupations, other matters, other people's affairs, open questions. Each sees the sentence around
the hit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from watchword.detection import cues
from watchword.detection.scan import fold

REACH = 260  # characters to each side; a spoken turn may have no sentence's end at all
_BREAK_BEFORE = re.compile(r"(?:[.!?]+[\"')]*\s|\n\s*\n)")
_BREAK_AFTER = re.compile(r"(?:[.!?]+(?=[\"')]*(?:\s|$))|\n\s*\n)")


class Verdict(StrEnum):
    """What a check makes of a hit."""

    MEANT = "meant"
    DOUBT = "doubt"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and its reason, as a sentence part for people."""

    verdict: Verdict
    because: str


MEANT = Judgement(Verdict.MEANT, "")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A hit and the sentence it stands in; all is folded to small letters but ``own``, the hit as it was written."""

    before: str
    words: str
    after: str
    own: str
    next_word: str
    asked: bool  # whether the sentence ends in a question mark

    @property
    def sentence(self) -> str:
        """The whole sentence, folded."""
        return self.before + self.words + self.after


def surroundings(text: str, start: int, end: int) -> Surroundings:
    """The sentence around the characters from ``start`` to ``end``."""
    begin, stop, mark = _sentence(text, start, end, max(0, start - REACH), end + REACH)
    after = text[end:stop]
    following = re.match(r"[\s,]*(\w+)", after)
    return Surroundings(
        before=fold(text[begin:start]),
        words=fold(text[start:end]),
        after=fold(after),
        own=text[start:end],
        next_word=following.group(1) if following else "",
        asked="?" in mark,
    )


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence around some characters, folded. A very long one is cut, further away than ``surroundings`` cuts it,
    and for most hits near each other in the same places: what it says can be read once for all of them.
    """
    earliest, latest = (start // REACH - 1) * REACH, (end // REACH + 2) * REACH
    begin, stop, _ = _sentence(text, start, end, max(0, earliest), latest)
    return fold(text[begin:stop])


def _sentence(text: str, start: int, end: int, earliest: int, latest: int) -> tuple[int, int, str]:
    """Where the sentence around some characters begins and stops between two places, and the mark that ends it."""
    begin, stop = earliest, min(len(text), latest)
    for match in _BREAK_BEFORE.finditer(text, begin, start):
        begin = match.end()
    ended = _BREAK_AFTER.search(text, end, stop)
    return (begin, ended.start(), ended.group()) if ended else (begin, stop, "")


def judge_term(around: Surroundings) -> Judgement:
    """Judge a listed word or one of its wordings, by the first check that has something to say."""
    return _first(around, _TERM_CHECKS)


def aimed_at_us(around: Surroundings) -> bool:
    """Whether the sentence speaks to us or of our bill."""
    return bool(cues.AIMED_AT_US.search(around.sentence))


def judge_meaning(around: Surroundings) -> Judgement:
    """Judge a wording of a meaning that has no listed word, such as frustration: only a denial sets it aside."""
    return _first(around, (_denied,))


def _first(around: Surroundings, checks: tuple[Callable[[Surroundings], Judgement | None], ...]) -> Judgement:
    for check in checks:
        judgement = check(around)
        if judgement is not None:
            return judgement
    return MEANT


def _aside(because: str) -> Judgement:
    return Judgement(Verdict.ASIDE, because)


def _named(around: Surroundings) -> Judgement | None:
    """A street, a place or a person that happens to bear the word."""
    capital = around.own[:1].isupper() and " " not in around.own
    shouted = len(around.own) > 1 and around.own.isupper() and around.next_word.isupper()
    in_name = around.next_word[:1].isupper() and around.next_word.isalpha() and not shouted
    if cues.STREET_AFTER.match(around.after) and (capital or cues.NUMBER_BEFORE.search(around.before)):
        return _aside("part of an address")
    if capital and in_name and around.words in cues.NAMESAKES and not cues.DOER_BEFORE.search(around.before):
        return _aside("a person's name")
    introduced = around.words in cues.NAMESAKES and cues.NAME_BEFORE.search(around.before)
    if introduced and not cues.OBJECT_AFTER.match(around.after):
        return _aside("a person's name")
    return None


def _occupation(around: Surroundings) -> Judgement | None:
    works = cues.WORKS_BEFORE.search(around.before) or cues.WORKS_AFTER.match(around.after)
    if works and not cues.AIMED_AT_US.search(around.sentence):
        return _aside("somebody's job, not a step against us")
    return None


def _somebody_else(around: Surroundings) -> Judgement | None:
    if cues.OTHERS_OFFICE.match(around.after) or cues.OTHERS_TARGET.match(around.after):
        return _aside("about somebody else, not about us")
    if cues.OTHERS_BEFORE.search(around.before) and not cues.AIMED_AT_US.search(around.after):
        return _aside("somebody else's affair")
    return None


def _other_matter(around: Surroundings) -> Judgement | None:
    if cues.OTHER_MATTER.search(around.sentence) and not cues.AIMED_AT_US.search(around.sentence):
        return _aside("another matter")
    return None


def _withdrawn(around: Surroundings) -> Judgement | None:
    if cues.INTENDED_BEFORE.search(around.before) and cues.SETTLED_AFTER.search(around.after):
        return _aside("withdrawn: the customer says it is settled")
    return None


def _denied(around: Surroundings) -> Judgement | None:
    """A denial governs the word when nothing between them begins a statement of its own."""
    negators = list(cues.NEGATOR.finditer(around.before))
    if not negators:
        return _aside("denied") if cues.DENIED_AFTER.match(around.after) else None
    negator = negators[-1]
    between = around.before[negator.end() :]
    if cues.NOT_A_DENIAL.search(around.before) or cues.CONDITION_OF_OURS.search(around.before[: negator.start()]):
        return None
    if len(between.split()) > cues.DENIAL_REACH or (
        cues.NEW_STATEMENT.search(between) and not cues.SAYING.match(negator.group() + between)
    ):
        return None
    if cues.UNWANTED.search(around.before) and cues.BUT_AFTER.search(around.after):
        return None
    if cues.HAVE_TO.search(between) or cues.NOT_YET.search(around.after):
        return Judgement(Verdict.DOUBT, "held back for now, not ruled out")
    return _aside("denied")


def _asked(around: Surroundings) -> Judgement | None:
    if cues.OPEN_QUESTION.search(around.before) and not cues.CONDITION.search(around.before):
        return Judgement(Verdict.DOUBT, "asked as a question")
    return None


_TERM_CHECKS = (_named, _occupation, _somebody_else, _other_matter, _withdrawn, _denied, _asked)
