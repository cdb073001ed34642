"""The service as another program sees it: one method for each thing that can be asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from watchword.client.exchange import Exchange, among_all, unknown_form
from watchword.client.following import follow
from watchword.client.shapes import (
    Assessed,
    Call,
    CallEvent,
    Contact,
    Escalation,
    EscalationPage,
    Kind,
    NotesKept,
    Opened,
    Reach,
    Recorded,
    Said,
    Step,
    StepsMoved,
    Went,
)
from watchword.errors import ServiceRefused

PREFIX = "/api/v1"
MOST_TURNS = 1000  # in one request
MOST_CHECKED = 1000
MOST_NOTES = 200
TIMEOUT = 15.0  # seconds that the service may take for an answer
CONNECTING = 5.0
PATIENCE = 120.0  # seconds that following a call waits for a service that is away
Shape = TypeVar("Shape", bound=BaseModel)
REACHES: TypeAdapter[list[Reach]] = TypeAdapter(list[Reach])
STEPS_MOVED = TypeAdapter(StepsMoved)


class Watchword:
    """A service at an address, asked with a key. May be used by several threads; close it, or use it in a ``with``."""

    def __init__(
        self, address: str, key: str, *, timeout: float = TIMEOUT, tries: int = 4, http: httpx.Client | None = None
    ) -> None:
        self._http = http or httpx.Client(follow_redirects=False)
        self._http.base_url = httpx.URL(address.rstrip("/") + PREFIX)
        self._http.headers["Authorization"] = f"Bearer {key}"
        self._http.timeout = httpx.Timeout(timeout, connect=min(timeout, CONNECTING))
        self._exchange = Exchange(self._http, tries)

    def __enter__(self) -> Watchword:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def record(self, contact: Mapping[str, Any]) -> Recorded:
        """Record a whole call or mail, in the form of the contract; what follows from it is carried out."""
        return self._told(Recorded, "POST", "/contacts", dict(contact))

    def record_mail(self, original: bytes) -> Recorded:
        """Record a mail as it came, byte for byte; told again it changes nothing."""
        return self._told(Recorded, "POST", "/mails", original)

    def contact(self, id: str) -> Contact:
        """What a call or a mail came to, by the id that a webhook or an escalation names."""
        return self._told(Contact, "GET", f"/contacts/{_part(id)}")

    def assess(self, contact: Mapping[str, Any]) -> Assessed:
        """Assess a call or mail; nothing of it is kept."""
        return self._told(Assessed, "POST", "/assess", dict(contact))

    def open_call(self, id: str, **more: Any) -> Opened:
        """Open a call; ``person``, ``issue``, ``history`` and other keys of a contact may be given."""
        return self._told(Opened, "POST", "/calls", {"id": id, **more})

    def say(self, id: str, *turns: Said) -> Went:
        """Tell turns of a call; told again they change nothing. Raises ValueError when none is given.

        A ServiceRefused with ``expected`` names the turn that must come first.
        """
        if not turns:
            raise ValueError("no turn is given")
        went = None
        for some in _some(turns, MOST_TURNS):
            told = [{"number": one.number, "speaker": one.speaker, "text": one.text} for one in some]
            went = self._told(Went, "POST", f"/calls/{_part(id)}/turns", {"turns": told})
        assert went is not None  # noqa: S101
        return went

    def hear(self, id: str, event: Mapping[str, Any]) -> Went:
        """Pass on a telephone platform's own event, or its transcript so far."""
        return self._told(Went, "POST", f"/calls/{_part(id)}/platform-events", dict(event))

    def end(self, id: str) -> Went:
        """Say that a call has ended."""
        return self._told(Went, "POST", f"/calls/{_part(id)}/end", {})

    def call(self, id: str) -> Call:
        """A call as it stands."""
        return self._told(Call, "GET", f"/calls/{_part(id)}")

    def follow(self, id: str, *, after: str | None = None, patience: float = PATIENCE) -> Iterator[CallEvent]:
        """What happens in a call, from its beginning or after an event's id, until it and its steps have ended.

        A connection that breaks is made again, and nothing is given twice. ``patience``: seconds that a service which
        is away is waited for.
        """
        return follow(self._http, f"/calls/{_part(id)}/events", after=after, patience=patience)

    def confirm(self, step: str, *, by: str, reason: str = "", text: str | None = None) -> Step:
        """Somebody lets a step go; ``text`` is the chatter post as they left it."""
        given = {"by": by, "reason": reason, "text": text}
        return self._told(Step, "POST", f"/steps/{_part(step)}/confirm", given)

    def dismiss(self, step: str, *, by: str, reason: str, seen: int | None = None) -> Step:
        """Somebody calls a step off, and says why. ``seen``: the escalation's ``assessed`` as they were shown it."""
        given = {"by": by, "reason": reason, "seen": seen}
        return self._told(Step, "POST", f"/steps/{_part(step)}/dismiss", given)

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
        path = f"/contacts/{_part(contact)}/flags/{word}"
        return _fitting(STEPS_MOVED, self._exchange.ask("POST", path, given, again=False)).steps

    def may_contact(self, kind: Kind, value: str) -> Reach:
        """Whether whoever is known by this may be contacted, and by which ways not."""
        return self._told(Reach, "GET", "/do-not-contact", parameters={"kind": kind, "value": value})

    def check(self, asked: Iterable[tuple[Kind, str]]) -> list[Reach]:
        """The same for any number at a time; the answers come in the order of the questions."""
        answers: list[Reach] = []
        for some in _some(asked, MOST_CHECKED):
            given = {"ask": [{"kind": kind, "value": value} for kind, value in some]}
            told = self._exchange.ask("POST", "/do-not-contact/check", given)
            found: list[Reach] = _fitting(REACHES, told.get("answers") if isinstance(told, dict) else None)
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
        batches = list(_some(notes, MOST_NOTES)) or [[]]
        kept = NotesKept(new=0, changed=0, known=0)
        for number, some in enumerate(batches):
            given = {"notes": [dict(note) for note in some], "sources_failed": list(sources_failed)}
            if number == len(batches) - 1:
                given["sources_read"] = list(sources_read)
            try:
                told = self._told(NotesKept, "POST", "/notes", given)
            except ServiceRefused as error:
                raise among_all(error, number * MOST_NOTES) from error
            new, changed, known = kept.new + told.new, kept.changed + told.changed, kept.known + told.known
            kept = NotesKept(new=new, changed=changed, known=known)
        return kept

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
        return self._told(Escalation, "GET", f"/escalations/{_part(key)}")

    def _told(
        self,
        shape: type[Shape],
        method: str,
        path: str,
        given: Any = None,
        *,
        parameters: Mapping[str, Any] | None = None,
    ) -> Shape:
        return _fitting(TypeAdapter(shape), self._exchange.ask(method, path, given, parameters=parameters))


Fit = TypeVar("Fit")


def _fitting(shape: TypeAdapter[Fit], told: Any) -> Fit:
    try:
        return shape.validate_python(told)
    except ValidationError as error:
        raise unknown_form() from error


def _part(name: str) -> str:
    quoted = quote(name, safe="")
    return quoted.replace(".", "%2E") if quoted in (".", "..") else quoted  # as they are, they lead elsewhere


Item = TypeVar("Item")


def _some(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    """The items, so many at a time."""
    left = iter(items)
    while some := list(islice(left, most)):
        yield some
