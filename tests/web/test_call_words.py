"""What was said on calls, as their pages and their list show it: marked, never changed and never run."""

from __future__ import annotations

from dataclasses import replace

from tests.made import NOW
from tests.recorded import NO_MORE, SUES, a_call, keep
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, do, said, step
from tests.web.test_console import EVIL, text
from watchword.store import models
from watchword.store.notes import keep_note
from watchword.terms import Channel, Note, Person, Speaker, Turn
from watchword.web import live
from watchword.web.access import Role
from watchword.web.console import calls
from watchword.web.console.transcript import Span, cut


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


def test_marks_never_change_the_words() -> None:
    words = "My <b>attorney</b> and the court"
    spans = [Span(6, 14, "escalate", "attorney"), Span(3, 20, "aside", "a name"), Span(27, 99, "clarify", "court")]
    pieces = list(cut(words, spans))
    assert "".join(piece.text for piece in pieces) == words
    assert [(piece.text, piece.mark) for piece in pieces if piece.mark == "escalate"] == [("attorney", "escalate")]
    assert list(cut("", [])) == []
