"""What every connector must do, whatever system it speaks to.

A connector's test module makes a `Connected` for each of its ports, gives it to the tests by a fixture called
`connected`, and takes the tests over:  from tests.connectors.contract import *
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.databases import close
from watchword.errors import ConnectorError, PermanentFailure, TransientFailure
from watchword.escalation.ports import Order, Receipt

__all__ = [
    "test_another_key_is_another_one",
    "test_it_is_found_by_its_key_and_by_no_other",
    "test_it_refuses_what_it_cannot_take_for_good",
    "test_many_at_once_under_one_key_make_one",
    "test_sent_twice_it_is_there_once",
    "test_trouble_on_the_way_is_told_as_what_it_is",
    "test_what_was_sent_before_a_crash_is_found_after_it",
    "test_words_of_every_kind_arrive_as_text",
]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A way to bring the other side into trouble, and whether trying again would help."""

    name: str
    begin: Callable[[], Any]
    end: Callable[[], Any]
    again: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """One port of a connector under test."""

    port: Any
    send: Callable[[Order], Receipt]
    order: Order  # one that it takes
    count: Callable[[], int]  # how many of its kind the other side has, asked of the other side itself
    restart: Callable[[], Any]  # a new port to the same other side, as after a crash
    refused: Sequence[Order] = ()  # what it can never take
    troubles: Sequence[Trouble] = field(default_factory=tuple)
    read: Callable[[], str] | None = None  # the text that arrived, where the port carries one


def test_it_is_found_by_its_key_and_by_no_other(connected: Connected) -> None:
    assert connected.port.find(connected.order.key) is None
    receipt = connected.send(connected.order)
    assert receipt.key == connected.order.key
    assert receipt.reference.strip()
    assert receipt.system.strip()
    assert connected.port.find(connected.order.key) == receipt
    assert connected.port.find(connected.order.key + "x") is None
    assert connected.port.find(connected.order.key[:-1]) is None


def test_sent_twice_it_is_there_once(connected: Connected) -> None:
    before = connected.count()
    first = connected.send(connected.order)
    assert connected.send(connected.order) == first
    assert connected.count() == before + 1


def test_what_was_sent_before_a_crash_is_found_after_it(connected: Connected) -> None:
    """The crash comes between sending and writing the receipt down: a new process asks, and sends nothing."""
    before = connected.count()
    first = connected.send(connected.order)
    port = connected.restart()
    assert port.find(connected.order.key) == first
    assert connected.count() == before + 1


def test_many_at_once_under_one_key_make_one(connected: Connected) -> None:
    before = connected.count()

    def send(_: int) -> str:
        try:
            return connected.send(connected.order).reference
        finally:
            close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(8)))) == 1
    assert connected.count() == before + 1


def test_another_key_is_another_one(connected: Connected) -> None:
    before = connected.count()
    first = connected.send(connected.order)
    second = connected.send(replace(connected.order, key=connected.order.key + "-2"))
    assert first.reference != second.reference or first.key != second.key
    assert connected.count() == before + 2


def test_it_refuses_what_it_cannot_take_for_good(connected: Connected) -> None:
    before = connected.count()
    assert connected.refused
    for order in connected.refused:
        with pytest.raises(PermanentFailure) as refused:
            connected.send(order)
        assert refused.value.what
        assert refused.value.do
    assert connected.count() == before


def test_trouble_on_the_way_is_told_as_what_it_is(connected: Connected) -> None:
    for trouble in connected.troubles:
        trouble.begin()
        try:
            with pytest.raises(ConnectorError) as failed:
                connected.send(connected.order)
        finally:
            trouble.end()
        assert isinstance(failed.value, TransientFailure if trouble.again else PermanentFailure), trouble.name
    assert connected.send(connected.order).reference


def test_words_of_every_kind_arrive_as_text(connected: Connected) -> None:
    odd = "<script>alert(1)</script> ’“ \u202e\U0001f600 =1+1 '; DROP TABLE x --\r\nline"
    order = replace(
        connected.order,
        text=odd if connected.order.text is not None else None,
        brief=replace(connected.order.brief, why=(odd,), subject=odd, issue=odd),
    )
    assert connected.send(order).reference
    if connected.read is not None:
        assert odd in connected.read()
