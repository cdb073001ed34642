"""What stays once a call's patient id was taken back: said on its page, so that nobody takes it for gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watchword import terms
from watchword.store.models import Contact, Identity, IdentityKind
from watchword.store.people import identities, who_have_ids
from watchword.web.console.marks import known_by


@dataclass(frozen=True, slots=True)
class Stays:
    """What is left of a patient id that was taken back."""

    closes: str  # what the wish not to be contacted that was heard here closes by now; empty when none is
    is_left: bool  # it is still entered for whose the id is, for nothing else is known of the caller
    known_by: str  # the telephone or address of the caller by which whose the id is are known all the same


def stays_of(row: Contact) -> Stays:
    """What stays of the ids that were taken back from a call."""
    known = identities(terms.Person(**row.given_person))
    entered = set(row.register_entries.filter(withdrawn_at__isnull=True).values_list("person", flat=True))
    theirs = Identity.objects.filter(person__in=who_have_ids(row.not_theirs))
    also = {(kind, value) for kind, value in theirs.values_list("kind", "value")}
    return Stays(
        closes=_read(known.items()) if row.person_id in entered else "",
        is_left=bool(entered - {row.person_id}),
        known_by=_read(one for one in known.items() if (one[0].value, one[1][0]) in also),
    )


def _read(these: Iterable[tuple[IdentityKind, tuple[str, str]]]) -> str:
    return ", ".join(known_by(Identity(kind=kind, value=value, shown=shown)) for kind, (value, shown) in these)
