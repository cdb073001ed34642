"""The limit on the size of requests: what is larger is read away and refused, in words that its sender can read."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.template.loader import render_to_string

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
WHAT = "The request is too large."
DO = "Send less at a time."
DO_ON_A_PAGE = "Go back and send less at a time. An administrator takes a larger table in on the command line."
READ_AWAY = 4  # times the largest; whoever sends more than that may find the connection closed


def limited(application: Application, largest: int) -> Application:
    """Refuse a request whose body is too large, without keeping it and whether or not it says its size."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # no WebSockets here
        size = dict(scope["headers"]).get(b"content-length", b"0")
        if size.isdigit() and int(size) > largest:
            if int(size) <= largest * READ_AWAY:
                await _read_away(receive, largest * READ_AWAY)
            await _refuse(scope, send)
            return
        taken, goes_on = 0, False

        async def counted() -> Message:
            nonlocal taken, goes_on
            message = await receive()
            taken += len(message.get("body", b""))
            goes_on = message.get("more_body", False)
            # Told that nobody is there any more, the service lets go of what it has, and answers nothing.
            return message if taken <= largest else {"type": "http.disconnect"}

        await application(scope, counted, send)
        if taken > largest:
            if goes_on:
                await _read_away(receive, largest * READ_AWAY - taken)
            await _refuse(scope, send)

    return answer


async def _read_away(receive: Receive, most: int) -> None:
    """Read what is not taken: whoever still sends when the connection closes, a proxy say, never sees the answer."""
    while most > 0:
        message = await receive()
        most -= len(message.get("body", b""))
        if not message.get("more_body"):
            return


async def _refuse(scope: MutableMapping[str, Any], send: Send) -> None:
    from watchword.web.middleware import HEADERS  # which know the tables: Django must be set up
    from watchword.web.refusals import API

    asked = dict(scope["headers"])
    on_a_page = b"text/html" in asked.get(b"accept", b"") and not scope["path"].startswith(API)
    if on_a_page:
        told = {"what": WHAT, "do": DO_ON_A_PAGE, "status": 413}
        kind, body = b"text/html; charset=utf-8", render_to_string("console/refused.html", told).encode()
    else:
        kind, body = b"application/json", json.dumps({"what": WHAT, "do": DO}).encode("ascii")
    bound = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    headers = [(b"content-type", kind), (b"connection", b"close"), *bound]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
