"""The roles, as groups of users."""

from __future__ import annotations

from django.db import migrations

ROLES = ("agent", "mail agent", "supervisor", "policy owner", "auditor", "administrator")


def make_roles(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Make each role that is not there yet."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for role in ROLES:
        groups.get_or_create(name=role)


class Migration(migrations.Migration):
    """Roles are never removed again: people may have them."""

    dependencies = (("store", "0001_tables"), ("auth", "0012_alter_user_first_name_max_length"))
    operations = (migrations.RunPython(make_roles, migrations.RunPython.noop),)
