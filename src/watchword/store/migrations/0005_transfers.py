"""How far a transfer is: the hold clock, what the agent ticks and types; dismissals taken back, steps replaced."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="held_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="holds",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="transfer",
            name="identity_verified",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="tried",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="decision",
            name="word",
            field=models.CharField(
                choices=[
                    ("confirm", "Confirm"),
                    ("dismiss", "Dismiss"),
                    ("retry", "Retry"),
                    ("settle", "Settle"),
                    ("reopen", "Reopen"),
                    ("instead", "Instead"),
                ],
                max_length=8,
            ),
        ),
    ]
