"""The command line run as a process, as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def watchword(cache: Path, tmp_path: Path) -> Run:
    """Run `watchword` with arguments and standard input, in an empty folder."""

    def run(
        *arguments: str | Path, stdin: str | bytes = "", settings: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        environment = {key: value for key, value in os.environ.items() if not key.startswith("WATCHWORD_")}
        done = subprocess.run(
            [sys.executable, "-m", "watchword", *map(str, arguments)],
            input=given,
            capture_output=True,
            cwd=tmp_path,
            env={**environment, "WATCHWORD_CACHE": str(cache), "COLUMNS": "120", "NO_COLOR": "1", **(settings or {})},
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        )

    return run
