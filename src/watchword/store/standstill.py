"""What does not run though something waits for it: said where people would otherwise take the silence for calm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from watchword.escalation.states import Move
from watchword.store.ledger import not_held
from watchword.store.models import Delivery, Event, MailSource, Step, Webhook, Worker
from watchword.store.topics import ACTIONS

SILENCE = timedelta(seconds=45)  # a worker speaks up every few seconds
STILL = timedelta(minutes=1)  # a worker that is well takes a step within a second
BEHIND = timedelta(minutes=10)  # even behind many others nothing is to wait for so long and nobody know
UNREAD = timedelta(minutes=5)  # a mailbox and a folder are looked at at least every half minute


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
    unread = MailSource.objects.filter(~Q(trouble="") | Q(looked_at__lt=now - UNREAD)).order_by("name")
    return Standstill(_no_worker(now - SILENCE), _lies_since(now), tuple(unread))


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


def _no_worker(since: datetime) -> bool:
    if Worker.objects.filter(heard_at__gte=since).exists():
        return False
    in_force = Webhook.objects.filter(removed_at__isnull=True, stopped_at__isnull=True)
    untold = Event.objects.filter(number__gt=OuterRef("told"), action__in=ACTIONS)
    due = Delivery.objects.filter(webhook=OuterRef("pk"), state=Delivery.State.PLANNED, try_at__lte=since)
    return (
        Step.objects.filter(try_at__isnull=False, try_at__lte=since).exists()
        or in_force.filter(Exists(untold) | Exists(due)).exists()
    )
