"""The callers, in a process of their own: each tells its turns and listens to its call's stream.

    python -m benchmarks.load.callers --port 8000 --key ww_… --calls 300 --every 3 --seconds 120 --seed 1

Prints one line of JSON at the end: a row for each turn, and what was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.load.talk import Said, Talk
from benchmarks.load.wire import RETRY, Door, Line, events

ONE_IN = 12  # of the caller's turns, how many raise a flag
AGAIN_SECONDS, LONGEST_SECONDS = 0.2, 2.0  # until it is told again, and after many times
STREAM_SECONDS = 1.0  # until a stream that broke is opened again; the service tells after how long one that ended is
OPENED_A_SECOND = 10
QUIET_SECONDS = 2.0  # after the last call has begun, before times count
PATIENCE_SECONDS = 60.0  # until something that was not seen is lost


@dataclass(slots=True)
class Times:
    """One turn: when it was told first, when its answer came, when it and when its flag were seen on the stream."""

    said: Said
    told: float
    answered: float | None = None
    seen: float | None = None
    flag_seen: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everything came back that must."""
        return None not in (self.answered, self.seen) and (self.flag_seen is not None or not self.said.flagged)


PREFIX = "load-"  # of a call's id


@dataclass(slots=True)
class Call:
    """One call: a line to tell its turns on, and an open stream."""

    id: str
    door: Door
    talk: Talk
    turns: list[Times] = field(default_factory=list)
    heard: Counter[int] = field(default_factory=Counter)
    trouble: Counter[str] = field(default_factory=Counter)
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.id)

    async def go(self, opened: float, every: float, until: float) -> None:
        """Open it, tell a turn every so many seconds, whatever becomes of the ones before, and listen.

        Calls are opened one after another and each is somewhere else in its talk: callers do not all speak at once.
        """
        line = Line(self.door)
        await asyncio.sleep(opened - time.monotonic())
        person = {
            "phone": f"+1212555{self.id.removeprefix(PREFIX):0>4}"
        }  # each their own: contacts of one person add up
        await self._surely(line, "/calls", {"id": self.id, "person": person})
        listening = asyncio.create_task(self._listen())
        at = opened + self.chance.uniform(0, 2 * every)
        while at < until:
            await asyncio.sleep(at - time.monotonic())
            said = self.talk.next()
            times = Times(said, time.monotonic())
            self.turns.append(times)
            told = {"turns": [{"number": said.number, "speaker": said.speaker, "text": said.text}]}
            await self._surely(line, f"/calls/{self.id}/turns", told)
            times.answered = time.monotonic()
            at = max(at + every, time.monotonic())
        await asyncio.sleep(until + every - time.monotonic())  # until nobody tells any more
        patient = time.monotonic() + PATIENCE_SECONDS
        while not all(times.is_whole for times in self.turns) and time.monotonic() < patient:
            await asyncio.sleep(AGAIN_SECONDS)
        await self._check(line)
        listening.cancel()
        line.close()

    async def _surely(self, line: Line, path: str, told: Any) -> Any:
        """Ask until it is answered, as a telephone platform does."""
        pause = AGAIN_SECONDS
        while True:
            try:
                status, answer = await line.ask("POST", path, told)
                if status < 300:
                    return answer
                self.trouble[f"answered {status}"] += 1
            except (OSError, EOFError):
                self.trouble["no answer"] += 1
            await asyncio.sleep(pause * self.chance.uniform(0.5, 1))
            pause = min(2 * pause, LONGEST_SECONDS)

    async def _listen(self) -> None:
        since, pause = "", STREAM_SECONDS
        while True:
            try:
                async for name, cursor, told in events(self.door, f"/calls/{self.id}/events", since):
                    if name == RETRY:
                        pause = told / 1000
                        continue
                    since = cursor
                    self._hear(name, told)
                self.trouble["stream ended"] += 1
            except (OSError, EOFError):
                self.trouble["stream broken"] += 1
                pause = STREAM_SECONDS
            await asyncio.sleep(pause * self.chance.uniform(0.5, 1))

    def _hear(self, name: str, told: Any) -> None:
        now = time.monotonic()
        if name == "turn":
            self.heard[told["number"]] += 1
            self.turns[told["number"]].seen = self.turns[told["number"]].seen or now
        elif name == "assessment":
            shown = {piece["turn"] for flag in told["flags"] for piece in flag["evidence"]}
            for number in shown - {None}:
                self.turns[number].flag_seen = self.turns[number].flag_seen or now

    async def _check(self, line: Line) -> None:
        """Is everything kept that was told, word for word?"""
        while True:
            try:
                status, kept = await line.ask("GET", f"/calls/{self.id}")
            except (OSError, EOFError):
                continue
            if status == 200:
                break
        texts = [turn["text"] for turn in kept["turns"]]
        self.trouble["not kept"] = sum(texts[at : at + 1] != [t.said.text] for at, t in enumerate(self.turns))
        self.trouble["kept twice"] = max(0, len(texts) - len(self.turns))
        self.trouble["not seen"] = sum(self.heard[times.said.number] == 0 for times in self.turns)
        self.trouble["seen twice"] = sum(count > 1 for count in self.heard.values())
        self.trouble["flag not seen"] = sum(t.said.flagged and t.flag_seen is None for t in self.turns)


def ramp(calls: int, every: float) -> float:
    """Seconds until all calls are open and talk; what is told before counts, but is not timed."""
    return calls / OPENED_A_SECOND + 2 * every + QUIET_SECONDS


async def run(given: argparse.Namespace) -> dict[str, Any]:
    """All calls at once."""
    door = Door("127.0.0.1", given.port, given.key)
    calls = [Call(f"{PREFIX}{at}", door, Talk(given.seed, at, one_in=ONE_IN)) for at in range(given.calls)]
    begun = time.monotonic()
    start = begun + ramp(given.calls, given.every)
    gc.freeze()
    opened = [begun + at / OPENED_A_SECOND for at in range(given.calls)]
    ends = start + given.seconds
    await asyncio.gather(*(call.go(at, given.every, ends) for call, at in zip(calls, opened, strict=True)))
    trouble: Counter[str] = sum((call.trouble for call in calls), Counter())
    rows = [[t.told, t.answered, t.seen, t.flag_seen, t.said.flagged] for call in calls for t in call.turns]
    rows = [row for row in rows if row[0] >= start]
    return {"start": start, "turns": rows, "trouble": dict(trouble)}


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load.callers", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--every", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    print(json.dumps(asyncio.run(run(parser.parse_args()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
