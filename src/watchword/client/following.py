"""Following a call: its events as they happen, and after a broken connection from the last one that was heard."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator

import httpx

from watchword.client.exchange import CHECK, FAILED, is_untrusted, pause, refuse, unknown_form, unreached
from watchword.client.shapes import Assessed, CallEvent, Step, Turn
from watchword.errors import ServiceUnreachable

SHAPES: dict[str, type[Turn] | type[Assessed] | type[Step]] = {"turn": Turn, "assessment": Assessed, "step": Step}
STREAM = "text/event-stream"
SILENCE = httpx.Timeout(10.0, read=45.0)  # seconds; the service gives a sign of life every 15


def follow(
    http: httpx.Client,
    path: str,
    *,
    after: str | None,
    patience: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[CallEvent]:
    """The events of a stream until it has ended. Raises ServiceRefused; ServiceUnreachable after ``patience`` seconds
    without any, and for what is no event.

    An event is given once: come back with its id as ``after`` to go on in another program.
    """
    last, heard_at, tried = after, time.monotonic(), 0
    while True:
        why = "it ended at once"
        try:
            for number, event in enumerate(_events(http, path, last)):
                if event or number:  # with the first line, which says nothing, a stream may open and break for ever
                    heard_at = time.monotonic()
                if event is None:
                    continue
                tried, last = 0, event.id or last
                yield event
                if event.name == "ended":
                    return
                heard_at = time.monotonic()  # whoever follows may have taken long over it
        except httpx.HTTPError as error:
            if isinstance(error, httpx.ConnectError) and is_untrusted(error):
                raise unreached(error) from error
            why = type(error).__name__
        if time.monotonic() - heard_at >= patience:
            raise ServiceUnreachable(f"The call's events could not be heard ({why}).", do=CHECK)
        tried += 1
        sleep(pause(tried))


def _events(http: httpx.Client, path: str, last: str | None) -> Iterator[CallEvent | None]:
    """The events of one connection, and None for other signs of life.

    Raises httpx.HTTPError when it breaks, ServiceRefused when it is refused.
    """
    headers = {"Accept": STREAM} | ({"Last-Event-ID": last} if last else {})
    with http.stream("GET", path, headers=headers, timeout=SILENCE) as response:
        if response.status_code in FAILED:
            response.raise_for_status()
        if not response.is_success:
            response.read()
            refuse(response)
        if not response.headers.get("Content-Type", "").startswith(STREAM):
            raise ServiceUnreachable("The answer is no stream of events.", do=CHECK)
        for part in parts(response.iter_lines()):
            yield part and _event(*part)


def _event(name: str, id: str, content: str) -> CallEvent:
    try:
        told = json.loads(content)
        return CallEvent(name=name, id=id, told=SHAPES[name].model_validate(told) if name in SHAPES else told)
    except ValueError as error:  # no JSON, or of another shape
        raise unknown_form() from error


def parts(lines: Iterable[str]) -> Iterator[tuple[str, str, str] | None]:
    """Name, id and content of each event; None where a part says nothing.

    An event that broke off in the middle is left out, for it comes again.
    """
    name, id = "", ""
    content: list[str] = []
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            yield (name or "message", id, "\n".join(content)) if content else None
            name, content = "", []
        elif field == "event":
            name = value
        elif field == "id":
            id = value
        elif field == "data":
            content.append(value)
