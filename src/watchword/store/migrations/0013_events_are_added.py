"""On SQLite no event takes the place of another.

REPLACE deletes what is in its way without asking the triggers that forbid deleting. So it is refused before: whatever
has the number, the hash or the row of an event that is there. PostgreSQL takes such an insert for an update.
"""

from typing import Any

from django.db import migrations

PLACES = ("number", "hash", "rowid")  # each is unique, the row by SQLite itself
TAKEN = " OR ".join(f"EXISTS (SELECT 1 FROM store_event WHERE {place} = NEW.{place})" for place in PLACES)
TRIGGER = (
    f"CREATE TRIGGER event_is_added BEFORE INSERT ON store_event WHEN {TAKEN} "
    "BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END"
)


def only_added(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(TRIGGER)


def not_only_added(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER event_is_added")


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0012_few_among_many"),
    ]

    operations = [migrations.RunPython(only_added, not_only_added)]
