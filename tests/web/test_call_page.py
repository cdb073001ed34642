"""The page of a call: one banner, what is said as it comes, and what agents do; never run what a customer said."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.made import NOW
from tests.recorded import ANA, NO_MORE, SUES, a_call, keep, policy
from tests.web.conftest import SignedIn
from tests.web.test_console import EVIL, text
from watchword.settings import Settings
from watchword.store import models
from watchword.store.notes import keep_note
from watchword.store.people import person_for
from watchword.terms import Channel, Note, Person, Speaker, Turn
from watchword.triage.assess import assess
from watchword.web import demo_caller, heard, live
from watchword.web.access import Role
from watchword.web.console import calls
from watchword.web.console.transcript import Span, cut
from watchword.web.in_force import InForce, put_in_force
from watchword.web.threads import in_thread
from watchword.web.transfers import hold_of

SAMPLES = Path(__file__).parents[2] / "samples" / "calls.jsonl"
FETCH = {"x-requested-with": "fetch"}
PAGE = "/calls/c-1"
OTHER_WORDS = "Other words are kept under this token already."
FED = "The telephone system writes this call down by itself"


def said(*words: str, id: str = "c-1", person: Person = ANA) -> None:
    """A call that goes on, in which the caller has said this."""
    live.begin(replace(a_call(*words, id=id, person=person), issue="INV-1"), source="test", actor="test")


def do(browser: Client, what: str, key: str = "c-1", /, **given: Any) -> Any:
    """What a click does; a refusal as it is told."""
    answer = browser.post(f"/call/{what}/{key}", given, headers=FETCH)
    return None if answer.status_code == 204 else (answer.status_code, answer.json()["what"])


def step(kind: str = "warm_transfer") -> str:
    return models.Step.objects.get(kind=kind).key


def all_steps() -> list[str]:
    return list(models.Step.objects.values_list("key", flat=True))


def news(cursor: str) -> tuple[dict[str, str], str]:
    """What a listener is told since, and where they are then."""
    items, after, _ = calls.look_at("c-1", cursor, lambda name, values: f"{name} {values.get('turns', '')}")
    assert not items or items[-1].cursor == after
    assert all(item.cursor == cursor for item in items[:-1])
    return {item.event: item.told for item in items}, after


def test_from_the_first_word_to_the_ticket(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    assert "Listening" in text(browser, PAGE) or "attorney" in text(browser, PAGE)
    page = text(browser, PAGE)
    for shown in ("Escalate now", "attorney", "Natera Billing Escalation Calls", "I understand this situation"):
        assert shown in page
    assert '<mark class="escalate" title="attorney">attorney</mark>' in page
    assert "Who: Ana Brook" in page  # the ticket, filled in
    assert '<span class="phone">650.412.8715</span>' in page
    assert do(browser, "confirm", step=all_steps()) is None
    page = text(browser, PAGE)
    assert "650.412.8715" in page
    assert 'href="tel:+16504128715"' in page
    assert do(browser, "transfer", step=step(), act="dial") is None
    page = text(browser, PAGE)
    assert 'data-limit="240"' in page
    assert "on hold of 4:00" in page
    assert do(browser, "transfer", step=step(), act="back") is None
    assert "You are with the caller." in text(browser, PAGE)
    assert do(browser, "transfer", step=step(), act="hold") is None
    assert 'data-limit="120"' in text(browser, PAGE)
    assert do(browser, "brief", step=step(), identity="yes", tried="A payment plan") is None
    assert do(browser, "transfer", step=step(), act="brief") is None
    page = text(browser, PAGE)
    for shown in ("Read this out", "INV-1", "A payment plan", 'value="yes" data-key="v" checked'):
        assert shown in page
    assert do(browser, "transfer", step=step(), act="accepted") == (409, "Nobody is named who accepted the call.")
    assert do(browser, "transfer", step=step(), act="accepted", accepted_by="Lee") is None
    assert "accepted by Lee" in text(browser, PAGE)
    assert models.Step.objects.get(key=step()).state == "confirmed"
    assert models.Transfer.objects.get().identity_verified is True


def test_the_number_that_is_shown_is_the_one_that_is_dialled(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    do(browser, "confirm", step=all_steps())
    models.Step.objects.filter(key=step()).update(phone="+16505550100")  # the policy named another one then
    page = text(browser, PAGE)
    assert '<p class="number">+16505550100</p>' in page
    assert 'href="tel:+16505550100"' in page


def test_a_start_that_is_handed_in_twice_begins_one_call(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    token = re.search(r'name="token" value="(\w+)"', text(browser, "/calls"))
    assert token
    given = {"name": "Ana Brook", "issue": "INV-1", "token": token[1]}
    first = browser.post("/call/start", given).headers["Location"]
    assert browser.post("/call/start", given).headers["Location"] == first
    models.Contact.objects.update(is_open=False)
    assert browser.post("/call/start", given).headers["Location"] == first  # it has ended meanwhile
    assert models.Contact.objects.count() == 1
    for other in (given | {"name": "Ben Ortiz"}, given | {"token": "another"}, {}, {}):
        assert browser.post("/call/start", other).status_code == 302
    assert models.Contact.objects.count() == 5


def test_a_line_not_reached_files_the_policys_ticket(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    do(browser, "confirm", step=all_steps())
    do(browser, "transfer", step=step(), act="dial")
    assert "The ticket “Callback Requested” takes the transfer’s place" in text(browser, PAGE)
    assert do(browser, "transfer", step=step(), act="not reached") is None
    page = text(browser, PAGE)
    assert "Callback Requested" in page
    assert "The line was not reached." in page
    assert models.Step.objects.get(type="Callback Requested").state == "planned"
    assert do(browser, "transfer", step=step(), act="jump")[0] == 422


def test_dismissed_for_a_reason_and_taken_back(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    assert do(browser, "dismiss", step=all_steps())[0] == 422
    assert do(browser, "dismiss", step=all_steps(), because="2") is None
    page = text(browser, PAGE)
    assert "Called off" in page
    assert "A name, an address or a figure of speech" in page
    assert do(browser, "take-back", step=all_steps()) is None
    assert "Escalate now" in text(browser, PAGE)
    assert do(browser, "dismiss", step=all_steps(), because="", reason="She laughed.") is None
    words = list(models.Decision.objects.order_by("pk").values_list("word", flat=True))
    assert words == ["dismiss", "dismiss", "reopen", "reopen", "dismiss", "dismiss"]
    assert models.Turn.objects.exists()


def test_a_reason_that_is_pressed_is_kept_and_else_the_one_typed(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    form = re.search(r'<form class="act no".*?</form>', text(browser, PAGE), re.DOTALL)
    assert form
    assert re.findall(r"<button[^>]*>", form[0])[0] == "<button>"  # which Enter presses, says no reason but the typed
    assert do(browser, "dismiss", step=[step()], because="2", reason="She lau") is None
    assert do(browser, "dismiss", step=[step("ticket")], reason=" She laughed. ") is None
    reasons = dict(models.Decision.objects.values_list("step__kind", "reason"))
    assert reasons == {"warm_transfer": "A name, an address or a figure of speech", "ticket": "She laughed."}


def test_a_doubt_is_asked_about(signed_in: SignedIn) -> None:
    said("My brother passed the bar last year, maybe I talk to him.")
    page = text(signed_in(Role.AGENT), PAGE)
    assert "Ask first" in page
    assert "Is the attorney you mentioned helping you with this bill?" in page
    assert "Say, word for word" not in page


def test_only_this_calls_steps_are_moved(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    other = replace(ANA, patient_id="P-2", phone=None, email=None)
    said(id="c-2", person=other)
    theirs = models.Step.objects.filter(escalation__contact__key="c-2").values_list("key", flat=True)[0]
    assert do(browser, "confirm", step=[theirs])[0] == 404
    assert do(browser, "confirm")[0] == 404
    assert do(browser, "confirm", "c-404", step=[theirs])[0] == 404


def test_turns_typed_by_hand(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    keep_note(person_for(ANA), Note("n1", "LIMS", "Pt called about the bill.", Channel.PHONE, NOW, "INV-1"))
    given = {"name": "Ana Brook", "phone": "(650) 555-1212", "patient_id": "", "issue": "INV-1"}
    address = browser.post("/call/start", given).headers["Location"]
    key = address.removeprefix("/calls/")
    assert "Pt called about the bill." in text(browser, address)
    assert [note["id"] for note in models.Contact.objects.get(key=key).history["notes"]] == ["n1"]
    for token in ("one", "one", "two"):
        assert do(browser, "say", key, text=SUES, speaker="caller", token=token) is None
    assert do(browser, "say", key, text="I see.", speaker="agent", token="three") is None
    rows = list(models.Turn.objects.values_list("number", "speaker", "text"))
    assert rows == [(0, "caller", SUES), (1, "caller", SUES), (2, "agent", "I see.")]
    assert do(browser, "say", key, text="Not that.", speaker="caller", token="one") == (409, OTHER_WORDS)
    assert do(browser, "say", key, text=SUES, speaker="agent", token="one") == (409, OTHER_WORDS)
    assert models.Turn.objects.count() == 3
    assert do(browser, "say", key, text="  ", token="four")[0] == 422
    assert do(browser, "say", key, text="x" * 20_001, token="four")[0] == 422
    assert do(browser, "end", key) is None
    assert do(browser, "say", key, text="Late.", token="five") == (409, "The call has ended.")
    assert models.Contact.objects.get(key=key).source == "by hand"
    nobody = browser.post("/call/start", {}).headers["Location"].removeprefix("/calls/")
    assert models.Contact.objects.get(key=nobody).history is None  # nobody has looked


def test_of_two_notes_of_one_id_the_page_says_of_each_how_it_counts(signed_in: SignedIn) -> None:
    keep_note(person_for(ANA), Note("1", "LIMS", "Pt called about the bill.", Channel.PHONE, NOW, "INV-1"))
    keep_note(person_for(ANA), Note("1", "AMD", "Outbound call to pt, no answer.", Channel.PHONE, NOW, "INV-1"))
    browser = signed_in(Role.AGENT)
    given = {"name": "Ana Brook", "phone": "(650) 555-1212", "patient_id": "", "issue": "INV-1"}
    address = browser.post("/call/start", given).headers["Location"]
    assert do(browser, "say", address.removeprefix("/calls/"), text="Hello.", speaker="caller", token="one") is None
    shown = re.sub(r"<[^>]*>|\s+", " ", text(browser, address))
    assert re.search(r"Pt called about the bill\.\s+counted", shown)
    assert re.search(r"Outbound call to pt, no answer\.\s+our own outbound call", shown)


def test_the_page_says_when_another_system_writes_the_call_down(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    assert FED in text(browser, PAGE)
    assert FED not in text(browser, browser.post("/call/start", {}).headers["Location"])


def test_without_a_script_a_form_leads_back(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    answer = browser.post("/call/confirm/c-1", {"step": "none"}, follow=True)
    assert "The call has no such step." in answer.content.decode()


def test_listeners_hear_what_is_new_and_nothing_is_lost_in_between(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said("I live in Court Street.")
    told, first = news(calls.FROM_START)
    assert set(told) == {"turn", "banner", "side", "head"}
    assert news(first) == ({}, first)
    live.add("c-1", [Turn(Speaker.AGENT, "I see.", {heard.PIECE: "p1"})], actor="test")
    told, second = news(first)
    assert "I see." in told["turn"]
    assert "Court Street" not in told["turn"]
    live.add("c-1", [Turn(Speaker.CALLER, SUES, {heard.PIECE: "p2"})], actor="test")
    told, third = news(second)
    assert "attorney" in told["turn"]
    assert "Court" in told["turn"]  # its marks may have changed
    assert "banner" in told
    do(browser, "confirm", step=all_steps())
    told, fourth = news(third)
    assert set(told) == {"banner"}
    do(browser, "transfer", step=step(), act="dial")
    do(browser, "brief", step=step(), identity="no", tried="")
    told, fifth = news(fourth)
    assert set(told) == {"banner"}
    assert len({first, second, third, fourth, fifth}) == 5
    assert set(news(first)[0]) == {"turn", "banner", "side"}  # whoever comes back hears all of it


def test_a_cursor_that_is_none_begins_at_the_start(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    answer = browser.get("/call/news/c-1?since='; drop")
    assert answer["Content-Type"] == "text/event-stream"
    assert browser.get("/call/news/c-404").status_code == 404
    assert browser.get("/calls/c-404").status_code == 404


def test_whoever_is_let_in_no_more_hears_no_more(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchword.web.news.CHECK_SECONDS", 0.1)
    browser = signed_in(Role.AGENT)
    said()
    answer, user = browser.get("/call/news/c-1"), User.objects.get()

    async def listen() -> list[str]:
        heard = []
        async for part in answer.streaming_content:
            heard += [line for line in part.decode().splitlines() if line.startswith("event:")]
            if "event: head" in heard:
                await in_thread(user.groups.clear)
        return heard

    assert asyncio.run(asyncio.wait_for(listen(), 120)) == [
        *("event: turn", "event: banner", "event: side", "event: head"),
        "event: over",  # though there is no news
    ]


@pytest.mark.parametrize("words", ["Hello?", EVIL, "", "My  bill\nis 90 dollars."])
def test_a_turn_from_which_nothing_follows_is_shown_as_if_it_was_looked_for(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    said()
    brought: list[Any] = []
    monkeypatch.setattr(live, "tell", lambda _topic, _key, told=None: brought.append(told))
    cursor = calls.cursor_of("c-1")
    live.say("c-1", [(1, Turn(Speaker.AGENT, words))], actor="test")
    live.say("c-1", [(2, Turn(Speaker.CALLER, words))], actor="test")
    looked, after, _ = calls.look_at("c-1", cursor, calls.render_to_string)
    assert None not in brought
    with CaptureQueriesContext(connection) as statements:
        first = calls.follow(cursor, brought[0])
        assert first is not None
        second = calls.follow(first[1], brought[1])
        assert second is not None
    assert not len(statements)
    assert second[1] == after
    assert "".join(item.told for item in (*first[0], *second[0])).split() == looked[0].told.split()
    assert [item.event for item in looked] == ["turn"]
    assert calls.follow(first[1], brought[0]) == ([], first[1])
    assert calls.follow(cursor, brought[1]) is None  # one in between is missing


def test_pages_of_many_calls_that_are_open_are_looked_for_at_once(signed_in: SignedIn) -> None:
    keys = [f"c-{number}" for number in range(5)]
    for number, key in enumerate(keys):
        said(id=key, person=Person(f"P-{number}"))
    before = calls.cursors_of(keys)
    assert before == {key: calls.cursor_of(key) for key in keys}
    mine = models.Step.objects.get(escalation__contact__key="c-3", kind="ticket").key
    assert do(signed_in(Role.AGENT), "confirm", "c-3", step=[mine]) is None
    live.say("c-4", [(1, Turn(Speaker.CALLER, "Hello?"))], actor="test")
    with CaptureQueriesContext(connection) as statements:
        after = calls.cursors_of([*keys, "c-404"])
    assert [key for key in keys if after[key] != before[key]] == ["c-3", "c-4"]
    assert len(statements) == 3
    assert "c-404" not in after


def test_whatever_is_said_is_shown_and_never_run(signed_in: SignedIn) -> None:
    who = Person("P-9" + EVIL, EVIL, "+16505550199", EVIL)
    call = replace(a_call(f"{EVIL} {SUES}", EVIL, NO_MORE, person=who), issue=EVIL)
    live.begin(replace(call, turns=(*call.turns, Turn(Speaker.AGENT, EVIL))), source="test", actor="test")
    person = models.Person.objects.get()
    keep_note(person, Note(EVIL, EVIL, EVIL, Channel.PHONE, NOW, EVIL))
    keep(replace(a_call(SUES, id="c-0" + EVIL, person=who), issue=EVIL))
    browser = signed_in(Role.AGENT)
    do(browser, "say", text=EVIL, token=EVIL, speaker=EVIL)
    do(browser, "dismiss", step=[step("do_not_contact")], reason=EVIL)
    pages = [text(browser, PAGE), text(browser, "/calls"), text(browser, "/calls?ended")]
    theirs = models.Step.objects.get(escalation__contact__key="c-1", kind="warm_transfer").key
    assert do(browser, "confirm", step=[theirs]) is None
    assert do(browser, "transfer", step=[theirs], act="dial") is None
    models.Transfer.objects.update(tried=EVIL, by=EVIL)
    models.Step.objects.update(why=EVIL, to=EVIL)
    pages.append(text(browser, PAGE))
    items, _, _ = calls.look_at("c-1", calls.FROM_START, lambda name, values: calls.render_to_string(name, values))
    for page in [*pages, *(item.told for item in items)]:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in pages[0]


def test_a_key_of_any_kind_leads_to_its_call(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    for key in ("a/b", "a b?c#d", "line\nbreak", "ü%20", "news/x"):
        said("Hello.", id=key)
        found = [row for row in text(browser, "/calls").split('"') if row.startswith("/calls/")]
        assert any(browser.get(address).status_code == 200 for address in found)
        models.Contact.objects.update(is_open=False)


def test_the_list_of_calls(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AUDITOR)
    assert "Nobody is on the phone" in text(browser, "/calls")
    said()
    page = text(browser, "/calls")
    assert "Ana Brook" in page
    assert "Start a call by hand" not in page  # an auditor takes none
    assert "Confirm" not in text(browser, PAGE)
    assert browser.post("/call/confirm/c-1").status_code == 403
    live.say("c-1", (), actor="test", end=True)
    assert "Ana Brook" not in text(browser, "/calls")
    assert "Ana Brook" in text(browser, "/calls?ended")


@pytest.mark.parametrize(
    ("holds", "ago", "limit", "over"),
    [(1, 10, 240, False), (1, 241, 240, True), (2, 119, 120, False), (2, 120, 120, True)],
)
def test_the_hold_clock_runs_against_the_policys_limits(holds: int, ago: int, limit: int, over: bool) -> None:
    now = timezone.now()
    contact = models.Contact(is_open=True)
    transfer = models.Transfer(contact=contact, holds=holds, held_at=now - timedelta(seconds=ago))
    hold = hold_of(transfer, policy().line_named("Natera Resolutions"), now)
    assert hold is not None
    assert (hold.seconds, hold.limit, hold.over, hold.again) == (ago, limit, over, holds > 1)
    assert hold_of(models.Transfer(), None, now) is None
    unlimited = hold_of(transfer, None, now)
    assert unlimited is not None
    assert not unlimited.over
    contact.is_open = False
    assert hold_of(transfer, None, now) is None


def test_marks_never_change_the_words() -> None:
    words = "My <b>attorney</b> and the court"
    spans = [Span(6, 14, "escalate", "attorney"), Span(3, 20, "aside", "a name"), Span(27, 99, "clarify", "court")]
    pieces = list(cut(words, spans))
    assert "".join(piece.text for piece in pieces) == words
    assert [(piece.text, piece.mark) for piece in pieces if piece.mark == "escalate"] == [("attorney", "escalate")]
    assert list(cut("", [])) == []


def test_the_demo_caller_plays_where_samples_are_set(signed_in: SignedIn, web: Settings, monkeypatch: Any) -> None:
    browser = signed_in(Role.AGENT)
    assert "Play this sample" not in text(browser, "/calls")
    assert browser.post("/call/play", {"sample": "call-01"}).status_code == 404
    put_in_force(InForce(replace(web, demo=SAMPLES), policy(), assess))
    monkeypatch.setattr(demo_caller, "seconds_for", lambda _text: 0.01)
    assert "Dolores Whitcomb: " in text(browser, "/calls")
    address = browser.post("/call/play", {"sample": "call-01"}).headers["Location"]
    ends = time.monotonic() + 60
    while models.Turn.objects.count() < 7:
        assert time.monotonic() < ends, "not in time"
        time.sleep(0.1)
    assert "letterhead" in text(browser, address)
    assert FED not in text(browser, address)
    assert browser.post("/call/play", {"sample": "none"}).status_code == 404


def test_the_demo_caller_goes_on_when_somebody_types(signed_in: SignedIn, web: Settings, monkeypatch: Any) -> None:
    browser = signed_in(Role.AGENT)
    put_in_force(InForce(replace(web, demo=SAMPLES), policy(), assess))
    call = next(one.contact for one in demo_caller.samples() if one.id == "call-01")
    live.begin(replace(call, turns=()), source="demo", actor="test")

    def typing(_text: str) -> float:
        do(browser, "say", call.id, text="She sighs.", token="one")
        return 0.0

    monkeypatch.setattr(demo_caller, "seconds_for", typing)
    monkeypatch.setattr(demo_caller.connections, "close_all", lambda: None)
    demo_caller._speak(call, "test", 1.0)
    texts = list(models.Turn.objects.order_by("number").values_list("text", flat=True))
    assert texts == ["She sighs.", *(turn.text for turn in call.turns)]


def test_people_speak_at_the_speed_of_people() -> None:
    assert demo_caller.seconds_for("Yes.") < 2
    assert 5 < demo_caller.seconds_for("x" * 100) < 8
    assert demo_caller.seconds_for("x" * 10_000) < 8
