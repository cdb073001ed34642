"""Which flags demand a step, for the steps of before that was kept: what has gone is not proposed a second time.

Which rule demands what stands in the policy, which may be another one by now. So a step is taken to be demanded by
every flag of the assessment by which it was planned last. One that no assessment asked for before it was there took the
place of another, and stays without.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

AT_ONCE = 200  # steps


def tell_which(apps: Any, editor: Any) -> None:
    steps = apps.get_model("store", "Step").objects.using(editor.connection.alias)
    assessments = apps.get_model("store", "Assessment").objects.using(editor.connection.alias)
    last = 0
    while rows := list(steps.filter(pk__gt=last, demanded_by=[]).select_related("escalation").order_by("pk")[:AT_ONCE]):
        made: dict[int, list[Any]] = {}
        for one in assessments.filter(contact__in={row.escalation.contact_id for row in rows}).order_by("number"):
            made.setdefault(one.contact_id, []).append(one)
        for row in rows:
            row.demanded_by = _flags(row, made.get(row.escalation.contact_id, []))
        steps.bulk_update([row for row in rows if row.demanded_by], ["demanded_by"])
        last = rows[-1].pk


def _flags(step: Any, assessments: list[Any]) -> list[list[str | None]]:
    asked = [one for one in assessments if any(_is_for(action, step) for action in one.record["actions"])]
    if not asked or asked[0].made_at > step.planned_at:
        return []
    until = step.sent_at or asked[-1].made_at  # what has gone follows no later assessment
    planned_last = [one for one in asked if one.made_at <= until][-1]
    return [[flag["kind"], flag["term"], flag["level"]] for flag in planned_last.record["flags"]]


def _is_for(action: dict[str, Any], step: Any) -> bool:
    """A ticket is told from others by what it is; a call is transferred once, and a mail moved once."""
    if step.kind == "do_not_contact":
        return bool(action.get("register") == step.register)
    if step.kind == "ticket":
        return (action["kind"], action.get("type"), action.get("system")) == (step.kind, step.type, step.system)
    return bool(action["kind"] == step.kind)


class Migration(migrations.Migration):
    dependencies = (("store", "0014_flags_decided"),)
    operations = (migrations.RunPython(tell_which, migrations.RunPython.noop),)
