"""Making, showing, removing and restarting webhooks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone

from watchword.errors import InputError, NotRecorded, RecordConflict
from watchword.escalation.telling import Topic
from watchword.store.chain import HEAD, append_event
from watchword.store.models import ChainHead, Delivery, Webhook
from watchword.store.webhook_secrets import fingerprint, made_from

LONGEST_URL = 2000
PLANNED, NEEDS_PERSON = Delivery.State.PLANNED, Delivery.State.NEEDS_PERSON


ALL = "all"


@dataclass(frozen=True, slots=True)
class Shown:
    """A webhook as people look at it. ``waiting`` and ``needs_person`` count its deliveries."""

    name: str
    url: str
    topics: tuple[str, ...]
    waiting: int
    needs_person: int
    last: datetime | None  # when something was delivered last
    why: str  # why it was stopped, or why the first one failed that needs a person; empty when all is well


def topics_named(names: Sequence[str]) -> list[str]:
    """Topics by their names; "all" stays, for it means those too that come with a later version. Raises InputError."""
    known: list[Topic] = [topic for topic in Topic if topic is not Topic.TEST]
    wanted = {name.strip().lower() for name in names}
    if unknown := sorted(wanted - {ALL, *known}):
        raise InputError(f"There is no event called {unknown[0]}.", do=f"Use {ALL}, or of these: {', '.join(known)}.")
    return [ALL] if ALL in wanted else [topic.value for topic in known if topic in wanted]


def add_webhook(name: str, url: str, topics: Sequence[str], *, by: str) -> str:
    """Tell this address of these topics from now on; its secret, shown this once. Raises InputError, RecordConflict."""
    _check(url)
    salt = secrets.token_hex(32)
    secret = made_from(salt)
    named = sorted(set(topics))
    try:
        with transaction.atomic():
            row = Webhook(name=name, url=url, topics=named, salt=salt, fingerprint=fingerprint(secret), told=0)
            append_event(by, "webhook added", f"webhook {name}", {"topics": named})
            row.told = ChainHead.objects.get(pk=HEAD).number  # it is told of what happens from here on
            row.save()
    except IntegrityError:
        raise RecordConflict(
            f"There is a webhook called {name} already.",
            do=f"Choose another name, or:  watchword webhook remove {name}",
        ) from None
    return secret


def is_told(row: Webhook, topic: Topic) -> bool:
    """Whether a webhook is told of a topic."""
    return topic in row.topics or ALL in row.topics


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= LONGEST_URL
        fits = fits and (parts.port is None or parts.port > 0) and url.isascii() and url.isprintable()
    except ValueError:
        fits = False
    if not fits:
        raise InputError("The address is no web address.", do="Give one such as https://crm.example.org/watchword.")
    if parts.username is not None or parts.password is not None:
        raise InputError(
            "The address holds a name or a password.", do="Leave them out: the signature shows who we are."
        )


def remove_webhook(name: str, *, by: str) -> int:
    """Tell it nothing more; how many deliveries were on their way and are dropped. Raises NotRecorded."""
    with transaction.atomic():
        row = webhook_named(name)
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])
        dropped = row.deliveries.exclude(state=Delivery.State.DELIVERED).count()
        row.deliveries.all().delete()
        append_event(by, "webhook removed", f"webhook {name}", {"dropped": dropped})
    return dropped


def retry_webhook(name: str, *, by: str) -> int:
    """Have everything tried again that needs a person; how many deliveries. Raises NotRecorded."""
    with transaction.atomic():
        row = webhook_named(name)
        Webhook.objects.filter(pk=row.pk).update(stopped_at=None, why="")
        now = timezone.now()
        again = row.deliveries.filter(state=NEEDS_PERSON).update(
            state=PLANNED, try_at=now, since=now, held_until=None, tries=0, why=""
        )
        row.deliveries.filter(state=PLANNED).update(try_at=now, since=now)  # while it was stopped does not count
        append_event(by, "webhook retried", f"webhook {name}", {"deliveries": again})
    return again


def webhook_named(name: str) -> Webhook:
    """The webhook in force of this name. Raises NotRecorded."""
    found = Webhook.objects.filter(name=name, removed_at__isnull=True).first()
    if found is None:
        raise NotRecorded(f"There is no webhook called {name}.", do="List them:  watchword webhook list")
    return found


def stuck_webhooks() -> list[tuple[str, str]]:
    """Those that a person must see to, and why: stopped, or with something that could not be delivered.

    Nothing is counted, for a page shows it and a busy webhook has a great many deliveries.
    """
    failed = Delivery.objects.filter(webhook=OuterRef("pk"), state=NEEDS_PERSON)
    stuck = Q(stopped_at__isnull=False) | Exists(failed)
    rows = Webhook.objects.filter(stuck, removed_at__isnull=True).order_by("name")
    return [(row.name, row.why or _why(row)) for row in rows]


def webhooks() -> list[Shown]:
    """Every webhook in force."""
    counted = Webhook.objects.filter(removed_at__isnull=True).annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=PLANNED)),
        lost=Count("deliveries", filter=Q(deliveries__state=NEEDS_PERSON)),
        last=Max("deliveries__delivered_at"),
    )
    return [
        Shown(row.name, row.url, tuple(row.topics), row.waiting, row.lost, row.last, row.why or _why(row))
        for row in counted.order_by("name")
    ]


def _why(row: Webhook) -> str:
    failed = row.deliveries.filter(state=NEEDS_PERSON).order_by("pk").first()
    return failed.why if failed else ""
