"""Another system's address as it is met in life: it answers well, late, wrongly, or not at all, as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

Behaviour = Callable[["_Asked"], None]


def status(code: int, **headers: str) -> Behaviour:
    def answer(asked: _Asked) -> None:
        asked.send_response(code)
        for name, value in headers.items():
            asked.send_header(name, value)
        asked.send_header("Content-Length", "0")
        asked.end_headers()

    return answer


def late(seconds: float) -> Behaviour:
    def answer(asked: _Asked) -> None:
        asked.hooks.ended.wait(seconds)
        status(200)(asked)

    return answer


def nothing(asked: _Asked) -> None:
    """Hang up without a word."""
    asked.close_connection = True


def rubbish(asked: _Asked) -> None:
    """Something that is no HTTP."""
    asked.wfile.write(b"\x00\xffhello\r\n\r\n")
    asked.close_connection = True


def drip(asked: _Asked) -> None:
    """Headers that never end, a little at a time: every read is answered in time, and the whole never."""
    asked.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(300):
        if asked.hooks.ended.wait(0.1):
            return
        asked.wfile.write(b"X-More: 1\r\n")


OK = status(200)


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hooks: Hooks

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.hooks.lock:
            tried = len(self.hooks.heard)
            self.hooks.heard.append((dict(self.headers), body))
            if verified({name.lower(): value for name, value in self.headers.items()}, body, self.hooks.secret):
                self.hooks.signed += 1
        behaviours = self.hooks.behaviours
        try:
            behaviours[min(tried, len(behaviours) - 1)](self)
        except OSError:  # the other side hung up first
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


@dataclass
class Hooks:
    """What was heard. ``behaviours``: one for each request, the last one for all that follow."""

    behaviours: list[Behaviour]
    url: str = ""
    secret: str = "whsec_" + base64.b64encode(b"0" * 32).decode()
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    signed: int = 0
    lock: Any = field(default_factory=Lock)
    ended: Event = field(default_factory=Event)

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.heard]

    def told(self) -> list[dict[str, Any]]:
        """Each thing that was told, once, in the order in which it came first."""
        once = {headers["webhook-id"]: json.loads(body) for headers, body in self.heard}
        return list(once.values())


@contextmanager
def hook_server(*behaviours: Behaviour) -> Iterator[Hooks]:
    hooks = Hooks(list(behaviours) or [OK])
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Asked", (_Asked,), {"hooks": hooks}))
    server.daemon_threads = True
    hooks.url = f"http://127.0.0.1:{server.server_port}/told"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hooks
    finally:
        hooks.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def verified(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As any receiver does it, from the documentation of Standard Webhooks and from nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split())
