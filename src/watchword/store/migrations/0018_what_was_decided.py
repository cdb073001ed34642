"""Each decision keeps what the step was of which it was made: for earlier ones, as far as that can still be known.

Where a transfer led then stands in the assessment that was shown. A doubt that shares an order demands it no more: what
is said of the order is not said of the doubt.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

AT_ONCE = 200  # decisions, or steps


def keep_what_was_decided(apps: Any, editor: Any) -> None:
    steps = apps.get_model("store", "Step").objects.using(editor.connection.alias)
    decisions = apps.get_model("store", "Decision").objects.using(editor.connection.alias)
    last = 0
    while rows := list(steps.filter(pk__gt=last).only("level", "demanded_by").order_by("pk")[:AT_ONCE]):
        changed = [row for row in rows if _at_its_level(row) != row.demanded_by]
        for row in changed:
            row.demanded_by = _at_its_level(row)
        steps.bulk_update(changed, ["demanded_by"])
        last = rows[-1].pk
    last = 0
    told = decisions.exclude(step=None).select_related("step", "assessment").order_by("pk")
    while rows := list(told.filter(pk__gt=last)[:AT_ONCE]):
        for row in rows:
            row.to, row.demanded_by = _to(row), _demanded_by(row)
        decisions.bulk_update(rows, ["to", "demanded_by"])
        last = rows[-1].pk


def _at_its_level(step: Any) -> list[list[str | None]]:
    return [flag for flag in step.demanded_by if flag[2] == step.level] or step.demanded_by


def _to(decision: Any) -> str:
    step = decision.step
    shown = [one.get("to") for one in decision.assessment.record["actions"] if one["kind"] == step.kind]
    if step.kind == "warm_transfer" and len(shown) == 1:
        return shown[0] or ""
    return step.to or step.type or step.register or ""


def _demanded_by(decision: Any) -> list[list[str | None]]:
    raised = [[flag["kind"], flag["term"], flag["level"]] for flag in decision.assessment.record["flags"]]
    return [flag for flag in decision.step.demanded_by if flag in raised]


class Migration(migrations.Migration):
    dependencies = (("store", "0017_whole_issues"),)
    operations = (
        migrations.AddField(
            model_name="decision",
            name="to",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="decision",
            name="demanded_by",
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(keep_what_was_decided, migrations.RunPython.noop),
    )
