"""Contacts told one by one: "I called Monday, wrote on the 3rd and again in May", "spoke to Dana, then a Mr. Ruiz".

Days, people and ways are counted only where they stand in a list of what the customer did. A day on which a bill came
or something is due, and what others did on a day, are none. A list with a gap, of which one part was not understood,
counts for nothing: too small a number misleads more than none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from watchword.detection.pieces import OFTEN, TALKED, Piece, pieces_of

REACH = 7  # words between what was done and the first time named for it, or from one of them to the next
_TALKED = re.compile(TALKED)
_BEFORE_A_TIME = re.compile(r"^(?:(?:on|or|in|at|around|about|over|back|the|last) )+")
_BEFORE_A_PERSON = re.compile(r"^(?:to|with|an?|the) ")
_DOES = frozenset(
    "said says told was is had has gave put promised never hung answered would will can sent swore called rang".split()
)
_ANOTHER = frozenset("your my our the a an another nothing".split())  # with them somebody or something else begins


def told_apart(text: str) -> int | None:
    """How many earlier contacts a text tells of one by one; None for fewer than two.

    Where days, people and ways are told of the same contacts, the longest list counts.
    """
    lists = _Lists(pieces_of(" ".join(text.replace("’", "'").split())))
    lists.read()
    whole = [named for kind, named in lists.named.items() if kind not in lists.unread]
    told = max((sum(named.values()) for named in whole), default=0)
    return told if told > 1 else None


class _Lists:
    """The times, people and ways of a text that the customer's contacts are told by, and how often by each."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.named: dict[str, dict[str, int]] = {}
        self._reach = 0
        self.unread: set[str] = set()  # kinds of which one was told that was not understood
        self._since: set[str] | None = None  # kinds named since something was done
        self._talks = False  # whether what was done is done with somebody
        self._people: list[str] = []  # of the sentence, until it is clear whether they are a list

    def read(self) -> None:
        """Go through the pieces once."""
        for at, piece in enumerate(self.pieces):
            if self._does(at):
                self._done(at)
            elif piece.kind in ("time", "several", "way"):
                self._time_or_way(at)
            elif piece.kind == "person":
                self._person(at)
            elif piece.kind == "turn":
                self._now_you(at)
            elif piece.kind == "word":
                self._reach = max(self._reach - 1, 0)
            elif piece.kind in ("others", "end", "untimed", "verb"):
                self._reach = 0
            self._goes_on(at)
        self._close()

    def _goes_on(self, at: int) -> None:
        """A list of people ends with the sentence, and where something else is strung to it."""
        kind, after = self._kind(at), self._kind(at + 1)
        if kind == "end" or (kind == "and" and after not in ("person", "turn", "and", "time")):
            self._people = []
        if kind == "toward" and self._kind(at - 1) == "and" and after not in ("person", "time", "turn"):
            self.unread.add("person")

    def _done(self, at: int) -> None:
        """The customer reached us, or somebody for them; what follows may say when, through whom and by which way."""
        piece = self.pieces[at]
        self._close()
        self._reach, self._since = REACH, set()
        self._talks = piece.kind == "talk" or _TALKED.match(piece.said) is not None
        if piece.kind == "kin":
            self._count("kin", " ".join(piece.said.split()[:3]), at)
        while self._kind(at - 1) in ("time", "several", "and"):  # "Monday I called", "In May and in June, I wrote"
            at -= 1
            if self.pieces[at].kind != "and":
                self._count_named(at)

    def _close(self) -> None:
        """What was done is told: if others were told by a day or a person, and it was not, their list has a gap."""
        if self._since is not None:
            self.unread |= self.named.keys() - self._since
        self._since = None

    def _time_or_way(self, at: int) -> None:
        """A time counts in a list of what the customer did, unless it begins what somebody else did."""
        strung = self._kind(at - 1) in ("and", "end")
        if strung and (self._kind(at + 1) in ("others", "person") or self._said(at + 1) in _ANOTHER):
            self._reach = 0
        if self._reach:
            self._count_named(at)
            self._reach = REACH

    def _now_you(self, at: int) -> None:
        """People strung together up to "now you" were spoken to before."""
        for person in self._people:
            self._count("person", person, at)
        self._people = []

    def _person(self, at: int) -> None:
        """A person counts after "told" or "spoke to", and in a list that ends with "now you"."""
        before, after = self._kind(at - 1), self._kind(at + 1)
        talking = self._talks and self._reach > 0
        if after == "verb" or self._said(at + 1) in _DOES:  # it is somebody else who does something
            self._reach = 0
            if talking:
                self.unread.add("person")
            return
        again = " again" if self._said(at + 1) == "again" else ""
        key = _BEFORE_A_PERSON.sub("", self.pieces[at].said) + again
        if before not in ("and", "toward", "end", "talk", "person") and not (before == "verb" and talking):
            self._people = self._people or [key]
            return
        if before != "end" or after in ("and", "toward", "time", "turn") or again:
            self._people.append(key)
        if talking:
            self._count("person", key, at)
            self._reach = REACH

    def _does(self, at: int) -> bool:
        """Whether a piece says that the customer did something: without its subject only where a sentence begins."""
        kind, before = self._kind(at), self._kind(at - 1)
        if self._said(at - 1) == "now":
            return False
        if kind in ("talk", "act", "kin", "thing"):
            return True
        if kind != "verb":
            return False
        opens = before == "time" or (before == "and" and self._kind(at - 2) == "time")
        return before == "end" or opens or (before == "and" and self._reach > 0)

    def _count_named(self, at: int) -> None:
        piece = self.pieces[at]
        if piece.kind == "several":
            for day in re.findall(r"\d+", piece.said):
                self._count("time", f"{day} {piece.said.split()[-1]}", at)
        elif piece.kind == "time":
            self._count("time", _BEFORE_A_TIME.sub("", piece.said), at)
        else:
            self._count("way", f"{piece.said} {at}", at)

    def _count(self, kind: str, key: str, at: int) -> None:
        named = self.named.setdefault(kind, {})
        if self._since is not None:
            self._since.add(kind)
        named[key] = max(named.get(key, 1), self._often(at))

    def _often(self, at: int) -> int:
        """How often something was done at one time: "twice in June", "July I called twice"."""
        for beside in (at - 1, at + 1):
            if self._kind(beside) == "often" and not (beside < at and self._kind(at - 2) == "time"):
                return OFTEN.get(self._said(beside), 1)
        return 1

    def _kind(self, at: int) -> str:
        return self.pieces[at].kind if 0 <= at < len(self.pieces) else "end"

    def _said(self, at: int) -> str:
        return self.pieces[at].said if 0 <= at < len(self.pieces) else ""
