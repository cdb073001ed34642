"""The notes systems: which have been heard of, which are connected, and which of those could not be read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from watchword.errors import NotRecorded, RecordConflict
from watchword.store.chain import append_event
from watchword.store.models import NotesSource
from watchword.store.storable import storable

LONGEST_NAME = 200


def source_name(given: str) -> str:
    """A notes system's name as notes carry it. Raises RecordConflict."""
    name = storable(given).strip().upper()
    if not name or len(name) > LONGEST_NAME:
        raise RecordConflict("This is no name of a notes system.", do="Use a short one, such as LIMS.")
    return name


def heard(names: frozenset[str]) -> None:
    """Notes came from these systems just now, or the news that there are none."""
    for name in sorted(names):
        NotesSource.objects.update_or_create(
            name=source_name(name), defaults={"heard_at": timezone.now(), "failed_at": None}
        )


def not_read(names: frozenset[str], *, by: str) -> None:
    """Whoever reads these systems could not. Every assessment says so until they are heard of again."""
    for name in sorted(names):
        row, _ = NotesSource.objects.get_or_create(name=source_name(name))
        if row.failed_at is None:
            NotesSource.objects.filter(pk=row.pk).update(failed_at=timezone.now())
            append_event(by, "notes not read", f"notes system {row.name}")


def connect(name: str, *, every_hours: int | None, by: str) -> None:
    """Declare a system as connected: from now on it is told when it could not be read.

    With ``every_hours``, it counts as not read when nothing came from it for so long.
    """
    with transaction.atomic():
        NotesSource.objects.update_or_create(
            name=source_name(name), defaults={"connected": True, "every_hours": every_hours}
        )
        append_event(by, "notes system connected", f"notes system {source_name(name)}", {"every_hours": every_hours})


def disconnect(name: str, *, by: str) -> None:
    """Declare a system as connected no more; its notes stay. Raises NotRecorded."""
    with transaction.atomic():
        if not NotesSource.objects.filter(name=source_name(name), connected=True).update(connected=False):
            raise NotRecorded(f"No notes system {name} is connected.", do="List them:  watchword notes sources")
        append_event(by, "notes system disconnected", f"notes system {source_name(name)}")


def failing(row: NotesSource, now: datetime) -> str | None:
    """Why a system counts as not read; None when it was read, or nobody has said that it is connected."""
    if row.failed_at is not None:
        return "it could not be read"
    if not row.connected:
        return None
    if row.heard_at is None:
        return "nothing has come from it yet"
    if row.every_hours is not None and row.heard_at < now - timedelta(hours=row.every_hours):
        return f"nothing has come from it for more than {row.every_hours} h"
    return None


def read_and_failed() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the systems that were read, and of those that could not be."""
    now = timezone.now()
    rows = list(NotesSource.objects.order_by("name"))
    failed = tuple(row.name for row in rows if failing(row, now))
    return tuple(row.name for row in rows if row.heard_at and row.name not in failed), failed
