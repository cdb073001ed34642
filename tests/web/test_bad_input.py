"""What is sent by mistake or on purpose: sessions that ended, forged keys, far too much, and markup in every field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from tests.recorded import NO_MORE, SUES, a_call, keep
from tests.web.conftest import SignedIn
from tests.web.sample_rows import pages, patterns
from tests.web.test_api import API, post
from tests.web.test_console import EVIL
from watchword.settings import Settings
from watchword.store import imports, models
from watchword.store.keys import make_key
from watchword.web.access import KeyScope, Role
from watchword.web.api.shapes import LONGEST_TURN

Connect = Callable[..., Client]
MEGABYTE = 1_000_000


def test_a_session_that_ended_shows_and_does_nothing(signed_in: SignedIn) -> None:
    recorded = keep(a_call(SUES))
    browser = signed_in(Role.SUPERVISOR)
    assert browser.get("/escalations").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    page = browser.get(f"/escalations/{recorded.escalation}")
    assert page.status_code == 302
    assert page.headers["Location"] == f"/account/sign-in/?next=/escalations/{recorded.escalation}"
    part = browser.get("/escalations", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"], part.content) == (401, "/account/sign-in/", b"")
    step = models.Step.objects.order_by("position")[0]
    assert browser.post(f"/steps/{step.key}/confirm").headers["Location"].startswith("/account/sign-in/")
    assert not models.Decision.objects.exists()
    for address in ("/changes", "/api/v1/openapi.json", "/register/add"):
        assert browser.get(address).status_code == 302, address


@pytest.mark.parametrize("cookie", ["", "x" * 32, "../../etc/passwd", "é", "a" * 5000])
def test_a_forged_session_is_none(web: Settings, cookie: str) -> None:
    browser = Client()
    browser.cookies["sessionid"] = cookie
    browser.cookies["__Host-session"] = cookie
    assert browser.get("/escalations").status_code == 302


def test_a_forged_key_opens_nothing(web: Settings, signed_in: SignedIn) -> None:
    key = make_key("crm", [scope.value for scope in KeyScope], by="test")
    kept = models.AccessKey.objects.get().hash
    changed = key[:-1] + ("A" if key[-1] != "A" else "B")
    for forged in (
        changed,
        key.upper(),
        key + " x",
        kept,
        f"ww_{kept}",
        "ww_",
        "ww_" + "a" * 100_000,
        "ww_\udcff",
        "null",
    ):
        browser = Client(headers={"authorization": f"Bearer {forged}"})
        assert post(browser, "/assess", {"id": "c-1"})[0] == 401, forged[:80]
    assert post(signed_in(Role.SUPERVISOR), "/assess", {"id": "c-1"})[0] == 401  # a person is no integration
    assert hashlib.sha256(key.encode()).hexdigest() == kept


def turns(crm: Client, number: int, text: str) -> tuple[int, Any]:
    return post(crm, "/calls/c-1/turns", {"turns": [{"number": number, "speaker": "caller", "text": text}]})


def test_a_megabyte_in_one_turn_is_refused_and_the_call_goes_on(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    status, told = turns(crm, 0, "x" * MEGABYTE)
    assert status == 422
    assert told["places"][0].startswith("turns.0.text:")
    assert turns(crm, 0, f"{SUES} " + "x" * (LONGEST_TURN - len(SUES) - 1))[1]["next"] == 1
    assert crm.get(f"{API}/calls/c-1").json()["assessment"]["outcome"] == "escalate"
    for number in (10**9, 10**30):
        assert turns(crm, number, "Hello?")[0] in (409, 422)
    assert turns(crm, 1, "Hello?")[1]["next"] == 2


def test_a_megabyte_in_a_platforms_event_loses_nothing(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    heard = {"TranscriptionEvent": "transcription-content", "TranscriptionSid": "GT1", "Track": "inbound_track"}
    data = json.dumps({"transcript": f"{SUES} " + "so " * (MEGABYTE // 3)})
    status, told = post(
        crm, "/calls/c-1/platform-events", {**heard, "SequenceId": "2", "Final": "true", "TranscriptionData": data}
    )
    assert status in (200, 422), told
    assert turns(crm, models.Turn.objects.count(), SUES)[0] == 200
    assert crm.get(f"{API}/calls/c-1").json()["assessment"]["outcome"] == "escalate"


def test_markup_in_every_field_is_text_on_every_page(machine: Connect, signed_in: SignedIn) -> None:
    """Sent by the API into everything that it takes; looked for on every page that there is."""
    crm = machine()
    who = {"patient_id": f"P {EVIL}", "name": EVIL, "phone": "+16505551212", "email": f"{EVIL}@example.org", EVIL: EVIL}
    notes = [{"id": EVIL, "source": EVIL, "note": EVIL, "channel": "phone", "issue": EVIL}]
    more: dict[str, Any] = {"person": who, "issue": EVIL, "history": notes, "sources_read": [EVIL], EVIL: EVIL}
    said = [{"speaker": "caller", "text": f"{EVIL} {SUES} {NO_MORE}", EVIL: EVIL}]
    assert post(crm, "/contacts", {"id": "c-1", "channel": "phone", "turns": said, **more})[0] == 201
    mail = {"id": "m-1", "channel": "email", "subject": EVIL, "body": f"{EVIL} {SUES}", **more}
    assert post(crm, "/contacts", mail)[0] == 201
    assert post(crm, "/contacts", {**mail, "id": f"x {EVIL}"})[0] == 201
    step, other, *_ = models.Step.objects.filter(escalation__contact__key="c-1").order_by("position")
    assert post(crm, f"/steps/{step.key}/confirm", {"by": EVIL, "reason": EVIL})[0] == 200
    assert post(crm, f"/steps/{other.key}/dismiss", {"by": EVIL, "reason": EVIL})[0] == 200
    escalation = step.escalation.key
    rows = [str(number) for number in models.Contact.objects.values_list("pk", flat=True)]
    models.Ticket.objects.create(key="t", type=EVIL, contact=models.Contact.objects.get(key="m-1"), subject=EVIL)
    mail_row = models.Contact.objects.get(key="m-1")
    models.OriginalMail.objects.create(contact=mail_row, raw=f"Subject: x\r\n\r\n{EVIL}".encode(), hash="", whence=EVIL)
    table = f"source,id,note,phone\n{EVIL},1,{EVIL},+16505551212\n".encode()
    made = imports.hand_in("notes", table, file=EVIL, source="", by=EVIL)
    samples = [*rows, str(made.pk), "notes", "c-1", "m-1", escalation, step.key]
    browser = signed_in(Role.SUPERVISOR)
    looked = 0
    for address in pages(
        browser, [one for one in patterns(get_resolver()) if not one.startswith("/account/")], samples
    ):
        answer = browser.get(address, follow=True)
        shown = answer.content.decode()
        assert "<script>alert" not in shown, address
        assert "<img src=x" not in shown, address
        rules = answer.headers["Content-Security-Policy"]  # in a stranger's document no script runs at all
        assert "script-src 'self'" in rules or ("default-src 'none'" in rules and rules.endswith("; sandbox"))
        looked += "&lt;script&gt;" in shown
    assert looked >= 4
    told = crm.get(f"{API}/escalations")
    assert told.headers["Content-Type"].startswith("application/json")
    assert told.headers["X-Content-Type-Options"] == "nosniff"
