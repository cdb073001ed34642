"""What a training that takes hours keeps, so that it goes on from its last part, and leaves nothing half written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from training.corpus import ROOT

KEPT = ROOT / "build" / "training"
LEARNING = ("learn", "again", "further", "anew")  # the parts whose networks are kept, each learnt from the one before


def kept(part: str, held_apart: Iterable[str] = (), folder: Path = KEPT) -> Path:
    """Where the network is kept that a part has come to. A network that learnt without the texts of some writers is
    kept by itself: its figures would be worth nothing if it went on from one that knows them.
    """
    without = "-".join(sorted(set(held_apart)))
    return folder / (f"without-{without}" if without else "all") / f"{part}.pt"


@contextmanager
def kept_anew(file: Path) -> Iterator[Path]:
    """A path to write a part's network to. Once it is kept, those of the parts after it, which an earlier run learnt
    from an earlier network, are gone: a run that stops would else go on from them.
    """
    with written_whole(file) as scratch:
        yield scratch
        for part in LEARNING[LEARNING.index(file.stem) + 1 :]:
            file.with_stem(part).unlink(missing_ok=True)


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """A path to write to, which becomes ``file`` at the end; whatever goes wrong before leaves ``file`` as it was."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".being-written-", dir=file.parent) as scratch:
        being_written = Path(scratch) / file.name
        yield being_written
        being_written.replace(file)


@contextmanager
def all_or_none(folder: Path) -> Iterator[Path]:
    """A copy of a folder of files to change, which takes its place at the end: files that belong together are
    replaced together, and whatever goes wrong before leaves all of them as they were.
    """
    with tempfile.TemporaryDirectory() as scratch:  # elsewhere: what a kill leaves behind must not ship
        copy = Path(scratch) / "copy"
        shutil.copytree(folder, copy) if folder.exists() else copy.mkdir()
        yield copy
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".being-written-", dir=folder) as beside:
            shutil.copytree(copy, beside, dirs_exist_ok=True)  # the long part; what follows is renaming
            for file in sorted(Path(beside).iterdir()):
                file.replace(folder / file.name)
