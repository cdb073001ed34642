"""The numbers that name an issue: "INV-20391", "inv20391", "invoice no. 20391" and "#20391" are one reference.

Telephone numbers, dates, amounts, codes and the customer's own number name no issue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from watchword.history.words import remembered

KINDS = {
    "inv": "invoice", "invs": "invoice", "invoice": "invoice", "invoices": "invoice", "in": "invoice",
    "bill": "invoice", "stmt": "invoice", "statement": "invoice", "claim": "claim", "clm": "claim", "cl": "claim",
    "claims": "claim", "case": "case", "cs": "case", "cas": "case", "ticket": "ticket", "tkt": "ticket", "sr": "ticket",
    "account": "account", "acct": "account", "acc": "account", "ac": "account", "order": "order", "ord": "order",
    "requisition": "order", "reqn": "order", "accession": "order", "ref": "reference", "reference": "reference",
    "dispute": "dispute", "appeal": "appeal",
}  # fmt: skip

# A number after one of these is something else; after these, only a mark ("bill no. 88213") makes it a reference.
NO_ISSUE = frozenset(
    "cpt icd dob dos ext x zip apt po npi mrn pt pid patient member id p co pr oa box suite ste st rm room cell ph "
    "phone "
    "tel call fax q v code modifier dx usd check ck card visa mc amex conf confirmation auth authorization ndc tin "
    "ein ssn "
    "covid hipaa of at by to for since about owes owe paid pay "
    "jan feb mar apr may jun jul aug sep sept oct nov dec".split()
)
SHORTEST = 3  # digits; only "INV-7" and its like are believed with fewer
LONG = 5  # digits in a row that name one thing, whatever it is called
NEEDS_A_MARK = frozenset("bill stmt statement in cl ac ref reference dispute appeal".split())
SPOKEN_OF = frozenset(KINDS.values())
SURE_KINDS = KINDS.keys() - NEEDS_A_MARK

_JOINED = re.compile(r"(?<![\w-])([A-Za-z]{1,6})[-_]?(\d{1,12}(?:-\d{1,8})*(?:-?[A-Za-z])?)(?![\w/]|[.,:]\d|-\w*\d)")
_MARKED = re.compile(
    r"(?<![\w-])(?:([A-Za-z]{1,12})\.?\s{0,2})?(?:(?:number|num|nbr|no\.?|id)\s{0,2}[:#]?\s{0,2}|#\s{0,2})(?:is\s)?"
    r"(?:[A-Za-z]{1,6}-)?(\d{3,12}(?:-\d{1,8})*)(?![\w/]|[.,:]\d|-\w*\d)",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<![\w-])([A-Za-z]{2,12})\.?:?\s{1,2}(\d{3,12}(?:-\d{1,8})*)(?![\w/%]|[.,:-]\d)")
_BARE = re.compile(r"(?<![\w$.,/#:-])#?(\d{3,12})(?![\w/%]|[.,:-]\d)")
_YEAR = re.compile(r"(?:19|20)\d\d(?:-\d\d-\d\d)?")  # or a date that begins with one
_DATE = re.compile(r"(?:19|20)\d\d(?:-\d{1,2}){0,2}|\d{1,2}-\d{1,2}-(?:(?:19|20)\d\d|\d\d)|\d{1,2}-(?:19|20)\d\d")

DIGIT_WORDS = {
    "zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_SPELLED = re.compile(r"\b(?:(?:" + "|".join(DIGIT_WORDS) + r"|\d)(?:[ ,-]{1,2}|\b)){4,14}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A number that names an issue, and what kind of thing bears it; ``kind`` is empty when nothing says so.

    ``number`` has a hyphen wherever it is written apart, and its letters; ``besides`` is what else a short one needs.
    """

    kind: str
    number: str
    shown: str = field(default="", compare=False)
    besides: str = ""

    @property
    def key(self) -> str:
        """The number however it is written apart."""
        return self.number.replace("-", "")

    @property
    def is_date(self) -> bool:
        """Whether it may be a day, a month or a year, which many issues have."""
        return self.kind not in SPOKEN_OF and _DATE.fullmatch(self.number) is not None

    def agrees(self, other: Reference) -> bool:
        """Do both name the same thing? Long numbers agree whatever they are called."""
        long = self._is_long() and other._is_long()
        return self._has_number_of(other) and (long or (self._may_be(other) and self._beside(other)))

    def differs(self, other: Reference) -> bool:
        """Do they name two things of one kind, so that one cannot be the other?"""
        return not self._has_number_of(other) and self._may_be(other) and not self.may_be_part_of(other)

    def may_be_part_of(self, other: Reference) -> bool:
        """Is one the whole of a long number and the other the same with more behind it: "20391" and "20391-02"?"""
        short, long = sorted((self.number.split("-"), other.number.split("-")), key=len)
        return len(short) < len(long) and long[: len(short)] == short and self._may_be(other) and _is_long(short)

    def _has_number_of(self, other: Reference) -> bool:
        # 20240017 may be 2024-0017, but 1-12-2024 is not 11-2-2024.
        apart = "-" in self.number and "-" in other.number
        return self.number == other.number if apart else self.key == other.key

    def _is_long(self) -> bool:
        return _is_long(self.number.split("-"))

    def _may_be(self, other: Reference) -> bool:
        return self.kind == other.kind or not (self.kind and other.kind)

    def _beside(self, other: Reference) -> bool:
        return self.besides == other.besides or not (self.besides and other.besides)


def _is_long(parts: list[str]) -> bool:
    # Of numbers by year every kind of thing has its own: case 2024-00017 is not invoice 2024-00017.
    by_year = len(parts) > 1 and _YEAR.fullmatch(parts[0])
    return not by_year and any(len(part) >= LONG for part in parts)


@remembered
def references(text: str, never: frozenset[str] = frozenset()) -> frozenset[Reference]:
    """The references that a text names. ``never`` are numbers known to be something else, such as the customer."""
    text = spelled_digits_joined(text)
    found: set[Reference] = set()
    for match in _JOINED.finditer(text):
        if len(match.group(2)) < SHORTEST and match.group(1).lower() not in SURE_KINDS:
            continue
        found |= _reference(match.group(1), match.group(2), match.group(), marked=True)
    for match in _MARKED.finditer(text):
        word = match.group(1) or ""
        if "#" in match.group() or word.lower() in KINDS:  # "my number is 555…" is no reference
            found |= _reference(word, match.group(2), match.group(), marked=True)
    for match in _SPACED.finditer(text):
        if match.group(1).lower() in KINDS:
            found |= _reference(match.group(1), match.group(2), match.group(), marked=False)
    named = {reference.number for reference in found if reference.kind}
    return frozenset(
        one
        for one in found
        if (one.kind in SPOKEN_OF or one.key not in never) and (one.kind or one.number not in named)
    )


@remembered
def bare_numbers(text: str) -> frozenset[str]:
    """Numbers that stand alone. They may agree with a reference; by themselves they name nothing."""
    return frozenset(_plain(match.group(1)) for match in _BARE.finditer(spelled_digits_joined(text)))


def spelled_digits_joined(text: str) -> str:
    """Write digits said one by one as a number: "two oh three nine one" and "2-0-3-9-1" are 20391."""

    def joined(match: re.Match[str]) -> str:
        parts = re.findall(r"[A-Za-z]+|\d", match.group())
        return "".join(DIGIT_WORDS.get(part.lower(), part) for part in parts) + " "

    return _SPELLED.sub(joined, text)


def _reference(word: str, number: str, shown: str, *, marked: bool) -> set[Reference]:
    word = word.lower()
    if word in NO_ISSUE or (not marked and (word in NEEDS_A_MARK or _YEAR.fullmatch(number))):
        return set()
    kind = KINDS.get(word, word if _names_a_kind(word, shown) else "")
    return {Reference(kind, _plain(number), shown.strip(" .:"))}


def _names_a_kind(word: str, shown: str) -> bool:
    # "NTR-4471" has a kind of its own; "the #4471" has none.
    return bool(word) and "#" not in shown and " " not in shown.strip()


def _plain(number: str) -> str:
    return number.upper().lstrip("0-") or "0"
