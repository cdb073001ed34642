"""The database itself refuses to change or delete an event, whoever asks; and the chain gets its head."""

from __future__ import annotations

from django.db import migrations

SQLITE = (
    "CREATE TRIGGER event_stays_as_it_is BEFORE UPDATE ON store_event "
    "BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
    "CREATE TRIGGER event_stays BEFORE DELETE ON store_event "
    "BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are never changed or deleted'; END $$",
    "CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON store_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION event_stays()",
)


def make_chain(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Make the triggers of this kind of database, and the head."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)
    apps.get_model("store", "ChainHead").objects.using(schema_editor.connection.alias).create(pk=1)


class Migration(migrations.Migration):
    """There is no way back: a log that can be switched off proves nothing."""

    dependencies = (("store", "0002_roles"),)
    operations = (migrations.RunPython(make_chain),)
