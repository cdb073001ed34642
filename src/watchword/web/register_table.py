"""The do-not-contact register as a table, in which no cell and no part of one can run as a formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import QuerySet

from watchword.reading.html_text import words_shown
from watchword.reading.tables import written
from watchword.reading.wishes import MORE, SEVERAL, WISHES
from watchword.store.chain import append_event
from watchword.store.models import Identity, IdentityKind, RegisterEntry
from watchword.store.same_person import in_lots, who_may_be
from watchword.terms import Scope
from watchword.web.paging import page as page_of

OUT_AT_ONCE = 200
IN_DOUBT = ("ids_in_doubt", "phones_in_doubt", "emails_in_doubt")  # of who may be the same person; no import takes them
OUT_COLUMNS = (*WISHES.known, *IN_DOUBT)


def entries_by(*, way: str = "", withdrawn: bool = False) -> QuerySet[RegisterEntry]:
    """Entries in force, or those that were withdrawn; all of them, or those that close a way."""
    found = RegisterEntry.objects.select_related("person", "contact", "back_after", "brought_by").prefetch_related(
        "person__identities"
    )
    found = found.filter(withdrawn_at__isnull=not withdrawn)
    return found.filter(**{way: True}) if way else found


def taken_out(found: QuerySet[RegisterEntry], wanted: Mapping[str, str], *, by: str) -> Iterator[str]:
    """These entries as a table, line by line, newest first; that they are taken out is in the log by then.

    ``wanted`` is what they were looked for by: of that the log says only whether it was anything.
    """
    append_event(by, "register taken out", "register", {name: bool(one) for name, one in wanted.items()})
    return _lines(found)


def _lines(found: QuerySet[RegisterEntry]) -> Iterator[str]:
    after: str | None = None
    first = True
    while first or after is not None:
        rows, after = page_of(found, "since", after, OUT_AT_ONCE)
        others = _others(rows)
        yield from written(OUT_COLUMNS, [_cells(row, others.get(row.person_id, [])) for row in rows], header=first)
        first = False


def _others(rows: list[RegisterEntry]) -> dict[int, list[Identity]]:
    """By person with an entry in force, what everybody is known by who may be the same person."""
    others = who_may_be({row.person_id for row in rows if row.withdrawn_at is None})
    known: dict[int, list[Identity]] = {}
    for few in in_lots(sorted(frozenset().union(*others.values()))):
        for one in Identity.objects.filter(person__in=few).order_by("pk"):
            known.setdefault(one.person_id, []).append(one)
    return {
        person: [one for other in sorted(these) for one in known.get(other, ())] for person, these in others.items()
    }


def _cells(row: RegisterEntry, others: list[Identity]) -> list[str]:
    own = list(row.person.identities.all())
    known = {kind: [_shown(one) for one in own if one.kind == kind] for kind in IdentityKind}
    reach = [f"{SEVERAL} ".join(known[kind]) for kind in (IdentityKind.PHONE, IdentityKind.EMAIL)]
    sure = {(one.kind, one.value) for one in own}
    more = {(one.kind, one.value): _shown(one) for one in others if (one.kind, one.value) not in sure}
    doubts = [f"{SEVERAL} ".join(shown for (one, _), shown in more.items() if one == kind) for kind in IdentityKind]
    ways = ["yes" if getattr(row, way.value) else "no" for way in Scope]
    quotes = MORE.join(words_shown(str(piece.get("quote", ""))) for piece in row.evidence)
    told = [row.since.isoformat(), row.origin, quotes, row.contact.key if row.contact else ""]
    ended = [row.withdrawn_at.isoformat() if row.withdrawn_at else "", row.withdrawn_by, row.withdrawn_why]
    return [next(iter(known[IdentityKind.PATIENT_ID]), ""), row.person.name, *reach, *ways, *told, *ended, *doubts]


def _shown(one: Identity) -> str:
    """As it was given, where that cannot be taken for several."""
    return one.value if SEVERAL in one.shown else one.shown
