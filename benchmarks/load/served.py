"""The server as `watchword serve` runs it, on a database of its own, and the bare work to compare its figures with."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import resources
from pathlib import Path
from statistics import median

from benchmarks.databases import postgresql
from benchmarks.load.talk import Talk
from watchword import wiring
from watchword.detection.model.encoder import open_encoder
from watchword.detection.model.windows import windows
from watchword.reading.own_words import passages
from watchword.settings import read_settings
from watchword.terms import Channel, Contact, Speaker, Turn
from watchword.web.project import open_project

PATIENCE_SECONDS = 300  # a machine may be very busy
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One `watchword serve`, which can be killed, all its processes at once, and started again."""

    def __init__(self, processes: int) -> None:
        self._options = ("--processes", str(processes))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it; how many seconds it took until it answered."""
        begun = time.monotonic()
        command = [sys.executable, "-m", "watchword", "serve", "--port", str(self.port), *self._options]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5):
                    return time.monotonic() - begun
            except OSError:
                if time.monotonic() - begun > PATIENCE_SECONDS or self._process.poll() is not None:
                    raise
                time.sleep(0.1)

    def kill(self) -> None:
        """End it without a word, as a crash does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def replace(self) -> float:
        """Have its processes replaced one after another, as for another policy; how many seconds until all were."""
        assert self._process
        begun, before = time.monotonic(), self._serving()
        os.kill(self._process.pid, signal.SIGHUP)
        while before & self._serving():
            time.sleep(0.1)
        return time.monotonic() - begun

    def _serving(self) -> set[int]:
        """Its processes that serve: forked from one that the first has started."""
        parents = {int(fields[0]): int(fields[2]) for fields in self._stats()}
        assert self._process
        return {one for one, parent in parents.items() if parents.get(parent) == self._process.pid}

    def core_seconds(self) -> float:
        """The time of a core that all its processes have taken in this life."""
        return sum(int(fields[12]) + int(fields[13]) for fields in self._stats()) / TICKS

    def _stats(self) -> Iterator[list[str]]:
        """What the system tells of each of its processes; the name, which may hold anything, as nothing."""
        assert self._process
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                number, _, rest = stat.read_text(encoding="ascii", errors="replace").partition(" (")
            except OSError:
                continue  # it ended just now
            state, parent, group, *more = rest.rpartition(")")[2].split()
            if int(group) == self._process.pid:
                yield [number, state, parent, group, *more]


def make_ready() -> str:
    """Prepare the database of the environment, and a key for the callers."""
    settings = read_settings()
    open_project(settings)  # the front door has tables too
    wiring.migrate(settings)
    from watchword.store.keys import make_key

    return make_key("load", ["calls", "read-calls"], by="benchmark")


def bare() -> dict[str, float]:
    """Milliseconds of one assessment of a call of 20 turns, of the encoder's for one turn, and of one row written."""
    settings = read_settings()
    policy, decide = wiring.open_policy(settings.policy, settings), wiring.assess_by(settings)
    encoder = open_encoder(resources.files("watchword.detection.model").joinpath("shipped"))
    assessing, reading, writing = [], [], []
    for at in range(60):
        talk = Talk(2, at, one_in=10**9)
        said = [talk.next() for _ in range(20)]
        turns = tuple(Turn(Speaker(one.speaker), one.text) for one in said)
        contact = Contact(f"bare-{at}", Channel.PHONE, turns=turns)
        decide(contact, policy, None)
        begun = time.perf_counter()
        decide(contact, policy, None)
        assessing.append(time.perf_counter() - begun)
        turn = list(windows(passages(contact)))[-1]
        begun = time.perf_counter()
        encoder.look(turn.before, turn.text)
        reading.append(time.perf_counter() - begun)
    from watchword.store.models import Queue

    for at in range(60):
        begun = time.perf_counter()
        Queue.objects.create(name=f"bare {at}")
        writing.append(time.perf_counter() - begun)
    found = {"assess 20 turns, seen before": assessing, "the encoder for a turn": reading, "one row written": writing}
    return {what: median(times) * 1000 for what, times in found.items()}


@contextmanager
def on_sqlite() -> Iterator[None]:
    """SQLite in a folder."""
    with tempfile.TemporaryDirectory(prefix="watchword-load-") as folder:
        _lead(Path(folder), None)
        yield


@contextmanager
def on_postgresql() -> Iterator[None]:
    """PostgreSQL of its own."""
    with postgresql("watchword-load-") as (folder, address):
        _lead(folder, address)
        yield


DATABASES: dict[str, Callable[[], AbstractContextManager[None]]] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def _lead(folder: Path, url: str | None) -> None:
    """The environment that leads there, for this process and those started from here."""
    os.environ.update({"WATCHWORD_DATA": str(folder), "WATCHWORD_MODEL": "shipped"})
    if url:
        os.environ["DATABASE_URL"] = url
