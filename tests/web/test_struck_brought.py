"""What is struck out counts for nothing when another system brings it with a contact, and is shown so beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import SignedIn
from tests.web.test_api import post
from tests.web.test_console import text
from tests.web.test_notes import assessed, call, note
from tests.web.test_struck_notes import STRIKE
from watchword.store import models
from watchword.store.struck import put_back
from watchword.web.access import Role
from watchword.web.kept_calls import forget_all

Connect = Callable[..., Client]
MAIL = {"channel": "email", "turns": [], "subject": "My bill", "body": "A question."}


def brought(*ids: str) -> list[dict[str, Any]]:
    """The notes of these names, as they come with a contact."""
    notes = (note(id, day=int(id[1:])) for id in ids)
    return [{name: value for name, value in one.items() if name != "person"} for one in notes]


BOTH = {"history": brought("n1", "n8"), "sources_read": ["LIMS"]}


@pytest.fixture
def crm(machine: Connect) -> Client:
    """A system that brings a note which was struck out, and another one."""
    made = machine()
    post(made, "/notes", {"notes": [note("n1", day=1), note("n8", day=8)]})
    assert post(made, "/notes/strike", STRIKE)[0] == 200
    return made


def counted(record: dict[str, Any]) -> list[str]:
    return [one for one in record["history"]["counted"] if one.startswith("n")]


@pytest.mark.parametrize("kind", [{}, MAIL])
def test_a_call_or_a_mail_that_brings_it_counts_without_it(crm: Client, kind: dict[str, Any]) -> None:
    assert counted(assessed(crm, call(**kind, **BOTH))) == ["n8"]
    assert models.Contact.objects.get().outcome == "clear"
    assert counted(assessed(crm, call(**kind, **BOTH))) == ["n8"], "told again it is the same"
    put_back(models.Note.objects.get(external_id="n1").pk, by="user sam")
    assert counted(assessed(crm, call("c-2", **kind, **BOTH))) == ["n1", "n8"]


def test_so_does_one_that_is_only_assessed(crm: Client) -> None:
    assert counted(post(crm, "/assess", call(**BOTH))[1]) == ["n8"]
    put_back(models.Note.objects.get(external_id="n1").pk, by="user sam")
    assert counted(post(crm, "/assess", call(**BOTH))[1]) == ["n1", "n8"]


def says(crm: Client, words: str) -> list[str]:
    """What an open call counts once its caller has said this, too."""
    number = models.Turn.objects.filter(contact__key="c-1").count()
    told = {"turns": [{"number": number, "speaker": "caller", "text": words}]}
    assert post(crm, "/calls/c-1/turns", told)[0] == 200
    return counted(models.Assessment.objects.latest("id").record)


def test_a_call_that_goes_on_counts_without_it_however_often_it_is_told(crm: Client) -> None:
    post(crm, "/calls", call(**BOTH))
    assert says(crm, "Hello.") == ["n8"]
    before = models.Contact.objects.get().version
    post(crm, "/calls", call(turns=[], **BOTH))
    assert models.Contact.objects.get().version == before, "nothing new was told"
    forget_all()
    assert says(crm, "Are you there?") == ["n8"]
    put_back(models.Note.objects.get(external_id="n1").pk, by="user sam")
    assert sorted(says(crm, "Hello?")) == ["n1", "n8"]


def test_nor_does_one_that_is_told_of_its_notes_later(crm: Client) -> None:
    post(crm, "/calls", call())
    post(crm, "/calls", call(turns=[], **BOTH))
    assert says(crm, "Hello.") == ["n8"]


def test_what_is_struck_out_during_the_call_stays_so_when_it_is_told_again(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n8", day=8)]})
    post(crm, "/calls", call(**BOTH))
    assert says(crm, "Hello.") == ["n1", "n8"]
    post(crm, "/notes/strike", STRIKE)
    post(crm, "/calls", call(turns=[], **{**BOTH, "history": brought("n1", "n8", "n9")}))
    assert says(crm, "Are you there?") == ["n8", "n9"]
    assert len(models.Contact.objects.get().history["struck"]) == 1


@pytest.mark.parametrize("role", [Role.AGENT, Role.MAIL_AGENT])
def test_it_is_shown_beside_the_contact_as_struck_out(crm: Client, signed_in: SignedIn, role: Role) -> None:
    assessed(crm, call(**(MAIL if role is Role.MAIL_AGENT else {}), **BOTH))
    contact = models.Contact.objects.get()
    shown = text(signed_in(role), f"/inbox/{contact.pk}" if role is Role.MAIL_AGENT else "/calls/c-1")
    assert shown.count("<del>Pt called re bill.</del>") == 1
    assert shown.count("truck out before, and told again") == 1
    assert "the count above still has it" not in shown
