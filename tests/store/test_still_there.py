"""A PostgreSQL that has just answered is not asked whether it is still there, and one that hung up is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connections

from tests.databases import fresh_postgresql
from watchword.settings import Settings
from watchword.store import postgresql
from watchword.store.postgresql.base import DatabaseWrapper

LONG = 3600.0  # seconds


@pytest.fixture
def wrapper(tmp_path: Path, postgresql_server: Any) -> Iterator[DatabaseWrapper]:
    """A connection that is kept from one request to the next, as in the service."""
    settings = Settings(folder=tmp_path / "service", model="off", worker="w1", secret="test")
    with fresh_postgresql(postgresql_server, settings):
        found = connections["default"]
        assert isinstance(found, DatabaseWrapper)
        found.settings_dict["CONN_MAX_AGE"] = None
        yield found


@pytest.fixture
def asked(wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What came of each time that it was asked."""
    answers: list[bool] = []
    is_usable = wrapper.is_usable

    def told() -> bool:
        answers.append(is_usable())
        return answers[-1]

    monkeypatch.setattr(wrapper, "is_usable", told)
    return answers


def request(wrapper: DatabaseWrapper) -> int:
    """What a request does: it asks something, and lets go of a connection that is not to be kept."""
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number: int = cursor.fetchone()[0]
    wrapper.close_if_unusable_or_obsolete()
    return number


def test_whoever_has_just_answered_is_not_asked(
    wrapper: DatabaseWrapper, asked: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql.base, "ANSWERS_STILL", LONG)
    for _ in range(5):
        request(wrapper)
    assert asked == []
    monkeypatch.setattr(postgresql.base, "ANSWERS_STILL", -1.0)
    request(wrapper)
    assert asked == [True]


def test_whoever_hung_up_is_noticed_though_it_has_just_answered(
    wrapper: DatabaseWrapper, asked: list[bool], postgresql_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql.base, "ANSWERS_STILL", LONG)
    request(wrapper)
    before = request(wrapper)
    assert asked == []
    postgresql_server.psql(f"SELECT pg_terminate_backend({before}, 10000)")
    assert request(wrapper) != before
    assert asked == [False]


def test_whoever_failed_is_asked(wrapper: DatabaseWrapper, asked: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql.base, "ANSWERS_STILL", LONG)
    request(wrapper)
    with pytest.raises(ProgrammingError), wrapper.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    request(wrapper)
    assert set(asked) == {True}
    asked.clear()
    request(wrapper)
    assert asked == []
