"""Calls that are begun and typed by hand, and how their page tells them from those that another system writes down."""

from __future__ import annotations

import re

from tests.made import NOW
from tests.recorded import ANA, SUES
from tests.web.conftest import SignedIn
from tests.web.on_a_call import FED, PAGE, do, said
from tests.web.test_console import text
from watchword.store import models
from watchword.store.notes import keep_note
from watchword.store.people import person_for
from watchword.terms import Channel, Note
from watchword.web.access import Role

OTHER_WORDS = "Other words are kept under this token already."


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
