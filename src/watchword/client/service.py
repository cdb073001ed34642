"""The service as another program sees it: one method for each thing that can be asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from watchword.client.calls import Calls
from watchword.client.connection import batches, fitting, quoted
from watchword.client.exchange import among_all
from watchword.client.shapes import (
    Assessed,
    Contact,
    Escalation,
    EscalationPage,
    Kind,
    NotesKept,
    NoteStruck,
    Reach,
    Recorded,
    Step,
    StepsMoved,
)
from watchword.errors import ServiceRefused

MOST_CHECKED = 1000  # in one request
MOST_NOTES = 200
REACHES: TypeAdapter[list[Reach]] = TypeAdapter(list[Reach])
STEPS_MOVED = TypeAdapter(StepsMoved)


class Watchword(Calls):
    """A service at an address, asked with a key. May be used by several threads; close it, or use it in a ``with``."""

    def record(self, contact: Mapping[str, Any]) -> Recorded:
        """Record a whole call or mail, in the form of the contract; what follows from it is carried out."""
        return self._told(Recorded, "POST", "/contacts", dict(contact))

    def record_mail(self, original: bytes) -> Recorded:
        """Record a mail as it came, byte for byte; told again it changes nothing."""
        return self._told(Recorded, "POST", "/mails", original)

    def contact(self, id: str) -> Contact:
        """What a call or a mail came to, by the id that a webhook or an escalation names."""
        return self._told(Contact, "GET", f"/contacts/{quoted(id)}")

    def assess(self, contact: Mapping[str, Any]) -> Assessed:
        """Assess a call or mail; nothing of it is kept."""
        return self._told(Assessed, "POST", "/assess", dict(contact))

    def confirm(self, step: str, *, by: str, reason: str = "", text: str | None = None) -> Step:
        """Somebody lets a step go; ``text`` is the chatter post as they left it."""
        given = {"by": by, "reason": reason, "text": text}
        return self._told(Step, "POST", f"/steps/{quoted(step)}/confirm", given)

    def dismiss(self, step: str, *, by: str, reason: str, seen: int | None = None) -> Step:
        """Somebody calls a step off, and says why. ``seen``: the escalation's ``assessed`` as they were shown it."""
        given = {"by": by, "reason": reason, "seen": seen}
        return self._told(Step, "POST", f"/steps/{quoted(step)}/dismiss", given)

    def confirm_flag(
        self, contact: str, kind: str, term: str | None, *, by: str, reason: str = "", text: str | None = None
    ) -> int:
        """Somebody says that a flag is right; how many steps go. ``text`` is the chatter post as they left it."""
        given = {"kind": kind, "term": term, "by": by, "reason": reason, "text": text}
        return self._decide(contact, "confirm", given)

    def dismiss_flag(
        self, contact: str, kind: str, term: str | None, *, by: str, reason: str, seen: int | None = None
    ) -> int:
        """Somebody says that a flag is wrong, and why; how many steps are called off. ``seen`` as in ``dismiss``."""
        given = {"kind": kind, "term": term, "by": by, "reason": reason, "seen": seen}
        return self._decide(contact, "dismiss", given)

    def _decide(self, contact: str, word: str, given: dict[str, Any]) -> int:
        # Said twice it stands in the log twice, and the second answer counts no steps: so it is not asked again.
        path = f"/contacts/{quoted(contact)}/flags/{word}"
        return fitting(STEPS_MOVED, self._exchange.ask("POST", path, given, again=False)).steps

    def may_contact(self, kind: Kind, value: str) -> Reach:
        """Whether whoever is known by this may be contacted, and by which ways not."""
        return self._told(Reach, "GET", "/do-not-contact", parameters={"kind": kind, "value": value})

    def check(self, asked: Iterable[tuple[Kind, str]]) -> list[Reach]:
        """The same for any number at a time; the answers come in the order of the questions."""
        answers: list[Reach] = []
        for batch in batches(asked, MOST_CHECKED):
            given = {"ask": [{"kind": kind, "value": value} for kind, value in batch]}
            told = self._exchange.ask("POST", "/do-not-contact/check", given)
            found: list[Reach] = fitting(REACHES, told.get("answers") if isinstance(told, dict) else None)
            answers += found
        return answers

    def take_notes(
        self,
        notes: Iterable[Mapping[str, Any]],
        *,
        sources_read: Sequence[str] = (),
        sources_failed: Sequence[str] = (),
    ) -> NotesKept:
        """Hand in any number of notes of earlier contacts; told again they change nothing.

        Which systems were read is told last: a refusal before leaves that as it was. Which could not be is told each
        time, for notes of theirs say that they were. A ServiceRefused names a note by its place among all.
        """
        requests = list(batches(notes, MOST_NOTES)) or [[]]
        kept = NotesKept(new=0, changed=0, known=0)
        for number, batch in enumerate(requests):
            given = {"notes": [dict(note) for note in batch], "sources_failed": list(sources_failed)}
            if number == len(requests) - 1:
                given["sources_read"] = list(sources_read)
            try:
                told = self._told(NotesKept, "POST", "/notes", given)
            except ServiceRefused as error:
                raise among_all(error, number * MOST_NOTES) from error
            new, changed, known = kept.new + told.new, kept.changed + told.changed, kept.known + told.known
            kept = NotesKept(new=new, changed=changed, known=known)
        return kept

    def strike_note(self, source: str, id: str, *, reason: str) -> bool:
        """Take a note back that its system deleted, or handed in under the wrong person; False when it was before."""
        given = {"source": source, "id": id, "reason": reason}
        return self._told(NoteStruck, "POST", "/notes/strike", given).new

    def escalations(
        self,
        *,
        state: str | None = None,
        channel: str | None = None,
        since: datetime | None = None,
        contact: str | None = None,
        at_a_time: int = 100,
    ) -> Iterator[Escalation]:
        """Every escalation of a state, a channel or a contact, or opened since, newest first.

        They are asked for so many at a time.
        """
        moment = since.isoformat() if since else None
        named = {"state": state, "channel": channel, "since": moment, "contact": contact, "limit": str(at_a_time)}
        wanted = {name: value for name, value in named.items() if value is not None}
        cursor: dict[str, str] = {}
        while True:
            page = self._told(EscalationPage, "GET", "/escalations", parameters=wanted | cursor)
            yield from page.escalations
            if page.next is None:
                return
            cursor = {"cursor": page.next}

    def escalation(self, key: str) -> Escalation:
        """One escalation with its steps."""
        return self._told(Escalation, "GET", f"/escalations/{quoted(key)}")
