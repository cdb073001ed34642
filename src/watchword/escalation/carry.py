"""Carrying one step out: ask the other side by key, send what it does not have, keep its receipt.

Whatever happens is written into the ledger. There is no way through here that ends in silence: a step ends confirmed,
to be tried again, or with a person.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from watchword.errors import PermanentFailure, TransientFailure
from watchword.escalation.ports import Connectors, Due, LedgerPort, Order, Receipt
from watchword.escalation.steps import StepKind

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a step is tried and how long the pauses are, in seconds: they double, up to the longest."""

    tries: int = 10
    first: float = 1.0
    longest: float = 300.0

    def pause(self, tries: int, chance: float) -> float:
        """The pause after so many tries. ``chance``, from 0 to 1, spreads many steps that failed at once."""
        whole: float = min(self.longest, self.first * 2 ** (tries - 1))
        return whole * (0.5 + chance / 2)


class _Asked(Protocol):
    """What all ports have in common."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for what is there already."""


Sender = Callable[[Order], Receipt]
DEFAULT_PATIENCE = Patience()


def carry(
    due: Due,
    *,
    worker: str,
    ledger: LedgerPort,
    connectors: Connectors,
    patience: Patience = DEFAULT_PATIENCE,
    chance: Callable[[], float] = random.random,
) -> None:
    """Try a step once and write down what became of it."""
    begun = ledger.begin(due, worker)
    if begun is None:
        return
    key = begun.order.key
    try:
        receipt = deliver(begun.order, connectors)
    except PermanentFailure as failure:
        ledger.needs_person(key, str(failure), may_have_arrived=False)
        return
    except TransientFailure as failure:
        why, arrived = failure.what, failure.may_have_arrived
    except Exception as error:  # a connector with a fault of its own must not lose a step
        why, arrived = f"The connector failed ({type(error).__name__}).", True
        log.error("step %s: the connector failed: %s", key, type(error).__name__)
    else:
        ledger.accepted(key, receipt)
        return
    if begun.tries >= patience.tries:
        ledger.needs_person(key, f"{why} It was tried {begun.tries} times.", may_have_arrived=arrived)
        return
    pause = timedelta(seconds=patience.pause(begun.tries, chance()))
    ledger.try_again(key, why, datetime.now(UTC) + pause, may_have_arrived=arrived)


def deliver(order: Order, connectors: Connectors) -> Receipt:
    """Have the other side take a step, unless it has it already, and give its receipt.

    Raises PermanentFailure when nothing is connected for it, and TransientFailure when the answer is not one.
    """
    port, send = _connected(order, connectors)
    receipt = port.find(order.key) or send(order)
    if receipt.key != order.key or not receipt.reference.strip():
        raise TransientFailure("The other system answered with something else than was asked.")
    return receipt


def _connected(order: Order, connectors: Connectors) -> tuple[_Asked, Sender]:
    """The part that takes this kind of step, and its way of sending."""
    if order.kind is StepKind.TICKET:
        if ticket := connectors.systems.get(order.system or "", connectors.ticket):
            return ticket, ticket.file
    elif order.kind is StepKind.QUEUE_TRANSFER:
        if queue := connectors.queue:
            return queue, queue.move
    elif order.kind is StepKind.CHATTER_POST:
        if chatter := connectors.chatter:
            return chatter, chatter.post
    elif order.kind is StepKind.WARM_TRANSFER:
        if telephony := connectors.telephony:
            return telephony, telephony.transfer
    elif register := connectors.register:
        return register, register.enter
    raise PermanentFailure(
        f"Nothing is connected that takes a {order.kind.replace('_', ' ')}.",
        do="Do it by hand, or connect a system and have it tried again.",
    )
