"""One step carried out against the real ledger: every ending there is, and the waits between tries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

import pytest
from django.utils import timezone

from tests.recorded import SUES, a_call, a_mail, keep
from watchword.errors import MoveRefused, PermanentFailure, TransientFailure
from watchword.escalation.carry import Patience, carry
from watchword.escalation.ports import Connectors, Due, Order, Receipt
from watchword.escalation.work import work
from watchword.settings import Settings
from watchword.store import models
from watchword.store.chain import verify_events
from watchword.store.decide import confirm, dismiss, retry, settle
from watchword.store.desk import DeskChatter, DeskQueues
from watchword.store.ledger import Ledger

HOLD = timedelta(seconds=30)


@dataclass
class OtherSide:
    """A queue port that does what it is told, and counts."""

    answers: list[Callable[[Order], Receipt]] = field(default_factory=list)
    has: dict[str, Receipt] = field(default_factory=dict)
    sent: int = 0

    def find(self, key: str) -> Receipt | None:
        return self.has.get(key)

    def move(self, order: Order) -> Receipt:
        self.sent += 1
        return self.answers.pop(0)(order) if self.answers else self.well(order)

    def well(self, order: Order) -> Receipt:
        self.has[order.key] = Receipt(order.key, "other", f"Q-{self.sent}")
        return self.has[order.key]

    def well_and_then(self, error: Exception) -> Callable[[Order], Receipt]:
        def act(order: Order) -> Receipt:
            self.well(order)
            raise error

        return act


def raises(error: Exception) -> Callable[[Order], Receipt]:
    def act(_: Order) -> Receipt:
        raise error

    return act


@dataclass
class Carrying:
    """The step under test and what carries it."""

    other: OtherSide
    ledger: Ledger = field(default_factory=lambda: Ledger(hold=HOLD))
    patience: Patience = field(default_factory=lambda: Patience(tries=3, first=8.0, longest=10.0))

    @property
    def step(self) -> models.Step:
        return models.Step.objects.get(kind="queue_transfer")

    def once(self) -> models.Step:
        """One try, whenever it is due."""
        models.Step.objects.filter(kind="queue_transfer", try_at__isnull=False).update(try_at=timezone.now())
        self.carry()
        return self.step

    def carry(self) -> None:
        carry(
            Due(self.step.key, self.step.round),
            worker="w1",
            ledger=self.ledger,
            connectors=Connectors(queue=self.other),
            patience=self.patience,
            chance=lambda: 0.5,
        )


@pytest.fixture
def carrying(database: Settings) -> Carrying:
    keep(a_mail())
    return Carrying(OtherSide())


def test_all_is_well(carrying: Carrying) -> None:
    step = carrying.once()
    assert (step.state, step.receipt.reference, step.tries) == ("confirmed", "Q-1", 1)
    assert step.try_at is None
    assert verify_events() > 0


def test_once_confirmed_nothing_is_sent_again(carrying: Carrying) -> None:
    carrying.once()
    carrying.carry()
    assert carrying.other.sent == 1


def test_what_the_other_side_has_is_not_sent_again(carrying: Carrying) -> None:
    carrying.other.has[carrying.step.key] = Receipt(carrying.step.key, "other", "Q-77")
    assert carrying.once().receipt.reference == "Q-77"
    assert carrying.other.sent == 0


def test_a_transient_failure_is_tried_again_after_a_growing_pause(carrying: Carrying) -> None:
    refused = TransientFailure("The line is busy.", may_have_arrived=False)
    carrying.other.answers = [raises(refused), raises(refused)]
    step = carrying.once()
    assert (step.state, step.why) == ("sent", "The line is busy.")
    assert timedelta(seconds=5) < (step.try_at or timezone.now()) - timezone.now() < timedelta(seconds=6.1)
    carrying.carry()
    assert carrying.other.sent == 1, "not before its time"
    step = carrying.once()
    assert timedelta(seconds=7) < (step.try_at or timezone.now()) - timezone.now() < timedelta(seconds=7.6)
    assert (carrying.once().state, carrying.other.sent) == ("confirmed", 3)
    assert carrying.step.why == ""


def test_what_may_have_arrived_is_asked_for_only_when_it_must_have(carrying: Carrying) -> None:
    carrying.other.answers = [carrying.other.well_and_then(TransientFailure("No answer came."))]
    step = carrying.once()
    assert (step.try_at or timezone.now()) - timezone.now() > HOLD - timedelta(seconds=5)
    assert (carrying.once().state, carrying.other.sent) == ("confirmed", 1)


def test_when_its_tries_are_used_up_it_needs_a_person(carrying: Carrying) -> None:
    carrying.other.answers = [raises(TransientFailure("Busy.", may_have_arrived=False))] * 3
    states = [carrying.once().state for _ in range(3)]
    assert states == ["sent", "sent", "needs a person"]
    assert carrying.step.why == "Busy. It was tried 3 times."
    retry(carrying.step.key, by="sam")
    assert (carrying.step.state, carrying.step.tries) == ("planned", 0)
    assert carrying.once().state == "confirmed"


def test_a_person_who_is_quick_does_not_double_what_is_still_on_its_way(carrying: Carrying) -> None:
    carrying.patience = Patience(tries=1)
    carrying.other.answers = [raises(TransientFailure("No answer came."))]
    assert carrying.once().state == "needs a person"
    retry(carrying.step.key, by="sam")
    assert carrying.once().state == "planned"
    assert carrying.other.sent == 1
    step = carrying.step
    assert step.try_at == step.held_until


def test_a_permanent_failure_needs_a_person_at_once(carrying: Carrying) -> None:
    carrying.other.answers = [raises(PermanentFailure("No such queue.", do="Name another."))]
    step = carrying.once()
    assert (step.state, step.why) == ("needs a person", "No such queue. Name another.")
    assert step.escalation.state == "needs a person"
    settle(step.key, by="sam", reference="moved it myself")
    assert (carrying.step.state, carrying.step.receipt.by) == ("confirmed", "sam")


def test_a_connector_with_a_fault_of_its_own_loses_nothing(carrying: Carrying) -> None:
    carrying.other.answers = [raises(ZeroDivisionError("a customer's words"))]
    step = carrying.once()
    assert (step.state, step.why) == ("sent", "The connector failed (ZeroDivisionError).")
    assert carrying.once().state == "confirmed"


@pytest.mark.parametrize(("key", "reference"), [("another", "Q-1"), (None, " "), (None, "")])
def test_a_wrong_answer_is_no_receipt(carrying: Carrying, key: str | None, reference: str) -> None:
    carrying.other.answers = [lambda order: Receipt(key or order.key, "other", reference)]
    assert carrying.once().state == "sent"
    assert not models.Receipt.objects.exists()
    assert carrying.once().state == "confirmed"


def test_nothing_connected_needs_a_person(carrying: Carrying) -> None:
    carry(Due(carrying.step.key, 0), worker="w1", ledger=carrying.ledger, connectors=Connectors())
    assert carrying.step.state == "needs a person"
    assert "Nothing is connected" in carrying.step.why


def test_a_try_that_broke_off_is_left_alone_while_it_may_still_arrive(carrying: Carrying) -> None:
    """The worker died between sending and writing down; its successor comes at once."""
    assert carrying.ledger.begin(Due(carrying.step.key, 0), "w1")
    assert carrying.ledger.begin(Due(carrying.step.key, 0), "w1") is None
    step = carrying.step
    assert step.try_at == step.held_until
    assert step.round == 1
    assert step.queued_at is None
    models.Step.objects.update(held_until=timezone.now(), try_at=timezone.now())
    begun = carrying.ledger.begin(Due(step.key, step.round), "w1")
    assert begun is not None
    assert begun.tries == 2


def test_dismissed_before_it_is_sent_it_is_never_sent(carrying: Carrying) -> None:
    dismiss(carrying.step.key, by="ana", reason="a mistake")
    carrying.carry()
    assert (carrying.step.state, carrying.other.sent) == ("cancelled", 0)
    with pytest.raises(MoveRefused):
        confirm(carrying.step.key, by="ana")


def test_dismissed_after_it_is_sent_it_is_refused(carrying: Carrying) -> None:
    carrying.once()
    with pytest.raises(MoveRefused):
        dismiss(carrying.step.key, by="ana", reason="too late")
    assert carrying.step.state == "confirmed"


def test_an_answer_that_never_comes_is_handed_to_a_person(carrying: Carrying) -> None:
    carrying.other.answers = [lambda order: Receipt(order.key, "other", "T-1", settled=False)]
    step = carrying.once()
    assert (step.state, step.try_at, step.receipt.settled) == ("sent", None, False)
    assert carrying.ledger.give_up_overdue() == 0
    models.Step.objects.filter(pk=step.pk).update(answer_by=timezone.now() - timedelta(seconds=1))
    assert carrying.ledger.give_up_overdue() == 1
    assert carrying.step.state == "needs a person"


def test_what_the_queue_lost_is_queued_anew(carrying: Carrying) -> None:
    due = [one for one in carrying.ledger.due(10) if one.key == carrying.step.key]
    carrying.ledger.queued(due)
    assert not [one for one in carrying.ledger.due(10) if one.key == carrying.step.key]
    models.Step.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    again = [one for one in carrying.ledger.due(10) if one.key == carrying.step.key]
    assert again == [Due(carrying.step.key, due[0].round + 1)]


def test_the_queue_stays_short(carrying: Carrying) -> None:
    """With a long queue, steps that only wait would be taken for lost and be queued again and again."""
    for number in range(2, 5):
        keep(a_mail(id=f"m-{number}"))
    first = carrying.ledger.due(3)
    carrying.ledger.queued(first)
    assert len(first) == 3
    assert carrying.ledger.due(3) == []
    carrying.ledger.begin(first[0], "w1")
    assert len(carrying.ledger.due(3)) == 1


def test_a_silent_worker_is_adopted_once(carrying: Carrying) -> None:
    carrying.ledger.beat("w2")
    assert carrying.ledger.silent_workers() == []
    models.Worker.objects.update(heard_at=timezone.now() - timedelta(hours=1))
    assert carrying.ledger.silent_workers() == ["w2"]
    assert [carrying.ledger.adopted("w2") for _ in range(2)] == [True, False]


def test_both_steps_of_a_mail_end_and_so_does_the_escalation(database: Settings) -> None:
    keep(a_mail())
    ledger = Ledger()
    connectors = Connectors(queue=DeskQueues(), chatter=DeskChatter())
    for due in ledger.due(10):
        carry(due, worker="w1", ledger=ledger, connectors=connectors)
    assert models.Escalation.objects.get().state == "done"


def test_pauses_double_up_to_the_longest_and_are_spread() -> None:
    patience = Patience(tries=10, first=1.0, longest=30.0)
    assert [patience.pause(tries, 1.0) for tries in (1, 2, 3, 10)] == [1.0, 2.0, 4.0, 30.0]
    assert patience.pause(1, 0.0) == 0.5


def test_an_order_that_nobody_let_go_needs_a_person_long_after_the_call(database: Settings) -> None:
    keep(a_call())
    ledger = Ledger()
    assert ledger.give_up_overdue() == 0
    models.Contact.objects.update(ended_at=timezone.now() - timedelta(minutes=31))
    assert ledger.give_up_overdue() == 2
    assert ledger.give_up_overdue() == 0
    step = models.Step.objects.first()
    assert step is not None
    assert (step.state, step.escalation.state) == ("needs a person", "needs a person")
    assert "neither let it go nor called it off" in step.why
    retry(step.key, by="sam")
    assert verify_events() > 0


def test_an_order_of_a_call_whose_end_was_never_told_needs_a_person(database: Settings) -> None:
    keep(a_call("Good morning.", SUES), is_open=True)
    ledger, long_ago = Ledger(), timezone.now() - timedelta(minutes=121)
    models.Contact.objects.update(recorded_at=long_ago)
    models.Turn.objects.filter(number=0).update(recorded_at=long_ago)
    assert ledger.give_up_overdue() == 0  # the newest turn is new
    models.Turn.objects.update(recorded_at=long_ago)
    assert ledger.give_up_overdue() == 2
    assert ledger.give_up_overdue() == 0
    step = models.Step.objects.first()
    assert step is not None
    assert (step.state, step.escalation.contact.is_open) == ("needs a person", True)
    assert "end was never told" in step.why
    retry(step.key, by="sam")
    assert verify_events() > 0


def test_an_open_call_without_turns_is_counted_from_its_opening(database: Settings) -> None:
    keep(a_call(), is_open=True)
    models.Turn.objects.all().delete()
    assert Ledger().give_up_overdue() == 0
    models.Contact.objects.update(recorded_at=timezone.now() - timedelta(minutes=121))
    assert Ledger().give_up_overdue() == 2


def test_what_is_said_at_the_last_moment_leaves_an_order_with_the_agent(database: Settings) -> None:
    keep(a_call(), is_open=True)
    step = models.Step.objects.first()
    assert step is not None
    assert not Ledger()._give_up_unsaid(step.key)


def test_orders_that_nobody_let_go_are_handed_over_so_many_at_a_time(database: Settings) -> None:
    keep(a_call())
    models.Contact.objects.update(ended_at=timezone.now() - timedelta(minutes=31))
    ledger = Ledger(at_once=1)
    assert [ledger.give_up_overdue() for _ in range(3)] == [1, 1, 0]


def test_one_duty_that_fails_stops_no_other(carrying: Carrying, caplog: pytest.LogCaptureFixture) -> None:
    stop, put = Event(), []

    class Queue:
        def put(self, steps: Sequence[Due]) -> list[Due]:
            put.extend(steps)
            stop.set()
            return []

        def adopt(self, worker: str) -> int:
            raise OSError(worker)

        def forget(self, before: datetime) -> int:
            raise OSError(before)

    models.Worker.objects.create(name="dead", heard_at=timezone.now() - timedelta(hours=1))
    work("w1", carrying.ledger, Queue(), stop)
    assert carrying.step.key in [step.key for step in put]
    assert {record.getMessage() for record in caplog.records} == {
        "the worker could not look after the workers: OSError",
        "the worker could not tidy the queue: OSError",
    }
