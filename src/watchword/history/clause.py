"""Reading a note clause by clause: who did what to whom.

What somebody reports ("patient states she called"), denies ("nobody called back") or promises ("will call back") is no
act of this note.
"""

from __future__ import annotations

from watchword.history import acts
from watchword.history.acts import Act, Sign
from watchword.history.parties import HOUSE_WORDS, OTHER_WORDS, Party
from watchword.history.reaching import Reaching

PER = {Party.CUSTOMER: Act.SAYS, Party.OTHER: Act.ELSE_SAYS, Party.STAFF: Act.INTERNAL}
WITH_OR_TO = frozenset(("with", "to"))
NOTHING: frozenset[str] = frozenset()
# Verbs that are work on the case only after, or only before, certain words: "balance transferred", "moved to queue".
WORK_AFTER = {
    "transferred": acts.SUMS, "changed": acts.CASE_WORDS, "verified": acts.CASE_WORDS, "updated": acts.CASE_WORDS,
    "paid": acts.CASE_WORDS | OTHER_WORDS,
    "pending": acts.CASE_WORDS, "file": frozenset(("on",)),
}  # fmt: skip
WORK_ON = {
    "verified": acts.CASE_WORDS, "updated": acts.CASE_WORDS, "moved": HOUSE_WORDS | OTHER_WORDS,
    "waiting": HOUSE_WORDS | OTHER_WORDS,
}  # fmt: skip


def read_acts(note: list[list[str]], names: frozenset[str]) -> list[Sign]:
    """Every act that a note tells of, in order. ``names`` are the customer's own names."""
    reader = _Reader(names)
    for clause in note:
        reader.read(clause)
    return reader.signs


class _Reader(Reaching):
    """Walks over the clauses of one note."""

    def read(self, clause: list[str]) -> None:
        """Read one clause."""
        known = self.subject
        self.words = clause
        self._headed_by_somebody_else()
        told = len(self.signs)
        self.words, self.subject, self.reported, self.done = clause, self._carried(clause), False, 0
        for place, word in enumerate(clause):
            if place < self.done:
                continue
            self._meet(place)
            self._look(place, word)
        if len(self.signs) > told:
            self.subject = None
        elif self.subject is None and len(clause) <= 3:
            self.subject = known

    def _headed_by_somebody_else(self) -> None:
        """A clause may open with who it was: "Inbound call - Aetna rep re claim", "Dr office re dx"."""
        end = 0
        while end < len(self.words) and self._party(end):
            end += 1
        follows = self.words[end] if end < len(self.words) else "re"
        if end and self._party(end - 1) is Party.OTHER and follows in acts.AS_CALLER:
            if self.signs and self.signs[-1].act is Act.DECLARED_INBOUND:
                self.signs[-1] = Sign(Act.ELSEWHERE, self.words[0])
            self._tell(Act.ELSE_SAYS, 0)

    def _carried(self, clause: list[str]) -> Party | None:
        # "Pt, Dana Reyes, called": a clause without an act hands its subject on.
        return self.subject if clause[0] not in acts.PREPOSITIONS else None

    def _meet(self, place: int) -> None:
        party = self._party(place)
        if party is None:
            if self._before(place, acts.ACCORDING_TO, 1) and self.words[place] in OTHER_WORDS:
                self._tell(Act.ELSE_SAYS, place)  # "per Cigna claim in review"
            return
        before = self._before_the_run(place)
        if (
            (before in ("from", "at", "with") and party is Party.OTHER and self.subject is not Party.CUSTOMER)
            or before not in acts.PREPOSITIONS
            or (before == "per" and party is Party.CUSTOMER)
        ):
            self.subject = self.speaker = party
        if before == "with" and party is Party.CUSTOMER and self._head(place) is Party.CUSTOMER:
            self._tell(Act.TALK, place)
        if before == "per":
            self._tell(PER[self._head(place) or party], place)
        self.last = party

    def _look(self, place: int, word: str) -> None:
        if self._reached_nobody(place) or self.reported or self._denied(place):
            return
        if self._read_reaching(place, word):
            return
        if word in acts.SEND_VERBS:
            self._send(place)
        elif word == "received":
            self._received(place)
        else:
            self._speech_or_work(place, word)

    def _send(self, place: int) -> None:
        if self._to_come(place):
            return
        by_whom, party = self._after(place, "by")
        passive = self._before(place, acts.WAS)
        if by_whom and party is Party.CUSTOMER:
            self._tell(Act.INBOUND, place)
        elif self.subject is Party.CUSTOMER and not passive:
            if not self._ahead(place, acts.MONEY_IN):
                ours = self._ahead(
                    place, acts.OUR_PAPERS - {"copy", "letter", "form", "forms", "eob", "information"}, 3
                )
                self._tell(Act.SENT if ours else Act.INBOUND, place)
        elif self.subject is Party.OTHER and not passive:
            self._tell(Act.ELSEWHERE, place)
        else:
            self._tell(self._sent_to(place), place)

    def _sent_to(self, place: int) -> Act:
        to_whom, party = self._after(place, "to")
        if not to_whom:
            party = self._object(place)
            return Act.WORK if party is Party.OTHER else Act.INTERNAL if party is Party.STAFF else Act.SENT
        if party is Party.OTHER or self._ahead(place, OTHER_WORDS):
            return Act.WORK
        return Act.SENT if party is Party.CUSTOMER else Act.INTERNAL

    def _received(self, place: int) -> None:
        if self._ahead(place, acts.CONTACT_NOUNS, 3):
            return
        found, party = self._after(place, "from")
        if self.subject is Party.CUSTOMER and not self._before(place, acts.WORK_PAPERS, 3):
            self._tell(Act.SAYS, place)
        elif found and party is Party.CUSTOMER and not self._ahead(place, acts.MONEY_IN):
            self._tell(Act.INBOUND, place)
        elif self._ahead(place, acts.WORK_PAPERS) or self._before(place, acts.WORK_PAPERS, 3):
            self._tell(Act.INTERNAL, place)

    def _speech_or_work(self, place: int, word: str) -> None:
        if word in acts.SPOKE_WORDS:
            self._spoke(place)
        elif word in acts.NOTIFY_VERBS:
            party = self._object(place)
            self._tell(Act.WORK if party is Party.OTHER else Act.SENT, place)
        elif word in acts.SAYS_FREELY or (word in acts.SAYS_NAMED and self.subject is not None):
            self._says(place, word)
        elif word in acts.TALK_WORDS:
            self._talk(place)
        elif word in ("followedup", "followup", "followingup"):
            self._followed_up(place)
        elif word == "no" and self._ahead(place, frozenset(("contact",)), 2):
            self._tell(Act.NO_CONTACT, place)
        elif self._is_work(place, word):
            self._tell(Act.INTERNAL, place)

    def _talk(self, place: int) -> None:
        by = self._ahead(place, frozenset(("via", "by", "in")))
        if by and self.subject is None and self.words[by + 1 : by + 2] and self.words[by + 1] in acts.IN_WRITING:
            self._tell(Act.SENT, place)  # "advised pt via email"
        else:
            self._tell(Act.ELSE_SAYS if self.speaker is Party.OTHER and self.subject is None else Act.TALK, place)

    def _is_work(self, place: int, word: str) -> bool:
        if word == "do":
            return place == 0 and self.words[1:2] == ["not"]  # an order to colleagues: "do not send to collections"
        if self._before(place, WORK_AFTER.get(word, NOTHING)) or self._ahead(place, WORK_ON.get(word, NOTHING), 3):
            return True
        return word in acts.WORK_DONE and not self._to_come(place)

    def _spoke(self, place: int) -> None:
        party = self._object(place) if not self._ahead(place, WITH_OR_TO) else None
        for preposition in ("with", "to"):
            found, whom = self._after(place, preposition)
            party = whom if found and whom else party
        act = {Party.OTHER: Act.WORK, Party.STAFF: Act.INTERNAL}.get(party or Party.CUSTOMER, Act.SPOKE)
        if self.subject is Party.CUSTOMER:
            act = Act.SAYS if party is Party.OTHER else Act.SPOKE
        self._tell(act, place)
        self.last = party or self.last
        self.speaker = party if party is Party.OTHER and self.subject is not Party.CUSTOMER else Party.CUSTOMER
        self.subject = None

    def _says(self, place: int, word: str) -> None:
        speaker = self.subject or (Party.OTHER if self.speaker is Party.OTHER else Party.CUSTOMER)
        if speaker is Party.OTHER:
            self._tell(Act.ELSE_SAYS, place)
        elif speaker is Party.CUSTOMER:
            sought_elsewhere = word in ("requested", "asked", "requesting") and self.subject is None
            elsewhere = sought_elsewhere and self._ahead(place, OTHER_WORDS)
            self._tell(Act.INTERNAL if elsewhere else Act.SAYS, place)
        self.reported = word in acts.SPEECH and speaker is not Party.STAFF

    def _followed_up(self, place: int) -> None:
        found, party = self._after(place, "with")
        if found and party is not None and not self._to_come(place):
            self._tell(Act.OUTBOUND if party is Party.CUSTOMER else Act.WORK, place)
