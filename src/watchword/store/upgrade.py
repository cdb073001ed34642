"""Bringing the database up to date, and knowing whether it is."""

from __future__ import annotations

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from watchword.errors import StoreError


def upgrade() -> tuple[str, ...]:
    """Make every change that is not made yet, and name them in order. Raises StoreError."""
    names = pending()
    if names:
        call_command("migrate", verbosity=0, interactive=False)
    return names


def pending() -> tuple[str, ...]:
    """The changes that the database still needs. Raises StoreError when it cannot be reached."""
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise StoreError(
            f"The database cannot be used ({type(error).__name__}).", do="Check DATABASE_URL and WATCHWORD_DATA."
        ) from error
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label} {migration.name}" for migration, _ in plan)


def check_up_to_date() -> None:
    """Raises StoreError when the database still needs changes."""
    if pending():
        raise StoreError("The database is not up to date.", do="Run  watchword migrate  first.")
