"""From actions to steps."""

from __future__ import annotations

from dataclasses import replace

from tests.recorded import NO_MORE, SUES, a_call, a_mail, assessed
from watchword.escalation.states import StepState
from watchword.escalation.steps import plan_steps, step_key
from watchword.policy.slug import LONGEST_SLUG
from watchword.terms import Action, Assessment, Level, Scope

BASE = assessed(a_call())


def with_actions(*actions: Action) -> Assessment:
    return replace(BASE, actions=actions)


def test_a_call() -> None:
    steps = plan_steps(assessed(a_call(SUES, NO_MORE)))
    assert [step.kind for step in steps] == ["warm_transfer", "ticket", "ticket", "do_not_contact"]
    assert {step.state for step in steps} == {StepState.WAITS}
    assert (steps[0].to, steps[0].phone) == ("Natera Billing Escalation Calls", "+16504128715")
    assert steps[3].register == "do-not-contact"
    assert steps[2].register is None
    assert Scope.CALLS in steps[3].scope
    assert len({step.name for step in steps}) == 4


def test_a_mail_goes_out_as_the_policy_says() -> None:
    steps = plan_steps(assessed(a_mail()))
    assert [step.kind for step in steps] == ["queue_transfer", "chatter_post"]
    assert {step.confirm for step in steps} == {"automatic"}
    assert {step.state for step in steps} == {StepState.PLANNED}
    assert "attorney" in (steps[1].text or "")


def test_a_proposal_waits_even_where_the_policy_sends_by_itself() -> None:
    action = Action("ticket", Level.CLARIFY, type="SOS", system="CRM", confirm="automatic")
    assert plan_steps(with_actions(action))[0].state is StepState.WAITS
    assert plan_steps(with_actions(replace(action, level=Level.ESCALATE)))[0].state is StepState.PLANNED


def test_a_word_for_confirm_that_nobody_knows_waits() -> None:
    action = Action("ticket", Level.ESCALATE, type="SOS", confirm="anybody")
    assert plan_steps(with_actions(action))[0].state is StepState.WAITS


def test_nothing_follows_from_nothing() -> None:
    assert plan_steps(with_actions()) == ()


def test_names_are_the_same_each_time_and_differ_for_different_tickets() -> None:
    types = ["Patient SOS", "patient sos!", "患者", "", "x" * 300, "x" * 299 + "y"]
    names = [plan_steps(with_actions(Action("ticket", Level.ESCALATE, type=one)))[0].name for one in types]
    assert names[0] == "ticket-patient-sos"
    assert len(set(names[2:])) == 4
    assert all(len(name) < LONGEST_SLUG + 30 for name in names)
    assert step_key("e1", names[0]) == "e1:ticket-patient-sos"
