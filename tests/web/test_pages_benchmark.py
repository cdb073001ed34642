"""The benchmark of pages, small: what it fills is what the service can show. Its times are no test's affair."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENT = "1000000"  # milliseconds: no page is too late


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_page_that_is_measured_is_answered(database: str) -> None:
    command = [sys.executable, "-m", "benchmarks.pages", "--on", database, "--contacts", "500", "--times", "1"]
    done = subprocess.run([*command, "--bar", PATIENT], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{database}: 500 contact rows" in done.stdout
    assert "API: a call" in done.stdout
    assert "health" in done.stdout
