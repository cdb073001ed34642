"""On SQLite no event takes the place of another.

REPLACE deletes what is in its way without asking the triggers that forbid deleting. So it is refused before: whatever
has the number, the hash or the row of an event that is there. PostgreSQL takes such an insert for an update.
"""

from typing import Any

from django.db import migrations

TRIGGER = """
CREATE TRIGGER event_is_added BEFORE INSERT ON store_event WHEN
    EXISTS (SELECT 1 FROM store_event WHERE number = NEW.number)
    OR EXISTS (SELECT 1 FROM store_event WHERE hash = NEW.hash)
    OR EXISTS (SELECT 1 FROM store_event WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END
"""


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
