"""What the web server runs: the whole service, behind a limit on the size of requests."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from watchword.settings import read_settings
from watchword.web.answering import Answering
from watchword.web.project import open_project

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
TOO_LARGE = json.dumps({"what": "The request is too large.", "do": "Send less at a time."}).encode("ascii")


def limited(application: Application, largest: int) -> Application:
    """Refuse a request whose body is too large, without reading it to its end and whether or not it says its size."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # no WebSockets here, and starting and stopping needs nothing done
        size = dict(scope["headers"]).get(b"content-length", b"0")
        if size.isdigit() and int(size) > largest:
            await _refuse(send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            # Told that nobody is there any more, the service lets go of what it has, and answers nothing.
            return message if taken <= largest else {"type": "http.disconnect"}

        await application(scope, counted, send)
        if taken > largest:
            await _refuse(send)

    return answer


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})


def application_for(largest: int) -> Application:
    """The service; Django must be set up already."""
    return limited(Answering(), largest)


def make_application() -> Application:
    """The service by the settings of the environment, as the web server starts it."""
    settings = read_settings()
    open_project(settings)
    return application_for(settings.largest_body)
