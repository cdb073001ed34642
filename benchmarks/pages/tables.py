"""Rows written in bulk: what is not given gets its field's default, so that new fields change nothing here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

Row = Sequence[Any]
QUICKLY = {
    "sqlite": ("PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF", "PRAGMA cache_size=-400000"),
    "postgresql": ("SET session_replication_role = replica", "SET synchronous_commit = off"),
}


class Table:
    """A model's table, and which of its fields are given, in order."""

    def __init__(self, model: type[Model], *given: str) -> None:
        about = model._meta  # Django's documented way to a model's fields
        fields = list(about.concrete_fields)
        first = [next(field for field in fields if field.attname == name) for name in given]
        rest = [field for field in fields if field not in first and not field.auto_created and field.attname != "id"]
        self._constant = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)
        self._constant = tuple(_plain(value) for value in self._constant)
        names = ", ".join(f'"{field.column}"' for field in [*first, *rest])
        places = ", ".join(["%s"] * len([*first, *rest]))
        self._insert = f"INSERT INTO {about.db_table} ({names}) VALUES ({places})"
        self._copy = f"COPY {about.db_table} ({names}) FROM STDIN"
        self._numbered = about.db_table if about.pk.get_internal_type() == "BigAutoField" else None

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows; JSON as text, moments as text in UTC."""
        whole = ((*row, *self._constant) for row in rows)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.executemany(self._insert, list(whole))
                return
            with cursor.copy(self._copy) as copy:  # type: ignore[attr-defined]
                for row in whole:
                    copy.write_row(row)

    def catch_up(self) -> None:
        """Have the database give the next number after the ones that were given here."""
        if connection.vendor == "postgresql" and self._numbered:
            last = f"(SELECT max(id) FROM {self._numbered})"
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{self._numbered}', 'id'), {last})")


def quickly() -> None:
    """Make this connection quick and careless."""
    with connection.cursor() as cursor:
        for statement in QUICKLY[connection.vendor]:
            cursor.execute(statement)


def settle() -> None:
    """What a database does by itself in time: statistics for its plans."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    connection.close()


def _plain(value: Any) -> Any:
    """JSON as text for COPY."""
    dumped = getattr(value, "dumps", None)
    return dumped(value.obj) if dumped else getattr(value, "obj", value)
