"""Many open streams at a time: none of them holds a connection to the database."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from tests.web.conftest import SignedIn
from tests.web.on_a_call import said
from watchword.settings import Settings
from watchword.store.chain import append_event
from watchword.web import listeners, streams
from watchword.web.access import Role
from watchword.web.answering import Answering
from watchword.web.listeners import tell
from watchword.web.streams import Followed, Item, stream
from watchword.web.threads import AT_ONCE, in_thread

MANY = 40
ASKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


def asked_for(path: str, cookie: str) -> dict[str, Any]:
    headers = [(b"host", b"testserver"), (b"cookie", f"sessionid={cookie}".encode("ascii"))]
    more = {"query_string": b"", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("testserver", 80)}
    return {"type": "http", "http_version": "1.1", "method": "GET", "path": path, "headers": headers, **more}


def connections() -> int:
    """How many there are, by PostgreSQL's own word; SQLite has none to be short of."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        return int(cursor.fetchone()[0])


def test_many_listeners_share_few_connections_and_leave_nothing(signed_in: SignedIn) -> None:
    cookie = signed_in(Role.SUPERVISOR).cookies["sessionid"].value
    door = Answering()
    leaving = asyncio.Event()
    heard: list[bytes] = []

    async def listen() -> None:
        told = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            for message in told:
                return message
            await leaving.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if b"event: changed" in message.get("body", b""):
                heard.append(message["body"])

        await door(asked_for("/changes", cookie), receive, send)

    async def all_of_them() -> int:
        listening = [asyncio.create_task(listen()) for _ in range(MANY)]
        while len(next(iter(listeners._listeners.values()), ())) < MANY:
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.5)  # each has looked by then
        await in_thread(append_event, "test", "something", "else")
        while len(heard) < MANY:
            await asyncio.sleep(0.05)
        many = await in_thread(connections)
        leaving.set()
        await asyncio.gather(*listening)
        return many

    assert asyncio.run(asyncio.wait_for(all_of_them(), 120)) <= AT_ONCE + 1
    assert not listeners._listeners


def test_whoever_goes_on_while_it_is_looked_for_news_need_not_look(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    said = 0

    def look(since: str) -> tuple[list[Item], str, bool]:
        looks.append(since)
        return [], since, False

    def newest(_keys: list[str]) -> dict[str, str]:
        nonlocal said
        said += 1
        tell("odd", "k", str(said))  # just after the database was read
        time.sleep(0.2)
        return {"k": str(said - 1)}

    async def listen() -> list[str]:
        answer = stream(
            look, "0", "odd", "k", follow=lambda _, told: Followed([Item("more", told, {})], told), newest=newest
        )
        parts: list[str] = []
        async for part in answer.streaming_content:  # type: ignore[union-attr]
            parts.append(part.decode())
            if len(parts) == 5:
                break
        return parts

    monkeypatch.setattr(listeners, "LOOK_SECONDS", 0.05)
    heard = asyncio.run(asyncio.wait_for(listen(), 60))
    assert [part.split("\n")[1] for part in heard[1:]] == ["id: 1", "id: 2", "id: 3", "id: 4"]
    assert looks == ["0"]


def test_the_pages_of_one_session_ask_once_for_all_whether_they_may_still_hear(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, pages, asked = 0.5, 10, []
    execute = CursorWrapper.execute

    def noted(cursor: CursorWrapper, sql: Any, params: Any = None) -> Any:
        asked.append(sql)
        return execute(cursor, sql, params)

    async def listen() -> None:
        listening = [asyncio.ensure_future(anext_of(answer)) for answer in answers]
        while sum("django_session" in sql for sql in asked) < 3:
            await asyncio.sleep(0.02)
        for one in listening:
            one.cancel()
        await asyncio.gather(*listening, return_exceptions=True)

    async def anext_of(answer: Any) -> None:
        async for _ in answer.streaming_content:
            pass

    browser = signed_in(Role.AGENT)
    said()
    said(id="c-2")
    answers = [browser.get(f"/call/news/c-{1 + number % 2}") for number in range(pages)]
    monkeypatch.setattr(streams, "CHECK_SECONDS", every)
    monkeypatch.setattr(CursorWrapper, "execute", noted)
    began = time.monotonic()
    asyncio.run(asyncio.wait_for(listen(), 60))
    sessions = sum("django_session" in sql for sql in asked)
    assert sessions <= 1 + (time.monotonic() - began) / every  # each page by itself would ask so often
    assert sum("auth_group" in sql for sql in asked) <= sessions
    assert not streams._held


def test_silence_is_broken_when_it_has_lasted_and_not_whenever_a_page_asks(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def may_hear() -> bool:
        asked.append(True)
        return len(asked) < 5

    async def heard() -> list[str]:
        answer = stream(lambda since: ([], since, False), "0", "odd", may_hear=may_hear, over="over")
        return [line.decode().split("\n")[0] async for line in answer]  # type: ignore[union-attr]

    monkeypatch.setattr(streams, "CHECK_SECONDS", 0.02)
    assert asyncio.run(asyncio.wait_for(heard(), 60)) == ["retry: 1000", "event: over"]
    asked.clear()
    monkeypatch.setattr(streams, "ALIVE_SECONDS", 0.0)
    assert ": still here" in asyncio.run(asyncio.wait_for(heard(), 60))


def test_who_listens_to_a_process_that_ends_is_told_to_come_back_soon(web: Settings) -> None:
    async def heard(one: int) -> bytes:
        answer = stream(lambda since: ([], since, False), "0", "topic", str(one))
        return b"".join([line async for line in answer])  # type: ignore[union-attr]

    async def all_of_them() -> list[bytes]:
        listening = [asyncio.create_task(heard(one)) for one in range(MANY)]
        while len(listeners._listeners) < MANY:
            await asyncio.sleep(0.01)
        assert listeners.let_go(0.5, again_ms=200) == MANY
        await listening[0]
        assert not listening[-1].done()  # not all in one moment
        return await asyncio.gather(*listening)

    told = asyncio.run(asyncio.wait_for(all_of_them(), 60))
    assert told == [(streams.LATER + "retry: 200\n\n").encode()] * MANY
    assert not listeners._listeners
