"""A database that can be read and takes nothing: health says so, with the reason, and answers 503."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client

from watchword.settings import Settings
from watchword.store import writable
from watchword.store.models import Remembered

UP = (200, {"service": "up", "database": "up"})


@pytest.fixture(autouse=True)
def _looked_at_each_time(web: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writable, "LOOK_SECONDS", 0.0)


def health() -> tuple[int, dict[str, str]]:
    answer = Client().get("/health")
    return answer.status_code, answer.json()


@contextmanager
def nothing_is_written() -> Iterator[None]:
    """No file of this process takes another byte; a PostgreSQL is told to take nothing."""
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")  # whoever connects anew
            cursor.execute("SET default_transaction_read_only = on")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
            cursor.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_takes_nothing_is_not_up(web: Settings) -> None:
    assert health() == UP
    with nothing_is_written():
        status, told = health()
    why = {"postgresql": "it may only be read", "sqlite": "its disk fails"}[connection.vendor]
    assert (status, told) == (503, {"service": "up", "database": "not writable", "why": why})
    assert health() == UP


def test_a_disk_without_room_is_told_before_a_write_fails(web: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writable, "ROOM", 10**18)
    full = (503, {"service": "up", "database": "not writable", "why": "the disk is full"})
    assert health() == (UP if connection.vendor == "postgresql" else full)


def test_one_who_writes_for_long_keeps_nobody_waiting(web: Settings) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        Remembered.objects.update_or_create(key=writable.KEY, defaults={"until": "2030-01-01T00:00:00Z"})
        assert other.submit(_asked_by_another).result() == UP


def _asked_by_another() -> tuple[int, dict[str, str]]:
    try:
        return health()
    finally:
        connection.close()


def test_a_monitor_that_asks_again_and_again_has_one_write(web: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writable, "LOOK_SECONDS", 3600.0)
    assert health() == UP
    with nothing_is_written():
        assert health() == UP
