"""What is kept, and that whatever goes wrong leaves nothing half written."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from training.keeping import LEARNING, all_or_none, kept, kept_anew, written_whole

ROOT = Path(__file__).parents[2]


def test_what_learnt_without_some_writers_is_kept_apart_from_what_knows_them(tmp_path: Path) -> None:
    """Else a network that knows a text would be measured by it."""
    places = {kept("learn", writers, tmp_path) for writers in ((), ("w5",), ("w5", "wa"), ("w5", "wa", "wb"))}
    places |= {kept("again", writers, tmp_path) for writers in ((), ("w5",))}
    assert len(places) == 6
    assert kept("learn", ("wa", "w5"), tmp_path) == kept("learn", ("w5", "wa", "w5"), tmp_path)


def test_a_file_is_there_once_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "build" / "learn.pt"
    with written_whole(file) as scratch:
        scratch.write_text("half")
        assert not file.exists()
        scratch.write_text("whole")
    assert file.read_text() == "whole"
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_could_not_be_written_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "learn.pt"
    file.write_text("before")

    def write() -> None:
        with written_whole(file) as scratch:
            scratch.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write()
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_network_learnt_from_an_older_one_goes_when_a_newer_is_kept(tmp_path: Path) -> None:
    for part in LEARNING:
        kept(part, (), tmp_path).parent.mkdir(exist_ok=True)
        kept(part, (), tmp_path).write_text("older")
    with kept_anew(kept("again", (), tmp_path)) as scratch:
        scratch.write_text("newer")
    assert kept("learn", (), tmp_path).read_text() == "older"
    assert kept("again", (), tmp_path).read_text() == "newer"
    assert not kept("further", (), tmp_path).exists()


def test_as_long_as_the_newer_is_not_kept_all_older_stay(tmp_path: Path) -> None:
    for part in LEARNING:
        kept(part, (), tmp_path).parent.mkdir(exist_ok=True)
        kept(part, (), tmp_path).write_text("older")

    def learn() -> None:
        with kept_anew(kept("learn", (), tmp_path)) as scratch:
            scratch.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn()
    assert [kept(part, (), tmp_path).read_text() for part in LEARNING] == ["older"] * len(LEARNING)


def test_files_that_belong_together_are_replaced_together(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "gate.bin").write_text("old gate")
    (folder / "tokenizer.json").write_text("stays")
    with all_or_none(folder) as copy:
        assert (copy / "tokenizer.json").read_text() == "stays"
        (copy / "gate.bin").write_text("new gate")
        (copy / "calibration.json").write_text("new bars")
        assert (folder / "gate.bin").read_text() == "old gate"
    found = {file.name: file.read_text() for file in folder.iterdir()}
    assert found == {"gate.bin": "new gate", "calibration.json": "new bars", "tokenizer.json": "stays"}


def test_a_new_model_that_could_not_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    """New weights behind old bars would answer wrongly and look whole."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "gate.bin").write_text("old gate")

    def train() -> None:
        with all_or_none(folder) as copy:
            (copy / "gate.bin").write_text("new gate")
            raise SystemExit("the talk is not there")

    with pytest.raises(SystemExit):
        train()
    assert {file.name: file.read_text() for file in folder.iterdir()} == {"gate.bin": "old gate"}


def test_a_folder_that_was_not_there_is_made_at_the_end(tmp_path: Path) -> None:
    with all_or_none(tmp_path / "new" / "model") as copy:
        (copy / "gate.bin").write_text("gate")
        assert not (tmp_path / "new").exists()
    assert (tmp_path / "new" / "model" / "gate.bin").read_text() == "gate"


def test_a_run_that_is_killed_leaves_the_old_files(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "gate.bin").write_text("old gate")
    (tmp_path / "learn.pt").write_text("old network")
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from training.keeping import all_or_none, written_whole\n"
        "here = Path(sys.argv[1])\n"
        "with all_or_none(here / 'model') as copy, written_whole(here / 'learn.pt') as scratch:\n"
        "    (copy / 'gate.bin').write_text('half a gate')\n"
        "    scratch.write_text('half a network')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert {file.name: file.read_text() for file in folder.iterdir()} == {"gate.bin": "old gate"}
    assert (tmp_path / "learn.pt").read_text() == "old network"
