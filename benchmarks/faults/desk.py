"""A desk in a process of its own that answers late, fails, and answers wrongly at times; and never forbids a double.

    python -m benchmarks.faults.desk --seed 7

Prints its address and serves until its standard input closes. Every filing is kept, also one under a key that was filed
before, so that doubles can be counted afterwards.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

QUICKEST, SPREAD = 0.05, 0.2  # seconds that filing takes when all is well
LATEST = 0.8  # seconds that a request may lie before it is filed
SLOWER_THAN_ANYBODY_WAITS = 1.0
REFUSED_AT_FIRST = 40  # one key in so many is refused for good, until a person has it tried again


class Desk:
    """What was filed, and the chance that decides what goes wrong."""

    def __init__(self, seed: int) -> None:
        self.filed: list[tuple[str, str]] = []
        self.answers: dict[str, int] = {}
        self.chance = random.Random(seed)
        self.lock = threading.Lock()
        self.refused: set[str] = set()

    def draw(self) -> float:
        """A number from 0 to 1."""
        with self.lock:
            return self.chance.random()

    def file(self, key: str) -> str:
        """File it, whether it is there already or not."""
        with self.lock:
            reference = f"F-{len(self.filed) + 1}"
            self.filed.append((key, reference))
            return reference

    def find(self, key: str) -> str | None:
        """The reference of the first filing under a key."""
        with self.lock:
            return next((reference for filed, reference in self.filed if filed == key), None)

    def refuses(self, key: str) -> bool:
        """Whether this key is refused, which happens to few and to each of them once."""
        with self.lock:
            if key in self.refused or sum(key.encode()) % REFUSED_AT_FIRST:
                return False
            self.refused.add(key)
            return True

    def count(self, what: str) -> None:
        """Count what was answered."""
        with self.lock:
            self.answers[what] = self.answers.get(what, 0) + 1


class Requests(BaseHTTPRequestHandler):
    """What is asked and sent."""

    desk: Desk

    def do_GET(self) -> None:
        """/find?key=… asks for one key, /filed for everything."""
        asked = urlsplit(self.path)
        if asked.path == "/filed":
            self.answer(200, {"filed": self.desk.filed, "answers": self.desk.answers})
            return
        key, chance = parse_qs(asked.query)["key"][0], self.desk.draw()
        reference = self.desk.find(key)
        if chance < 0.05:
            self.answer(503, {}, "find: 503")
        elif chance < 0.08:
            self.answer(200, {"key": "another", "reference": "F-0"}, "find: wrong")
        elif reference is None:
            self.answer(404, {}, "find: no")
        else:
            self.answer(200, {"key": key, "reference": reference}, "find: yes")

    def do_POST(self) -> None:
        """/file files one."""
        key = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["key"]
        if self.desk.refuses(key):
            self.answer(422, {}, "file: refused for good")
            return
        time.sleep(QUICKEST + self.desk.draw() * SPREAD)
        for limit, act in self.misfortunes():
            if self.desk.draw() < limit:
                act(key)
                return
        self.answer(200, {"key": key, "reference": self.desk.file(key)}, "file: well")

    def misfortunes(self) -> list[tuple[float, Callable[[str], object]]]:
        """What can go wrong and how often, each drawn by itself."""
        return [
            (0.10, self.late),
            (0.08, lambda key: self.answer(503, {}, "file: 503 before filing")),
            (0.08, lambda key: (self.desk.file(key), self.answer(500, {}, "file: 500 after filing"))),
            (
                0.06,
                lambda key: (self.desk.file(key), self.answer(200, {"key": "x", "reference": "F-0"}, "file: wrong")),
            ),
            (0.04, lambda key: (self.desk.file(key), self.answer(200, {"key": key, "reference": " "}, "file: blank"))),
            (0.04, self.too_slow),
            (0.03, lambda key: self.desk.count("file: hung up before filing")),
        ]

    def late(self, key: str) -> None:
        """The request lies about before it is filed."""
        time.sleep(self.desk.draw() * LATEST)
        self.answer(200, {"key": key, "reference": self.desk.file(key)}, "file: late")

    def too_slow(self, key: str) -> None:
        """Filed, and answered when nobody listens any more."""
        reference = self.desk.file(key)
        time.sleep(SLOWER_THAN_ANYBODY_WAITS)
        self.answer(200, {"key": key, "reference": reference}, "file: too slow")

    def answer(self, status: int, body: dict[str, Any], what: str = "") -> None:
        """Send an answer; whoever asked may be dead by now."""
        if what:
            self.desk.count(what)
        content = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.desk.count("nobody listened")

    def log_message(self, *_: Any) -> None:
        """Silence."""


def serve(desk: Desk) -> ThreadingHTTPServer:
    """The desk behind an address of its own."""
    return ThreadingHTTPServer(("127.0.0.1", 0), type("RequestsToOne", (Requests,), {"desk": desk}))


def main() -> int:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults.desk", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    server = serve(Desk(given.seed))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
