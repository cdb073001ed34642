"""Many calls at once over the network: how soon is a flag seen on the call's stream, and is anything lost?

    python -m benchmarks.load [--quick] [--on sqlite postgresql] [--calls 300] [--every 3] [--seconds 120] [--seed 1]
        [--processes 2] [--restart crash]

The server is what `watchword serve` runs, with the meaning model on; the callers are one process beside it. Each call
tells a turn every three seconds and has a stream of its own open. In the middle all of the server is killed and started
again, or with `--restart planned` its processes are replaced one after another; callers tell again what was not
answered. Exit status 1 when a bar is missed: half of the flags within 60 ms, 99 of 100 within 250 ms, nothing lost. A
planned restart counts like any other time; of a crash the time without a server and the first seconds after it do not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from benchmarks.load.callers import ramp
from benchmarks.load.served import DATABASES, Server, bare, make_ready

HALF_MS, MOST_MS = 60.0, 250.0
SETTLING_SECONDS = 6.0  # after the restart, until times count as ordinary again; the first ones wake everything up
BEHIND_MS = 1000.0
LOST = ("not kept", "kept twice", "not seen", "seen twice", "flag not seen")
QUICK = {"calls": 8, "every": 0.5, "seconds": 6.0}


def main() -> int:
    """Run on each database and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__.splitlines()[0])
    parser.add_argument("--on", nargs="+", choices=sorted(DATABASES), default=sorted(DATABASES, reverse=True))
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--every", type=float, default=3.0, help="seconds between two turns of a call")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2, help="of the server")
    parser.add_argument("--restart", choices=("crash", "planned"), default="crash", help="what happens in the middle")
    parser.add_argument("--quick", action="store_true", help="8 calls for a few seconds; times are not judged")
    given = parser.parse_args()
    if given.quick:
        vars(given).update(QUICK)
    if len(given.on) > 1:  # a process has one database
        shared = ["--calls", given.calls, "--every", given.every, "--seconds", given.seconds, "--seed", given.seed]
        shared += ["--processes", given.processes, "--restart", given.restart]
        command = [sys.executable, "-m", "benchmarks.load", *map(str, shared), *["--quick"] * given.quick, "--on"]
        return max(subprocess.run([*command, name]).returncode for name in given.on)
    with DATABASES[given.on[0]]():
        return one(given)


def one(given: argparse.Namespace) -> int:
    """One run on the database of the environment."""
    key = make_ready()
    server = Server(given.processes)
    try:
        server.start()
        callers = _callers(given, server.port, key)
        time.sleep(ramp(given.calls, given.every))
        at_first = server.core_seconds()
        time.sleep(given.seconds / 2)
        before, ended = server.core_seconds(), time.monotonic()
        if given.restart == "planned":
            took = server.replace()
        else:
            server.kill()
            took = server.start()
        told, _ = callers.communicate()
    finally:
        server.kill()
    found = json.loads(told)
    until_then = sum(row[0] < ended for row in found["turns"])
    return show(given, found, ended, took, (before - at_first) / max(1, until_then))


def _callers(given: argparse.Namespace, port: int, key: str) -> subprocess.Popen[bytes]:
    asked = {name: getattr(given, name) for name in ("calls", "every", "seconds", "seed")} | {"port": port, "key": key}
    options = [part for name, value in asked.items() for part in (f"--{name}", str(value))]
    return subprocess.Popen([sys.executable, "-m", "benchmarks.load.callers", *options], stdout=subprocess.PIPE)


def show(given: argparse.Namespace, found: dict[str, Any], ended: float, took: float, spent: float) -> int:
    """Print one run; 1 when a bar is missed. ``ended`` is when the restart began, ``took`` how long it was."""
    planned = given.restart == "planned"
    over = ended + took + (0 if planned else SETTLING_SECONDS)
    across = [row for row in found["turns"] if ended - 0.5 <= row[0] <= over]
    judged = [row for row in found["turns"] if planned or not ended - 0.5 <= row[0] <= over]
    print(
        f"{given.on[0]}: {given.calls} calls, {len(found['turns']) / given.seconds:.0f} turns a second for "
        f"{given.seconds:.0f} s, {given.processes} server processes"
    )
    print(f"{'milliseconds from told to':34}{'p50':>8}{'p99':>8}{'longest':>9}{'of':>8}")
    flags = [_ms(row, 3) for row in judged if row[4] and row[3]]
    _line("flag seen on the stream", flags)
    _line("  of them before the restart", [_ms(row, 3) for row in judged if row[4] and row[3] and row[0] < ended])
    _line("turn seen on the stream", _seen(judged))
    _line("turn answered", [_ms(row, 1) for row in judged if row[1]])
    _line(f"turn seen, {'replaced within' if planned else 'server down for'} {took:.1f} s", _seen(across))
    behind = [row[2] for row in found["turns"] if row[0] > ended - 0.5 and row[2] and _ms(row, 2) > BEHIND_MS]
    if behind:
        caught_up = max(behind) - ended - took
        since = "the last was replaced" if planned else "it answered again"
        print(f"  {caught_up:.1f} s after {since} the last turn was seen a second late")
    trouble = found["trouble"]
    print("  ".join(f"{what} {trouble.get(what, 0)}" for what in LOST))
    print("told again: " + (", ".join(f"{k} {v}" for k, v in trouble.items() if k not in LOST) or "nothing"))
    print(f"server: {spent * 1000:.1f} ms of a core a turn, its database's not counted unless it is SQLite")
    beside = "  ".join(f"{what} {ms:.2f} ms" for what, ms in bare().items())
    print(f"beside it: {beside}, load average {os.getloadavg()[0]:.1f}", flush=True)
    late = bool(flags) and not given.quick and (median(flags) > HALF_MS or _p99(flags) > MOST_MS)
    none = not any(row[4] and row[3] for row in found["turns"])
    return 1 if late or none or any(trouble.get(what) for what in LOST) else 0


def _ms(row: Sequence[float], at: int) -> float:
    return (row[at] - row[0]) * 1000


def _seen(rows: Iterable[Sequence[float]]) -> list[float]:
    return [_ms(row, 2) for row in rows if row[2]]


def _line(what: str, times: list[float]) -> None:
    if times:
        print(f"  {what:32}{median(times):8.0f}{_p99(times):8.0f}{max(times):9.0f}{len(times):8}")


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    sys.exit(main())
