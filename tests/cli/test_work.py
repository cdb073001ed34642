"""`watchword migrate` and `watchword work` as people run them: processes, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.escalation.broken import break_the_queue
from tests.recorded import a_mail, keep
from watchword.escalation.durable import queue_url
from watchword.settings import Settings
from watchword.store import models

Run = Callable[..., "subprocess.CompletedProcess[str]"]
READY = 90  # seconds for a worker to start on a busy machine, and to wait for what its predecessor was sending


def environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHWORD_")}
    kept |= {"WATCHWORD_DATA": str(settings.folder), "WATCHWORD_SECRET": "test"}
    return kept | ({"DATABASE_URL": settings.database_url} if settings.database_url else {})


@pytest.fixture
def worker(database: Settings) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "watchword", "work", *arguments]
        process = subprocess.Popen(command, env=environment(database), stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + READY
    while not true():
        assert time.monotonic() < ends, "not in time"
        time.sleep(0.1)


def confirmed() -> int:
    return models.Step.objects.filter(state="confirmed").count()


def test_a_worker_carries_out_and_stops_when_told(worker: Callable[..., subprocess.Popen[str]]) -> None:
    keep(a_mail(id="m-1"))
    process = worker("--name", "w1")
    wait_until(lambda: confirmed() == 2)
    keep(a_mail(id="m-2"))
    wait_until(lambda: confirmed() == 4)
    assert models.Ticket.objects.filter(queue__name="Bill Review").count() == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=READY) == 0


def test_a_worker_clears_away_the_sessions_that_have_ended(worker: Callable[..., subprocess.Popen[str]]) -> None:
    now = timezone.now()
    for key, ends in (("ended", now - timedelta(seconds=1)), ("lasting", now + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    worker("--name", "w1")
    wait_until(lambda: not Session.objects.filter(pk="ended").exists())
    assert list(Session.objects.values_list("pk", flat=True)) == ["lasting"]


def test_what_a_killed_worker_left_its_successor_does(worker: Callable[..., subprocess.Popen[str]]) -> None:
    process = worker("--name", "w1")
    wait_until(lambda: models.Worker.objects.exists())
    keep(a_mail())
    process.kill()
    process.wait()
    worker("--name", "w1")
    wait_until(lambda: confirmed() == 2)
    assert models.Chatter.objects.count() == 1


def test_a_second_worker_of_one_name_is_refused(worker: Callable[..., subprocess.Popen[str]]) -> None:
    worker("--name", "w1")
    wait_until(lambda: models.Worker.objects.exists())
    second = worker("--name", "w1")
    _, told = second.communicate(timeout=READY)
    assert second.returncode == 2
    assert "at work here already" in told


def put_back() -> None:
    """As a copy of the database that was made before the steps went out, but for what the other side holds."""
    models.Receipt.objects.all().delete()
    due = {"state": "planned", "try_at": timezone.now(), "round": 0, "tries": 0, "sent_at": None, "confirmed_at": None}
    models.Step.objects.update(**due, queued_at=None)
    first = models.Step.objects.order_by("pk")[0].pk
    models.Step.objects.filter(pk=first).update(queued_at=timezone.now())  # it lay in the queue when the copy was made


@pytest.mark.parametrize("is_kept", [True, False], ids=["queue-kept", "queue-deleted"])
def test_an_older_database_under_a_newer_queue_or_none_stands_still_for_nothing(
    database: Settings, worker: Callable[..., subprocess.Popen[str]], is_kept: bool
) -> None:
    keep(a_mail())
    process = worker("--name", "w1")
    wait_until(lambda: confirmed() == 2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=READY) == 0
    put_back()
    if not is_kept:
        break_the_queue(queue_url(database.database_url, database.folder))
    worker("--name", "w1")
    wait_until(lambda: confirmed() == 2)
    assert (models.Chatter.objects.count(), models.Ticket.objects.count()) == (1, 1)


def test_a_queue_that_is_lost_under_a_worker_is_made_anew(
    database: Settings, worker: Callable[..., subprocess.Popen[str]]
) -> None:
    keep(a_mail(id="m-1"))
    process = worker("--name", "w1")
    wait_until(lambda: confirmed() == 2)
    break_the_queue(queue_url(database.database_url, database.folder))
    keep(a_mail(id="m-2"))
    wait_until(lambda: confirmed() == 4)
    assert (models.Chatter.objects.count(), models.Ticket.objects.count()) == (2, 2)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=READY)
    assert (process.returncode, "Traceback" in told, "SELECT" in told) == (0, False, False), told


def test_migrate_twice(watchword: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    command = [sys.executable, "-m", "watchword", "migrate"]
    kept = environment(Settings(folder=tmp_path / "new"))
    first = subprocess.run(command, env=kept, capture_output=True, text=True, check=True)
    assert "store 0001_tables" in first.stdout
    second = subprocess.run(command, env=kept, capture_output=True, text=True, check=True)
    assert second.stdout == "The database is up to date.\n"
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://db/watchword", "no database Watchword knows"),
        ("postgresql://nobody@127.0.0.1:1/nothing", "cannot be used"),
        ("postgresql://[", "cannot be"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, url: str, told: str) -> None:
    kept = environment(Settings(folder=tmp_path)) | {"DATABASE_URL": url}
    for command in ("migrate", "work"):
        done = subprocess.run([sys.executable, "-m", "watchword", command], env=kept, capture_output=True, text=True)
        assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr


@pytest.mark.parametrize("url", [None, "postgresql://nobody@127.0.0.1:1/nothing"])
def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path, url: str | None) -> None:
    (tmp_path / "file").touch()
    kept = environment(Settings(folder=tmp_path / "file" / "data", database_url=url))
    del kept["WATCHWORD_SECRET"]
    done = subprocess.run([sys.executable, "-m", "watchword", "migrate"], env=kept, capture_output=True, text=True)
    assert (done.returncode, "Set WATCHWORD_DATA" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_work_before_migrate_says_what_to_do(tmp_path: Path) -> None:
    kept = environment(Settings(folder=tmp_path))
    done = subprocess.run([sys.executable, "-m", "watchword", "work"], env=kept, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Run  watchword migrate  first." in done.stderr


WITHOUT = """
import sys
sys.modules.update({name: None for name in ("django", "dbos", "psycopg")})
sys.argv = ["watchword", *sys.argv[1:]]
from watchword.cli import main
main()
"""


@pytest.mark.parametrize("arguments", [["--help"], ["assess", "-", "--format", "jsonl"], ["policy", "check"]])
def test_the_library_and_its_commands_need_none_of_it(arguments: list[str], cache: Path) -> None:
    command = [sys.executable, "-c", WITHOUT, *arguments]
    contact = '{"id": "c-1", "channel": "phone", "turns": [{"speaker": "caller", "text": "I will sue you."}]}\n'
    kept = environment(Settings(folder=cache)) | {"WATCHWORD_CACHE": str(cache), "WATCHWORD_MODEL": "off"}
    done = subprocess.run(command, input=contact, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["migrate", "serve", "work", "receive"])
def test_the_service_without_its_parts_says_how_to_get_them(command: str, tmp_path: Path) -> None:
    """Before anything else, such as a setting that is wrong as well."""
    code = WITHOUT.replace(
        "import sys\n", "import sys\nimport importlib.util\nimportlib.util.find_spec = lambda _: None\n", 1
    )
    kept = environment(Settings(folder=tmp_path)) | {"WATCHWORD_AT_ONCE": "none"}
    done = subprocess.run([sys.executable, "-c", code, command], env=kept, capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install 'watchword[server]'" in done.stderr


def test_a_worker_outlives_a_database_that_drops_every_connection(
    database: Settings, worker: Callable[..., subprocess.Popen[str]]
) -> None:
    from django.db import connection

    process = worker("--name", "w1")
    wait_until(lambda: models.Worker.objects.exists())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    keep(a_mail())
    wait_until(lambda: confirmed() == 2)
    assert process.poll() is None
