"""A list that brings withdrawn wishes back says so on its page, and the register shows each with its withdrawal."""

from __future__ import annotations

from django.test import Client

from tests.web.conftest import SignedIn
from tests.web.test_console import text
from tests.web.test_tables import hand_in
from watchword.store import models
from watchword.web.access import Role

LIST = b"patient_id,name,calls\nP-1,Ana Brook,yes\nP-2,Ben Lake,yes\n"
BACK = "had been withdrawn and is in force again"


def imported(browser: Client, content: bytes = LIST) -> str:
    """The page of the import, once it is done."""
    _, address = hand_in(browser, content, "register")
    browser.post(f"{address}/begin")
    browser.post(f"{address}/go-on")
    return address


def test_the_import_and_the_entry_say_that_it_came_back(signed_in: SignedIn) -> None:
    browser, agent = signed_in(Role.SUPERVISOR), signed_in(Role.AUDITOR)
    first = imported(browser)
    assert "in force again" not in text(browser, first) + text(browser, "/register")
    gone = models.RegisterEntry.objects.get(person__name="Ana Brook")
    browser.post(f"/register/{gone.pk}/withdraw", {"why": "She <asked> for it."})
    shown = text(browser, imported(browser))
    assert f"1 of the new {BACK}" in shown
    assert 'href="/register?origin=back"' in shown
    assert "line 2" in shown
    assert "line 3" not in shown
    for one in (browser, agent):
        listed = text(one, "/register?origin=back")
        assert "Ana Brook" in listed
        assert "Ben Lake" not in listed
        assert "In force again by an import" in listed
        assert "by user supervisor: She &lt;asked&gt; for it." in listed
    assert "/imports/" in text(browser, "/register?origin=back")
    assert text(browser, "/register").count("In force again by an import") == 1
    assert BACK not in text(browser, imported(browser)), "taken in again it is known"
