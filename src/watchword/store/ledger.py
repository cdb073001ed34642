"""What the store offers to carrying out: which steps are due, whose turn it is, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from watchword import terms
from watchword.escalation.ports import Begun, Brief, Due, Order, Receipt
from watchword.escalation.states import TO_CARRY, Move, StepState
from watchword.escalation.steps import StepKind
from watchword.reading.html_text import words_shown
from watchword.store import models
from watchword.store.call_back import text_to_send
from watchword.store.called_off import standing
from watchword.store.moving import LONGEST_ANSWER, at_rest, fresh_connection, locked_step, moved, to_try

DUE = Q(try_at__isnull=False)
NEWEST_TURN = models.Turn.objects.filter(contact=OuterRef("escalation__contact")).order_by("-number")


def not_held(now: datetime) -> Q:
    """Steps that no worker has taken for sending."""
    return Q(held_until__isnull=True) | Q(held_until__lte=now)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The steps in the database. Every call is one transaction."""

    hold: timedelta = timedelta(seconds=30)  # longest that something sent may still be on its way to the other side
    forgotten: timedelta = timedelta(minutes=5)  # queued for so long without being taken: it is queued anew
    answer: timedelta = LONGEST_ANSWER
    unsaid: timedelta = timedelta(minutes=30)  # longest that an order waits for the agent's word after the call's end
    unended: timedelta = timedelta(hours=2)  # nothing said for so long: the call is over, though nobody told its end
    at_once: int = 500  # orders handed to a person at a time; the others come next time
    silence: timedelta = timedelta(seconds=45)  # a worker not heard of for so long is taken for dead; longer than hold

    def due(self, most: int) -> Sequence[Due]:
        """Steps to be queued now, longest waiting first; no more than that ``most`` wait in the queue altogether.

        A short queue is what tells a step that got lost there from one that waits behind a thousand others.
        """
        fresh_connection()
        now = timezone.now()
        lost = models.Step.objects.filter(DUE, try_at__lte=now, queued_at__lt=now - self.forgotten)
        for step in list(lost.values_list("pk", flat=True)):  # one lock at a time: others take them in another order
            # a new round, for the queue knows each one only once
            lost.filter(pk=step).update(queued_at=None, round=F("round") + 1)
        waiting = models.Step.objects.filter(DUE & not_held(now), queued_at__isnull=False).count()
        fresh = models.Step.objects.filter(DUE, try_at__lte=now, queued_at__isnull=True).order_by("try_at")
        return [Due(key, round) for key, round in fresh.values_list("key", "round")[: max(0, most - waiting)]]

    def queued(self, steps: Sequence[Due]) -> None:
        """These steps are in the queue. Marked one by one: others lock several steps in another order."""
        now = timezone.now()
        for step in steps:
            models.Step.objects.filter(DUE, key=step.key, round=step.round).update(queued_at=now)

    def in_queue(self) -> Sequence[Due]:
        """The steps that are in the queue by what is written here."""
        fresh_connection()
        queued = models.Step.objects.filter(DUE, queued_at__isnull=False)
        return [Due(key, round) for key, round in queued.values_list("key", "round")]

    def anew(self, steps: Sequence[Due]) -> None:
        """These rounds are over and left the steps due: each begins another, for the queue knows each one only once.

        Whatever ended a round otherwise has changed it before, and is left alone.
        """
        for step in steps:
            same = models.Step.objects.filter(DUE, key=step.key, round=step.round)
            same.update(queued_at=None, round=F("round") + 1)

    def begin(self, step: Due, worker: str) -> Begun | None:
        """Take a step for sending. None when there is nothing to do for it any more, or not yet.

        A step whose last try broke off is left alone for as long as what it sent may still arrive: only then does the
        other side know whether it has it.
        """
        with locked_step(step.key) as row:
            now = timezone.now()
            if StepState(row.state) not in TO_CARRY or row.try_at is None:
                return None
            if row.try_at > now:
                if row.round == step.round:  # this worker's clock is behind: its place in the queue is used up
                    to_try(row, row.try_at)
                    row.save()
                return None
            if row.held_until is not None and row.held_until > now:
                to_try(row, row.held_until)
                row.save()
                return None
            row.tries += 1
            row.sent_at = row.sent_at or now
            row.held_until, row.held_by = now + self.hold, worker
            row.text = text_to_send(row)
            moved(row, Move.SEND, f"worker {worker}", tries=row.tries)
            return Begun(order_of(row), row.tries)

    def accepted(self, key: str, receipt: Receipt) -> None:
        """The other side has it: confirmed, or its word is awaited. Once confirmed, a step keeps its receipt."""
        with locked_step(key) as row:
            if row.state != StepState.SENT:
                return
            _keep(row, receipt)
            worker = f"worker {row.held_by}"
            at_rest(row)
            row.why = ""
            if receipt.settled:
                row.confirmed_at = timezone.now()
                moved(row, Move.ACCEPT, worker, reference=receipt.reference)
            else:
                row.answer_by = timezone.now() + self.answer
                row.save()

    def try_again(self, key: str, why: str, at: datetime, *, may_have_arrived: bool) -> None:
        """It failed for now. What may have arrived is asked for only when it must have done so."""
        with locked_step(key) as row:
            if row.state != StepState.SENT:
                return
            arrived = timezone.now() + self.hold  # from now on: how long it was on its way before is not known
            to_try(row, max(at, arrived) if may_have_arrived else at)
            row.held_until, row.why = None, why
            row.save()

    def needs_person(self, key: str, why: str, *, may_have_arrived: bool) -> None:
        """It cannot be delivered. Tried again by a person, what may have arrived is asked for when it must have."""
        with locked_step(key) as row:
            if StepState(row.state) not in TO_CARRY:
                return
            worker = f"worker {row.held_by}"
            at_rest(row)
            row.why = why
            row.held_until = timezone.now() + self.hold if may_have_arrived else None
            moved(row, Move.GIVE_UP, worker, why=why)

    def give_up_overdue(self) -> int:
        """Hand to a person what was sent and never answered, or never let go nor called off; how many there were."""
        fresh_connection()
        now = timezone.now()
        late = models.Step.objects.filter(state=StepState.SENT, answer_by__isnull=False, answer_by__lt=now)
        unsaid = self._unsaid(now).order_by("changed_at")[: self.at_once]
        given_up = [self._give_up_late(key) for key in late.values_list("key", flat=True)]
        given_up += [self._give_up_unsaid(key) for key in unsaid.values_list("key", flat=True)]
        return sum(given_up)

    def _unsaid(self, now: datetime) -> QuerySet[models.Step]:
        """Orders that wait for an agent who is no longer in the call, whether its end was told or not."""
        opened = F("escalation__contact__recorded_at")
        waiting = models.Step.objects.filter(
            state=StepState.WAITS, level=terms.Level.ESCALATE, escalation__contact__channel=terms.Channel.PHONE
        )
        return waiting.alias(heard_at=Coalesce(Subquery(NEWEST_TURN.values("recorded_at")[:1]), opened)).filter(
            Q(escalation__contact__ended_at__lt=now - self.unsaid)
            | Q(escalation__contact__is_open=True, heard_at__lt=now - self.unended)
        )

    def _give_up_late(self, key: str) -> bool:
        with locked_step(key) as row:
            if row.state != StepState.SENT or row.answer_by is None or row.answer_by >= timezone.now():
                return False  # answered in the meantime
            at_rest(row)
            row.why = "Nobody said in time whether it was accepted."
            moved(row, Move.GIVE_UP, "system", why=row.why)
        return True

    def _give_up_unsaid(self, key: str) -> bool:
        with locked_step(key) as row:
            if not self._unsaid(timezone.now()).filter(pk=row.pk).exists():
                return False  # decided in the meantime, or the call goes on
            is_open = row.escalation.contact.is_open
            over = "Nothing is said any more, though the call's end was never told" if is_open else "The call has ended"
            row.why = f"{over}, and the agent neither let it go nor called it off."
            moved(row, Move.GIVE_UP, "system", why=row.why)
        return True

    def beat(self, worker: str) -> None:
        """The worker is alive."""
        fresh_connection()
        models.Worker.objects.update_or_create(name=worker, defaults={"heard_at": timezone.now()})

    def silent_workers(self) -> Sequence[str]:
        """Workers that were alive and have not been heard of for too long."""
        long_ago = timezone.now() - self.silence
        return list(models.Worker.objects.filter(heard_at__lt=long_ago).values_list("name", flat=True))

    def adopted(self, worker: str) -> bool:
        """Take over a silent worker's work; False when another was quicker, or it is alive after all."""
        long_ago = timezone.now() - self.silence
        return models.Worker.objects.filter(name=worker, heard_at__lt=long_ago).delete()[0] > 0


def order_of(row: models.Step) -> Order:
    """What is to be sent for a step."""
    return Order(
        key=row.key,
        kind=StepKind(row.kind),
        brief=brief_of(row.escalation),
        to=row.to,
        phone=row.phone,
        type=row.type,
        system=row.system,
        register=row.register,
        scope=tuple(terms.Scope(scope) for scope in row.scope),
        text=row.text,
    )


def brief_of(escalation: models.Escalation) -> Brief:
    """Who it is, about what, and why."""
    contact, assessment = escalation.contact, escalation.assessment
    return Brief(
        contact=contact.key,
        channel=terms.Channel(contact.channel),
        person=terms.Person(**contact.given_person),
        issue=contact.issue,
        subject=contact.subject,
        why=tuple(_why(flag) for flag in standing(escalation)),
        policy=f"{assessment.policy_name}, version {assessment.policy_version}",
        ticket=_own_ticket(contact.extra),
    )


def _why(flag: dict[str, Any]) -> str:
    name = flag.get("read_as") or (flag["term"] or flag["kind"]).replace("_", " ")
    quotes = ", ".join(f"“{words_shown(piece['quote'])}”" for piece in flag["evidence"])
    return f"{name}: {flag['why']} {quotes}".strip()


def _own_ticket(extra: dict[str, Any]) -> str | None:
    ticket = extra.get("ticket")
    return str(ticket) if isinstance(ticket, str | int) else None


def _keep(row: models.Step, receipt: Receipt) -> None:
    models.Receipt.objects.update_or_create(
        step=row,
        defaults={
            "system": receipt.system,
            "reference": receipt.reference,
            "url": receipt.url,
            "settled": receipt.settled,
            "by": receipt.by,
        },
    )
