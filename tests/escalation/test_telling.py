"""When a delivery is tried again, and when it is handed to a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest

from watchword.errors import PermanentFailure, TransientFailure
from watchword.escalation.telling import Outgoing, Persistence, deliver, tell

LONG_AGO = timedelta(hours=25)


class Kept:
    """Deliveries in a list, with everything that was said of them."""

    def __init__(self, *due: Outgoing, broken: int = 0) -> None:
        self.due, self.said, self.broken = list(due), [], broken  # type: ignore[var-annotated]
        self.stop = Event()

    def let_go(self, worker: str) -> None:
        self.said.append(("let go", worker))

    def plan(self) -> int:
        if self.broken:
            self.broken -= 1
            raise OSError("the database is away")
        return 0

    def take(self, most: int, worker: str) -> Sequence[Outgoing]:
        taken, self.due = self.due[:most], self.due[most:]
        if not taken:
            self.stop.set()
        return taken

    def delivered(self, id: str) -> None:
        self.said.append(("delivered", id))

    def try_again(self, id: str, why: str, at: datetime) -> None:
        self.said.append(("again", id, why, round((at - datetime.now(UTC)).total_seconds())))

    def needs_person(self, id: str, why: str, *, stop: bool) -> None:
        self.said.append(("person", id, why, stop))

    def forget(self) -> None:
        pass


def one(tries: int = 1, age: timedelta = timedelta()) -> Outgoing:
    return Outgoing("msg_1", "http://127.0.0.1/", "{}", "whsec_", tries, datetime.now(UTC) - age)


def failing(error: Exception) -> Callable[[Outgoing], None]:
    def send(_one: Outgoing) -> None:
        raise error

    return send


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 10), (5, 80), (10, 2560), (11, 3600), (500, 3600)])
def test_pauses_grow_up_to_an_hour(tries: int, seconds: int) -> None:
    kept = Kept()
    deliver(one(tries), kept, failing(TransientFailure("It was late.")), chance=lambda: 1.0)
    deliver(one(tries), kept, failing(TransientFailure("It was late.")), chance=lambda: 0.0)
    assert kept.said == [
        ("again", "msg_1", "It was late.", seconds),
        ("again", "msg_1", "It was late.", round(seconds / 2)),
    ]


@pytest.mark.parametrize(
    ("send", "age", "said"),
    [
        (lambda _one: None, LONG_AGO, ("delivered", "msg_1")),
        (failing(TransientFailure("Late.")), LONG_AGO, ("person", "msg_1", "Late. It was tried 7 times.", False)),
        (failing(PermanentFailure("Gone.", do="Mend it.")), timedelta(), ("person", "msg_1", "Gone. Mend it.", True)),
        (
            failing(KeyError("x")),
            LONG_AGO,
            ("person", "msg_1", "It could not be sent (KeyError). It was tried 7 times.", False),
        ),
    ],
    ids=["delivered", "too late", "gone", "our own fault"],
)
def test_how_it_ends(send: Any, age: timedelta, said: tuple[Any, ...]) -> None:
    kept = Kept()
    deliver(one(7, age), kept, send, Persistence())
    assert kept.said == [said]


def test_it_goes_on_after_the_database_was_away() -> None:
    kept = Kept(one(), broken=1)
    kept.due[:] = [one()]
    tell(kept, lambda _one: None, kept.stop, worker="w1")
    assert kept.said == [("let go", "w1"), ("delivered", "msg_1")]


def test_what_cannot_be_written_down_is_left_held() -> None:
    class Away(Kept):
        def delivered(self, id: str) -> None:
            raise OSError("the database is away")

    deliver(one(), Away(), lambda _one: None)
