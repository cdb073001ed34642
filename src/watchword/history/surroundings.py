"""Where a reader stands in a clause: the words before and after, and who has been spoken of."""

from __future__ import annotations

from watchword.history import acts
from watchword.history.acts import Act, Sign
from watchword.history.parties import Party, party_at

AHEAD = 5  # how many words after a verb still belong to it
RUN = 6  # how many words may name one party together ("patient insurance company rep")


class Surroundings:
    """A place in the clauses of one note, and what a reader remembers on the way there."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names  # the customer's own
        self.signs: list[Sign] = []
        self.words: list[str] = []
        self.subject: Party | None = None  # who does what the next verb says
        self.last: Party | None = None  # who was spoken of last, for "rep" and "them"
        self.speaker: Party | None = None  # who "states", "wants" without a name is said of
        self.reported = False  # what follows is told by somebody, not done
        self.done = 0  # words before this place are used up

    def _party(self, place: int) -> Party | None:
        return party_at(self.words, place, self.names, self.last) if 0 <= place < len(self.words) else None

    def _tell(self, act: Act, place: int) -> None:
        self.signs.append(Sign(act, self.words[place]))

    def _before(self, place: int, words: frozenset[str], reach: int = 2) -> bool:
        return any(word in words for word in self.words[max(0, place - reach) : place])

    def _ahead(self, place: int, words: frozenset[str], reach: int = AHEAD) -> int:
        """The place of the first of ``words`` after ``place``, or 0."""
        for later in range(place + 1, min(len(self.words), place + 1 + reach)):
            if self.words[later] in words:
                return later
        return 0

    def _denied(self, place: int) -> bool:
        return self._before(place, acts.NEGATIONS) and self.words[place] not in acts.SAYS_FREELY

    def _to_come(self, place: int) -> bool:
        return self._before(place, acts.TO_COME, 3)

    def _head(self, place: int) -> Party | None:
        """Whom a party at ``place`` names once its possessives are read: "patient insurance" is the insurer."""
        party = self._party(place)
        for later in range(place + 1, min(len(self.words), place + RUN)):
            following = party_at(self.words, later, self.names, party)
            if following is None:
                break
            party = following
        return party

    def _object(self, place: int) -> Party | None:
        """Whom the verb at ``place`` is done to; "called us" and "called in" are done to us."""
        for later in range(place + 1, min(len(self.words), place + 1 + AHEAD)):
            word = self.words[later]
            if word in ("us", "in", "into", "our"):
                return Party.STAFF
            party = self._party(later)
            if party is not None:
                self._use_up(later)
                return self._head(later)
            if word not in acts.SKIPPED:
                return None
        return None

    def _after(self, place: int, preposition: str) -> tuple[bool, Party | None]:
        """Is there a "from", "to" or "by" after ``place``, and who follows it?"""
        at = self._ahead(place, frozenset((preposition,)))
        if not at:
            return False, None
        for later in range(at + 1, min(len(self.words), at + 4)):
            if self._party(later):
                self._use_up(later)
                return True, self._head(later)
        return True, None

    def _use_up(self, place: int) -> None:
        # An object is nobody's subject; a following possessor ("patient insurance") is used up with it.
        end = min(len(self.words), place + RUN)
        while place < end and self._party(place):
            place += 1
        self.done = max(self.done, place)

    def _before_the_run(self, place: int) -> str:
        """The word before the party at ``place`` and its possessors: "with" in "with patient insurance rep"."""
        first = max(0, place - RUN)
        while place > first and self._party(place - 1):
            place -= 1
        return self.words[place - 1] if place else ""
