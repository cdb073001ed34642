"""The log: a line for each thing, no flood of one and the same, and no words of an error."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from watchword.settings import Settings
from watchword.web.log_lines import FORMAT, MINUTE, MOST, FewOfEach, OneLine


class Clock:
    """A clock that stands until it is set on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written(clock: Clock) -> Iterator[io.StringIO]:
    """What the log of "a part" writes."""
    stream, log = io.StringIO(), logging.getLogger("a part")
    told = logging.StreamHandler(stream)
    told.setFormatter(OneLine(FORMAT))
    told.addFilter(FewOfEach(clock))
    log.addHandler(told)
    yield stream
    log.removeHandler(told)


def tell(text: str, *more: object, **how: object) -> None:
    logging.getLogger("a part").error(text, *more, **how)  # type: ignore[arg-type]


def test_one_place_tells_a_few_lines_a_minute_and_how_many_it_left_out(written: io.StringIO, clock: Clock) -> None:
    for number in range(100):
        tell("it failed: %d", number)
    logging.getLogger("a part").error("something else")
    lines = written.getvalue().splitlines()
    assert len(lines) == MOST + 1
    assert lines[-1].endswith("ERROR a part: something else")
    clock.now += MINUTE
    tell("it failed: %d", 100)
    last = written.getvalue().splitlines()[-1]
    assert last.endswith(f"it failed: 100 (and {100 - MOST} more from there since the last one)")


def test_an_error_is_its_kind_and_place_and_not_its_words(written: io.StringIO) -> None:
    try:
        int("my attorney will call")
    except ValueError:
        tell("a request failed", exc_info=True)
    line = written.getvalue()
    assert line.count("\n") == 1
    assert "a request failed (ValueError at test_log_lines.py:" in line
    assert "attorney" not in line


def test_a_name_that_is_not_the_services_is_told_on_one_line(web: Settings, written: io.StringIO) -> None:
    told, refusals = logging.getLogger("a part").handlers[-1], logging.getLogger("django.security.DisallowedHost")
    refusals.addHandler(told)
    try:
        for number in range(10):
            assert Client(headers={"host": f"scanner-{number}.example.com"}).get("/desk").status_code == 400
    finally:
        refusals.removeHandler(told)
    lines = written.getvalue().splitlines()
    assert len(lines) == MOST
    assert all("Invalid HTTP_HOST header" in line for line in lines)


def test_of_many_lines_the_first_and_of_a_trace_the_last(written: io.StringIO) -> None:
    tell("(OperationalError) no such table: queues\n[SQL: SELECT 1]\n[parameters: {'name': 'steps'}]")
    tell("Traceback (most recent call last):\n  File x\nOSError: it is gone\n")
    first, second = written.getvalue().splitlines()
    assert first.endswith("no such table: queues")
    assert second.endswith("a part: OSError: it is gone")
