"""Of which flag something was said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0013_events_are_added"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="flag",
            field=models.JSONField(null=True),
        ),
    ]
