"""One fault run on one database: the desk, the workers, the kills and the count at the end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.databases import postgresql
from watchword import wiring
from watchword.errors import Place
from watchword.reading.contacts import contact_from_json
from watchword.settings import Settings, read_settings
from watchword.terms import Contact

LIFE = 2.5  # seconds at work within which a worker is killed
STARTING = 0.1  # how many are killed while they start instead, and within how many seconds
START = 2.0
READY = 600  # seconds for a worker to start on a busy machine
STUCK = 90  # seconds after the last kill in which nothing at all is confirmed
SUES = "My attorney will call you tomorrow."
NO_MORE = "Never contact me again. Stop calling me."


@dataclass(frozen=True, slots=True)
class Score:
    """What became of every step."""

    escalations: int
    steps: int
    kills: int
    kills_in_flight: int
    tried_again: int
    retried_by_person: int
    answers: dict[str, int]
    events: int
    lost: int
    doubled: int
    stuck: int


@dataclass(slots=True)
class Run:
    """A database, and the workers that share it."""

    @dataclass(frozen=True, slots=True)
    class Plan:
        """How much of what."""

        escalations: int
        kills: int
        seed: int

    settings: Settings
    workers: tuple[str, ...]
    one_stays_dead: bool
    nursery: subprocess.Popen[str] | None = None
    alive: dict[str, int] = field(default_factory=dict)
    born: dict[str, float] = field(default_factory=dict)
    retried: int = 0

    def go(self, plan: Plan) -> Score:
        """Record, kill, wait for the end, count."""
        wiring.migrate(self.settings)
        with faulty_desk(plan.seed) as desk, nursery(desk) as self.nursery:
            try:
                in_flight = self._live(plan)
                self._end()
            finally:
                for pid in self.alive.values():
                    os.kill(pid, signal.SIGKILL)
            return self._score(desk, plan, in_flight)

    def _live(self, plan: Plan) -> int:
        """Record evenly between the kills; how many kills hit a worker with steps under way."""
        chance = random.Random(plan.seed)
        take_in = recorder(self.settings)
        for name in self.workers:
            self._start(name)
        recorded = in_flight = 0
        for kill in range(plan.kills):
            name = min(self.workers, key=lambda one: self.born[one])
            while recorded < plan.escalations * (kill + 1) // plan.kills:
                take_in(recorded)
                recorded += 1
            if chance.random() < STARTING:
                time.sleep(chance.uniform(0, START))
            else:
                self._wait_for(name)
                time.sleep(chance.uniform(0, LIFE))
            in_flight += self._kill(name)
            if kill + 1 < plan.kills or not self.one_stays_dead:
                self._start(name)
            self._as_supervisor()
        return in_flight

    def _start(self, name: str) -> None:
        assert self.nursery
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.born[name] = time.time()
        self.nursery.stdin.write(f"{name}\n")
        self.nursery.stdin.flush()
        self.alive[name] = int(self.nursery.stdout.readline())

    def _wait_for(self, name: str) -> None:
        """Until a worker is at work, by its own word."""
        from watchword.store.models import Worker

        ends = time.monotonic() + READY
        born = datetime.fromtimestamp(self.born[name], UTC)
        while not Worker.objects.filter(name=name, heard_at__gt=born).exists():
            if time.monotonic() > ends:
                raise SystemExit(f"worker {name} does not start")
            time.sleep(0.05)

    def _kill(self, name: str) -> bool:
        """Kill a worker as the power would; whether steps of its were under way."""
        from django.utils import timezone

        from watchword.store.models import Step

        pid = self.alive.pop(name)
        if not is_alive(pid):
            raise SystemExit(f"worker {name} ended by itself")
        os.kill(pid, signal.SIGKILL)
        while is_alive(pid):
            time.sleep(0.01)
        return Step.objects.filter(held_by=name, held_until__gt=timezone.now()).exists()

    def _as_supervisor(self) -> None:
        """What needs a person gets one."""
        from watchword.store.decide import retry
        from watchword.store.models import Step

        for key in list(Step.objects.filter(state="needs a person").values_list("key", flat=True)):
            retry(key, by="supervisor")
            self.retried += 1

    def _end(self) -> None:
        """Wait until nothing is left to do, or nothing gets done any more."""
        from watchword.store.models import Step

        left, since = -1, time.monotonic()
        while time.monotonic() - since < STUCK and left != 0:
            now_left = Step.objects.exclude(state="confirmed").count()
            if now_left != left:
                left, since = now_left, time.monotonic()
            self._as_supervisor()
            time.sleep(0.5)

    def _score(self, desk: str, plan: Plan, in_flight: int) -> Score:
        from watchword.store.chain import verify_events
        from watchword.store.models import Escalation, Step

        with urllib.request.urlopen(f"{desk}/filed", timeout=10) as answer:
            told = json.loads(answer.read())
        filed = Counter(key for key, _ in told["filed"])
        references = dict(reversed([(key, reference) for key, reference in told["filed"]]))
        steps = list(Step.objects.select_related("receipt"))
        confirmed = [step for step in steps if step.state == "confirmed"]
        assert all(step.receipt.reference == references[step.key] for step in confirmed if step.key in references)
        assert Escalation.objects.count() == plan.escalations
        return Score(
            escalations=plan.escalations,
            steps=len(steps),
            kills=plan.kills,
            kills_in_flight=in_flight,
            tried_again=sum(step.tries > 1 for step in steps),
            retried_by_person=self.retried,
            answers=told["answers"],
            events=verify_events(),
            lost=sum(step.key not in filed for step in steps),
            doubled=sum(count > 1 for count in filed.values()),
            stuck=len(steps) - len(confirmed),
        )


def recorder(settings: Settings) -> Callable[[int], None]:
    """Records a contact by its number, and confirms what waits for an agent."""
    policy = wiring.open_policy(settings.policy, settings)
    decide = wiring.assess_by(settings)
    from watchword.store.decide import confirm_all

    def take_in(number: int) -> None:
        _, recorded = wiring.take_in(made(number), policy, decide, source="faults")
        confirm_all(recorded.escalation or "", by="agent")

    return take_in


def made(number: int) -> Contact:
    """Calls and mails in turn; every third call asks not to be contacted as well."""
    person = {"patient_id": f"P-{number}", "name": "Ana Brook", "phone": "+16505551212"}
    if number % 2:
        said = {"channel": "email", "subject": "My bill", "body": SUES}
    else:
        turns = [SUES, NO_MORE] if number % 3 == 0 else [SUES]
        said = {"channel": "phone", "turns": [{"speaker": "caller", "text": text} for text in turns]}
    return contact_from_json({"id": f"f-{number}", "person": person, **said}, place=Place("faults"))


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def nursery(desk: str) -> Iterator[subprocess.Popen[str]]:
    """Where workers come from."""
    command = [sys.executable, "-m", "benchmarks.faults.worker", "--desk", desk]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin
        try:
            yield running
        finally:
            running.stdin.close()


@contextmanager
def faulty_desk(seed: int) -> Iterator[str]:
    """The desk's address."""
    command = [sys.executable, "-m", "benchmarks.faults.desk", "--seed", str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin
        assert running.stdout
        try:
            yield running.stdout.readline().strip()
        finally:
            running.stdin.close()


@contextmanager
def on_sqlite() -> Iterator[Run]:
    """SQLite in a folder: one worker."""
    with tempfile.TemporaryDirectory(prefix="watchword-faults-") as folder:
        yield Run(_use(Path(folder), None), ("w1",), one_stays_dead=False)


@contextmanager
def on_postgresql() -> Iterator[Run]:
    """PostgreSQL of its own: three workers."""
    with postgresql("watchword-faults-") as (folder, address):
        yield Run(_use(folder, address), ("w1", "w2", "w3"), one_stays_dead=True)


DATABASES: dict[str, Callable[[], AbstractContextManager[Run]]] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def _use(folder: Path, url: str | None) -> Settings:
    """Settings that lead there, also for the processes started from here; a process has one run."""
    os.environ.update({"WATCHWORD_DATA": str(folder), "WATCHWORD_MODEL": "off", "WATCHWORD_AT_ONCE": "4"})
    if url:
        os.environ["DATABASE_URL"] = url
    return read_settings()
