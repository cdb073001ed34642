"""The built-in desk, register and click-to-dial pass the contract; and what is theirs alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.connectors.contract import *  # noqa: F403
from tests.connectors.contract import Connected
from tests.recorded import ANA, NO_MORE, SUES, a_call, a_mail, keep
from watchword.errors import MoveRefused, NotRecorded, PermanentFailure
from watchword.escalation.ports import Brief, Order
from watchword.escalation.steps import StepKind
from watchword.settings import Settings
from watchword.store import models
from watchword.store.click_to_dial import ClickToDial, Phase, Told, advance
from watchword.store.desk import DeskChatter, DeskQueues, DeskTickets
from watchword.store.ledger import order_of
from watchword.store.register import Register, closed_ways, enter_by_hand, withdraw
from watchword.terms import Channel, Person, Scope

MAIL = Brief("m-1", Channel.EMAIL, ANA, "INV-1", "My bill", ("attorney: It was said.",), "natera-billing, version 1")
CALL = replace(MAIL, contact="c-1", channel=Channel.PHONE)
NOBODY_KNOWS = replace(MAIL, contact="c-404")
TICKET = Order("e1:ticket", StepKind.TICKET, CALL, type="Executive Escalation Keywords", system="Syncro CRM")
MOVE = Order("e1:queue_transfer", StepKind.QUEUE_TRANSFER, MAIL, to="Bill Review")
POST = Order("e1:chatter_post", StepKind.CHATTER_POST, MAIL, text="What was said: “attorney”")
TRANSFER = Order("e1:warm_transfer", StepKind.WARM_TRANSFER, CALL, to="Escalation Calls", phone="+16505550100")
ENTRY = Order("e1:do_not_contact", StepKind.DO_NOT_CONTACT, CALL, register="do-not-contact", scope=(Scope.CALLS,))


def tickets() -> Connected:
    port = DeskTickets()
    return Connected(
        port,
        port.file,
        TICKET,
        models.Ticket.objects.count,
        DeskTickets,
        refused=(replace(TICKET, type=None), replace(TICKET, brief=NOBODY_KNOWS)),
        read=lambda: models.Ticket.objects.get().body,
    )


def queues() -> Connected:
    port = DeskQueues()
    return Connected(
        port,
        port.move,
        MOVE,
        models.QueueMove.objects.count,
        DeskQueues,
        refused=(replace(MOVE, to=None), replace(MOVE, brief=NOBODY_KNOWS)),
    )


def chatter() -> Connected:
    port = DeskChatter()
    return Connected(
        port,
        port.post,
        POST,
        models.Chatter.objects.count,
        DeskChatter,
        refused=(replace(POST, text=None), replace(POST, text=" \n"), replace(POST, brief=NOBODY_KNOWS)),
        read=lambda: models.Chatter.objects.get().text,
    )


def telephony() -> Connected:
    port = ClickToDial()
    return Connected(
        port,
        port.transfer,
        TRANSFER,
        models.Transfer.objects.count,
        ClickToDial,
        refused=(replace(TRANSFER, to=None), replace(TRANSFER, brief=NOBODY_KNOWS)),
    )


def register() -> Connected:
    port = Register()
    return Connected(
        port,
        port.enter,
        ENTRY,
        models.RegisterEntry.objects.count,
        Register,
        refused=(replace(ENTRY, brief=NOBODY_KNOWS), replace(ENTRY, brief=replace(CALL, contact="c-anonymous"))),
    )


@pytest.fixture(params=[tickets, queues, chatter, telephony, register], ids=lambda make: make.__name__)
def connected(database: Settings, request: pytest.FixtureRequest) -> Connected:
    keep(a_call(SUES, NO_MORE))
    keep(a_mail())
    keep(a_call(id="c-anonymous", person=Person(phone="anonymous")))
    made: Callable[[], Connected] = request.param
    return made()


def test_a_mail_is_one_ticket_for_move_and_post(database: Settings) -> None:
    keep(a_mail())
    DeskChatter().post(POST)
    DeskQueues().move(MOVE)
    ticket = models.Ticket.objects.get()
    assert ticket.queue is not None
    assert (ticket.queue.name, ticket.chatter.get().text) == ("Bill Review", POST.text)


def test_a_ticket_moved_on_by_a_person_is_not_moved_back(database: Settings) -> None:
    keep(a_mail())
    DeskQueues().move(MOVE)
    elsewhere = models.Queue.objects.create(name="Resolutions")
    models.Ticket.objects.update(queue=elsewhere)
    DeskQueues().move(MOVE)
    assert models.Ticket.objects.get().queue == elsewhere


def test_an_entry_holds_for_everything_a_person_is_known_by(database: Settings) -> None:
    keep(a_call(NO_MORE))
    Register().enter(ENTRY)
    keep(a_mail(id="m-2", person=replace(ANA, phone=None, email="ana.new@example.org")))
    kinds = models.IdentityKind
    asked = [
        (kinds.PHONE, "(650) 555-1212"),
        (kinds.EMAIL, "ANA.NEW@example.org"),
        (kinds.PATIENT_ID, "p-1001"),
        (kinds.PHONE, "650 555 9999"),
    ]
    assert list(closed_ways(asked).values()) == [frozenset({Scope.CALLS})] * 3 + [frozenset()]
    assert closed_ways([]) == {}
    entry = models.RegisterEntry.objects.get()
    assert entry.evidence[0]["quote"] in NO_MORE
    withdraw(entry.pk, by="sam", why="asked for it in writing")
    assert closed_ways(asked)[asked[0]] == frozenset()
    with pytest.raises(NotRecorded):
        withdraw(404, by="sam", why="")


def test_no_way_named_closes_all_three(database: Settings) -> None:
    keep(a_call(NO_MORE))
    Register().enter(replace(ENTRY, scope=()))
    person = models.Person.objects.get()
    entry = enter_by_hand(person, [Scope.MAIL], by="sam", origin="letter of 3 March")
    closed = closed_ways([(models.IdentityKind.PATIENT_ID, "P-1001")])
    assert set(*closed.values()) == set(Scope)
    assert (entry.calls, entry.messages, entry.mail) == (False, False, True)


@pytest.fixture
def offered(database: Settings) -> str:
    """A transfer on the agent's screen, and its step's key."""
    from watchword.escalation.carry import carry
    from watchword.escalation.ports import Connectors
    from watchword.store.decide import confirm
    from watchword.store.ledger import Ledger

    keep(a_call())
    step = models.Step.objects.get(kind="warm_transfer")
    confirm(step.key, by="ana")
    ledger = Ledger()
    for due in ledger.due(10):
        carry(due, worker="w1", ledger=ledger, connectors=Connectors(telephony=ClickToDial()))
    return step.key


def step_of(key: str) -> SimpleNamespace:
    step = models.Step.objects.get(key=key)
    return SimpleNamespace(state=step.state, receipt=step.receipt, why=step.why)


def test_a_transfer_is_confirmed_when_somebody_accepts_it(offered: str) -> None:
    assert step_of(offered).state == "sent"
    assert step_of(offered).receipt.url.startswith("tel:+1")
    for phase in (Phase.DIALLED, Phase.ON_HOLD, Phase.REFRESHED, Phase.ON_HOLD, Phase.BRIEFED):
        advance(offered, phase, by="ana")
    with pytest.raises(MoveRefused, match="Nobody is named"):
        advance(offered, Phase.ACCEPTED, by="ana")
    for _ in range(2):
        advance(offered, Phase.ACCEPTED, by="ana", told=Told("Lee, Escalation Calls"))
    assert step_of(offered).state == "confirmed"
    assert (step_of(offered).receipt.by, step_of(offered).receipt.settled) == ("Lee, Escalation Calls", True)
    with pytest.raises(MoveRefused):
        advance(offered, Phase.NOT_REACHED, by="ana")


def test_a_transfer_not_reached_needs_a_person_and_may_be_tried_again(offered: str) -> None:
    advance(offered, Phase.DIALLED, by="ana")
    advance(offered, Phase.NOT_REACHED, by="ana")
    assert (step_of(offered).state, step_of(offered).why) == ("needs a person", "The line was not reached.")
    advance(offered, Phase.DIALLED, by="ana")
    advance(offered, Phase.ACCEPTED, by="ana", told=Told("Lee"))
    assert step_of(offered).state == "confirmed"


def test_a_retry_offers_a_transfer_again(offered: str) -> None:
    from watchword.escalation.carry import deliver
    from watchword.escalation.ports import Connectors

    advance(offered, Phase.NOT_REACHED, by="ana")
    order = order_of(models.Step.objects.get(key=offered))
    receipt = deliver(order, Connectors(telephony=ClickToDial()))
    assert not receipt.settled
    assert models.Transfer.objects.get().phase == Phase.OFFERED


def test_a_transfer_cannot_jump(offered: str) -> None:
    with pytest.raises(MoveRefused, match="cannot become"):
        advance(offered, Phase.ACCEPTED, by="ana", told=Told("Lee"))
    with pytest.raises(NotRecorded):
        advance("nothing", Phase.DIALLED, by="ana")


def test_what_nothing_is_connected_for_is_a_permanent_failure(database: Settings) -> None:
    from watchword.escalation.carry import deliver
    from watchword.escalation.ports import Connectors

    for order in (TICKET, MOVE, POST, TRANSFER, ENTRY):
        with pytest.raises(PermanentFailure, match="Nothing is connected"):
            deliver(order, Connectors())
