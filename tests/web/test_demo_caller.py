"""The demo caller plays sample calls at the speed of people."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.recorded import policy
from tests.web.conftest import SignedIn
from tests.web.on_a_call import FED, do
from tests.web.test_console import text
from watchword.settings import Settings
from watchword.store import models
from watchword.triage.assess import assess
from watchword.web import demo_caller, live
from watchword.web.access import Role
from watchword.web.in_force import InForce, put_in_force

SAMPLES = Path(__file__).parents[2] / "samples" / "calls.jsonl"


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
