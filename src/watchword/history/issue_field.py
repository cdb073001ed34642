"""What an issue field names. It is a whole name, so all of it counts: two fields that only begin alike are two issues.

"INV-2024-0019", "INV/2024/0019" and "INV 2024 0019" are one reference; "2024/0019" and "2024/0017" are two, as are ids
of other systems that begin alike, and "visit 3 March" and "visit 3 April". Signs and blanks part the number, capitals
are no matter unless both kinds of letter stand in it (then it is an id that needs them), and a word before it says what
kind of thing it is. A long number ("20391") names the issue whatever else stands there; beside a short one the other
words must not differ. A field may hold several: "INV-20391, CASE-8812". Amounts are no part of it, nor is a date behind
a long number; whether "20391-02" is the same as "20391" is a doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from watchword.history.references import KINDS, LONG, SHORTEST, Reference, spelled_digits_joined

MARKS = frozenset("no nr num nbr number nummer id".split())
SAY_NOTHING = MARKS | frozenset("n re of for about the a at by to in on der die das von".split())
SHORTEST_AS_WRITTEN = 5  # characters; a shorter one may stand in any text
END_A_NUMBER = frozenset(", and und".split())
_SIGN = re.compile(r"[,;&+()|]")
_NEXT_KIND = re.compile(rf"(?<=\d)/(?=(?:{'|'.join(kind for kind in KINDS if len(kind) > 2)})[-_#]?\d)", re.IGNORECASE)
_NO_NUMBER = re.compile(  # an amount, and a date behind a long number
    rf"[$€£]\s?\d[\d.,]*|(?<=\d{{{LONG}}})\s+(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d\d){{1,2}}|\d{{4}}-\d\d-\d\d)(?!\S)"
)
_WORD_AND_NUMBER = re.compile(r"[\W_]*([^\W\d_]*)[\W_]*(.*)", re.DOTALL)
_RUN = re.compile(r"[^\W_]+")
_LAST_LETTER = re.compile(r"(?<=\d)\s+(?=[^\W\d_]\s*$)")  # "20391 B"


def issue_references(issue: str | None) -> frozenset[Reference]:
    """The references in a record's own issue field, where a number alone is a reference too."""
    return _read(issue) if issue and any(letter.isdigit() for letter in issue) else frozenset()


def name_one_issue(ours: frozenset[Reference], theirs: frozenset[Reference]) -> bool:
    """Do two issue fields name the same: in one reference at least, and in every kind of thing that both name?"""
    if not any(one.agrees(two) for one in ours for two in theirs):
        return False
    both = {one.kind for one in ours} & {two.kind for two in theirs}
    return all(any(one.agrees(two) for one in ours for two in theirs if one.kind == two.kind == kind) for kind in both)


def stands_in(label: str, text: str) -> bool:
    """Does a text name an issue field as it is written? For "2024/0017", ids and their like, which no text is read for.

    A date may stand in any text, and a plain number is compared as a number.
    """
    label, named = label.strip(), issue_references(label)
    if not named or len(label) < SHORTEST_AS_WRITTEN or label.isdigit() or any(one.is_date for one in named):
        return False
    at = text.casefold().find(label.casefold())
    return at >= 0 and re.search(rf"(?<![\w/-]){re.escape(label)}(?![\w/]|-\w)", text, re.IGNORECASE) is not None


@dataclass(slots=True)
class _Named:
    """One reference while a field is read from left to right."""

    before: list[str] = field(default_factory=list)
    number: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    ended: bool = False
    glued: bool = False  # its kind stands right before the number: "INV-7"

    def reference(self, shown: str) -> Reference:
        *words, kind = (KINDS.get(word, word) for word in self.before or ("",))
        number = _plain("-".join(self.number))
        known = kind in KINDS.values() and (self.glued or len(number.replace("-", "")) >= SHORTEST)
        return Reference(kind, number, shown, "" if known else " ".join((*words, *self.after)))


@lru_cache(maxsize=4096)
def _read(issue: str) -> frozenset[Reference]:
    found = [_Named()]
    text = _LAST_LETTER.sub("-", spelled_digits_joined(_NO_NUMBER.sub(" , ", issue)))
    for chunk in _SIGN.sub(" , ", _NEXT_KIND.sub(" , ", text)).split():
        if any(letter.isdigit() for letter in chunk):
            _take_number(chunk, found)
        else:
            _take_word("".join(_RUN.findall(chunk)).lower() if chunk != "," else chunk, found)
    return frozenset(one.reference(issue.strip()) for one in found if one.number)


def _take_word(word: str, found: list[_Named]) -> None:
    last = found[-1]
    last.ended = last.ended or bool(word and last.number)
    if not word or word in SAY_NOTHING or word in END_A_NUMBER:
        return
    if not last.number:
        last.before.append(word)
    elif word in KINDS:
        found.append(_Named([word]))
    else:
        last.after.append(word)


def _take_number(chunk: str, found: list[_Named]) -> None:
    last, (word, rest) = found[-1], _WORD_AND_NUMBER.match(chunk).groups()  # type: ignore[union-attr]
    word, parts = word.lower(), _RUN.findall(rest)
    word = "" if word in MARKS else word
    if last.number and not word and not last.ended and all(part.isdigit() for part in parts):
        last.number += parts
    elif last.number and not (word in KINDS or any(len(part) >= LONG for part in parts)):
        last.after.append("".join(_RUN.findall(chunk)).lower())
        last.ended = True
    else:
        if last.number:
            found.append(_Named([] if word else last.before[-1:]))
        named = found[-1]
        named.before += [word] * bool(word)
        named.number, named.glued = parts, bool(word)


def _plain(number: str) -> str:
    cased = number if number.upper() != number and number.lower() != number else number.upper()
    return re.sub(r"^[0-]+(?=\d)", "", cased)
