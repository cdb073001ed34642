"""The figures in a text by which two texts may be seen to mean one matter: amounts of money and dates of service."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONEY = re.compile(r"\$\s?(\d[\d,]{0,9}(?:\.\d\d)?)|(?<![\d.,$/:-])(\d[\d,]{0,9}\.\d\d)(?![\d/.])")
_IN_WORDS = re.compile(r"(?<![\d.,/:-])(\d[\d,]{0,9})\s?(?:dollars|bucks|usd)\b", re.IGNORECASE)
# A number standing alone may be an amount ("disputes 350") unless a unit, a date or a reference claims it.
_ALONE = re.compile(
    r"(?<![\w$.,/:#-])(\d{2,5})(?![\w%/:-]|[.,]\d|\s?(?:days?|weeks?|wks?|months?|mos?|years?|yrs?|hours?|hrs?|min|mins|"
    r"minutes|business|times|am|pm|x)\b)",
    re.IGNORECASE,
)
_NUMERIC_DATE = re.compile(
    r"(?<![\d/-])(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/-](\d{1,2})(?:[/-]\d{2,4})?)(?![\d/])"
)
_NAMED_DATE = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s(\d{1,2})(?:st|nd|rd|th)?\b"
)
_SERVICE = re.compile(
    r"\b(?:dos|d\.o\.s\.?|date of service|service date|svc date|date of svc|collected|drawn)\b[:\s]{0,3}"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

UNITS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split(),
        range(1, 20),
        strict=True,
    )
)
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
SCALES = {"hundred": 100, "thousand": 1000}
NUMBER_WORDS = frozenset((*UNITS, *TENS, *SCALES, "dollar", "dollars", "bucks"))
_SPOKEN = re.compile(
    r"\b(?:(?:a|and|" + "|".join((*UNITS, *TENS)) + r"|hundred|thousand)(?:[\s-]{1,2}|\b)){1,9}(dollars?|bucks)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Amounts said to be money, numbers that may be, all dates, and the dates said to be of the service."""

    money: frozenset[int]
    alone: frozenset[int]
    dates: frozenset[tuple[int, int]]
    service: frozenset[tuple[int, int]]

    def share_an_amount(self, other: Figures) -> bool:
        """Is there one amount on both sides? Small numbers count only where one side says that they are money."""
        mine, theirs = self.money | self.alone, other.money | other.alone
        return bool(self.money & theirs or other.money & mine or any(number >= 100 for number in mine & theirs))

    def share_a_service_date(self, other: Figures) -> bool:
        """Is there one date on both sides that at least one of them calls the date of service?"""
        return bool(self.service & other.dates or other.service & self.dates)


def read_figures(text: str) -> Figures:
    """The amounts and dates of a text. Amounts are whole dollars; note takers leave the cents away."""
    low = text.lower()
    money = {dollars for match in _MONEY.finditer(low) for dollars in _whole(match.group(1) or match.group(2))}
    money |= {dollars for match in _IN_WORDS.finditer(low) for dollars in _whole(match.group(1))}
    money |= _spoken(low)
    alone = {int(number) for number in _ALONE.findall(low) if not 1900 <= int(number) <= 2099}
    starts = {match.end() for match in _SERVICE.finditer(low)}
    dated = list(_dates(low))
    return Figures(
        frozenset(money),
        frozenset(alone),
        frozenset(day for _, day in dated),
        frozenset(day for start, day in dated if start in starts),
    )


def _whole(number: str) -> set[int]:
    dollars, _, cents = number.replace(",", "").partition(".")
    value = int(dollars)
    return {value, value + 1} if cents >= "50" else {value}


def _dates(text: str) -> list[tuple[int, tuple[int, int]]]:
    found = []
    for match in _NUMERIC_DATE.finditer(text):
        month, day = int(match.group(2) or match.group(4)), int(match.group(3) or match.group(5))
        found.append((match.start(), (month, day)))
    for match in _NAMED_DATE.finditer(text):
        found.append((match.start(), (_MONTHS.index(match.group(1)) + 1, int(match.group(2)))))
    return [(start, (month, day)) for start, (month, day) in found if 1 <= month <= 12 and 1 <= day <= 31]


def _spoken(text: str) -> set[int]:
    """Amounts in words: "three hundred and fifty", or "three fifty dollars" with the hundred left out."""
    found = set()
    for match in _SPOKEN.finditer(text):
        words = [
            word for word in re.findall(r"[a-z]+", match.group()) if word in UNITS or word in TENS or word in SCALES
        ]
        if words and (match.group(1) or set(words) & set(SCALES)):
            found.add(_value(words))
    return found


def _value(words: list[str]) -> int:
    total = part = 0
    for word in words:
        if word == "thousand":
            total, part = total + (part or 1) * 1000, 0
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in TENS and 0 < part < 10:
            part = part * 100 + TENS[word]
        else:
            part += UNITS.get(word, 0) or TENS.get(word, 0)
    return total + part
