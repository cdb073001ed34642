"""Indexes of the few contacts among many that somebody has to see to, in the order in which lists show them.

Without the columns of the lists in them SQLite would rather read the index of all contacts to its end.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0011_called_off"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="contact", name="contact_needs_person"),
        migrations.RemoveIndex(model_name="contact", name="contact_looked_at"),
        migrations.RemoveIndex(model_name="contact", name="contact_open"),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("looked_at__isnull", True), ("needs_person", True)),
                fields=["channel", "-at", "-id"],
                name="contact_needs_person",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("looked_at__isnull", False), ("needs_person", True)),
                fields=["channel", "-at", "-id"],
                name="contact_looked_at",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(condition=models.Q(("is_open", True)), fields=["-at", "-id"], name="contact_open"),
        ),
    ]
