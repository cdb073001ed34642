"""A phrase of the policy as a pattern for the scan.

The owner's writing:   post/posting this ... facebook / all over town
    a/b      one word or the other; {count}/several
    x / y    one wording or the other, between two gaps
    ...      a few words in between, inside one sentence
    {count}  any number said in digits or words;  {ordinal}  the same for third, 3rd, umpteenth
From it follows one regular expression over small and capital letters alike, in the subset that Hyperscan and Python's
re read the same way.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from watchword.detection.forms import SAME, forms
from watchword.detection.slips import misheard, slips, spelled_out
from watchword.errors import PatternError

SPACE = r"[ \t\r\n-]{1,3}"  # a line's end may stand between two words, and so may a hyphen
LONGEST_SPACE = 3
LONGEST_NUMBER = 14  # "half a dozen"
LONGEST_GAP = 45
GAP = rf"\b[^.!?]{{1,{LONGEST_GAP}}}\b"  # some eight words, and no sentence's end
COUNT_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty thirty "
    "forty fifty hundred"
).split()
ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth twentieth thirtieth fiftieth hundredth umpteenth nth millionth thousandth"
).split()
COUNT = r"(?:\d{1,3}|" + "|".join(COUNT_WORDS) + r"|a dozen|half a dozen|a couple(?: of)?|twice)"
ORDINAL = r"(?:\d{1,3} ?(?:st|nd|rd|th)|" + "|".join(ORDINAL_WORDS) + ")"
MOST_CHOICES_WITH_SLIPS = 4
_GAP_SIGN = re.compile(r"\.\.\.|…")
PLACEHOLDERS = {"{count}": COUNT, "{ordinal}": ORDINAL}
_NO_SIGN = re.compile(r"(?<!\.)\.\.(?!\.)|\.{4,}|[|()*\[\]\\]")  # of other notations: nobody says them


Piece = tuple[str, int]  # a pattern, and how many characters it may span at most


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of the policy: as its owner wrote it, as a pattern, and how many characters it may span at most."""

    written: str
    pattern: str
    longest: int

    @property
    def has_gap(self) -> bool:
        """Whether anything may stand inside it."""
        return "..." in self.written or "…" in self.written


_MADE: dict[str, Phrase] = {}


def compile_phrase(written: str) -> Phrase:
    """Turn a phrase into a pattern. Raises PatternError for one without a word, or with signs that nobody could say.

    Slips are allowed for where the phrase is short and has no gap; in a long one the other words would no longer be
    telling enough to carry a misspelt one, and the pattern would grow past what the scan can hold.
    """
    made = _MADE.get(written)
    if made is None:
        made = _MADE[written] = _make(written)
    return made


def recall(made: Iterable[tuple[str, str, int]]) -> None:
    """Take over phrases made in an earlier run, for making them takes longer than everything else at a start."""
    for written, pattern, longest in made:
        _MADE.setdefault(written, Phrase(written, pattern, longest))


def _make(written: str) -> Phrase:
    segments = [segment.strip() for segment in _GAP_SIGN.split(written)]
    if not all(segments):
        raise PatternError(
            f'The phrase "{written}" begins or ends with a gap, or is empty.', do="Put words on both sides of each gap."
        )
    if sign := _NO_SIGN.search(written):
        raise PatternError(
            f'The phrase "{written}" holds "{sign.group()}", which nobody says.',
            do="Write  a/b  for one word or the other and  ...  for words in between; plurals follow by themselves.",
        )
    with_slips = len(segments) == 1 and written.count("/") <= MOST_CHOICES_WITH_SLIPS
    pieces = [_segment(segment, with_slips, written) for segment in segments]
    longest = sum(longest for _, longest in pieces) + LONGEST_GAP * (len(pieces) - 1)
    return Phrase(written, GAP.join(pattern for pattern, _ in pieces), longest)


def plain_wording(written: str) -> str:
    """One way to say a phrase: the first of each choice, something said in the gaps, numbers named."""
    segments = [segment.split(" / ")[0] for segment in _GAP_SIGN.split(written)]
    said = (" ".join(word.split("/")[0] for word in segment.split()) for segment in segments)
    return " uh ".join(said).replace("{count}", "four").replace("{ordinal}", "fourth")


def _segment(segment: str, with_slips: bool, written: str) -> Piece:
    wordings = [_wording(wording.split(), with_slips, written) for wording in segment.split(" / ")]
    longest = max(longest for _, longest in wordings)
    if len(wordings) == 1:
        return wordings[0]
    return "(?:" + "|".join(pattern for pattern, _ in wordings) + ")", longest


def _wording(words: list[str], with_slips: bool, written: str) -> Piece:
    choices = [word.split("/") for word in words]
    if not (choices and all(map(all, choices))):
        raise PatternError(
            f'The phrase "{written}" has a slash with nothing on one side.', do="Write a word on both sides of it."
        )
    for word in (word for choice in choices for word in choice if word not in PLACEHOLDERS and set("{}") & set(word)):
        near = difflib.get_close_matches(word.lower(), PLACEHOLDERS, n=1, cutoff=0.6)
        raise PatternError(
            f'"{word}" in the phrase "{written}" stands for nothing.',
            do=f"Did you mean {near[0]}?" if near else f"Write {' or '.join(PLACEHOLDERS)}, each as a word of its own.",
        )
    pieces = [_choice(choice, with_slips) for choice in choices]
    longest = sum(longest for _, longest in pieces) + LONGEST_SPACE * (len(pieces) - 1)
    return SPACE.join(pattern for pattern, _ in pieces), longest


def _choice(words: list[str], with_slips: bool) -> Piece:
    numbers = [rf"\b{PLACEHOLDERS[word]}\b" for word in words if word in PLACEHOLDERS]
    plain = (word for word in words if word not in PLACEHOLDERS)
    spellings = list(dict.fromkeys(spelling for word in plain for spelling in _spellings(word, with_slips)))
    parts = [*numbers, _any_of(spellings)] if spellings else numbers
    longest = [len(spelling) + LONGEST_SPACE * spelling.count(" ") for spelling in spellings]
    pattern = parts[0] if len(parts) == 1 else "(?:" + "|".join(parts) + ")"
    return pattern, max([*longest, *([LONGEST_NUMBER] if numbers else [])])


def _spellings(word: str, with_slips: bool) -> list[str]:
    if letters := spelled_out(word):
        return [word.lower(), f"{word.lower()}s", f"{word.lower()}'s", *letters]
    said = forms(word)
    slipped = [slip for form in said[:2] for slip in slips(form)] if with_slips and word.lower() not in SAME else []
    return [*said, *(heard for form in said for heard in misheard(form)), *slipped]


def _any_of(spellings: list[str]) -> str:
    groups: dict[tuple[str, str], list[str]] = {}
    for spelling in spellings:
        edges = (r"\b" * _word_edge(spelling[0]), r"\b" * _word_edge(spelling[-1]))
        groups.setdefault(edges, []).append(spelling)
    parts = [f"{before}(?:{_tree(group)}){after}" for (before, after), group in groups.items()]
    return parts[0] if len(parts) == 1 else "(?:" + "|".join(parts) + ")"


def _tree(spellings: list[str]) -> str:
    """Spellings as one pattern that shares their beginnings; it compiles several times as fast as a plain list."""
    tails: dict[str, list[str]] = {}
    for spelling in dict.fromkeys(spellings):
        tails.setdefault(spelling[:1], []).append(spelling[1:])
    parts = []
    for first, rest in tails.items():
        if first:
            parts.append(_escaped(first) + (_tree(rest) if len(rest) == 1 else f"(?:{_tree(rest)})") * (rest != [""]))
    pattern = "|".join(parts)
    if "" in tails:
        return f"(?:{pattern})?" if parts else ""
    return pattern


def _word_edge(letter: str) -> bool:
    """Whether a word boundary can be asked for beside this letter; Hyperscan knows only ASCII letters as such."""
    return letter.isascii() and (letter.isalnum() or letter == "_")


def _escaped(spelling: str) -> str:
    """The spelling as a pattern: any space between its words, apostrophes and hyphens that may be left out."""
    pieces = (SPACE if c == " " else "'?" if c == "'" else "[ -]?" if c == "-" else re.escape(c) for c in spelling)
    return "".join(pieces)
