"""A local endpoint that speaks OpenAI's chat completions and misbehaves as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answering = Callable[["Door", dict[str, Any]], None]


class Door(BaseHTTPRequestHandler):
    """One request; ``answering`` says what to do with it."""

    answering: Answering
    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request["authorization"] = self.headers.get("Authorization")
        request["path"] = self.path
        request["host"] = self.headers["Host"]
        self.asked.append(request)
        try:
            type(self).answering(self, request)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # whoever asked has given up, as the test wants

    def send(self, content: bytes, status: int = 200, location: str | None = None) -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def saying(content: str) -> Answering:
    """Answer with this content of the message."""
    whole = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()
    return lambda door, request: door.send(whole)


def sending(content: bytes, status: int = 200, location: str | None = None) -> Answering:
    """Answer with these bytes."""
    return lambda door, request: door.send(content, status, location)


def answering_by(answer_of: Callable[[list[str]], str]) -> Answering:
    """Answer by what the customer said, as the question shows it."""

    def answer(door: Door, request: dict[str, Any]) -> None:
        said = json.loads(request["messages"][1]["content"])["said"]
        saying(json.dumps({"answer": answer_of(said), "why": "x"}))(door, request)

    return answer


def in_turn(*answerings: Answering) -> Answering:
    """Answer each request in its own way, and all further ones as the last."""
    left = list(answerings)
    return lambda door, request: (left.pop(0) if len(left) > 1 else left[0])(door, request)


def silent(door: Door, request: dict[str, Any]) -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(3)


def dribbling(door: Door, request: dict[str, Any]) -> None:
    """Send a byte now and then, for longer than anybody waits."""
    door.send_response(200)
    door.send_header("Content-Length", "1000")
    door.end_headers()
    for _ in range(100):
        door.wfile.write(b" ")
        door.wfile.flush()
        time.sleep(0.05)


def hanging_up(door: Door, request: dict[str, Any]) -> None:
    """Close the connection without a word."""
    door.close_connection = True


@contextmanager
def serving(answering: Answering) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A running server's base address, and what it has been asked."""
    asked: list[dict[str, Any]] = []
    door = type("OneDoor", (Door,), {"answering": staticmethod(answering), "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
