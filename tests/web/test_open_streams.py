"""Many open streams at a time: none of them holds a connection to the database."""

from __future__ import annotations

import asyncio
from typing import Any

from django.db import connection

from tests.web.conftest import SignedIn
from watchword.store.chain import append_event
from watchword.web import news
from watchword.web.access import Role
from watchword.web.answering import Answering
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
        while len(next(iter(news._listeners.values()), ())) < MANY:
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
    assert not news._listeners
