"""Measure the memory of `watchword assess` while contacts stream through it.

    python -m benchmarks.memory [--contacts 10000 100000 1000000]

The contacts are written into the command's standard input as they are made, so that none is held here either. Printed
is the highest resident memory of the command for each number, and the growth from the first to the last.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.speed.corpus import make_corpus

MEBIBYTE = 1024  # kibibytes, as the operating system counts resident memory


def main() -> int:
    """Measure each number in a process of its own and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__.splitlines()[0])
    parser.add_argument("--contacts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(measure(given.one))
        return 0
    found = []
    for number in given.contacts:
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", "--one", str(number)],
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(int(done.stdout))
        spent = time.perf_counter() - begun
        print(
            f"{number:>10} contacts: {found[-1] / MEBIBYTE:6.1f} MiB, {number / spent:,.0f} contacts a second",
            flush=True,
        )
    print(f"growth from first to last: {(found[-1] - found[0]) / MEBIBYTE:.1f} MiB")
    return 0


def measure(number: int) -> int:
    """The highest resident memory, in kibibytes, of one command that assesses so many contacts."""
    command = [sys.executable, "-m", "watchword", "assess", "-", "--format", "jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
        assert running.stdin
        for line in contacts(number):
            running.stdin.write(line)
        running.stdin.close()
    if running.returncode:
        raise SystemExit(running.returncode)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def contacts(number: int) -> Iterator[bytes]:
    """Calls of four turns as JSON lines, always the same ones for the same number."""
    corpus = make_corpus(100, turns=4000, mails=0)
    for count in range(number):
        turns = [
            {"speaker": "agent" if place % 2 else "caller", "text": corpus.turns[(count * 7 + place) % 4000]}
            for place in range(4)
        ]
        yield json.dumps({"id": f"c-{count}", "channel": "phone", "turns": turns}).encode() + b"\n"


if __name__ == "__main__":
    sys.exit(main())
