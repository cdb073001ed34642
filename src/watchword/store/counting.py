"""How many rows each of several groups has, up to a limit: one statement, put into words once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Groups = Callable[[], Sequence[Sequence[QuerySet[Any]]]]


def how_many(groups: Groups, most: int) -> list[int]:
    """How many rows the lists of each group have together, each row once; of no list more than ``most`` are counted.

    Each list has one column. What ``groups`` gives is the same each time: it is asked once.
    """
    with connection.cursor() as cursor:
        cursor.execute(*_statement(groups, most, connection.vendor))
        found: tuple[int, ...] = cursor.fetchone()
    return [min(many, most) for many in found]


@cache
def _statement(groups: Groups, most: int, vendor: str) -> tuple[str, tuple[Any, ...]]:
    counts: list[str] = []  # each ``vendor`` has words of its own
    given: list[Any] = []
    for group in groups():
        lists = []
        for source in group:
            words, values = source.order_by()[:most].query.sql_with_params()
            lists.append(f"SELECT * FROM ({words}) AS one")  # noqa: S608 - Django's own words
            given += values
        counts.append(f"(SELECT COUNT(*) FROM ({' UNION '.join(lists)}) AS each)")  # noqa: S608
    return f"SELECT {', '.join(counts)}", tuple(given)
