"""A service as it is met on a bad day: it gives the answers that it is told, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Bytes after a status; ``seconds`` late; no status means to hang up."""

    status: int | None = 200
    content: bytes = b"{}"
    seconds: float = 0.0
    kind: str = "application/json"


@dataclass
class Odd:
    """What was asked, and what is still to be answered; the last answer stays."""

    answers: list[Answer]
    address: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


class _Door(BaseHTTPRequestHandler):
    odd: Odd

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answers = self.odd.answers
        answer = answers[min(len(self.odd.asked), len(answers) - 1)]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.odd.asked.append((self.command, self.path, headers))
        time.sleep(answer.seconds)
        if answer.status is None:
            return
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.end_headers()
            self.wfile.write(answer.content)
        except OSError:  # whoever asked has given up
            pass

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def odd_server(*answers: Answer, tls: SSLContext | None = None) -> Iterator[Odd]:
    odd = Odd(list(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"odd": odd}))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    odd.address = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield odd
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
