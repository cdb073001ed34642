"""The protocol of a warm transfer: one table of moves, each with its event, and what follows at its ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction

from tests.databases import close
from tests.recorded import SUES, a_call, keep
from watchword.errors import MoveRefused, NotRecorded
from watchword.escalation.steps import PlannedStep, steps_of
from watchword.settings import Settings
from watchword.store import models
from watchword.store.click_to_dial import ONWARD, Phase, Told, advance, note_brief
from watchword.store.decide import confirm, dismiss, reopen, withdraw
from watchword.terms import Action, Level

FALLBACK = Action("ticket", Level.ESCALATE, type="Call Back", system="The CRM", confirm="automatic")
GONE = Told(reason="The caller has hung up")
LEE = Told("Lee", True, "A payment plan", GONE.reason)


def instead(text: str | None = None, type: str = "Call Back", system: str = "The CRM") -> PlannedStep:
    return steps_of(replace(FALLBACK, text=text, type=type, system=system))[0]


@pytest.fixture
def agreed(database: Settings) -> str:
    """A call with a transfer that the agent has agreed to, and no worker has come to it yet; the step's key."""
    keep(a_call())
    step = models.Step.objects.get(kind="warm_transfer")
    confirm(step.key, by="ana")
    return step.key


def stands(key: str) -> tuple[str, str]:
    return models.Step.objects.get(key=key).state, models.Transfer.objects.get(key=key).phase


@pytest.mark.parametrize("before", list(Phase), ids=lambda phase: phase.value)
def test_a_move_is_in_the_table_or_refused(agreed: str, before: Phase) -> None:
    advance(agreed, Phase.DIALLED, by="ana")
    models.Transfer.objects.filter(key=agreed).update(phase=before)
    for move in Phase:
        with transaction.atomic():
            moved_as_the_table_says(agreed, before, move)
            transaction.set_rollback(True)


def moved_as_the_table_says(key: str, before: Phase, move: Phase) -> None:
    events = models.Event.objects.filter(actor="bo", action__startswith="transfer")
    if move == before or move in ONWARD[before]:
        advance(key, move, by="bo", told=LEE)
        assert stands(key)[1] == move
        assert events.count() == (move != before)
        assert models.Transfer.objects.get().by == ("bo" if move != before else "ana")
    else:
        with pytest.raises(MoveRefused, match="cannot become"):
            advance(key, move, by="bo", told=LEE)
        assert stands(key)[1] == before
        assert not events.exists()


def test_every_phase_is_in_the_table_and_leads_to_an_end() -> None:
    assert set(ONWARD) == set(Phase)
    for phase in set(Phase) - {Phase.ACCEPTED, Phase.NOT_REACHED, Phase.CALLED_OFF}:
        assert {Phase.NOT_REACHED, Phase.CALLED_OFF} <= set(ONWARD[phase])


def test_the_hold_clock_runs_until_somebody_talks_to_the_caller(agreed: str) -> None:
    advance(agreed, Phase.DIALLED, Phase.ON_HOLD, by="ana")
    began = models.Transfer.objects.get().held_at
    assert began is not None
    advance(agreed, Phase.BRIEFED, by="ana")
    assert models.Transfer.objects.get().held_at == began
    advance(agreed, Phase.REFRESHED, by="ana")
    assert models.Transfer.objects.get().held_at is None
    advance(agreed, Phase.ON_HOLD, by="bo")
    again = models.Transfer.objects.get()
    assert again.holds == 2
    assert again.held_at > began
    advance(agreed, Phase.ACCEPTED, by="bo", told=LEE)
    ended = models.Transfer.objects.get()
    assert (ended.held_at, ended.identity_verified, ended.tried) == (None, True, "A payment plan")


def test_whoever_dials_before_a_worker_came_does_its_work(agreed: str) -> None:
    advance(agreed, Phase.DIALLED, by="ana")
    assert stands(agreed) == ("sent", "dialled")
    step = models.Step.objects.get(key=agreed)
    assert (step.try_at, step.answer_by is not None) == (None, True)
    advance(agreed, Phase.ACCEPTED, by="ana", told=LEE)
    assert stands(agreed) == ("confirmed", "accepted")
    assert models.Receipt.objects.get(step=step).by == "Lee"


def test_several_moves_are_one_act_or_none(agreed: str) -> None:
    with pytest.raises(MoveRefused):
        advance(agreed, Phase.DIALLED, Phase.REFRESHED, by="ana")
    assert not models.Transfer.objects.exists()
    assert models.Step.objects.get(key=agreed).state == "planned"


def test_a_transfer_that_nobody_agreed_to_cannot_be_dialled(database: Settings) -> None:
    keep(a_call())
    transfer, ticket = models.Step.objects.order_by("position")
    for key in (transfer.key, ticket.key, "none"):
        with pytest.raises(NotRecorded):
            advance(key, Phase.DIALLED, by="ana")
    with pytest.raises(NotRecorded):
        note_brief(transfer.key, by="ana", identity_verified=True, tried="")


def test_a_line_not_reached_gives_way_to_the_fallback(agreed: str) -> None:
    advance(agreed, Phase.DIALLED, Phase.ON_HOLD, by="ana")
    advance(agreed, Phase.NOT_REACHED, by="ana", instead=instead())
    step = models.Step.objects.get(key=agreed)
    assert (step.state, step.why) == ("cancelled", "The line was not reached. Call Back takes its place.")
    other = models.Step.objects.get(type="Call Back")
    assert (other.state, other.try_at is not None, other.system) == ("planned", True, "The CRM")
    assert models.Decision.objects.filter(step=step).values_list("word", flat=True).last() == "instead"
    assert models.Escalation.objects.get().state == "waits for agent"  # the other ticket of this call
    with pytest.raises(NotRecorded):
        advance(agreed, Phase.DIALLED, by="ana")
    with pytest.raises(MoveRefused):
        reopen(agreed, by="ana")  # it was not a dismissal


def call_backs() -> list[tuple[str, str, str | None]]:
    rows = models.Step.objects.filter(type="Call Back").order_by("position")
    return list(rows.values_list("name", "state", "text"))


BBB = "I will complain to the Better Business Bureau."


def test_a_second_line_not_reached_has_a_ticket_of_its_own(agreed: str) -> None:
    advance(agreed, Phase.NOT_REACHED, by="ana", instead=instead("The first line."))
    first = ("ticket-call-back", "planned", "The first line.")
    assert call_backs() == [first]
    keep(a_call(SUES, BBB))
    confirm(agreed, by="ana")
    advance(agreed, Phase.NOT_REACHED, by="ana", instead=instead("The second line."))
    assert call_backs() == [first, ("ticket-call-back.2", "planned", "The second line.")]
    models.Step.objects.filter(type="Call Back").update(state="confirmed", try_at=None)
    keep(a_call(SUES, BBB, "I am filing for bankruptcy."))
    confirm(agreed, by="ana")
    advance(agreed, Phase.NOT_REACHED, by="ana", instead=instead("The second line."))
    assert call_backs()[2:] == [("ticket-call-back.3", "planned", "The second line.")]


@pytest.mark.parametrize("state", ["confirmed", "cancelled", "needs a person"])
def test_a_ticket_of_the_rules_own_that_has_ended_takes_no_transfers_place(agreed: str, state: str) -> None:
    own = models.Step.objects.get(kind="ticket")
    models.Step.objects.filter(pk=own.pk).update(state=state)
    planned = instead("Call the customer back.", own.type or "", own.system or "")
    advance(agreed, Phase.NOT_REACHED, by="ana", instead=planned)
    other = models.Step.objects.get(name=f"{own.name}.2")
    assert (other.state, other.text, other.try_at is not None) == ("planned", "Call the customer back.", True)
    assert models.Step.objects.get(pk=own.pk).state == state


def test_a_ticket_of_the_rules_own_that_waits_goes_out_with_what_the_fallback_says(agreed: str) -> None:
    own = models.Step.objects.get(kind="ticket")
    planned = instead("Call the customer back.", own.type or "", own.system or "")
    advance(agreed, Phase.NOT_REACHED, by="ana", instead=planned)
    own.refresh_from_db()
    assert (own.state, own.text) == ("planned", "Call the customer back.")
    assert models.Step.objects.count() == 2


def test_a_fallback_does_not_do_what_a_rule_asks_for_anew(agreed: str) -> None:
    """The rule's ticket is called off, the fallback of its type is filed, and then the caller says something graver."""
    own = models.Step.objects.get(kind="ticket")
    dismiss(own.key, by="ana", reason="It is a name")
    advance(agreed, Phase.NOT_REACHED, by="ana", instead=instead("Call back.", own.type or "", own.system or ""))
    models.Step.objects.filter(name=f"{own.name}.2").update(state="confirmed", try_at=None)
    keep(a_call(SUES, BBB))
    own.refresh_from_db()
    assert own.state == "waits for agent"


def test_the_fallback_goes_out_like_any_other_step(agreed: str) -> None:
    from watchword.escalation.carry import carry
    from watchword.store.ledger import Ledger
    from watchword.wiring import built_in

    advance(agreed, Phase.NOT_REACHED, by="ana", instead=instead())
    ledger = Ledger()
    for due in ledger.due(10):
        carry(due, worker="w1", ledger=ledger, connectors=built_in())
    assert models.Ticket.objects.get(type="Call Back").contact.key == "c-1"
    assert models.Step.objects.get(type="Call Back").state == "confirmed"


def test_when_the_call_goes_on_a_replaced_transfer_comes_back_only_for_something_new(agreed: str) -> None:
    advance(agreed, Phase.NOT_REACHED, by="ana", instead=instead())
    keep(a_call(SUES, "It is raining here."))
    assert models.Step.objects.get(key=agreed).state == "cancelled"
    keep(a_call(SUES, "It is raining here.", "I will complain to the Better Business Bureau."))
    assert models.Step.objects.get(key=agreed).state == "waits for agent"
    confirm(agreed, by="ana")
    advance(agreed, Phase.DIALLED, by="ana")
    assert stands(agreed) == ("sent", "dialled")


def test_a_transfer_called_off_ends_with_its_reason_and_with_no_ticket(agreed: str) -> None:
    advance(agreed, Phase.DIALLED, Phase.ON_HOLD, by="ana")
    with pytest.raises(MoveRefused):
        advance(agreed, Phase.CALLED_OFF, by="ana")
    advance(agreed, Phase.CALLED_OFF, by="ana", told=GONE, instead=instead())
    step = models.Step.objects.get(key=agreed)
    assert (step.state, step.why, step.answer_by) == ("cancelled", "The caller has hung up", None)
    assert models.Transfer.objects.get().held_at is None
    assert not models.Step.objects.filter(type="Call Back").exists()
    told = models.Decision.objects.get(step=step, word="withdraw")
    assert (told.by, told.reason) == ("ana", "The caller has hung up")
    with pytest.raises(NotRecorded):
        advance(agreed, Phase.DIALLED, by="ana")


@pytest.mark.parametrize("end", [Phase.CALLED_OFF, Phase.NOT_REACHED])
def test_an_end_said_twice_changes_nothing_until_it_is_taken_back(agreed: str, end: Phase) -> None:
    advance(agreed, Phase.DIALLED, by="ana")
    for _ in range(2):
        advance(agreed, end, by="ana", told=GONE, instead=instead())
        assert stands(agreed) == ("cancelled", end)
    events = models.Event.objects.filter(action=f"transfer {end}")
    assert events.count() == 1
    keep(a_call(SUES, BBB))
    with pytest.raises(NotRecorded):
        advance(agreed, end, by="ana", told=GONE, instead=instead())
    confirm(agreed, by="ana")
    advance(agreed, end, by="ana", told=GONE, instead=instead())
    assert stands(agreed) == ("cancelled", end)
    assert events.count() == 2


def test_a_transfer_called_off_can_be_taken_back_and_begun_anew(agreed: str) -> None:
    advance(agreed, Phase.DIALLED, Phase.ON_HOLD, by="ana")
    advance(agreed, Phase.CALLED_OFF, by="ana", told=GONE)
    keep(a_call(SUES, "It is raining here."))
    assert models.Step.objects.get(key=agreed).state == "cancelled"
    reopen(agreed, by="ana")
    confirm(agreed, by="ana")
    advance(agreed, Phase.DIALLED, by="ana")
    assert stands(agreed) == ("sent", "dialled")
    assert models.Transfer.objects.get().holds == 0


def test_only_a_transfer_is_called_off_once_it_was_sent(database: Settings) -> None:
    keep(a_call())
    ticket = models.Step.objects.get(kind="ticket")
    models.Step.objects.update(state="sent")
    for call_off in (withdraw, dismiss):
        with pytest.raises(MoveRefused):
            call_off(ticket.key, by="ana", reason="The caller has hung up")


def test_a_dismissal_is_taken_back(database: Settings) -> None:
    keep(a_call())
    step = models.Step.objects.get(kind="warm_transfer")
    dismiss(step.key, by="ana", reason="It is a name")
    for _ in range(2):
        reopen(step.key, by="bo")
    step.refresh_from_db()
    assert (step.state, step.why) == ("waits for agent", "")
    assert list(models.Decision.objects.values_list("word", "by")) == [("dismiss", "ana"), ("reopen", "bo")]


def test_two_agents_move_at_once(agreed: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    advance(agreed, Phase.DIALLED, Phase.ON_HOLD, by="ana")

    def move(by: str) -> bool:
        try:
            advance(agreed, Phase.ACCEPTED, by=by, told=Told(by))
        except MoveRefused:
            return False
        finally:
            close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert any(pool.map(move, ["ana", "bo", "cy", "di"]))
    assert models.Event.objects.filter(action="transfer accepted").count() == 1
    assert models.Receipt.objects.count() == 1
