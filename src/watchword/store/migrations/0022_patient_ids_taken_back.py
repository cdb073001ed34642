"""A contact keeps what it taught of its person, and the patient ids that were taken back; of those before nobody knows."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("store", "0021_taught_by_notes"),)
    operations = (
        migrations.AddField(
            model_name="contact",
            name="taught",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="not_theirs",
            field=models.JSONField(null=True),
        ),
    )
