"""The queue beside a pooler: nothing of it is left on a connection that another program may have next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.databases import fresh_postgresql
from watchword.escalation.durable import queue_url
from watchword.settings import Settings

PLAY = """
import os, sys, time
import psycopg
from sqlalchemy import event
from sqlalchemy.pool import Pool
from watchword.escalation.durable import start
from watchword.escalation.ports import Due

url = sys.argv[1]
given_back, left, carried = [], set(), []
OFTEN = 300  # psycopg prepares what it has been asked for some times

def look(opened, _record):
    given_back.append(opened)
    left.update(opened.execute("SELECT statement FROM pg_prepared_statements", prepare=False).fetchall())
    opened.commit()  # to roll it back would have psycopg forget them

event.listen(Pool, "checkin", look)
queue = start(carried.append, url=url, worker="w1", at_once=2)
queue.put([Due(f"k{number}", 0) for number in range(20)])
ends = time.monotonic() + 60
while (len(carried) < 20 or len(given_back) < OFTEN) and time.monotonic() < ends:
    time.sleep(0.05)
with psycopg.connect(url) as other:
    found = other.execute("SELECT query FROM pg_stat_activity WHERE datname = current_database()").fetchall()
left.update(row for row in found if row[0].startswith("LISTEN"))
queue.stop()
print(len(carried), len(given_back) >= OFTEN, sorted(left), flush=True)
os._exit(0)
"""


def test_nothing_is_left_on_a_connection(tmp_path: Path, postgresql_server: Any) -> None:
    settings = Settings(folder=tmp_path / "service", model="off", worker="w1", secret="test")
    with fresh_postgresql(postgresql_server, settings) as made:
        url = queue_url(made.database_url, made.folder)
        done = subprocess.run([sys.executable, "-c", PLAY, url], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "20 True []\n"
