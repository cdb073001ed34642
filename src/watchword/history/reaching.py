"""Reading who got in touch with whom: contact verbs ("called"), contact nouns ("call from"), and calls that failed.

The order of the words decides: "patient called" is a contact, "called patient" is ours.
"""

from __future__ import annotations

from watchword.history import acts
from watchword.history.acts import Act, Sign
from watchword.history.parties import HOUSE_WORDS, Party
from watchword.history.surroundings import Surroundings

NOBODY_BY_WORD = {first: tuple(p for p in acts.REACHED_NOBODY if p[0] == first) for first, *_ in acts.REACHED_NOBODY}
MADE = frozenset("sent made placed completed left returned out mailed attempted bounced".split())
HANDED_ON = frozenset("transferred escalated warm escalating".split())
CAME_IN = frozenset(("received", "in"))
PERIODS = frozenset("bd day days business hour hours hr hrs week weeks wk wks month months".split())
TO_US = frozenset(("us", "in", "into", "our"))
BY_ITSELF = frozenset("system automation automatically".split())
WAS_TO_BE = frozenset("be have get been".split())
ON_OUR = frozenset(("our",))
FROM = frozenset(("from",))


class Reaching(Surroundings):
    """Reads the acts by which people get in touch."""

    def _read_reaching(self, place: int, word: str) -> bool:
        """Read the act at ``place`` if it is one of getting in touch; says whether it was."""
        if word in acts.LEFT_MESSAGE or (word == "left" and self._ahead(place, acts.CONTACT_NOUNS)):
            self._left_message(place)
        elif word in ("returned", "returning"):
            self._returned(place)
        elif word in acts.TRIED:
            self._tried(place)
        elif word in acts.DECLARING:
            self._declared(place, word)
        elif word in acts.CONTACT_NOUNS and not self._verb_after_all(place):
            self._noun(place)
        elif word in acts.CONTACT_VERBS:
            self._contact(place, word)
        else:
            return False
        return True

    def _reached_nobody(self, place: int) -> bool:
        for phrase in NOBODY_BY_WORD.get(self.words[place], ()):
            end = place + len(phrase)
            if tuple(self.words[place:end]) == phrase:
                follows = self.words[end] if end < len(self.words) else ""
                if self.reported or (phrase[0] == "no" and follows in acts.AFTER_AN_ANSWER):
                    return False
                named = self.subject is Party.CUSTOMER and phrase[0] in acts.COULD_NOT
                self._tell(Act.SAYS if named else Act.UNANSWERED, place)
                self.done = max(self.done, end)
                return True
        if self.subject is Party.CUSTOMER and any(
            tuple(self.words[place : place + len(p)]) == p for p in acts.NOT_THERE
        ):
            self._tell(Act.UNANSWERED, place)
        return False

    def _left_message(self, place: int) -> None:
        if self.subject is None and self._ahead(place, ON_OUR, 2):  # "left message on our line"
            self.subject = Party.CUSTOMER
        left_by = {Party.CUSTOMER: Act.INBOUND, Party.OTHER: Act.ELSEWHERE}
        self._tell(left_by.get(self.subject or Party.STAFF, Act.OUTBOUND), place)
        self.done = max(self.done, self._ahead(place, acts.CONTACT_NOUNS) + 1)

    def _returned(self, place: int) -> None:
        noun = self._ahead(place, acts.CONTACT_NOUNS)
        if noun:
            from_us = self._ahead(noun, FROM, 2) and self._ahead(noun, TO_US, 3)  # "returned a missed call from us"
            if from_us and self.subject is None:
                self.subject = Party.CUSTOMER
            self._left_message(place)
            self._object(noun)
            self.done = len(self.words) if self._ahead(noun, FROM) else max(self.done, noun + 1)
        elif "mail" in self.words:
            self._tell(Act.INTERNAL, place)

    def _tried(self, place: int) -> None:
        noun = self.words[place].startswith("attempt") and self.words[place][7:] in ("", "s")
        if self._ahead(place, acts.TO_REACH) or (noun and (len(self.words) <= 3 or self._before(place, acts.TO_REACH))):
            self._tell(Act.SAYS if self.subject is Party.CUSTOMER else Act.OUTBOUND, place)
            self.done = max(self.done, self._ahead(place, acts.TO_REACH) + 1)

    def _declared(self, place: int, word: str) -> None:
        if word == "ob" and self._party(place) is Party.OTHER and len(self.words) > 1:
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
        owner = self._party(place - 1) if place else None
        found, party = self._after(place, "from")
        if found:
            return {Party.OTHER: Act.ELSEWHERE, Party.STAFF: Act.INTERNAL}.get(party or Party.CUSTOMER, Act.INBOUND)
        found, party = self._after(place, "by")
        if found and party is Party.CUSTOMER:
            return Act.INBOUND
        made = self._ahead(place, MADE, 3)
        if made:
            self.done = max(self.done, made + 1)
            return Act.SENT if self.words[place] not in ("call", "calls", "voicemail") else Act.OUTBOUND
        came = self._ahead(place, CAME_IN, 2)
        if came and not (self.words[came] == "in" and self._ahead(came, PERIODS, 2)):  # "reply in 5 days" is promised
            self.done = max(self.done, came + 1)
            return Act.ELSEWHERE if owner is Party.OTHER else Act.INBOUND
        return self._noun_to(place)

    def _noun_to(self, place: int) -> Act | None:
        found, party = self._after(place, "to")
        if not found or self._before(place, HANDED_ON, 3):
            return None
        if party is Party.CUSTOMER:
            return Act.OUTBOUND
        if party is Party.OTHER:
            return Act.WORK
        return Act.INTERNAL if self._ahead(place, HOUSE_WORDS) else None

    def _noun_after(self, place: int) -> Act | None:
        """What the words before the noun say: whose it is, who made or received it."""
        before = set(self.words[max(0, place - 3) : place])
        owner = self._party(place - 1) if place else None
        if before & acts.OUR_CALLS:
            return Act.OUTBOUND
        if self.words[place - 1 : place] == ["our"]:
            return Act.SENT
        if before & {"received", "took", "missed", "checked", "got"}:
            return Act.ELSEWHERE if self.subject is Party.OTHER else Act.INBOUND
        if before & {"made", "placed", "sent", "sending"} and self.subject is not Party.CUSTOMER:
            return Act.OUTBOUND
        if before & {"gave", "give"} and self._before(place, frozenset(("patient", "customer", "member")), 3):
            return Act.OUTBOUND
        by_owner = {Party.CUSTOMER: Act.INBOUND, Party.OTHER: Act.ELSEWHERE, Party.STAFF: Act.TALK}
        return by_owner[owner] if owner else None

    def _contact(self, place: int, word: str) -> None:
        passive = self._before(place, acts.WAS) and word.endswith("ed") and self.subject is not None
        if self._before(place, WAS_TO_BE, 1) and self._to_come(place):
            return
        if self._ahead(place, BY_ITSELF, 2):
            self._tell(Act.INTERNAL, place)
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
            to_us = self._ahead(place, TO_US, 3)
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
