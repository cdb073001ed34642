"""What an older version kept is right after the upgrade too."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from tests.recorded import NO_MORE, SUES, a_call, keep
from watchword.escalation.states import StepState
from watchword.escalation.steps import PlannedStep, StepKind
from watchword.settings import Settings
from watchword.store import models
from watchword.store.decide import confirm_all, replace
from watchword.terms import Level

BBB = "I will complain to the Better Business Bureau."
ATTORNEY = ["keyword", "attorney", "escalate"]


def back_to(migration: str) -> None:
    """The database as it was, with what it held then."""
    call_command("migrate", "store", migration, verbosity=0)


def upgraded() -> None:
    call_command("migrate", "store", verbosity=0)


def gone(kind: StepKind | None = None) -> None:
    """What is to go has gone, and was accepted."""
    steps = models.Step.objects.filter(kind=kind) if kind else models.Step.objects.all()
    for step in steps:
        step.state, step.tries, step.try_at, step.sent_at = StepState.CONFIRMED, 1, None, step.planned_at
        step.save()


@pytest.mark.parametrize("before", ["0010", "0011", "0014"])
def test_what_had_gone_in_a_call_that_is_open_is_not_proposed_again(database: Settings, before: str) -> None:
    first = keep(a_call(SUES, NO_MORE), is_open=True)
    assert confirm_all(first.escalation or "", by="ana") == 4
    gone()
    if before == "0010":
        back_to(before)
    else:  # the column is there, and nothing in it
        models.Step.objects.update(demanded_by=[])
        back_to(before)
    upgraded()
    keep(a_call(SUES, NO_MORE, BBB), is_open=True)
    assert models.Step.objects.count() == 4
    assert all(ATTORNEY in step.demanded_by for step in models.Step.objects.all())
    assert not any("bbb" in str(step.demanded_by) for step in models.Step.objects.all()), "that came later"


def test_what_waits_in_such_a_call_is_brought_up_to_date(database: Settings) -> None:
    keep(a_call(SUES), is_open=True)
    back_to("0010")
    upgraded()
    keep(a_call(SUES, BBB, NO_MORE), is_open=True)
    assert sorted(models.Step.objects.values_list("state", flat=True)) == [StepState.WAITS] * 4


def test_a_step_that_took_the_place_of_another_is_demanded_by_nothing(database: Settings) -> None:
    """It does nothing else: what a flag demands later is a step of its own."""
    keep(a_call("I have been waiting for a call back for three weeks."), is_open=True)
    transfer = models.Step.objects.get(kind=StepKind.WARM_TRANSFER)
    executive = {"type": "Executive Escalation Keywords", "system": "Syncro CRM"}
    instead = PlannedStep("fallback", StepKind.TICKET, StepState.PLANNED, Level.ESCALATE, "agent", **executive)
    transfer.state = StepState.NEEDS_PERSON
    transfer.save()
    replace(transfer.key, instead, by="ana", why="Nobody answered")
    gone(StepKind.TICKET)
    back_to("0010")
    upgraded()
    assert models.Step.objects.get(name="fallback").demanded_by == []
    keep(a_call("I have been waiting for a call back for three weeks.", SUES), is_open=True)
    assert models.Step.objects.filter(**executive).exclude(name="fallback").get().state == StepState.WAITS


def test_what_is_told_already_stays(database: Settings) -> None:
    keep(a_call(SUES, NO_MORE), is_open=True)
    told = list(models.Step.objects.order_by("pk").values_list("demanded_by", flat=True))
    back_to("0014")
    upgraded()
    assert list(models.Step.objects.order_by("pk").values_list("demanded_by", flat=True)) == told
