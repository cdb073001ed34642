"""Ctrl-C while the command line is still being imported."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
MODULE, MAIN = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["scripts"]["watchword"].split(":")
AS_INSTALLED = ["-c", f"import sys; from {MODULE} import {MAIN}; sys.exit({MAIN}())"]  # as the installed script has it


@pytest.mark.parametrize("began", [AS_INSTALLED, ["-m", "watchword"]])
def test_it_ends_quietly(began: list[str], tmp_path: Path) -> None:
    """What the command line imports first sends the signal that the key does."""
    (tmp_path / "typer.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", encoding="utf-8")
    whole = [sys.executable, *began, "--version"]
    done = subprocess.run(whole, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
