"""What a command leaves behind: nothing of anybody else's, for nothing may leave the machine by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"
SILENCED_BY = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")


@pytest.mark.parametrize("program", [("assess", "calls.jsonl"), ("policy", "try", "I will sue you.")], ids=" ".join)
def test_the_model_tells_its_makers_nothing(program: tuple[str, ...], tmp_path: Path) -> None:
    """onnxruntime keeps a number for the machine, and what it has to tell, under the user's folder until it is sent."""
    environment = {name: value for name, value in os.environ.items() if name not in SILENCED_BY}
    environment |= {"HOME": str(tmp_path), "WATCHWORD_CACHE": str(tmp_path / "patterns")}
    done = subprocess.run(
        [sys.executable, "-m", "watchword", *program], cwd=SAMPLES, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert [file.name for file in tmp_path.iterdir()] == ["patterns"]
