"""The fault run: workers are killed at random instants while a desk misbehaves; nothing may be lost, doubled or stuck.

    python -m benchmarks.faults [--quick] [--on sqlite postgresql] [--escalations 500] [--kills 100] [--seed 1]

Contacts are recorded and confirmed as the run goes; each becomes an escalation whose steps go to a desk in another
process. Workers die by SIGKILL and start again under their names; on PostgreSQL there are three, and the one that is
killed last never comes back. Printed is what became of every step, asked of the desk itself. Exit status 1 when any of
lost, doubled and stuck is not 0.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benchmarks.faults.run import DATABASES, Run, Score

QUICK_ESCALATIONS, QUICK_KILLS = 20, 5


def main() -> int:
    """Run on each database and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--on", nargs="+", choices=sorted(DATABASES), default=sorted(DATABASES, reverse=True))
    parser.add_argument("--escalations", type=int, default=500)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="20 escalations and 5 kills")
    given = parser.parse_args()
    escalations, kills = (QUICK_ESCALATIONS, QUICK_KILLS) if given.quick else (given.escalations, given.kills)
    if len(given.on) > 1:  # a process has one database
        shared = ["--escalations", escalations, "--kills", kills, "--seed", given.seed]
        command = [sys.executable, "-m", "benchmarks.faults", *map(str, shared), "--on"]
        return max(subprocess.run([*command, name]).returncode for name in given.on)
    begun = time.monotonic()
    with DATABASES[given.on[0]]() as run:
        score = run.go(Run.Plan(escalations, kills, given.seed))
    show(given.on[0], score, time.monotonic() - begun)
    return 1 if score.lost or score.doubled or score.stuck else 0


def show(name: str, score: Score, seconds: float) -> None:
    """Print one run."""
    print(f"{name}: {score.escalations} escalations, {score.steps} steps, {seconds:.0f} s")
    print(f"  kills                      {score.kills:6} of which with steps under way {score.kills_in_flight}")
    print(f"  steps tried more than once {score.tried_again:6}, retried by a person {score.retried_by_person}")
    for what, count in sorted(score.answers.items()):
        print(f"  desk {what:30}{count:6}")
    print(f"  events in the log, whole   {score.events:6}")
    print(f"  lost {score.lost}  doubled {score.doubled}  stuck {score.stuck}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
