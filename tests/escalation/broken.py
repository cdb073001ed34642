"""A queue whose tables are gone under the workers, as after a restore of the store alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing


def break_the_queue(url: str) -> None:
    """Drop every table of the queue."""
    if url.startswith("sqlite"):
        _drop_all(url.removeprefix("sqlite:///"))
        return
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA watchword_queue CASCADE")


def _drop_all(file: str) -> None:
    with closing(sqlite3.connect(file, timeout=30)) as opened:
        opened.execute("PRAGMA foreign_keys=OFF")
        tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for (name,) in tables.fetchall():
            opened.execute(f'DROP TABLE "{name}"')
        opened.commit()
