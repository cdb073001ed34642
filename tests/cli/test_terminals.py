"""Whatever a terminal or a pipe can show, every command ends as it should and nothing is lost on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALLS = ROOT / "samples" / "calls.jsonl"


@pytest.fixture(params=["latin-1", "cp1252", "ascii"])
def encoding(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(encoding: str, cache: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("WATCHWORD_")}
    return subprocess.run(
        [sys.executable, "-m", "watchword", *map(str, arguments)],
        capture_output=True,
        encoding=encoding,
        errors="replace",  # where it is ASCII, some of it comes as UTF-8 all the same
        env={**environment, "PYTHONIOENCODING": encoding, "WATCHWORD_CACHE": str(cache), "WATCHWORD_MODEL": "off"},
        timeout=120,
        check=False,
    )


def test_every_contact_is_told(encoding: str, cache: Path) -> None:
    done = run(encoding, cache, "assess", CALLS)
    assert (done.returncode, done.stderr) == (0, "")
    assert "14 contacts:" in done.stdout
    assert "sue" in done.stdout


def test_a_wrong_example_is_shown(encoding: str, cache: Path, tmp_path: Path) -> None:
    from watchword.policy.load import read_policy_text

    text, _ = read_policy_text("larkspur-broadband")
    file = tmp_path / "edited.yaml"
    file.write_text(text.replace("I want to cancel my contract.}", "Thank you and goodbye.}", 1), encoding="utf-8")
    done = run(encoding, cache, "policy", "test", "--no-removal", file)
    assert (done.returncode, done.stderr) == (1, "")
    assert "Thank you and goodbye." in done.stdout
    assert "24 examples, 1 wrong" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("policy", "show", "natera-billing"),
        ("policy", "try", "I’ll see what my lawyer says — “soon”"),
        ("explain", CALLS, "--why-not", "attorney"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:2])),
)
def test_no_command_ends_over_a_character(encoding: str, cache: Path, arguments: tuple[str, ...]) -> None:
    done = run(encoding, cache, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout) > 100
