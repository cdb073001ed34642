"""Notes of before are found by the whole of their issue, as they are now: some were by its first digits alone."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from watchword.store.notes import issue_key
from watchword.store.storable import storable

AT_ONCE = 1000  # notes


def name_wholly(apps: Any, editor: Any) -> None:
    notes = apps.get_model("store", "Note").objects.using(editor.connection.alias)
    named, last = notes.exclude(issue=None), 0
    while rows := list(named.filter(pk__gt=last).only("issue", "issue_key").order_by("pk")[:AT_ONCE]):
        changed = []
        for row in rows:
            key = storable(issue_key(row.issue))
            if key != row.issue_key:
                row.issue_key = key
                changed.append(row)
        notes.bulk_update(changed, ["issue_key"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = (("store", "0016_nobodys_identities"),)
    operations = (migrations.RunPython(name_wholly, migrations.RunPython.noop),)
