"""What keeps the service quick: a version on each contact, and indexes for lists of very many rows."""

from typing import Any

from django.db import migrations, models

IN_ORDER = """CREATE INDEX person_name_in_order ON store_person (name_key COLLATE "C", id)"""


def names_in_order(_apps: Any, editor: Any) -> None:
    """PostgreSQL sorts by a language; SQLite's own index is in this order already."""
    if editor.connection.vendor == "postgresql":
        editor.execute(IN_ORDER)


def no_names_in_order(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX person_name_in_order")


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0006_mails"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["state", "-created_at", "-id"], name="ticket_state"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["queue", "state", "type", "-created_at", "-id"], name="ticket_queue_type"),
        ),
        migrations.RemoveIndex(model_name="ticket", name="ticket_type"),
        migrations.CreateModel(
            name="Remembered",
            fields=[
                ("key", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("value", models.JSONField(null=True)),
                ("until", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name_plural": "remembered"},
        ),
        migrations.RunPython(names_in_order, no_names_in_order),
    ]
