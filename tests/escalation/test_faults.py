"""The fault run, short: workers killed at random instants, a desk that misbehaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_nothing_is_lost_doubled_or_stuck(on: str) -> None:
    command = [sys.executable, "-m", "benchmarks.faults", "--quick", "--on", on]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost 0  doubled 0  stuck 0" in done.stdout
