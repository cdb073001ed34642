"""Bringing the database up to date, and knowing whether it is."""

from __future__ import annotations

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from watchword.errors import StoreError
from watchword.store.trouble import damaged, trouble


def upgrade() -> tuple[str, ...]:
    """Make every change that is not made yet, and name them in order. Raises StoreError, for a damaged one too."""
    check_sound()
    names = pending()
    if names:
        call_command("migrate", verbosity=0, interactive=False)
    return names


def pending() -> tuple[str, ...]:
    """The changes that the database still needs. Raises StoreError when it cannot be reached."""
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise trouble(error) from error
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label} {migration.name}" for migration, _ in plan)


def check_sound() -> None:
    """Look the whole of a SQLite file through: what was put together of two of them works until it is read there."""
    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            found = cursor.execute("PRAGMA quick_check(1)").fetchone()
    except DatabaseError as error:
        raise trouble(error) from error
    if found != ("ok",):
        raise damaged()


def check_up_to_date() -> None:
    """Raises StoreError when the database still needs changes."""
    if pending():
        raise StoreError("The database is not up to date.", do="Run  watchword migrate  first.")
