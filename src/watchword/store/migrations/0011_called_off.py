"""Which flags demand a step; a transfer that the caller does not want, or has hung up before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0010_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="step",
            name="demanded_by",
            field=models.JSONField(default=list),
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
                    ("withdraw", "Withdraw"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="phase",
            field=models.CharField(
                choices=[
                    ("offered", "Offered"),
                    ("dialled", "Dialled"),
                    ("on hold", "On Hold"),
                    ("refreshed", "Refreshed"),
                    ("briefed", "Briefed"),
                    ("accepted", "Accepted"),
                    ("not reached", "Not Reached"),
                    ("called off", "Called Off"),
                ],
                default="offered",
                max_length=16,
            ),
        ),
    ]
