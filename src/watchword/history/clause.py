"""Reading a note clause by clause: who did what to whom.

The order of the words decides: "patient called" is a contact, "called patient" is ours. What somebody reports
("patient states she called"), denies ("nobody called back") or promises ("will call back") is no act of this note.
"""

from __future__ import annotations

from watchword.history import acts
from watchword.history.acts import Act, Sign
from watchword.history.parties import HOUSE_WORDS, OTHER_WORDS, Party, party_at

AHEAD = 5  # how many words after a verb still belong to it
PER = {Party.CUSTOMER: Act.SAYS, Party.OTHER: Act.ELSE_SAYS, Party.STAFF: Act.INTERNAL}


def read_acts(note: list[list[str]], names: frozenset[str]) -> list[Sign]:
    """Every act that a note tells of, in order. ``names`` are the customer's own names."""
    reader = _Reader(names)
    for clause in note:
        reader.read(clause)
    return reader.signs


class _Reader:
    """Walks over the clauses of one note, remembering who was spoken of last."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.signs: list[Sign] = []
        self.words: list[str] = []
        self.subject: Party | None = None
        self.last: Party | None = None
        self.speaker: Party | None = None  # who "states", "wants" without a name is said of
        self.reported = False
        self.done = 0  # words before this place are used up

    def read(self, clause: list[str]) -> None:
        """Read one clause."""
        known, told = self.subject, len(self.signs)
        self.words = clause
        self._headed_by_somebody_else()
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
        """ "Inbound call - Aetna rep re claim", "Dr office re dx": the clause opens with who it was."""
        end = 0
        while end < len(self.words) and party_at(self.words, end, self.names, self.last):
            end += 1
        follows = self.words[end] if end < len(self.words) else "re"
        if end and party_at(self.words, end - 1, self.names, self.last) is Party.OTHER and follows in acts.AS_CALLER:
            if self.signs and self.signs[-1].act is Act.DECLARED_INBOUND:
                self.signs[-1] = Sign(Act.ELSEWHERE, self.words[0])
            self._tell(Act.ELSE_SAYS, 0)

    def _carried(self, clause: list[str]) -> Party | None:
        # "Pt, Dana Reyes, called": a clause without an act hands its subject on.
        return self.subject if clause[0] not in acts.PREPOSITIONS else None

    def _meet(self, place: int) -> None:
        party = party_at(self.words, place, self.names, self.last)
        if party is None:
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

    def _before_the_run(self, place: int) -> str:
        """The word before the party at ``place`` and its possessors: "with" in "with patient insurance rep"."""
        while place and party_at(self.words, place - 1, self.names, self.last):
            place -= 1
        return self.words[place - 1] if place else ""

    def _look(self, place: int, word: str) -> None:
        if self._reached_nobody(place):
            return
        if self.reported or self._denied(place):
            return
        if word in acts.LEFT_MESSAGE or (word == "left" and self._ahead(place, acts.CONTACT_NOUNS)):
            self._left_message(place)
        elif word in ("returned", "returning"):
            self._returned(place)
        elif word in acts.TRIED:
            self._tried(place)
        elif word in ("inbound", "incoming", "outbound", "outgoing", "ob"):
            self._declared(place, word)
        elif word in acts.CONTACT_NOUNS and not self._verb_after_all(place):
            self._noun(place)
        elif word in acts.CONTACT_VERBS:
            self._contact(place, word)
        elif word in acts.SEND_VERBS:
            self._send(place)
        elif word == "received":
            self._received(place)
        else:
            self._speech_or_work(place, word)

    # ─── the words around a place ─────────────────────────────────────────────────────────────────────────────────

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
        party = party_at(self.words, place, self.names, self.last)
        while place + 1 < len(self.words):
            place += 1
            following = party_at(self.words, place, self.names, party)
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
            party = party_at(self.words, later, self.names, self.last)
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
            if party_at(self.words, later, self.names, self.last):
                self._use_up(later)
                return True, self._head(later)
        return True, None

    def _use_up(self, place: int) -> None:
        # An object is nobody's subject; a following possessor ("patient insurance") is used up with it.
        while place < len(self.words) and party_at(self.words, place, self.names, self.last):
            place += 1
        self.done = max(self.done, place)

    # ─── one method for each kind of act ──────────────────────────────────────────────────────────────────────────

    def _reached_nobody(self, place: int) -> bool:
        for phrase in acts.REACHED_NOBODY:
            end = place + len(phrase)
            if tuple(self.words[place:end]) == phrase:
                follows = self.words[end] if end < len(self.words) else ""
                if self.reported or (phrase[0] == "no" and follows in acts.AFTER_AN_ANSWER):
                    return False
                named = self.subject is Party.CUSTOMER and phrase[0] in (
                    "unable",
                    "could",
                    "couldn't",
                    "cannot",
                    "can't",
                )
                self._tell(Act.SAYS if named else Act.UNANSWERED, place)
                self.done = max(self.done, end)
                return True
        return False

    def _left_message(self, place: int) -> None:
        acts_by = {Party.CUSTOMER: Act.INBOUND, Party.OTHER: Act.ELSEWHERE}
        self._tell(acts_by.get(self.subject, Act.OUTBOUND) if self.subject else Act.OUTBOUND, place)
        self.done = max(self.done, self._ahead(place, acts.CONTACT_NOUNS) + 1)

    def _returned(self, place: int) -> None:
        noun = self._ahead(place, acts.CONTACT_NOUNS)
        if noun:
            self._left_message(place)
            self._object(noun)
            self.done = len(self.words) if self._ahead(noun, frozenset(("from",))) else max(self.done, noun + 1)
        elif "mail" in self.words:
            self._tell(Act.INTERNAL, place)

    def _tried(self, place: int) -> None:
        noun = self.words[place].startswith("attempt") and self.words[place][7:] in ("", "s")
        if self._ahead(place, acts.TO_REACH) or (noun and (len(self.words) <= 3 or self._before(place, acts.TO_REACH))):
            self._tell(Act.SAYS if self.subject is Party.CUSTOMER else Act.OUTBOUND, place)
            self.done = max(self.done, self._ahead(place, acts.TO_REACH) + 1)

    def _declared(self, place: int, word: str) -> None:
        if word == "ob" and party_at(self.words, place, self.names, self.last) is Party.OTHER and len(self.words) > 1:
            return
        if self._before(place, (acts.REFERRING | acts.TO_COME) - {"on"}, 3):
            self.done = max(self.done, place + 2)
        elif word in ("outbound", "outgoing", "ob"):
            self._tell(Act.OUTBOUND, place)
            self.subject = None
            self._after(place, "to")
            self.done = max(self.done, place + 2)
        else:
            self._tell(Act.DECLARED_INBOUND, place)
            noun = self._ahead(place, acts.CONTACT_NOUNS, 2)
            found, party = self._after(noun or place, "from")
            if (found and party is Party.OTHER) or self._head_ahead(noun or place) is Party.OTHER:
                self.signs[-1] = Sign(Act.ELSEWHERE, word)
            self.done = max(self.done, noun + 1)

    def _head_ahead(self, place: int) -> Party | None:
        return self._head(place + 1) if place + 1 < len(self.words) else None

    def _verb_after_all(self, place: int) -> bool:
        """Is the noun at ``place`` a verb ("patient calls"), a promise ("will call") or part of another noun?"""
        word, follows = self.words[place], self.words[place + 1] if place + 1 < len(self.words) else ""
        if follows in acts.NOT_THE_NOUN_BEFORE:
            return True
        if word in ("calls", "emails") and self.subject is not None:
            return True
        told_to = self._before(place - 1, frozenset(("have", "let", "make")), 1)  # "to have her call us"
        return (self._before(place, acts.TO_COME, 1) or told_to) and follows != "from"

    def _noun(self, place: int) -> None:
        if self._before(place, acts.REFERRING, 4):
            self.done = max(self.done, place + 1)
            self._after(place, "from")
            return
        act = self._noun_then(place) or self._noun_after(place)
        self._tell(act or Act.TALK, place)
        self.subject = None

    def _noun_then(self, place: int) -> Act | None:
        """What the words after the noun say: from whom, to whom, received or made."""
        owner = party_at(self.words, place - 1, self.names, self.last) if place else None
        found, party = self._after(place, "from")
        if found:
            return {Party.OTHER: Act.ELSEWHERE, Party.STAFF: Act.INTERNAL}.get(party or Party.CUSTOMER, Act.INBOUND)
        found, party = self._after(place, "by")
        if found and party is Party.CUSTOMER:
            return Act.INBOUND
        made = self._ahead(place, frozenset("sent made placed left returned out mailed attempted bounced".split()), 3)
        if made:
            self.done = max(self.done, made + 1)
            return Act.SENT if self.words[place] not in ("call", "calls", "voicemail") else Act.OUTBOUND
        if self._ahead(place, frozenset(("received", "in")), 2):
            self.done = max(self.done, self._ahead(place, frozenset(("received", "in")), 2) + 1)
            return Act.ELSEWHERE if owner is Party.OTHER else Act.INBOUND
        return self._noun_to(place)

    def _noun_to(self, place: int) -> Act | None:
        found, party = self._after(place, "to")
        if not found or self._before(place, frozenset("transferred escalated warm escalating".split()), 3):
            return None
        if party is Party.CUSTOMER:
            return Act.OUTBOUND
        if party is Party.OTHER:
            return Act.WORK
        return Act.INTERNAL if self._ahead(place, HOUSE_WORDS) else None

    def _noun_after(self, place: int) -> Act | None:
        """What the words before the noun say: whose it is, who made or received it."""
        before = set(self.words[max(0, place - 3) : place])
        owner = party_at(self.words, place - 1, self.names, self.last) if place else None
        if before & acts.OUR_CALLS:
            return Act.OUTBOUND
        if before & {"received", "took", "missed", "checked", "got"}:
            return Act.ELSEWHERE if self.subject is Party.OTHER else Act.INBOUND
        if before & {"made", "placed", "sent", "sending"} and self.subject is not Party.CUSTOMER:
            return Act.OUTBOUND
        by_owner = {Party.CUSTOMER: Act.INBOUND, Party.OTHER: Act.ELSEWHERE, Party.STAFF: Act.TALK}
        return by_owner[owner] if owner else None

    def _contact(self, place: int, word: str) -> None:
        passive = self._before(place, acts.WAS) and word.endswith("ed") and self.subject is not None
        if self._to_come(place) and self.subject is not Party.CUSTOMER:
            return
        done_to = self._object(place)
        by_whom, party = self._after(place, "by")
        doer = self.subject
        if passive:
            doer, done_to = (party if by_whom else Party.STAFF), doer
        elif by_whom and party:
            doer, done_to = party, None
        act = self._who_reached_whom(place, doer, done_to)
        if act:
            # A mail answers what the customer said before it; a call of ours is a contact of its own kind.
            self._tell(Act.SENT if act is Act.OUTBOUND and word in acts.MAIL_VERBS | acts.REPLY_VERBS else act, place)
        if Party.CUSTOMER not in (doer, done_to) and Party.OTHER in (doer, done_to):
            self.last = self.speaker = Party.OTHER
        self.subject = None

    def _who_reached_whom(self, place: int, doer: Party | None, done_to: Party | None) -> Act | None:
        if doer is Party.CUSTOMER:
            return Act.SAYS if done_to is Party.OTHER else Act.INBOUND
        if doer is Party.OTHER:
            return None if done_to is Party.CUSTOMER else Act.ELSEWHERE
        if done_to is Party.CUSTOMER:
            return Act.OUTBOUND
        if done_to is Party.OTHER:
            return Act.WORK
        if done_to is Party.STAFF:
            to_us = self._ahead(place, frozenset(("us", "in", "into", "our")), 3)
            return Act.INBOUND if to_us and doer is None else Act.INTERNAL
        if doer is Party.STAFF:
            return Act.OUTBOUND
        return self._nobody_named(place)

    def _nobody_named(self, place: int) -> Act | None:
        word, purpose = self.words[place], self.words[place + 2 : place + 3]
        if word in acts.REPLY_VERBS or (word in acts.MAIL_VERBS and self._ahead(place, acts.OUR_PAPERS, 3)):
            return Act.SENT
        if self.words[place + 1 : place + 2] == ["to"] and purpose:
            if purpose[0] in acts.CALLED_TO_TELL:
                return Act.OUTBOUND
            return Act.SAYS if purpose[0] in acts.CALLED_TO_ASK else Act.CALLED
        return None if word in ("reached", "contacts") else Act.CALLED

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
            self._tell(Act.ELSE_SAYS if self.speaker is Party.OTHER and self.subject is None else Act.TALK, place)
        elif word == "followedup" or word == "followup" or word == "followingup":
            self._followed_up(place)
        elif word == "no" and self._ahead(place, frozenset(("contact",)), 2):
            self._tell(Act.NO_CONTACT, place)
        elif (word == "transferred" and self._before(place, frozenset(("balance", "account", "amount")))) or (
            word in acts.WORK_DONE and not self._to_come(place)
        ):
            self._tell(Act.INTERNAL, place)

    def _spoke(self, place: int) -> None:
        party = self._object(place) if not self._ahead(place, frozenset(("with", "to"))) else None
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
