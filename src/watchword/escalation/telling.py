"""Telling other systems what happened: what is due is taken from the store and sent, a few at a time, until it arrives.

Nothing is told that the store does not hold already, and nothing leaves the store before the other side has said that
it has it: a worker killed at any instant makes a delivery come twice at worst, with the same id.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from threading import Event
from typing import Protocol

from watchword.errors import PermanentFailure, TransientFailure, kind_of
from watchword.escalation.carry import Patience

log = logging.getLogger(__name__)


class Topic(StrEnum):
    """What a webhook can be told of."""

    ESCALATION_OPENED = "escalation.opened"
    ESCALATION_CHANGED = "escalation.changed"  # its steps are others than were told, or one waits or goes again
    STEP_CONFIRMED = "step.confirmed"  # the other side has it, or a person has done it by hand
    STEP_DISMISSED = "step.dismissed"
    STEP_NEEDS_PERSON = "step.needs_person"
    FLAG_RAISED = "flag.raised"  # in a mail, in a call, or in a call that goes on; also when a doubt becomes sure
    CONTACT_NEEDS_PERSON = "contact.needs_person"
    DO_NOT_CONTACT_ENTERED = "do_not_contact.entered"
    DO_NOT_CONTACT_WITHDRAWN = "do_not_contact.withdrawn"
    TEST = "webhook.test"  # sent by `watchword webhook test` alone


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery as it is sent. ``id`` and ``body`` are the same for every try."""

    id: str
    url: str
    body: str
    secret: str = field(repr=False)
    tries: int = 1  # this one included
    since: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Persistence:
    """How long a delivery is tried, and with which pauses: they double, up to the longest."""

    pauses: Patience = field(default_factory=lambda: Patience(first=5.0, longest=3600.0))
    altogether: timedelta = timedelta(hours=24)


class DeliveriesPort(Protocol):
    """Where deliveries are kept; every call is one transaction."""

    def let_go(self, worker: str) -> None:
        """What this worker held when it died may be taken again."""

    def plan(self) -> int:
        """Make deliveries of what happened since; how many."""

    def take(self, most: int, worker: str) -> Sequence[Outgoing]:
        """Deliveries to be sent now, for this worker alone until they are held no more."""

    def delivered(self, id: str) -> None:
        """The other side has it."""

    def try_again(self, id: str, why: str, at: datetime) -> None:
        """It failed for now."""

    def needs_person(self, id: str, why: str, *, stop: bool) -> None:
        """It cannot be delivered; ``stop``: nothing more is sent to this webhook until a person has it tried again."""

    def forget(self) -> None:
        """Clear away what was delivered long ago."""


Send = Callable[[Outgoing], None]
DEFAULT_PERSISTENCE = Persistence()
AT_ONCE = 16  # deliveries under way in one worker
LOOK_SECONDS = 0.5  # between looks at what happened
TIDY = timedelta(minutes=10)


def tell(
    deliveries: DeliveriesPort,
    send: Send,
    stop: Event,
    *,
    worker: str,
    persistence: Persistence = DEFAULT_PERSISTENCE,
) -> None:
    """Tell webhooks until ``stop`` is set. A database that is away for a while is waited for."""
    released, tidied = False, datetime.min.replace(tzinfo=UTC)
    under_way: set[Future[None]] = set()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        while not stop.is_set():
            taken: Sequence[Outgoing] = ()
            try:
                if not released:
                    deliveries.let_go(worker)
                    released = True
                if datetime.now(UTC) - tidied > TIDY:
                    deliveries.forget()
                    tidied = datetime.now(UTC)
                deliveries.plan()
                taken = deliveries.take(AT_ONCE - len(under_way), worker)
            except Exception as error:  # the next round tries again; what is due stays due
                log.error("webhooks could not be looked after: %s", kind_of(error))
            under_way |= {pool.submit(deliver, one, deliveries, send, persistence) for one in taken}
            under_way = {one for one in under_way if not one.done()}
            if not taken:
                stop.wait(LOOK_SECONDS)


def deliver(
    one: Outgoing,
    deliveries: DeliveriesPort,
    send: Send,
    persistence: Persistence = DEFAULT_PERSISTENCE,
    chance: Callable[[], float] = random.random,
) -> None:
    """Try a delivery once and write down what became of it; what cannot be written down is tried again later."""
    try:
        _deliver(one, deliveries, send, persistence, chance)
    except Exception as error:  # the database is away: the delivery is held for a while, and then taken again
        log.error("what became of delivery %s could not be kept: %s", one.id, kind_of(error))


def _deliver(
    one: Outgoing, deliveries: DeliveriesPort, send: Send, persistence: Persistence, chance: Callable[[], float]
) -> None:
    try:
        send(one)
    except PermanentFailure as failure:
        deliveries.needs_person(one.id, str(failure), stop=True)
    except TransientFailure as failure:
        _later(one, deliveries, failure.what, persistence, chance())
    except Exception as error:  # a fault of our own must not lose it
        log.error("delivery %s failed: %s", one.id, type(error).__name__)
        _later(one, deliveries, f"It could not be sent ({type(error).__name__}).", persistence, chance())
    else:
        deliveries.delivered(one.id)


def _later(one: Outgoing, deliveries: DeliveriesPort, why: str, persistence: Persistence, chance: float) -> None:
    now = datetime.now(UTC)
    if now - one.since >= persistence.altogether:
        deliveries.needs_person(one.id, f"{why} It was tried {one.tries} times.", stop=False)
        return
    pause = timedelta(seconds=persistence.pauses.pause(min(one.tries, 40), chance))
    deliveries.try_again(one.id, why, now + pause)
