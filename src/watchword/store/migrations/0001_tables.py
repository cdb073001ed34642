"""The tables."""

import django.db.models.deletion
import django.utils.timezone
import watchword.store.models.escalations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(default=0)),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000", max_length=64
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=500, unique=True)),
                ("channel", models.CharField(max_length=8)),
                ("source", models.CharField(blank=True, default="", max_length=64)),
                ("received_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                ("is_open", models.BooleanField(default=False)),
                ("given_person", models.JSONField(default=dict)),
                ("issue", models.TextField(null=True)),
                ("issue_key", models.CharField(blank=True, default="", max_length=200)),
                ("subject", models.TextField(null=True)),
                ("body", models.TextField(null=True)),
                ("history", models.JSONField(null=True)),
                ("unread", models.JSONField(default=list)),
                ("extra", models.JSONField(default=dict)),
                ("outcome", models.CharField(blank=True, default="", max_length=8)),
                ("needs_person", models.BooleanField(default=False)),
                ("looked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(blank=True, default="")),
                ("name_key", models.CharField(blank=True, db_index=True, default="", max_length=100)),
                ("extra", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name_plural": "people",
            },
        ),
        migrations.CreateModel(
            name="Queue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("heard_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("outcome", models.CharField(max_length=8)),
                ("policy_name", models.TextField()),
                ("policy_version", models.TextField()),
                ("policy_hash", models.CharField(max_length=64)),
                ("model", models.TextField(null=True)),
                ("needs_person", models.BooleanField(default=False)),
                ("record", models.JSONField()),
                ("hash", models.CharField(max_length=64)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="store.contact"
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(default=watchword.store.models.escalations.new_key, max_length=32, unique=True),
                ),
                ("channel", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("needs a person", "needs a person"),
                            ("waits for agent", "waits for agent"),
                            ("under way", "under way"),
                            ("done", "done"),
                            ("dismissed", "dismissed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="store.assessment"
                    ),
                ),
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalation", to="store.contact"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=32)),
                ("actor", models.CharField(max_length=200)),
                ("action", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=600)),
                ("detail", models.JSONField(default=dict)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ("number",),
                "indexes": [
                    models.Index(fields=["subject", "number"], name="event_subject"),
                    models.Index(fields=["actor", "number"], name="event_actor"),
                    models.Index(fields=["action", "number"], name="event_action"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=200)),
                ("term", models.CharField(blank=True, default="", max_length=200)),
                ("level", models.CharField(max_length=8)),
                ("trial", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="store.contact"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=200)),
                ("external_id", models.CharField(max_length=300)),
                ("channel", models.CharField(max_length=8, null=True)),
                ("at", models.DateTimeField(null=True)),
                ("issue", models.TextField(null=True)),
                ("text", models.TextField()),
                ("extra", models.JSONField(default=dict)),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="store.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("patient_id", "Patient Id"), ("phone", "Phone"), ("email", "Email")], max_length=16
                    ),
                ),
                ("value", models.CharField(max_length=400)),
                ("shown", models.CharField(max_length=400)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="identities", to="store.person"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "identities",
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="store.person"
            ),
        ),
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=240, null=True, unique=True)),
                ("register", models.TextField()),
                ("calls", models.BooleanField(default=False)),
                ("messages", models.BooleanField(default=False)),
                ("mail", models.BooleanField(default=False)),
                ("origin", models.TextField()),
                ("evidence", models.JSONField(default=list)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, default="", max_length=200)),
                ("withdrawn_why", models.TextField(blank=True, default="")),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_entries",
                        to="store.contact",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="register_entries", to="store.person"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "register entries",
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=240, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("warm_transfer", "warm_transfer"),
                            ("ticket", "ticket"),
                            ("queue_transfer", "queue_transfer"),
                            ("chatter_post", "chatter_post"),
                            ("do_not_contact", "do_not_contact"),
                        ],
                        max_length=16,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("level", models.CharField(max_length=8)),
                ("confirm", models.CharField(max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waits for agent", "waits for agent"),
                            ("planned", "planned"),
                            ("sent", "sent"),
                            ("confirmed", "confirmed"),
                            ("needs a person", "needs a person"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=16,
                    ),
                ),
                ("to", models.TextField(null=True)),
                ("phone", models.TextField(null=True)),
                ("type", models.TextField(null=True)),
                ("system", models.TextField(null=True)),
                ("register", models.TextField(null=True)),
                ("scope", models.JSONField(default=list)),
                ("text", models.TextField(null=True)),
                ("why", models.TextField(blank=True, default="")),
                ("planned_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answer_by", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("round", models.PositiveIntegerField(default=0)),
                ("try_at", models.DateTimeField(null=True)),
                ("queued_at", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                ("held_by", models.CharField(blank=True, default="", max_length=200)),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="store.escalation"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.TextField()),
                ("reference", models.TextField()),
                ("url", models.TextField(null=True)),
                ("settled", models.BooleanField()),
                ("by", models.TextField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "step",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipt", to="store.step"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "word",
                    models.CharField(
                        choices=[
                            ("confirm", "Confirm"),
                            ("dismiss", "Dismiss"),
                            ("retry", "Retry"),
                            ("settle", "Settle"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField(blank=True, default="")),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.assessment"
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="store.escalation"
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="store.step",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=580, unique=True)),
                ("type", models.TextField()),
                ("system", models.TextField(blank=True, default="")),
                ("subject", models.TextField(blank=True, default="")),
                ("body", models.TextField(blank=True, default="")),
                ("scope", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=8),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="store.contact"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="store.queue"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QueueMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=240, unique=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "queue",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.queue"),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="store.ticket"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Chatter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=240, null=True, unique=True)),
                ("text", models.TextField()),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="chatter", to="store.ticket"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "chatter",
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=240, unique=True)),
                ("line", models.TextField()),
                ("phone", models.TextField(null=True)),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("dialled", "Dialled"),
                            ("on hold", "On Hold"),
                            ("refreshed", "Refreshed"),
                            ("briefed", "Briefed"),
                            ("accepted", "Accepted"),
                            ("not reached", "Not Reached"),
                        ],
                        default="offered",
                        max_length=16,
                    ),
                ),
                ("offered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(blank=True, default="", max_length=200)),
                ("accepted_by", models.TextField(blank=True, default="")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="store.contact"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("speaker", models.CharField(max_length=8)),
                ("text", models.TextField()),
                ("extra", models.JSONField(default=dict)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="store.contact"
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["policy_hash", "made_at"], name="assessment_policy"),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(fields=("contact", "number"), name="assessment_once"),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(fields=["state", "-opened_at", "-id"], name="escalation_state"),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(fields=["channel", "state", "-opened_at", "-id"], name="escalation_channel"),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(fields=["-opened_at", "-id"], name="escalation_newest"),
        ),
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(fields=["kind", "term", "-at"], name="flag_kind"),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(fields=("contact", "kind", "term", "trial"), name="flag_once"),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["person", "-at"], name="note_person"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.UniqueConstraint(fields=("source", "external_id"), name="note_once"),
        ),
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(fields=["kind", "value"], name="identity_value"),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(fields=("person", "kind", "value"), name="identity_once_per_person"),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "patient_id")), fields=("value",), name="identity_patient_id_is_one_persons"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["-at", "-id"], name="contact_newest"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["channel", "-at", "-id"], name="contact_channel"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["channel", "outcome", "-at", "-id"], name="contact_outcome"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["person", "-at"], name="contact_person"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["issue_key", "-at"], name="contact_issue"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("looked_at__isnull", True), ("needs_person", True)),
                fields=["-at"],
                name="contact_needs_person",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(condition=models.Q(("is_open", True)), fields=["-at"], name="contact_open"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", True)), fields=["person"], name="register_entry_in_force"
            ),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["-since", "-id"], name="register_entry_newest"),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(condition=models.Q(("try_at__isnull", False)), fields=["try_at"], name="step_due"),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("answer_by__isnull", False)), fields=["answer_by"], name="step_answer"
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(fields=["state", "-changed_at"], name="step_state"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("escalation", "name"), name="step_once"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("try_at__isnull", True), ("state__in", ("planned", "sent")), _connector="OR"),
                name="step_tried_while_carried",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["by", "-at"], name="decision_by"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["queue", "state", "-created_at"], name="ticket_queue"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["type", "state", "-created_at"], name="ticket_type"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["-created_at", "-id"], name="ticket_newest"),
        ),
        migrations.AddConstraint(
            model_name="turn",
            constraint=models.UniqueConstraint(fields=("contact", "number"), name="turn_once"),
        ),
    ]
