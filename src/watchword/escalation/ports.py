"""What carrying out needs from others: one port for each kind of step, and a ledger that keeps what happened.

Every receiving side can be asked by key before anything is sent, so that a crash at any instant neither loses nor
doubles a step. A port raises TransientFailure when trying again may help and PermanentFailure when it will not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from watchword.escalation.steps import StepKind
from watchword.terms import Channel, Person, Scope

NOBODY = Person()


@dataclass(frozen=True, slots=True)
class Brief:
    """What whoever receives a step must know: who it is, about what, and why."""

    contact: str
    channel: Channel
    person: Person = NOBODY
    issue: str | None = None
    subject: str | None = None
    why: tuple[str, ...] = ()
    policy: str = ""
    ticket: str | None = None  # the mail's own ticket in the other system, where it has one already


@dataclass(frozen=True, slots=True)
class Order:
    """One step to be carried out. ``key`` is its idempotency key: the same for every try."""

    key: str
    kind: StepKind
    brief: Brief
    to: str | None = None
    phone: str | None = None
    type: str | None = None
    system: str | None = None
    register: str | None = None
    scope: tuple[Scope, ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other system's word that it has a step. ``key`` is what it was asked for, given back.

    Not ``settled`` means: it has the step, and whether it succeeds is heard later, as with a transfer that somebody
    must accept.
    """

    key: str
    system: str
    reference: str
    url: str | None = None
    settled: bool = True
    by: str | None = None  # who accepted it, where a person did


class TicketPort(Protocol):
    """Files tickets."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a ticket that is there already."""

    def file(self, order: Order) -> Receipt:
        """File the ticket."""


class QueuePort(Protocol):
    """Moves a mail's ticket to a queue."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a move that was made already."""

    def move(self, order: Order) -> Receipt:
        """Move the ticket."""


class ChatterPort(Protocol):
    """Posts on a mail's ticket."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a post that is there already."""

    def post(self, order: Order) -> Receipt:
        """Write the post."""


class TelephonyPort(Protocol):
    """Transfers calls."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for a transfer that was begun already."""

    def transfer(self, order: Order) -> Receipt:
        """Begin the transfer."""


class RegisterPort(Protocol):
    """Enters do-not-contact requests."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for an entry that is there already."""

    def enter(self, order: Order) -> Receipt:
        """Make the entry."""


@dataclass(frozen=True, slots=True)
class Connectors:
    """Which part carries out which kind of step. None means that nothing is connected: a person must do it.

    ``systems`` holds the parts for tickets of systems by name; ``ticket`` takes those of every other system.
    """

    ticket: TicketPort | None = None
    queue: QueuePort | None = None
    chatter: ChatterPort | None = None
    telephony: TelephonyPort | None = None
    register: RegisterPort | None = None
    systems: Mapping[str, TicketPort] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """A step that a worker has something to do for. ``round`` grows with every new try, so each try is queued once."""

    key: str
    round: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A step whose sending has begun: what to send and how many tries there were, this one included."""

    order: Order
    tries: int


class LedgerPort(Protocol):
    """Where what happens to the steps is written down; every call is one transaction."""

    def due(self, most: int) -> Sequence[Due]:
        """Steps to be queued now, longest waiting first; no more than that ``most`` wait in the queue altogether."""

    def queued(self, steps: Sequence[Due]) -> None:
        """These steps are in the queue."""

    def in_queue(self) -> Sequence[Due]:
        """The steps that are in the queue by what is written here."""

    def anew(self, steps: Sequence[Due]) -> None:
        """These rounds are over and left the steps due: they are to be queued in another one."""

    def begin(self, step: Due, worker: str) -> Begun | None:
        """Take a step for sending, alone. None when there is nothing to do for it any more, or another has it."""

    def accepted(self, key: str, receipt: Receipt) -> None:
        """The other side has it."""

    def try_again(self, key: str, why: str, at: datetime, *, may_have_arrived: bool) -> None:
        """It failed for now. What may have arrived is asked for only when it must have done so."""

    def needs_person(self, key: str, why: str, *, may_have_arrived: bool) -> None:
        """It cannot be delivered. Tried again by a person, what may have arrived is asked for when it must have."""

    def give_up_overdue(self) -> int:
        """Hand to a person what was never answered in time, by the other side or by the agent; how many there were."""

    def beat(self, worker: str) -> None:
        """This worker is alive."""

    def silent_workers(self) -> Sequence[str]:
        """Workers that were alive and have not been heard of for too long."""

    def adopted(self, worker: str) -> bool:
        """Take over a silent worker's work; False when another was quicker."""
