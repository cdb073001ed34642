"""What does not run though something waits for it: said where people would otherwise take the silence for calm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from watchword.escalation.states import Move
from watchword.store.ledger import not_held
from watchword.store.models import Delivery, Event, MailSource, Step, Webhook
from watchword.store.topics import ACTIONS

SILENCE = timedelta(seconds=45)  # a worker speaks up every few seconds
STILL = timedelta(minutes=1)  # a worker that is well takes a step within a second
BEHIND = timedelta(minutes=10)  # even behind many others nothing is to wait for so long and nobody know
UNREAD = timedelta(minutes=5)  # a mailbox and a folder are looked at at least every half minute
# Asked with many pages and by every monitor, and mostly all is well: one look, and only what it sees is looked at more
# closely. Whether a worker was heard of; whether a step waits; whether there are webhooks; whether a step lies that
# nobody holds; whether a place is not read.
AT_A_GLANCE = """
    SELECT EXISTS (SELECT 1 FROM store_worker WHERE heard_at >= %s),
        EXISTS (SELECT 1 FROM store_step WHERE try_at <= %s),
        EXISTS (SELECT 1 FROM store_webhook WHERE removed_at IS NULL AND stopped_at IS NULL),
        EXISTS (SELECT 1 FROM store_step WHERE try_at <= %s AND (held_until IS NULL OR held_until <= %s)),
        EXISTS (SELECT 1 FROM store_mailsource WHERE trouble <> '' OR looked_at < %s)
"""


@dataclass(frozen=True, slots=True)
class Standstill:
    """Whether steps or deliveries wait and no worker is there for them; the places of which no mail comes in.

    ``lies_since``: when the step became due that lies still, whether there is a worker or not.
    """

    no_worker: bool
    lies_since: datetime | None
    unread: tuple[MailSource, ...]

    def __bool__(self) -> bool:
        return self.no_worker or self.lies_since is not None or bool(self.unread)


def standstill() -> Standstill:
    """What does not run at present. Asks for no more than the first row of anything that may be long."""
    now = timezone.now()
    moments = (now - SILENCE, now - SILENCE, now - STILL, now, now - UNREAD)
    with connection.cursor() as cursor:
        cursor.execute(AT_A_GLANCE, [connection.ops.adapt_datetimefield_value(moment) for moment in moments])
        heard, waits, webhooks, lies, unread = cursor.fetchone()
    no_worker = not heard and bool(waits or (webhooks and _webhooks_wait(now - SILENCE)))
    return Standstill(no_worker, _lies_since(now) if lies else None, _unread(now - UNREAD) if unread else ())


def _unread(since: datetime) -> tuple[MailSource, ...]:
    return tuple(MailSource.objects.filter(~Q(trouble="") | Q(looked_at__lt=since)).order_by("name"))


def _lies_since(now: datetime) -> datetime | None:
    """When the oldest step became due that nobody takes; None while others are taken and it may be behind them."""
    due = Step.objects.filter(not_held(now), try_at__lte=now - STILL).order_by("try_at")
    oldest = due.values_list("try_at", flat=True).first()
    if oldest is None or (oldest > now - BEHIND and _any_taken(now - STILL)):
        return None
    return oldest


def _any_taken(since: datetime) -> bool:
    taken = Event.objects.filter(action=f"step {Move.SEND}").order_by("-number").values_list("at", flat=True).first()
    return taken is not None and datetime.fromisoformat(taken) >= since


def _webhooks_wait(since: datetime) -> bool:
    """Whether there is something to tell another system, or to tell it again."""
    in_force = Webhook.objects.filter(removed_at__isnull=True, stopped_at__isnull=True)
    untold = Event.objects.filter(number__gt=OuterRef("told"), action__in=ACTIONS)
    due = Delivery.objects.filter(webhook=OuterRef("pk"), state=Delivery.State.PLANNED, try_at__lte=since)
    return in_force.filter(Exists(untold) | Exists(due)).exists()
