"""What stays once a call's patient id was taken back: said on its page, so that nobody takes it for gone."""

from __future__ import annotations

from dataclasses import dataclass

from watchword import terms
from watchword.store.models import Contact, Identity
from watchword.store.people import identities, who_have_ids


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
        closes=", ".join(shown for _, shown in known.values()) if row.person_id in entered else "",
        is_left=bool(entered - {row.person_id}),
        known_by=", ".join(shown for kind, (value, shown) in known.items() if (kind.value, value) in also),
    )
