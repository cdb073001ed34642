"""A note may be struck out: it then counts no more, and stays to be seen with who struck it out and why."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("store", "0019_longest_number"),)
    operations = (
        migrations.AddField(
            model_name="note",
            name="struck_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="note",
            name="struck_by",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="note",
            name="struck_why",
            field=models.TextField(blank=True, default=""),
        ),
    )
