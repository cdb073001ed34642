"""On SQLite the threads of a process write in turn, and whatever ends a transaction gives the turn on."""

from __future__ import annotations

import fcntl
import gc
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, connections, transaction

from tests.databases import close, fresh_sqlite
from watchword.settings import Settings
from watchword.store.models import Queue
from watchword.store.sqlite.base import DatabaseWrapper


@pytest.fixture
def wrapper(tmp_path: Path, sqlite_template: Path) -> Iterator[DatabaseWrapper]:
    with fresh_sqlite(sqlite_template, Settings(folder=tmp_path / "service", model="off", secret="test")):
        found = connections["default"]
        assert isinstance(found, DatabaseWrapper)
        yield found


def written(name: str) -> None:
    try:
        with transaction.atomic():
            Queue.objects.create(name=name)
    finally:
        close()


def is_free(wrapper: DatabaseWrapper) -> bool:
    return not wrapper.turn.queue.is_taken()


def test_who_comes_second_waits_for_the_turn_and_is_woken(wrapper: DatabaseWrapper) -> None:
    with ThreadPoolExecutor(8) as pool:
        with transaction.atomic():
            waiting = [pool.submit(written, f"queue {at}") for at in range(8)]
            Queue.objects.create(name="first")
            assert not any(one.done() for one in waiting)
        for one in waiting:
            one.result()
    assert Queue.objects.order_by("pk").values_list("name", flat=True)[0] == "first"
    assert Queue.objects.count() == 9
    assert is_free(wrapper)


def test_reading_waits_for_nobody(wrapper: DatabaseWrapper) -> None:
    def counted() -> int:
        try:
            return Queue.objects.count()
        finally:
            close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Queue.objects.create(name="not yet")
        assert pool.submit(counted).result() == 0


def test_a_transaction_inside_another_is_part_of_its_turn(wrapper: DatabaseWrapper) -> None:
    with transaction.atomic():
        with transaction.atomic():
            Queue.objects.create(name="inner")
        assert not is_free(wrapper)
    assert is_free(wrapper)


def test_what_fails_gives_the_turn_on(wrapper: DatabaseWrapper) -> None:
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        raise ValueError("no")
    assert is_free(wrapper)
    written("after it")


def test_a_connection_that_is_closed_midway_gives_the_turn_on(wrapper: DatabaseWrapper) -> None:
    def closes() -> None:
        with transaction.atomic():
            connection.close()
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        closes()
    assert is_free(wrapper)
    written("after it")


def test_a_thread_that_ends_in_a_transaction_gives_the_turn_on(wrapper: DatabaseWrapper) -> None:
    def begins() -> None:
        transaction.atomic().__enter__()

    thread = Thread(target=begins)
    thread.start()
    thread.join()
    gc.collect()
    assert is_free(wrapper)
    written("after it")


def test_a_commit_that_fails_keeps_the_turn_until_it_is_rolled_back(
    wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []

    def fails() -> None:
        kept.append(wrapper.turn.queue.is_taken())
        raise OperationalError("disk full")

    def writes() -> None:
        with transaction.atomic():
            Queue.objects.create(name="lost")
            monkeypatch.setattr("django.db.backends.sqlite3.base.DatabaseWrapper._commit", lambda _self: fails())

    with pytest.raises(OperationalError, match="disk full"):
        writes()
    assert kept == [True]
    assert is_free(wrapper)
    assert not Queue.objects.exists()


def test_who_waits_too_long_is_told_as_by_sqlite_itself(wrapper: DatabaseWrapper) -> None:
    has_begun, may_end = Event(), Event()

    def holds() -> None:
        try:
            with transaction.atomic():
                has_begun.set()
                may_end.wait()
        finally:
            close()

    settings = wrapper.settings_dict
    wrapper.settings_dict = {**settings, "OPTIONS": {**settings["OPTIONS"], "timeout": 0.05}}
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(holds)
        has_begun.wait()
        try:
            with pytest.raises(OperationalError, match="locked"), transaction.atomic():
                pass
        finally:
            may_end.set()
        held.result()
    wrapper.settings_dict = settings
    with transaction.atomic():
        Queue.objects.create(name="at last")
    assert is_free(wrapper)


def test_another_file_has_turns_of_its_own(wrapper: DatabaseWrapper, tmp_path: Path) -> None:
    other = connections.configure_settings({"default": {**wrapper.settings_dict, "NAME": str(tmp_path / "other")}})
    assert DatabaseWrapper(other["default"]).turn.queue is not wrapper.turn.queue


def test_settings_lead_to_it(tmp_path: Path) -> None:
    from watchword.store.configuration import database

    assert database(replace(Settings(), folder=tmp_path))["ENGINE"] == "watchword.store.sqlite"


ANOTHER = """
import sys, time
from pathlib import Path
from watchword.store.sqlite.turns import queue_of

queue = queue_of(sys.argv[1])
print("here", flush=True)
sys.stdin.readline()
queue.take(60)
print("mine", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def another(wrapper: DatabaseWrapper) -> Iterator[Popen[str]]:
    """Another process that writes to the same file: told once it waits for its turn, told again it ends."""
    command = [sys.executable, "-c", ANOTHER, str(wrapper.settings_dict["NAME"])]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        yield process
        process.kill()


def told(process: Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def heard(process: Popen[str]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "mine\n"


def test_another_process_has_its_turn_between_threads_that_hand_on_to_each_other(
    wrapper: DatabaseWrapper, another: Popen[str]
) -> None:
    queue, is_over = wrapper.turn.queue, Event()

    def busy() -> None:
        while not is_over.is_set():
            queue.take(60)
            queue.give_on()

    with ThreadPoolExecutor(4) as pool:
        threads = [pool.submit(busy) for _ in range(4)]
        try:
            told(another)
            assert heard(another)
        finally:
            is_over.set()
            told(another)
        for thread in threads:
            thread.result()


def test_a_process_that_ends_with_the_turn_gives_it_on(wrapper: DatabaseWrapper, another: Popen[str]) -> None:
    queue = wrapper.turn.queue
    told(another)
    assert heard(another)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(queue.take, 60)
        assert not waiting.done()
        another.kill()
        waiting.result()
    queue.give_on()


def test_who_is_stopped_while_another_process_writes_leaves_nothing_locked(
    wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given_and_stopped(file: int, how: int) -> None:
        taken(file, how)
        raise KeyboardInterrupt

    taken, beside = fcntl.flock, Path(f"{wrapper.settings_dict['NAME']}-turn")
    monkeypatch.setattr("watchword.store.sqlite.turns.fcntl.flock", given_and_stopped)
    with pytest.raises(KeyboardInterrupt):
        wrapper.turn.take(5)
    assert is_free(wrapper)
    with beside.open() as free:
        taken(free, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_file_beside_is_the_database_owners_though_root_writes_first(
    wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(str(wrapper.settings_dict["NAME"]))
    beside = file.with_name(f"{file.name}-turn")
    beside.unlink(missing_ok=True)
    with suppress(PermissionError):  # only root can give it away
        os.chown(file, 65534, 65534)
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _file, owner, group: given.append((owner, group)))
    written("first")
    written("again")
    assert given == [(file.stat().st_uid, file.stat().st_gid)]


def test_a_link_beside_is_not_followed(wrapper: DatabaseWrapper, tmp_path: Path) -> None:
    beside = Path(f"{wrapper.settings_dict['NAME']}-turn")
    beside.unlink(missing_ok=True)
    beside.symlink_to(tmp_path / "theirs")
    written("without")
    assert not (tmp_path / "theirs").exists()


def test_where_the_system_has_no_such_locks_threads_write_in_turn_all_the_same(
    wrapper: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_file: int, _how: int) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr("watchword.store.sqlite.turns.fcntl.flock", none)
    written("without")
    assert is_free(wrapper)
    assert Queue.objects.count() == 1
