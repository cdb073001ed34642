"""A machine's clock that is put back: the log's times follow its numbers all the same, and say what the clock said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from tests.databases import close
from tests.store.test_chain import tamper
from watchword.settings import Settings
from watchword.store import chain
from watchword.store.chain import append_event, events_last, number_at, saw, verify_events
from watchword.store.models import ChainHead, Event

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Clock:
    """What the machine takes for the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOON
        monkeypatch.setattr(chain, "_now", lambda: self.now)

    def goes(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def written() -> list[tuple[datetime, datetime | None]]:
    """When each event was, and what the clock said if it said something else."""
    found = [(event.at, event.detail.get("by_the_clock")) for event in Event.objects.order_by("number")]
    return [(datetime.fromisoformat(at), datetime.fromisoformat(told) if told else None) for at, told in found]


def test_no_event_is_before_the_one_before_it(database: Settings, clock: Clock) -> None:
    for number, step in enumerate((MINUTE, MINUTE, -HOUR, MINUTE, 2 * HOUR)):
        clock.goes(step)
        append_event("ana", "looked", f"contact c-{number}", {"page": number})
    back = NOON + 2 * MINUTE
    assert written() == [
        (NOON + MINUTE, None),
        (back, None),
        (back, back - HOUR),
        (back, back - HOUR + MINUTE),
        (back + HOUR + MINUTE, None),
    ]
    assert [number_at(moment) for moment in (NOON, back, back + MINUTE, clock.now + MINUTE)] == [1, 2, 5, 6]
    assert verify_events() == 5


def test_nor_within_one_transaction(database: Settings, clock: Clock) -> None:
    with events_last():
        append_event("ana", "looked", "contact c-1", in_turn=lambda: clock.goes(-HOUR))
        append_event("ana", "looked", "contact c-2")
    assert written() == [(NOON, None), (NOON, NOON - HOUR)]
    assert verify_events() == 2


def test_a_moment_back_is_not_worth_a_word(database: Settings, clock: Clock) -> None:
    """So much the clocks of two machines differ."""
    append_event("ana", "looked", "contact c-1")
    clock.goes(-timedelta(milliseconds=300))
    append_event("ana", "looked", "contact c-2")
    assert written() == [(NOON, None)] * 2


def test_who_waited_for_the_other_follows_it_in_time(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a clock of its own, an hour apart; the event before is one that was not there when they asked."""

    def write(number: int) -> None:
        try:
            append_event("ana", "looked", f"contact c-{number}")
        finally:
            close()

    calls = iter(range(1000))
    monkeypatch.setattr(chain, "_now", lambda: NOON + HOUR * (next(calls) % 2))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    times = [at for at, _ in written()]
    assert times == sorted(times)
    assert verify_events() == 40


def test_a_look_after_the_clock_was_put_back_is_written(database: Settings, clock: Clock) -> None:
    saw("user ana", "contact seen", "contact c-1")
    clock.goes(-timedelta(days=365))
    for _ in range(3):
        saw("user ana", "contact seen", "contact c-1")
        clock.goes(MINUTE)
    assert Event.objects.count() == 2  # and one look once
    clock.goes(chain.SEEN_AGAIN)
    saw("user ana", "contact seen", "contact c-1")
    assert Event.objects.count() == 3
    assert verify_events() == 3


@pytest.mark.parametrize("at", ["nonsense", "9999-12-31T23:59:59-23:00", ""])
def test_a_time_that_somebody_wrote_in_stops_nothing(database: Settings, clock: Clock, at: str) -> None:
    append_event("ana", "looked", "contact c-1")
    tamper(f"UPDATE store_event SET at = '{at}'")
    append_event("ana", "looked", "contact c-2")
    assert written_last() == NOON


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nor_does_one_that_cannot_be_read(database: Settings, clock: Clock) -> None:
    append_event("ana", "looked", "contact c-1")
    tamper("UPDATE store_event SET at = CAST(x'ff' AS TEXT)")
    append_event("ana", "looked", "contact c-2")
    assert written_last() == NOON


def test_an_event_is_written_though_the_one_before_is_gone(database: Settings, clock: Clock) -> None:
    append_event("ana", "looked", "contact c-1")
    tamper("DELETE FROM store_event")
    append_event("ana", "looked", "contact c-2")
    assert written_last() == NOON


def written_last() -> datetime:
    return datetime.fromisoformat(Event.objects.values_list("at", flat=True).get(number=ChainHead.objects.get().number))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_time_before_is_asked_with_the_head(database: Settings, clock: Clock) -> None:
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        append_event("ana", "looked", "contact c-1")
    assert len(asked) == 4  # BEGIN, the head, the event with the new head, COMMIT
