"""What rules on trial raised: recorded with the contacts, and nothing follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import OuterRef, Subquery

from watchword import terms
from watchword.reading.html_text import words_shown
from watchword.store.models import Assessment, Contact, Flag
from watchword.store.models.assessments import LONGEST_FLAG_NAME
from watchword.store.storable import storable
from watchword.triage.record import flag_of
from watchword.triage.told import MOST_QUOTES

COUNTED = 999  # the most that is counted: nobody needs to know whether it is more by one or by a million


@dataclass(frozen=True, slots=True)
class Raised:
    """A contact and the flag that a rule on trial raised in it."""

    contact: Contact
    flag: terms.Flag

    @property
    def quotes(self) -> list[str]:
        """The words that raised it, so many as people read at a glance."""
        return list(dict.fromkeys(words_shown(piece.quote) for piece in self.flag.evidence))[:MOST_QUOTES]


@dataclass(frozen=True, slots=True)
class OnTrial:
    """What one rule raised: the newest of its flags, and how many there are; of no term more than COUNTED + 1."""

    newest: list[Raised]
    many: int


def raised_on_trial(kind: str, of_terms: Iterable[str | None], most: int) -> OnTrial:
    """What the rule of this name raised by these terms, the newest first. Each term is one stretch of an index."""
    newest, many = [], 0
    record = Assessment.objects.filter(contact=OuterRef("contact")).order_by("-number").values("record")[:1]
    for term in of_terms:
        named = {"kind": storable(kind)[:LONGEST_FLAG_NAME], "term": storable(term or "")[:LONGEST_FLAG_NAME]}
        rows = Flag.objects.filter(**named, trial=True)
        many += rows[: COUNTED + 1].count()
        shown = rows.select_related("contact").annotate(record=Subquery(record)).order_by("-at", "-pk")[:most]
        newest += [Raised(row.contact, found) for row in shown if (found := _flag(row.record, kind, term)) is not None]
    newest.sort(key=attrgetter("contact.at"), reverse=True)
    return OnTrial(newest[:most], many)


def _flag(record: dict[str, Any], kind: str, term: str | None) -> terms.Flag | None:
    return next((flag_of(flag) for flag in record["trial"] if (flag["kind"], flag["term"]) == (kind, term)), None)
