"""One pass over a text for every phrase of a policy, whatever their number.

Hyperscan finds which patterns end where; those few are then located with Python's re, which knows where they begin.
Compiled patterns are kept on disk, for compiling takes a second or more and loading a millisecond.
"""

from __future__ import annotations

import platform
import re
import threading
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import hyperscan

from watchword.detection.kept import fingerprint, keep, read_kept
from watchword.detection.phrases import Phrase
from watchword.errors import PatternError

RawHit = tuple[int, int]  # (number of the pattern, end of the match in bytes)
FOLDED = {  # what typing and word processors put in the place of plain letters, one character for one
    **dict.fromkeys(map(ord, "‘’ʼ`´′"), "'"),
    **dict.fromkeys(map(ord, "“”„«»″"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys(
        map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"),
        " ",
    ),
    **dict(zip(map(ord, "áàâäãåāéèêëēíìîïīóòôöõōúùûüūñçýÿ"), "aaaaaaaeeeeeiiiiioooooouuuuuncyy", strict=True)),
    **dict(zip(map(ord, "ÁÀÂÄÃÅĀÉÈÊËĒÍÌÎÏĪÓÒÔÖÕŌÚÙÛÜŪÑÇÝŸ"), "aaaaaaaeeeeeiiiiioooooouuuuuncyy", strict=True)),
    **{full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)},  # full-width letters
}


NOTHING_LISTED = "nothing listed"  # a database needs a pattern; a policy may have meanings by example alone


class Scanner:
    """Patterns compiled for one pass. Safe to share between threads: each gets scratch space of its own."""

    def __init__(self, phrases: Sequence[Phrase], database: hyperscan.Database) -> None:
        self.phrases = tuple(phrases)
        self._database = database
        self._own = threading.local()

    def raw_hits(self, text: str) -> list[RawHit]:
        """Which patterns end where in the text, in bytes of its UTF-8 form after folding; the fast first look."""
        hits: list[RawHit] = []
        if not self.phrases:
            return hits
        try:
            scratch = self._own.scratch
        except AttributeError:
            scratch = self._own.scratch = hyperscan.Scratch(self._database)
        encoded = text.encode() if text.isascii() else fold(text).encode("utf-8", "replace")
        self._database.scan(encoded, _note, 0, hits, scratch)
        return hits

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """Every match as (pattern, start, end) in characters of the text."""
        raw = self.raw_hits(text)
        return self.located(text, raw) if raw else []

    def located(self, text: str, raw: list[RawHit]) -> list[tuple[int, int, int]]:
        """The raw hits of a text with their places: of one pattern's matches that begin together, the longest."""
        folded = text if text.isascii() else fold(text)
        encoded = None if text.isascii() else folded.encode("utf-8", "replace")
        found = set()
        for number, end_in_bytes in raw:
            end = end_in_bytes if encoded is None else len(encoded[:end_in_bytes].decode("utf-8", "ignore"))
            start = self._start(number, folded, end)
            if start is not None:
                found.add((number, start, end))
        return _longest(sorted(found, key=lambda span: (span[0], span[1], -span[2])))

    def _start(self, number: int, folded: str, end: int) -> int | None:
        """Where the match that ends at ``end`` begins: as near as it can, for a gap may not reach back for more."""
        phrase = self.phrases[number]
        pattern = _ending(phrase.pattern)
        latest = None
        position = max(0, end - phrase.longest)
        while (match := pattern.search(folded, position, end)) is not None:
            latest = match.start()
            position = latest + 1
        return latest


def _note(number: int, _start: int, end: int, _flags: int, hits: object) -> None:
    hits.append((number, end))  # type: ignore[attr-defined]  # the list handed to scan; checking it would cost a third


def _longest(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Of the matches of one pattern that begin in one place, the longest; one inside another is dropped."""
    kept: list[tuple[int, int, int]] = []
    for span in spans:
        if kept and kept[-1][0] == span[0] and span[1] >= kept[-1][1] and span[2] <= kept[-1][2]:
            continue
        kept.append(span)
    return sorted(kept, key=lambda span: (span[1], span[2], span[0]))


def plain_signs(text: str) -> str:
    """The text with typographic quotes, dashes, spaces and accents made plain, one character for one."""
    return text if text.isascii() else text.translate(FOLDED)


def fold(text: str) -> str:
    """The same in small letters."""
    plain = plain_signs(text)
    small = plain.lower()
    return small if len(small) == len(plain) else plain


@cache
def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z", re.IGNORECASE | re.ASCII)


def compile_scanner(phrases: Sequence[Phrase], folder: Path | None) -> Scanner:
    """A scanner for the phrases, from the cache folder where it holds one; None for no cache.

    Raises PatternError for patterns that cannot be compiled.
    """
    patterns = [phrase.pattern for phrase in phrases] or [NOTHING_LISTED]
    # A compiled form fits the patterns, the library and the kind of processor that it was made for, and no other.
    name = fingerprint(version("hyperscan"), platform.machine(), _cpu(), *patterns)
    file = folder / f"patterns-{name}.hs" if folder else None
    database = _load(file) if file else None
    if database is None:
        database = _compile(patterns)
        if file:
            keep(file, hyperscan.dumpb(database))
    return Scanner(phrases, database)


@cache
def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def _compile(patterns: Sequence[str]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[pattern.encode() for pattern in patterns],
            ids=list(range(len(patterns))),
            flags=[hyperscan.HS_FLAG_CASELESS] * len(patterns),
        )
    except hyperscan.error as error:
        raise PatternError(
            f"The policy's phrases cannot be compiled: {error}", do="Shorten the phrase with the most choices or gaps."
        ) from error
    return database


def _load(file: Path) -> hyperscan.Database | None:
    compiled = read_kept(file)
    if compiled is None:
        return None
    try:
        return hyperscan.loadb(compiled, hyperscan.HS_MODE_BLOCK)
    except hyperscan.error:
        return None
