"""Lists that stay quick: what the inbox goes by stands on the escalation, and the newest note of a system is found."""

from typing import Any

import django.utils.timezone
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def repeat(apps: Any, schema_editor: Any) -> None:
    """Write the contacts' outcome and time into the escalations that are there."""
    escalations = apps.get_model("store", "Escalation").objects.using(schema_editor.connection.alias)
    contact = apps.get_model("store", "Contact").objects.filter(pk=OuterRef("contact_id"))
    escalations.update(
        outcome=Subquery(contact.values("outcome")[:1]),
        contact_at=Subquery(contact.values("at")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0009_webhooks"),
    ]

    operations = [
        migrations.AddField("escalation", "outcome", models.CharField(blank=True, default="", max_length=8)),
        migrations.AddField("escalation", "contact_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddIndex(
            "escalation",
            models.Index(
                fields=["channel", "state", "-contact_at", "-contact", "outcome"],
                name="escalation_inbox",
            ),
        ),
        migrations.AddIndex(
            "contact",
            models.Index(
                condition=models.Q(("looked_at__isnull", False), ("needs_person", True)),
                fields=["-at"],
                name="contact_looked_at",
            ),
        ),
        migrations.AddIndex("note", models.Index(fields=["source", "-at"], name="note_source")),
        migrations.RunPython(repeat, migrations.RunPython.noop),
    ]
