"""Tables taken in, a few rows at a time: notes of earlier contacts, and wishes not to be contacted.

What is taken is written together with how far it has come, so that an import that breaks off goes on where it stopped;
and every row is known again, so that a table taken in twice changes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import islice
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from watchword.errors import InputError, NotRecorded, Place, WatchwordError
from watchword.reading.notes import NOTES, note_in
from watchword.reading.tables import Columns, Row, Table, column_problems
from watchword.reading.wishes import WISHES, wish_in
from watchword.store.chain import append_event, events_last
from watchword.store.models import Import, ImportContent, ImportRefusal, RegisterEntry
from watchword.store.notes import Kept, check_is_found, take_note
from watchword.store.people import is_known_by_other_zeros
from watchword.store.register import take_wish
from watchword.store.sources import heard, source_name
from watchword.store.storable import storable
from watchword.terms import Person

AT_ONCE = 25  # rows written in one transaction: others wait for no longer than that takes
LONGEST_FILE_NAME = 200
FORGOTTEN = timedelta(days=1)  # after which a table that nobody had taken in is let go
SHOWN_ROWS = 20
ZEROS = (
    "It was taken in, and its patient id is known here only with other zeros at its front.",
    "If it is the same patient's, take it back (strike the note out, withdraw the entry) and give the whole id.",
)
LOOK = "If the list is older than that, withdraw it once more, on the page of the register."
SAY_SO = "Say so beside the file"
Found = Row | InputError
Said = tuple[str, str]  # what is to be said of a line, and what to do


class Taking(Protocol):
    """How the rows of one kind of table are taken in."""

    columns: Columns
    whence: str  # the column that says where a row comes from, where that is not said of the whole table
    unsaid: str  # what is missing when neither does

    def read(self, row: Row, of: Import) -> Any:
        """What a row holds. Raises InputError."""

    def whose(self, held: Any) -> Person:
        """Whom it names."""

    def take(self, held: Any, of: Import) -> tuple[Kept, Said | None]:
        """Keep it; with what is to be said of it, if anything is. Raises StoreError."""

    def all_taken(self, held: Sequence[Any]) -> None:
        """These were handed in together."""


class _Notes:
    columns = NOTES
    whence, unsaid = "source", "It is not said which notes system the notes come from."

    def read(self, row: Row, of: Import) -> Any:
        held = note_in(row, of.source, file=of.file)
        check_is_found(*held, place=Place(of.file, row.line))
        return held

    def whose(self, held: Any) -> Person:
        person: Person = held[0]
        return person

    def take(self, held: Any, of: Import) -> tuple[Kept, Said | None]:
        return take_note(*held), None

    def all_taken(self, held: Sequence[Any]) -> None:
        heard(frozenset(note.source for _, note in held))


class _Wishes:
    columns = WISHES
    whence, unsaid = "origin", "It is not said where the wishes were expressed."

    def read(self, row: Row, of: Import) -> Any:
        return wish_in(row, of.source, file=of.file)

    def whose(self, held: Any) -> Person:
        person: Person = held.person
        return person

    def take(self, held: Any, of: Import) -> tuple[Kept, Said | None]:
        kept, gone = take_wish(held, by=of.by, brought_by=of)
        return kept, _is_back(gone) if gone else None

    def all_taken(self, held: Sequence[Any]) -> None:
        """Nothing more is to be done."""


TAKING: dict[str, Taking] = {Import.Kind.NOTES: _Notes(), Import.Kind.REGISTER: _Wishes()}


@dataclass(frozen=True, slots=True)
class Preview:
    """What a table holds: its columns, with whether each is known here, and its first rows that would be taken."""

    columns: tuple[tuple[str, bool], ...]
    rows: list[Row]


def new_import(kind: str, table: Table, *, source: str, by: str, say_so: str = SAY_SO) -> Import:
    """An import that is about to begin, not saved. ``say_so`` tells how its source is said beside the file.

    Raises InputError when the table's columns are not those needed, or nothing says where its rows come from.
    """
    taking = TAKING[kind]
    wrong = column_problems(table.columns, taking.columns)
    if wrong:
        raise InputError(" ".join(wrong), do="Name the columns so, and hand the file in again.")
    if not source and taking.whence not in table.columns:  # else each row would be refused for it
        do = f"{say_so}, or give the table a column “{taking.whence}”."
        raise InputError(taking.unsaid, do=do)
    given = source_name(source) if kind == Import.Kind.NOTES and source else storable(source)
    return Import(kind=kind, file=storable(table.name)[:LONGEST_FILE_NAME], source=given, by=by)


def hand_in(kind: str, content: bytes, *, file: str, source: str, by: str, say_so: str = SAY_SO) -> Import:
    """Keep a table until it is taken in, and name every line that will not be. Raises InputError."""
    table = Table(io.BytesIO(content), file)
    made = new_import(kind, table, source=source, by=by, say_so=say_so)
    refused: list[ImportRefusal] = []
    for number, found in enumerate(table, start=1):
        made.rows = number
        trouble = _trouble(found, made)
        if trouble is not None:
            refused.append(_refusal(made, found, trouble))
    made.refused = len(refused)
    with events_last():
        _forget_others()
        made.save()
        ImportContent.objects.create(of=made, content=content)
        ImportRefusal.objects.bulk_create(refused)
        detail = {"kind": kind, "file": made.file, "source": made.source, "rows": made.rows, "refused": made.refused}
        append_event(by, "table handed in", f"import {made.pk}", detail)
    return made


def preview(of: Import) -> Preview:
    """What a table that was handed in holds."""
    table = _table(of)
    rows = (found for found in table if isinstance(found, Row) and _trouble(found, of) is None)
    known = TAKING[of.kind].columns.known
    return Preview(tuple((name, name in known) for name in table.columns if name), list(islice(rows, SHOWN_ROWS)))


def begin(number: int, *, by: str) -> None:
    """Let an import that was shown begin: from now on it is this person's. Said again it changes nothing.

    Raises NotRecorded.
    """
    with transaction.atomic():
        found = _locked(number)
        if found.state == Import.State.SHOWN:
            found.state, found.by = Import.State.RUNNING, by
            found.save(update_fields=["state", "by"])
            append_event(by, "import begun", f"import {number}", {"kind": found.kind, "file": found.file})


def drop(number: int, *, by: str) -> None:
    """Let a table go: what was taken in stays, nothing more is. Raises NotRecorded."""
    with transaction.atomic():
        found = _locked(number)
        if found.state in (Import.State.SHOWN, Import.State.RUNNING):
            _ended(found, Import.State.DROPPED, by)


def go_on(number: int) -> Iterator[Import]:
    """Take more rows in, a few at each step, until all are or somebody else does it. Raises NotRecorded."""
    found = Import.objects.filter(pk=number).first()
    if found is None:
        raise _no_import()
    if found.state == Import.State.RUNNING:
        yield from take_in_rows(found, islice(_table(found), found.taken, None))


def take_in_rows(of: Import, rows: Iterator[Found]) -> Iterator[Import]:
    """Take rows in, a few at each step; the import as it then stands. It ends with the rows."""
    while True:
        few = list(islice(rows, AT_ONCE))
        with events_last():
            kept = _locked(of.pk)
            if kept.state != Import.State.RUNNING or kept.taken != of.taken:
                return  # somebody else is at it, or has let it go
            _take(kept, few)
            if len(few) < AT_ONCE:
                _ended(kept, Import.State.DONE, kept.by)
            else:
                kept.save(update_fields=["taken", "new", "changed", "known", "refused"])
        of = kept
        yield of
        if of.state == Import.State.DONE:
            return


def _take(of: Import, few: Sequence[Found]) -> None:
    taking, together = TAKING[of.kind], []
    for found in few:
        try:
            if isinstance(found, InputError):
                raise found
            held = taking.read(found, of)
            in_doubt = is_known_by_other_zeros(taking.whose(held))
            became, said = taking.take(held, of)
        except WatchwordError as error:
            of.refused += _told_of(of, found, error.what, error.do)
        else:
            if remarks := [one for one in (ZEROS if in_doubt else None, said) if one]:
                _told_of(of, found, *(" ".join(parts) for parts in zip(*remarks, strict=True)))
            setattr(of, became, getattr(of, became) + 1)
            together.append(held)
    of.taken += len(few)
    of.rows = max(of.rows, of.taken)
    if together:
        taking.all_taken(together)


def _told_of(of: Import, found: Found, what: str, do: str) -> bool:
    """Keep what is to be said of a line; whether nothing was yet."""
    told = {"what": storable(what), "do": storable(do)}
    return ImportRefusal.objects.get_or_create(of=of, line=_line(found), defaults=told)[1]


def _ended(of: Import, state: Import.State, by: str) -> None:
    of.state, of.ended_at = state, timezone.now()
    of.save()
    ImportContent.objects.filter(of=of).delete()
    counts = {name: getattr(of, name) for name in ("new", "changed", "known", "refused")}
    counts |= {"came_back": came_back(of)} if of.kind == Import.Kind.REGISTER else {}
    what = f"{of.kind} imported" if state == Import.State.DONE else "import dropped"
    append_event(by, what, f"import {of.pk}", {"file": of.file, "source": of.source, **counts})


def came_back(of: Import) -> int:
    """How many entries of the register had been withdrawn and are in force again by an import."""
    return RegisterEntry.objects.filter(brought_by=of).count()


def _is_back(gone: RegisterEntry) -> Said:
    when = gone.withdrawn_at.astimezone(UTC) if gone.withdrawn_at else timezone.now()
    return f"It had been withdrawn {when:%Y-%m-%d %H:%M} UTC by {gone.withdrawn_by}, and is in force again.", LOOK


def _trouble(found: Found, of: Import) -> InputError | None:
    """Why a row will not be taken in, as far as the row alone tells."""
    if isinstance(found, InputError):
        return found
    try:
        TAKING[of.kind].read(found, of)
    except InputError as error:
        return error
    return None


def _refusal(of: Import, found: Found, error: InputError) -> ImportRefusal:
    return ImportRefusal(of=of, line=_line(found), what=storable(error.what), do=storable(error.do))


def _line(found: Found) -> int:
    if isinstance(found, Row):
        return found.line
    return (found.place.line if found.place else None) or 1


def _table(of: Import) -> Table:
    kept = ImportContent.objects.filter(of=of).first()
    if kept is None:
        raise NotRecorded("The table is not kept here any more.", do="Hand the file in again.")
    return Table(io.BytesIO(bytes(kept.content)), of.file)


def _locked(number: int) -> Import:
    found = Import.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise _no_import()
    return found


def _forget_others() -> None:
    """Tables that nobody had taken in hold customers' words for nothing."""
    before = timezone.now() - FORGOTTEN
    for old in Import.objects.select_for_update().filter(state=Import.State.SHOWN, made_at__lt=before).order_by("pk"):
        _ended(old, Import.State.DROPPED, "system")


def _no_import() -> NotRecorded:
    return NotRecorded("There is no such import.", do="Hand the file in again.")
