"""Webhooks, and what is on its way to them."""

import django.db.models.deletion
import django.utils.timezone
import watchword.store.models.webhooks
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("url", models.TextField()),
                ("topics", models.JSONField(default=list)),
                ("salt", models.CharField(max_length=64)),
                ("fingerprint", models.CharField(max_length=64)),
                ("told", models.PositiveBigIntegerField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("why", models.TextField(blank=True, default="")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)), fields=("name",), name="webhook_one_in_force"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(default=watchword.store.models.webhooks.new_key, max_length=40, unique=True)),
                ("topic", models.CharField(max_length=40)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("delivered", "Delivered"),
                            ("needs a person", "Needs Person"),
                        ],
                        default="planned",
                        max_length=16,
                    ),
                ),
                ("why", models.TextField(blank=True, default="")),
                ("tries", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("held_until", models.DateTimeField(null=True)),
                ("held_by", models.CharField(blank=True, default="", max_length=200)),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="store.webhook"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["webhook", "try_at"], name="delivery_due"
                    ),
                    models.Index(fields=["webhook", "state"], name="delivery_state"),
                    models.Index(
                        condition=models.Q(("delivered_at__isnull", False)),
                        fields=["delivered_at"],
                        name="delivery_ended",
                    ),
                ],
            },
        ),
    ]
