"""Writing without waiting for the disk: for what its sender can tell again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

NO_WAIT = "SET LOCAL synchronous_commit TO off"


@contextmanager
def promptly() -> Iterator[None]:
    """A transaction that survives the end of any process, and is put on the disk with the next ordinary one.

    Should the machine lose its power before, or within about half a second, it is lost, whole, and nothing after it is
    kept. Inside another transaction it is part of that one.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _without_sync(), transaction.atomic():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NO_WAIT)
            yield


@contextmanager
def _without_sync() -> Iterator[None]:
    """SQLite's way is the connection's, not the transaction's, and cannot be changed inside one."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous=FULL")
