"""Measure how long the command takes from a cold start with a warm pattern cache.

    python -m benchmarks.start

Each figure is the median of whole processes; the first run fills the cache and is not counted. Modules are compiled, as
they are where Watchword is installed, also where a checkout's Python is told to write no compiled modules.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

RUNS = 9
CONTACT = '{"id": "c-1", "channel": "phone", "turns": [{"speaker": "caller", "text": "My attorney will call you."}]}\n'
HELP, ALONE, WHOLE = "watchword --help", "assess, listed wordings alone", "assess, with the meaning model"
BARS = {HELP: 300, ALONE: 700, WHOLE: 700}  # milliseconds


def main() -> int:
    """Measure and print; exit with 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "one.jsonl"
        file.write_text(CONTACT, encoding="utf-8")
        environment = as_installed(folder)
        commands = {
            "bare python": ["-c", "pass"],
            HELP: ["-m", "watchword", "--help"],
            ALONE: ["-m", "watchword", "assess", str(file), "--format", "jsonl"],
            WHOLE: ["-m", "watchword", "assess", str(file), "--format", "jsonl"],
        }
        found = {
            name: timed(
                [sys.executable, *arguments], {**environment, "WATCHWORD_MODEL": "off" if name == ALONE else "shipped"}
            )
            for name, arguments in commands.items()
        }
    missed = 0
    for name, spent in found.items():
        bar = BARS.get(name)
        held = bar is None or spent <= bar
        missed += not held
        print(f"{name:32}{spent:6.0f} ms{f'  (at most {bar} ms)' if bar else ''}{'' if held else '  MISSED'}")
    return 1 if missed else 0


def as_installed(folder: str) -> dict[str, str]:
    """The environment of processes whose modules are compiled, by the first of them, into a folder."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": folder}


def timed(command: list[str], environment: dict[str, str]) -> float:
    """The median wall time of a command in milliseconds."""
    spent = []
    for _ in range(RUNS + 1):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        spent.append((time.perf_counter() - begun) * 1000)
    return median(spent[1:])


if __name__ == "__main__":
    sys.exit(main())
