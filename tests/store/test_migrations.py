"""The tables are what the models say, on both databases; roles are there; events cannot be changed."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from watchword.errors import StoreError
from watchword.settings import Settings
from watchword.store.upgrade import check_up_to_date, pending, upgrade


def test_migrations_are_equal_to_the_models(database: Settings) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    assert pending() == ()
    assert upgrade() == ()
    check_up_to_date()


def test_tables_have_the_columns_of_the_models(database: Settings) -> None:
    """What the migrations made, asked of the database itself."""
    from django.apps import apps

    with connection.cursor() as cursor:
        for model in apps.get_app_config("store").get_models():
            found = {
                column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)
            }
            assert found == {field.column for field in model._meta.local_concrete_fields}, model


def test_an_older_database_gets_what_the_inbox_goes_by(database: Settings) -> None:
    from django.apps import apps

    from tests.recorded import a_mail, keep
    from watchword.store.models import Contact, Escalation

    keep(a_mail())
    mail = Contact.objects.get()
    Escalation.objects.update(outcome="", contact_at=timezone.now())
    import_module("watchword.store.migrations.0010_lists").repeat(apps, connection.schema_editor())
    (escalation,) = Escalation.objects.all()
    assert (escalation.outcome, escalation.contact_at) == ("escalate", mail.at)


def test_roles_are_groups(database: Settings) -> None:
    from django.contrib.auth.models import Group

    names = set(Group.objects.values_list("name", flat=True))
    assert names == {"agent", "mail agent", "supervisor", "policy owner", "auditor", "administrator"}


@pytest.mark.parametrize(
    "statement", ["UPDATE store_event SET actor = 'nobody'", "DELETE FROM store_event WHERE number = 1"]
)
def test_the_database_itself_refuses_to_change_an_event(database: Settings, statement: str) -> None:
    from watchword.store.chain import append_event

    append_event("ana", "looked", "contact c-1")
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_database_that_is_not_prepared_is_named(tmp_path: object) -> None:
    from pathlib import Path

    from tests.databases import close, use

    use(Settings(folder=Path(str(tmp_path)), secret="test"))
    try:
        with pytest.raises(StoreError, match="watchword migrate"):
            check_up_to_date()
    finally:
        close()
