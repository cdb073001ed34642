"""Tables taken in, the systems that notes come from, and notes found by the number of their issue."""

import re

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def name_issues(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Notes that are there already are found by their issue's number as well."""
    notes = apps.get_model("store", "Note").objects.using(schema_editor.connection.alias)
    for note in notes.exclude(issue=None).iterator():
        found = re.search(r"\d{3,}", note.issue)
        if found:
            note.issue_key = found.group().lstrip("0")[:200]
            note.save(update_fields=["issue_key"])


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0007_pace"),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("notes", "Notes"), ("register", "Register")], max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[("shown", "Shown"), ("running", "Running"), ("done", "Done"), ("dropped", "Dropped")],
                        default="shown",
                        max_length=16,
                    ),
                ),
                ("file", models.CharField(max_length=200)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                ("by", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("new", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ImportContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                (
                    "of",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="content", to="store.import"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField()),
                ("what", models.TextField()),
                ("do", models.TextField()),
            ],
            options={
                "ordering": ("line", "id"),
            },
        ),
        migrations.CreateModel(
            name="NotesSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                ("connected", models.BooleanField(default=False)),
                ("every_hours", models.PositiveIntegerField(null=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="note",
            name="issue_key",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["issue_key", "-at"], name="note_issue"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["-made_at", "-id"], name="import_newest"),
        ),
        migrations.AddField(
            model_name="importrefusal",
            name="of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="refusals", to="store.import"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrefusal",
            constraint=models.UniqueConstraint(fields=("of", "line"), name="import_refusal_once"),
        ),
        migrations.RunPython(name_issues, migrations.RunPython.noop),
    ]
