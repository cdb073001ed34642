"""The news of a call: its open pages hear what is new, and nothing is lost in between."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.recorded import SUES
from tests.web.conftest import SignedIn
from tests.web.on_a_call import all_steps, do, said, step
from tests.web.test_console import EVIL
from watchword.store import models
from watchword.terms import Person, Speaker, Turn
from watchword.web import heard, live
from watchword.web.access import Role
from watchword.web.api import calls as api_calls
from watchword.web.console import calls
from watchword.web.streams import Followed
from watchword.web.threads import in_thread


def news(cursor: str) -> tuple[dict[str, str], str]:
    """What a listener is told since, and where they are then."""
    items, after, _ = calls.look_at("c-1", cursor, lambda name, values: f"{name} {values.get('turns', '')}")
    assert not items or items[-1].cursor == after
    assert all(item.cursor == cursor for item in items[:-1])
    return {item.event: item.told for item in items}, after


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
    monkeypatch.setattr("watchword.web.streams.CHECK_SECONDS", 0.1)
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
        second = calls.follow(first.cursor, brought[1])
        assert second is not None
    assert not len(statements)
    assert second.cursor == after
    assert "".join(item.told for item in (*first.items, *second.items)).split() == looked[0].told.split()
    assert [item.event for item in looked] == ["turn"]
    assert calls.follow(first.cursor, brought[0]) == Followed([], first.cursor)
    assert calls.follow(cursor, brought[1]) is None  # one in between is missing


def test_a_flag_is_told_before_it_is_looked_up_what_follows_from_it(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    said("Hello?")
    brought: list[Any] = []
    monkeypatch.setattr(live, "tell", lambda _topic, _key, told=None: brought.append(json.loads(json.dumps(told))))
    _, cursor, _ = api_calls.look("c-1", api_calls.FROM_START)
    before = api_calls.look("c-1", api_calls.FROM_START)[1]
    live.say("c-1", [(1, Turn(Speaker.AGENT, "I see."))], actor="test")
    live.say("c-1", [(2, Turn(Speaker.CALLER, SUES))], actor="test")
    looked, after, _ = api_calls.look("c-1", cursor)
    with CaptureQueriesContext(connection) as statements:
        first = api_calls.follow(cursor, brought[0])
        assert first is not None
        assert first.is_all
        second = api_calls.follow(first.cursor, brought[1])
        assert second is not None
    assert not len(statements)
    assert not second.is_all
    told = [*first.items, *second.items]
    assert [item.event for item in told] == ["turn", "turn", "assessment"]
    assert [(item.event, item.told) for item in told] == [(item.event, item.told) for item in looked[:3]]
    rest, end, _ = api_calls.look("c-1", second.cursor)
    assert [(item.event, item.told) for item in rest] == [(item.event, item.told) for item in looked[3:]]
    assert {item.event for item in rest} == {"step"}
    assert end == after
    assert api_calls.follow(second.cursor, brought[1]) == Followed([], second.cursor, is_all=False)
    assert api_calls.follow(before, brought[1]) is None  # one in between is missing
    assert calls.follow(calls.cursor_of("c-1"), brought[1]) is None  # a page marks words of earlier turns, too


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
