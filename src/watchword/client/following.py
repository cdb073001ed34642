"""Following a call: its events as they happen, and after a broken connection from the last one that was heard."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx

from watchword.client.exchange import CHECK, FAILED, pause, refuse
from watchword.client.shapes import Assessed, CallEvent, Step, Turn
from watchword.errors import ServiceUnreachable

SHAPES: dict[str, type[Turn] | type[Assessed] | type[Step]] = {"turn": Turn, "assessment": Assessed, "step": Step}
SILENCE = httpx.Timeout(10.0, read=45.0)  # seconds; the service gives a sign of life every 15


def follow(
    http: httpx.Client,
    path: str,
    *,
    after: str | None,
    patience: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[CallEvent]:
    """The events of a stream until it has ended. Raises ServiceRefused; ServiceUnreachable after ``patience`` seconds.

    An event is given once: come back with its id as ``after`` to go on in another program.
    """
    last, heard_at, tried = after, time.monotonic(), 0
    while True:
        try:
            for event in _events(http, path, last):
                heard_at = time.monotonic()
                if event is None:  # a line that says nothing, but that the service is there
                    continue
                tried, last = 0, event.id or last
                yield event
                if event.name == "ended":
                    return
        except httpx.HTTPError as error:
            if time.monotonic() - heard_at >= patience:
                raise ServiceUnreachable(
                    f"The call's events could not be heard ({type(error).__name__}).", do=CHECK
                ) from error
        tried += 1
        sleep(pause(tried))


def _events(http: httpx.Client, path: str, last: str | None) -> Iterator[CallEvent | None]:
    """The events of one connection, and None for other signs of life.

    Raises httpx.HTTPError when it breaks, ServiceRefused when it is refused.
    """
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
    with http.stream("GET", path, headers=headers, timeout=SILENCE) as response:
        if response.status_code in FAILED:
            response.raise_for_status()
        if not response.is_success:
            response.read()
            refuse(response)
        for part in parts(response.iter_lines()):
            yield part and _event(*part)


def _event(name: str, id: str, told: Any) -> CallEvent:
    return CallEvent(name=name, id=id, told=SHAPES[name].model_validate(told) if name in SHAPES else told)


def parts(lines: Iterable[str]) -> Iterator[tuple[str, str, Any] | None]:
    """Name, id and content of each event; None where a part says nothing.

    An event that broke off in the middle is left out, for it comes again.
    """
    name, id = "", ""
    content: list[str] = []
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            yield (name or "message", id, json.loads("\n".join(content))) if content else None
            name, content = "", []
        elif field == "event":
            name = value
        elif field == "id":
            id = value
        elif field == "data":
            content.append(value)
