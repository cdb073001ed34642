"""The load, small: every turn and flag is seen, across a crash and a planned restart. Times are no test's affair."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("restart", ["crash", "planned"])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_across_a_restart(database: str, restart: str) -> None:
    command = [sys.executable, "-m", "benchmarks.load", "--quick", "--on", database, "--restart", restart]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not kept 0  kept twice 0  not seen 0  seen twice 0  flag not seen 0" in done.stdout
