"""A note keeps what it gives of its person; what the notes before taught nobody knows."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("store", "0020_struck_notes"),)
    operations = (
        migrations.AddField(
            model_name="note",
            name="taught",
            field=models.JSONField(null=True),
        ),
    )
