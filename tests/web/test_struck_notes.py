"""Notes that are taken back, by their system or a supervisor, with a reason: they count no more and stay to be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import SignedIn
from tests.web.test_api import post
from tests.web.test_console import text
from tests.web.test_notes import PATIENT, PHONE, assessed, call, note
from watchword.store import models
from watchword.store.chain import verify_events
from watchword.store.struck import put_back
from watchword.web.access import Role
from watchword.web.kept_calls import forget_all

Connect = Callable[..., Client]
STRIKE = {"source": "lims", "id": "n1", "reason": "deleted in LIMS"}


def counted(crm: Client, id: str, **more: Any) -> list[str]:
    return [one for one in assessed(crm, call(id, **more))["history"]["counted"] if one.startswith("n")]


def test_what_its_system_takes_back_counts_no_more(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n2", day=8)]})
    assert counted(crm, "c-1") == ["n1", "n2"]
    assert post(crm, "/notes/strike", STRIKE) == (200, {"new": True})
    assert post(crm, "/notes/strike", STRIKE) == (200, {"new": False})
    assert counted(crm, "c-2") == ["n2"]
    assert counted(crm, "c-1") == ["n1", "n2"], "a contact keeps the notes that it was recorded with"
    kept = models.Note.objects.get(external_id="n1")
    assert (kept.text, kept.struck_by, kept.struck_why) == ("Pt called re bill.", "key crm", "deleted in LIMS")
    told = models.Event.objects.get(action="note struck out")
    assert (told.actor, told.subject) == ("key crm", f"person {kept.person_id}")
    assert told.detail == {"source": "LIMS", "id": "n1", "why": "deleted in LIMS"}
    verify_events()


def test_handed_in_again_it_stays_struck_out_and_for_another_person_it_is_theirs(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1"), note("n2", day=8)]})
    wrong = models.Person.objects.get()
    post(crm, "/notes/strike", STRIKE)
    assert post(crm, "/notes", {"notes": [note("n1", note="Pt called again.")]})[1]["changed"] == 1
    assert counted(crm, "c-1") == ["n2"]
    other = {"patient_id": "P-9", "name": "Bo Lund"}
    assert post(crm, "/notes", {"notes": [note("n1", person=other)]}) == (200, {"new": 0, "changed": 1, "known": 0})
    kept = models.Note.objects.get(external_id="n1")
    assert (kept.person.name, kept.struck_at, kept.struck_why) == ("Bo Lund", None, "")
    assert counted(crm, "c-2", person=other) == ["n1"]
    told = models.Event.objects.get(action="note went over")
    assert (told.subject, told.detail["to"]) == (f"person {wrong.pk}", kept.person_id)


def test_so_does_one_that_the_issue_alone_led_to(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", person=PHONE)]})
    known = {"person": {"email": "zoe@example.com"}}
    assert counted(crm, "c-1", **known) == ["n1"]
    post(crm, "/notes/strike", STRIKE)
    assert counted(crm, "c-2", **known) == []


def test_an_agent_sees_that_a_note_was_struck_out_since_the_call_or_the_mail_counted_it(
    machine: Connect, signed_in: SignedIn
) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n2", day=8)]})
    post(crm, "/calls", call("c-1"))
    assert counted(crm, "m-1", channel="email", turns=[], subject="My bill", body="A question.") == ["n1", "n2"]
    agents = signed_in(Role.AGENT), signed_in(Role.MAIL_AGENT)
    pages = "/calls/c-1", f"/inbox/{models.Contact.objects.get(key='m-1').pk}"
    for agent, page in zip(agents, pages, strict=True):
        assert "truck out since" not in text(agent, page)
    post(crm, "/notes/strike", STRIKE)
    for agent, page in zip(agents, pages, strict=True):
        shown = text(agent, page)
        assert shown.count("<del>Pt called re bill.</del>") == 1
        assert shown.count("truck out since") == 1
    assert "the count above still has it" in text(agents[0], pages[0])


def opened(crm: Client) -> None:
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n2", day=8)]})
    post(crm, "/calls", call("c-1"))
    assert counted_on(crm, "Hello.") == ["n1", "n2"]


def counted_on(crm: Client, words: str) -> list[str]:
    """What the open call counts once its caller has said this, too."""
    number = models.Turn.objects.filter(contact__key="c-1").count()
    told = {"turns": [{"number": number, "speaker": "caller", "text": words}]}
    assert post(crm, "/calls/c-1/turns", told)[0] == 200
    record: dict[str, Any] = models.Assessment.objects.filter(contact__key="c-1").latest("number").record
    return [one for one in record["history"]["counted"] if one.startswith("n")]


def test_an_open_call_counts_without_it_from_its_next_turn_on(machine: Connect, signed_in: SignedIn) -> None:
    crm, agent = machine(), signed_in(Role.AGENT)
    opened(crm)
    before = models.Assessment.objects.latest("number")
    assert before.outcome == "escalate"
    post(crm, "/notes/strike", STRIKE)
    before.refresh_from_db()
    assert before.record["history"]["counted"][:2] == ["n1", "n2"], "what was recorded stays"
    assert counted_on(crm, "Are you there?") == ["n2"]
    assert models.Contact.objects.get(key="c-1").outcome == "clear"
    shown = text(agent, "/calls/c-1")
    assert shown.count("<del>Pt called re bill.</del>") == 1
    assert "the count above still has it" not in shown
    forget_all()  # another process knows the call from the database alone
    assert counted_on(crm, "Hello?") == ["n2"]


def test_put_back_during_the_call_it_counts_again(machine: Connect) -> None:
    crm = machine()
    opened(crm)
    post(crm, "/notes/strike", STRIKE)
    assert counted_on(crm, "Are you there?") == ["n2"]
    put_back(models.Note.objects.get(external_id="n1").pk, by="sam")
    assert sorted(counted_on(crm, "Hello?")) == ["n1", "n2"]


def test_once_it_is_another_persons_the_open_call_counts_it_no_more(machine: Connect) -> None:
    crm = machine()
    opened(crm)
    post(crm, "/notes/strike", STRIKE)
    assert post(crm, "/notes", {"notes": [note("n1", person={"patient_id": "P-9"})]})[1]["changed"] == 1
    assert counted_on(crm, "Are you there?") == ["n2"]


def test_the_page_says_what_of_the_person_striking_takes_away(machine: Connect, signed_in: SignedIn) -> None:
    crm, sam = machine(), signed_in(Role.SUPERVISOR)
    wrong = {**PATIENT, "phone": "(650) 555-0199"}
    post(crm, "/notes", {"notes": [note("n2", day=8), note("n1", person=wrong)]})
    kept = models.Note.objects.get(external_id="n1")
    page = f"/people/{kept.person_id}"
    shown = text(sam, page)
    assert shown.count("This takes away what only the note taught of this person: (650) 555-0199.") == 1
    post(crm, "/notes/strike", STRIKE)
    shown = text(sam, page)
    assert "This takes away" not in shown
    assert shown.count("With it went what only it taught of this person: (650) 555-0199.") == 1
    sam.post(f"/notes/{kept.pk}/put-back")
    shown = text(sam, page)
    assert "With it went" not in shown
    assert shown.count("(650) 555-0199") == 2, "the person is known by it, and striking would take it away"


@pytest.mark.parametrize(("more", "status"), [({"id": "n9"}, 404), ({"source": "AMD"}, 404), ({"reason": " "}, 422)])
def test_what_is_not_there_or_not_said_is_refused(machine: Connect, more: dict[str, str], status: int) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1")]})
    assert post(crm, "/notes/strike", {**STRIKE, **more})[0] == status
    assert not models.Note.objects.filter(struck_at__isnull=False).exists()


def test_a_supervisor_strikes_out_on_the_page_and_puts_back(signed_in: SignedIn, machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1"), note("n2", day=8)]})
    kept, sam = models.Note.objects.get(external_id="n1"), signed_in(Role.SUPERVISOR)
    page = f"/people/{kept.person_id}"
    assert sam.post(f"/notes/{kept.pk}/strike", {"reason": " "}, follow=True).redirect_chain == [(page, 302)]
    assert counted(crm, "c-1") == ["n1", "n2"]
    told = sam.post(f"/notes/{kept.pk}/strike", {"reason": "It is <her sister's>."}, follow=True).content.decode()
    assert "by user supervisor: It is &lt;her sister&#x27;s&gt;. It counts no more." in told
    assert "<del><pre>Pt called re bill.</pre></del>" in told
    assert counted(crm, "c-2") == ["n2"]
    assert "Strike out" not in signed_in(Role.AUDITOR).get(page).content.decode()
    assert signed_in(Role.AGENT).post(f"/notes/{kept.pk}/put-back").status_code == 403
    assert "struck out" not in sam.post(f"/notes/{kept.pk}/put-back", follow=True).content.decode()
    assert counted(crm, "c-3")[:2] == ["n1", "n2"]
    assert sam.post("/notes/999/strike", {"reason": "x"}).status_code == 404
    actions = models.Event.objects.filter(action__startswith="note ").values_list("actor", "action")
    assert list(actions) == [("user supervisor", "note struck out"), ("user supervisor", "note put back")]
