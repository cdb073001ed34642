"""Who of the people kept here may be one person, for each system knows a customer by something else.

That is whoever shares a telephone or an address and is told apart by nothing: by another name, or by another patient
id that no name outweighs. From there it goes on, over any number of people, as long as nothing tells the last apart
from the first. Whose contacts a customer's are is decided more strictly (``people``): here a doubt keeps silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q

from watchword.store import rows as in_sql
from watchword.store.models import Identity, IdentityKind, RegisterEntry

MOST_SHARING = 200  # people; a telephone that more have, as of a home or a company, leads only to entries in force
AT_ONCE = 500
# Asked for every row of a table that is taken in, and so in SQL.
KNOWN = (
    "SELECT person.id, person.name, identity.kind, identity.value FROM store_person person"
    " LEFT JOIN store_identity identity ON identity.person_id = person.id WHERE person.id IN ({people})"
)
COUNTED = (
    "SELECT kind, value, COUNT(*) FROM store_identity WHERE kind = %s AND value IN ({values})"
    " GROUP BY kind, value HAVING COUNT(*) >= %s"
)
TITLES = frozenset("mr mrs ms miss mx dr prof sir madam".split())
WORDS = re.compile(r"[^\W\d_]+")
Reach = tuple[str, str]
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class _Row:
    person: int
    name: frozenset[str]
    ids: frozenset[str]
    reach: frozenset[Reach]


def who_may_be(people: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each of these people, everybody else who may be the same person."""
    asked = set(people)
    rows = _around(asked)
    having = _by_reach(rows.values())
    return {number: frozenset(_going_on(row, having)) for number, row in rows.items() if number in asked}


def may_be_one_name(one: str, other: str) -> bool:
    """Whether two names may be one person's: "Lind, Dora" and "D. Lind", or one of them is none."""
    return _fit(_words(one), _words(other))


def _around(asked: set[int]) -> dict[int, _Row]:
    """These people, and whoever can be reached from them."""
    rows = new = _read(asked)
    seen: set[Reach] = set()
    waiting: dict[int, _Row] = {}  # told apart so far from all whom they share something with
    while new:
        shared = {one for row in new.values() for one in row.reach} - seen
        seen |= shared
        waiting |= _read(_who_share(shared) - rows.keys() - waiting.keys())
        new = _joining(waiting, rows)
        rows = rows | new
        waiting = {number: row for number, row in waiting.items() if number not in new}
    return rows


def _joining(waiting: dict[int, _Row], rows: dict[int, _Row]) -> dict[int, _Row]:
    """Those who are not told apart from one of these, or from another of those."""
    joined: dict[int, _Row] = {}
    having = _by_reach(rows.values())
    more = waiting
    while more:
        more = {
            number: row
            for number, row in waiting.items()
            if number not in joined
            and any(_may_be_one(row, other) for one in row.reach for other in having.get(one, ()))
        }
        joined |= more
        having = _by_reach([*rows.values(), *joined.values()])
    return joined


def _going_on(first: _Row, having: dict[Reach, list[_Row]]) -> set[int]:
    found, ahead = {first.person}, [first]
    while ahead:
        row = ahead.pop()
        for other in (other for one in row.reach for other in having[one]):
            if other.person not in found and _may_be_one(row, other) and _may_be_one(first, other):
                found.add(other.person)
                ahead.append(other)
    return found - {first.person}


def _may_be_one(one: _Row, other: _Row) -> bool:
    if one.ids and other.ids and one.ids.isdisjoint(other.ids):
        return bool(one.name) and one.name == other.name  # a patient who is in a system twice
    return _fit(one.name, other.name)


def _fit(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether everything in the shorter name stands in the longer, if only by its initial."""
    shorter, longer = sorted((one, other), key=len)
    return all(any(_is_one(word, there) for there in longer) for word in shorter)


def _is_one(word: str, other: str) -> bool:
    return word == other or (1 in (len(word), len(other)) and word[0] == other[0])


def _words(name: str) -> frozenset[str]:
    """A name's words in any order, without titles and accents."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return frozenset(WORDS.findall(bare.casefold())) - TITLES


def _read(people: Iterable[int]) -> dict[int, _Row]:
    names: dict[int, str] = {}
    known: dict[int, list[Reach]] = {}
    for few in in_lots(sorted(people)):
        for number, name, kind, value in in_sql.read(KNOWN.format(people=in_sql.places(few)), *few):
            names[number] = name
            known.setdefault(number, []).extend([(kind, value)] if kind else [])
    return {number: _row(number, name, known[number]) for number, name in names.items()}


def _row(number: int, name: str, known: list[Reach]) -> _Row:
    ids = frozenset(value for kind, value in known if kind == IdentityKind.PATIENT_ID)
    return _Row(number, _words(name), ids, frozenset(one for one in known if one[0] != IdentityKind.PATIENT_ID))


def who_has(reach: Iterable[Reach]) -> dict[Reach, list[int]]:
    """By what people are known by, whoever has it; of what a great many share, nobody."""
    having: dict[Reach, list[int]] = {}
    for few in in_lots(sorted(set(reach))):
        lone, _ = _shared_by_few(few, at_least=1)
        for kind, value, person in Identity.objects.filter(known_by(lone)).values_list("kind", "value", "person"):
            having.setdefault((kind, value), []).append(person)
    return having


def _who_share(reach: set[Reach]) -> set[int]:
    """Whoever has one of these that others have too; of a great many, those who asked for silence."""
    in_force = RegisterEntry.objects.filter(person=OuterRef("person"), withdrawn_at__isnull=True)
    found: set[int] = set()
    for few in in_lots(sorted(reach)):
        by_few, by_many = _shared_by_few(few, at_least=2)
        if by_few:
            found.update(Identity.objects.filter(known_by(by_few)).values_list("person", flat=True))
        if by_many:
            asked = Identity.objects.filter(known_by(by_many)).filter(Exists(in_force))
            found.update(asked.values_list("person", flat=True))
    return found


def _shared_by_few(reach: Iterable[Reach], *, at_least: int) -> tuple[list[Reach], list[Reach]]:
    """What at least so many people have, and not a great many; and what a great many have."""
    several: list[tuple[Reach, int]] = []
    for kind, values in _by_kind(reach).items():
        counted = in_sql.read(COUNTED.format(values=in_sql.places(values)), kind, *values, at_least)
        several += [((kind, value), people) for kind, value, people in counted]
    by_few = [one for one, people in several if people <= MOST_SHARING]
    return by_few, [one for one, people in several if people > MOST_SHARING]


def known_by(reach: Iterable[Reach], path: str = "") -> Q:
    """The condition that an identity, or one at the end of this path, is one of these."""
    any_of_it = Q(pk__in=())
    for kind, values in _by_kind(reach).items():
        any_of_it |= Q(**{f"{path}kind": kind, f"{path}value__in": values})
    return any_of_it


def _by_kind(reach: Iterable[Reach]) -> dict[str, set[str]]:
    by_kind: dict[str, set[str]] = {}
    for kind, value in reach:
        by_kind.setdefault(kind, set()).add(value)
    return by_kind


def in_lots(rows: Sequence[One]) -> Iterator[Sequence[One]]:
    """As many at once as a database takes in one question."""
    for first in range(0, len(rows), AT_ONCE):
        yield rows[first : first + AT_ONCE]


def _by_reach(rows: Iterable[_Row]) -> dict[Reach, list[_Row]]:
    having: dict[Reach, list[_Row]] = {}
    for row in rows:
        for one in row.reach:
            having.setdefault(one, []).append(row)
    return having
