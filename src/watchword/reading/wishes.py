"""Wishes not to be contacted in a table: its columns, and each row as a wish and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchword.errors import ContactInvalid, Place
from watchword.reading.contacts import parse_moment
from watchword.reading.notes import NOTES, PERSON
from watchword.reading.reach import NO_ADDRESS, NO_TELEPHONE, address, telephone
from watchword.reading.tables import Columns, Row
from watchword.terms import Person, Scope

SEVERAL = ";"  # between the telephones, or the addresses, of one person
MORE = " … "  # between the words of one wish
YES = frozenset("yes y true x 1".split())
NO = frozenset(("", *"no n false 0".split()))
ENDED = ("withdrawn_at", "withdrawn_by", "withdrawn_why")
TOLD = ("since", "origin", "evidence", "contact")
WISHES = Columns(
    known=(*PERSON, *(way.value for way in Scope), *TOLD, *ENDED),
    needed=(("patient_id", "phone", "email"),),
    called={
        **{name: NOTES.called[name] for name in PERSON},
        "calls": ("call", "no_calls", "do_not_call", "dnc"),
        "messages": ("message", "texts", "no_messages", "sms"),
        "mail": ("letters", "post", "no_mail", "print"),
        "since": ("date", "at", "created"),
        "origin": ("source", "from", "reason"),
    },
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody's wish not to be contacted by some ways, and where it was expressed.

    ``person`` is known by the first of the telephones and of the addresses. ``quotes`` are the words that asked for it,
    ``contact`` the id of the contact in which they were said, where known.
    """

    person: Person
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    scope: tuple[Scope, ...]
    origin: str
    since: datetime | None
    quotes: tuple[str, ...] = ()
    contact: str = ""


def wish_in(row: Row, origin: str, *, file: str) -> Wish:
    """The wish that a row holds. ``origin`` says where it was expressed when the row does not.

    Without a column that names a way, all three are meant. Raises ContactInvalid for all problems at once.
    """
    cells = {name: cell.strip() for name, cell in row.cells.items()}
    problems: list[str] = []
    phones, emails = (_several(cells.get(name, "")) for name in ("phone", "email"))
    problems += reach_problems(phones, emails)
    patient_id = cells.get("patient_id") or None
    if not (patient_id or phones or emails):
        problems.append("Nobody is named who could be recognised: give a patient_id, phone or email.")
    if any(cells.get(name) for name in ENDED):
        problems.append("The wish was withdrawn.")
    scope = _scope(cells, problems)
    since = _since(cells.get("since", ""), problems)
    told = cells.get("origin") or origin
    if not told:
        problems.append("It is not said where the wish was expressed.")
    if problems:
        raise ContactInvalid(" ".join(problems), do="Mend the line, or leave it out.", place=Place(file, row.line))
    person = Person(patient_id, cells.get("name") or None, next(iter(phones), None), next(iter(emails), None))
    quotes = tuple(part.strip() for part in cells.get("evidence", "").split(MORE) if part.strip())
    return Wish(person, phones, emails, scope, told, since, quotes, cells.get("contact", ""))


def reach_problems(phones: Sequence[str], emails: Sequence[str]) -> list[str]:
    """What is wrong with them, a sentence for each column: an entry that nobody can ask for would close nothing."""
    wrong = [f"phone {NO_TELEPHONE}."] if not all(map(telephone, phones)) else []
    return wrong + ([f"email {NO_ADDRESS}."] if not all(map(address, emails)) else [])


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(SEVERAL) if part.strip())


def _scope(cells: dict[str, str], problems: list[str]) -> tuple[Scope, ...]:
    given = {way: cells[way.value].casefold() for way in Scope if way.value in cells}
    if not given:
        return tuple(Scope)
    unclear = [way.value for way, word in given.items() if word not in YES | NO]
    if unclear:
        problems.append(f"{', '.join(unclear)} must be yes or no.")
    ways = tuple(way for way, word in given.items() if word in YES)
    if not ways and not unclear:
        problems.append("No way is closed: calls, messages and mail are all no.")
    return ways


def _since(cell: str, problems: list[str]) -> datetime | None:
    if not cell:
        return None
    try:
        return parse_moment(cell)
    except ValueError:
        problems.append("since must be a date such as 2025-03-04.")
        return None
