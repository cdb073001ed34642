"""The durable queue by itself, in a process of its own: each entry once, a dead worker's entries adopted, tidied up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from watchword.escalation.durable import queue_url
from watchword.settings import Settings

PLAY = """
import os, sys, time
from datetime import UTC, datetime, timedelta
from watchword.escalation.durable import start
from watchword.escalation.ports import Due
from tests.escalation.broken import break_the_queue

url, worker, act = sys.argv[1:]
carried = []

def carry(due):
    carried.append(due)
    if act == "die":
        print(*carried, flush=True)
        os._exit(9)
    if due.key == "fails":
        raise OSError("a customer's words")

def wait(count):
    ends = time.monotonic() + 60
    while len(carried) < count and time.monotonic() < ends:
        time.sleep(0.05)

queue = start(carry, url=url, worker=worker, at_once=2)
if act == "adopt":
    print("adopted", queue.adopt("w1"))
    wait(1)
elif act == "broken":
    break_the_queue(url)
    try:
        queue.put([Due("k1", 0)])
    except Exception:
        print("broken")
    queue.open_anew()
    print("ended", *queue.put([Due("k1", 0)]))
    wait(1)
elif act == "die":
    queue.put([Due("k1", 0)])
    wait(2)
else:
    queue.put([Due("k1", 0), Due("k2", 0), Due("k1", 0), Due("fails", 0)])
    queue.put([Due("k1", 0), Due("k1", 1)])
    wait(4)
    time.sleep(1)
    print("ended", *queue.put([Due("k1", 0), Due("k3", 0)]))
    wait(5)
    time.sleep(1)
    print("lost", *queue.lost([Due("k1", 1), Due("k4", 0)]))
    print("forgotten", queue.forget(datetime.now(UTC) + timedelta(hours=1)))
queue.stop()
print(*sorted(carried, key=str), flush=True)
os._exit(0)
"""


def play(database: Settings, worker: str, act: str) -> str:
    url = queue_url(database.database_url, database.folder)
    command = [sys.executable, "-c", PLAY, url, worker, act]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == (9 if act == "die" else 0), done.stderr
    assert "customer" not in done.stdout + done.stderr
    return done.stdout


def test_an_entry_is_carried_once_and_forgotten_later(database: Settings) -> None:
    told = play(database, "w1", "play")
    assert told.splitlines() == [
        "ended Due(key='k1', round=0)",
        "lost Due(key='k1', round=1) Due(key='k4', round=0)",
        "forgotten 5",
        "Due(key='fails', round=0) Due(key='k1', round=0) Due(key='k1', round=1) Due(key='k2', round=0) "
        "Due(key='k3', round=0)",
    ]


def test_a_queue_that_is_lost_is_made_anew(database: Settings) -> None:
    told = play(database, "w1", "broken")
    assert told.splitlines() == ["broken", "ended", "Due(key='k1', round=0)"]


def test_what_a_dead_worker_had_begun_is_adopted(database: Settings) -> None:
    assert play(database, "w1", "die") == "Due(key='k1', round=0)\n"
    assert play(database, "w2", "adopt").splitlines() == ["adopted 1", "Due(key='k1', round=0)"]


def test_a_file_is_one_beside_the_store(tmp_path: Path) -> None:
    assert queue_url(None, tmp_path / "new") == f"sqlite:///{tmp_path}/new/queue.sqlite"
    assert queue_url("sqlite:////x/y.sqlite", tmp_path).endswith("/queue.sqlite")
    assert queue_url("postgresql://db/x", tmp_path) == "postgresql://db/x"
