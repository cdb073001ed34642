"""Deliveries in the database: made of the log of events, taken by workers, and what became of them.

The log is the outbox: whatever happens is written there in the same transaction, numbered without gaps, and a number is
seen only once everything before it is. So nothing that happened can be passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from watchword.errors import StoreError
from watchword.escalation.telling import Outgoing, Topic
from watchword.store.chain import HEAD
from watchword.store.models import ChainHead, Delivery, Event, Webhook
from watchword.store.models.webhooks import new_key
from watchword.store.moving import fresh_connection
from watchword.store.storable import storable
from watchword.store.topics import ACTIONS, body, told_of
from watchword.store.webhook_secrets import secret_of
from watchword.store.webhooks import NEEDS_PERSON, PLANNED, is_told, webhook_named

AT_ONCE = 500  # events looked at in one transaction
UNLIKE = (
    "This machine's WATCHWORD_SECRET is not the one that the webhook was made under. "
    "Set it to the same on every machine, and retry the webhook. If it was changed, set WATCHWORD_SECRET_BEFORE and "
    "give watchword migrate first; if that one is lost, remove the webhook and add it anew."
)


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What is on its way to webhooks."""

    hold: timedelta = timedelta(seconds=30)  # longer than one try can last; then another worker takes it
    each: int = 4  # deliveries of one webhook under way at a time: a slow one must not keep the others waiting
    kept: timedelta = timedelta(days=7)  # how long one that arrived can be looked at

    def let_go(self, worker: str) -> None:
        """What this worker held when it died may be taken again."""
        fresh_connection()
        Delivery.objects.filter(state=PLANNED, held_by=worker, held_until__isnull=False).update(held_until=None)

    def plan(self) -> int:
        """Make deliveries of what happened since; how many."""
        fresh_connection()
        if not _behind().exists():  # asked first, for reading needs no lock
            return 0
        with transaction.atomic():
            rows = list(_behind().select_for_update(skip_locked=True, of=("self",)).order_by("pk"))
            if not rows:
                return 0  # another worker is at it
            first = min(row.told for row in rows)
            last = min(ChainHead.objects.get(pk=HEAD).number, first + AT_ONCE)
            made = list(_made(rows, first, last))
            Delivery.objects.bulk_create(made)
            Webhook.objects.filter(pk__in=[row.pk for row in rows], told__lt=last).update(told=last)
        return len(made)

    def take(self, most: int, worker: str) -> Sequence[Outgoing]:
        """Deliveries to be sent now, for this worker alone until they are held no more."""
        fresh_connection()
        due = Delivery.objects.filter(_due(timezone.now()))
        if most <= 0 or not due.exists():
            return ()
        taken: list[Outgoing] = []
        with transaction.atomic():
            due_to = Webhook.objects.filter(pk__in=due.values("webhook")).select_for_update(skip_locked=True)
            for row, under_way in _least_busy_first(due_to.order_by("?")):
                taken += self._take(row, max(0, min(most - len(taken), self.each - under_way)), worker)
        return taken

    def _take(self, row: Webhook, most: int, worker: str) -> list[Outgoing]:
        now = timezone.now()
        secret = secret_of(row)
        if secret is None:
            Webhook.objects.filter(pk=row.pk).update(stopped_at=now, why=UNLIKE)
            return []
        found = list(row.deliveries.filter(_due(now)).order_by("try_at", "pk")[:most])
        first = Case(When(tries=0, then=Value(now)), default=F("since"))  # how long it waited before does not count
        row.deliveries.filter(pk__in=[one.pk for one in found]).update(
            held_until=now + self.hold, held_by=worker, tries=F("tries") + 1, since=first
        )
        return [
            Outgoing(one.key, row.url, one.body, secret, one.tries + 1, one.since if one.tries else now)
            for one in found
        ]

    def delivered(self, id: str) -> None:
        """The other side has it."""
        fresh_connection()
        now = timezone.now()
        _open(id).update(state=Delivery.State.DELIVERED, delivered_at=now, held_until=None, why="")

    def try_again(self, id: str, why: str, at: datetime) -> None:
        """It failed for now."""
        fresh_connection()
        _open(id).update(try_at=at, why=storable(why), held_until=None)

    def needs_person(self, id: str, why: str, *, stop: bool) -> None:
        """It cannot be delivered; with ``stop``, nothing more is sent to this webhook until a person says so."""
        fresh_connection()
        with transaction.atomic():
            if _open(id).update(state=NEEDS_PERSON, why=storable(why), held_until=None) and stop:
                Webhook.objects.filter(deliveries__key=id).update(stopped_at=timezone.now(), why=storable(why))

    def forget(self) -> None:
        """Clear away what was delivered long ago; the log of events keeps what happened."""
        fresh_connection()
        Delivery.objects.filter(delivered_at__lt=timezone.now() - self.kept).delete()


def _least_busy_first(rows: QuerySet[Webhook]) -> list[tuple[Webhook, int]]:
    """Webhooks with how many deliveries of each are under way, so that one that is down takes no other's turn.

    Equals stay in the order in which they come, which is chance: in a fixed one the last of many never got a turn.
    """
    found = list(rows)
    held = Delivery.objects.filter(webhook__in=found, state=PLANNED, held_until__gt=timezone.now())
    under_way = Counter(held.values_list("webhook", flat=True))
    return sorted(((row, under_way[row.pk]) for row in found), key=lambda one: one[1])


def _behind() -> QuerySet[Webhook]:
    head = ChainHead.objects.filter(pk=HEAD).values("number")[:1]
    return Webhook.objects.filter(removed_at__isnull=True, told__lt=head)


def _due(now: datetime) -> Q:
    held = Q(held_until__isnull=True) | Q(held_until__lte=now)
    return held & Q(state=PLANNED, try_at__lte=now, webhook__stopped_at__isnull=True, webhook__removed_at__isnull=True)


def _open(id: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(key=id, state=PLANNED)


def _made(rows: Sequence[Webhook], first: int, last: int) -> Iterator[Delivery]:
    """The deliveries that the events after ``first``, up to ``last``, make for these webhooks."""
    for event in Event.objects.filter(number__gt=first, number__lte=last, action__in=ACTIONS).order_by("number"):
        for topic, said in told_of(event):
            for row in rows:
                if row.told < event.number and is_told(row, topic):
                    yield Delivery(webhook=row, topic=topic, body=body(topic, event.at, event.number, said))


def a_test_for(name: str) -> Outgoing:
    """A delivery that says nothing but that it is a test; it is not kept. Raises NotRecorded, StoreError."""
    row = webhook_named(name)
    secret = secret_of(row)
    if secret is None:
        raise StoreError("The webhook was made under another WATCHWORD_SECRET.", do="Set it to the same everywhere.")
    said = body(Topic.TEST, timezone.now().isoformat(), None, {"webhook": name})
    return Outgoing(new_key(), row.url, said, secret)
