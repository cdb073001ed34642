"""What keeps the service quick: a version on each contact, so that an open call need not be read again for each turn."""

from django.db import migrations, models


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
    ]
