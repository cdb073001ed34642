"""What `python -m training` can be asked, and whether all it needs is there before hours of work begin."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from training import keeping, ordinary
from training.corpus import LATE, ROOT, TRAIN, WAITING, writers
from training.keeping import LEARNING
from training.weights import minilm

SHIPPED = (ROOT / "src" / "watchword" / "detection" / "model" / "shipped").resolve()  # as --out is, to be compared
PARTS = {  # in their order: what each does, and for how long on two cores
    "learn": ("learn corpus/train from MiniLM as it came, in three rounds", "1 hour"),
    "again": ("five more rounds, above all over what was not learnt", "1 hour and a quarter"),
    "further": ("once through 24,000 texts, among them those that waited in corpus/waiting", "40 minutes"),
    "anew": ("everything once more, from between MiniLM as it came and what it came to", "1 hour and a half"),
    "export": ("write network, tokenizer, words and background", "2 minutes"),
    "gate": ("learn the gate before the network", "2 minutes"),
    "sieve": ("learn the sieve between the two", "6 minutes"),
    "bars": ("measure from where a meaning is asked about and acted on", "1 minute"),
}
NEEDS_TORCH = ("torch", "safetensors", "onnx")
MODEL_FILES = ("meaning.onnx", "tokenizer.json", "grams.bin", "background.bin")
WITHOUT_NETWORK: dict[str, tuple[str, ...]] = {  # parts that learn no network: the files that each needs besides
    "gate": (),
    "sieve": ("gate.bin", "calibration.json"),
    "bars": ("gate.bin", "sieve.onnx", "calibration.json"),
}
WHERE = """
what is written where:
  build/training/all/       learn.pt, again.pt, further.pt and anew.pt: the network after each of these parts, until a
                            later run comes as far; those learnt from an older one go then
  build/training/without-…/ the same where texts of writers are held out: the two are never mixed
  --out                     meaning.onnx, tokenizer.json, grams.bin, background.bin, gate.bin, sieve.onnx and
                            calibration.json, all of them at the end or, if anything goes wrong before, none

After a part that learns, the command is told by which a run that stops goes on.

examples:
  python -m training                                  what the wheel ships, from the whole corpus
  python -m training --begin further                  go on from what an earlier run has kept
  python -m training --begin bars                     the bars alone, for the network that ships
  python -m training --hold-out w5,wa --out /tmp/x    without two writers' texts, and then how well it does on them
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is to do."""

    begin: str
    held_apart: tuple[str, ...]
    out: Path

    def goes_on(self, part: str) -> str:
        """The command that does the same from a part on."""
        words = ["python", "-m", "training", "--begin", part]
        if self.held_apart:
            words += ["--hold-out", ",".join(self.held_apart)]
        if self.out != SHIPPED:
            words += ["--out", str(self.out)]
        return shlex.join(words)

    def learning(self) -> tuple[str, ...]:
        """The parts that learn, from the first that is asked for."""
        return LEARNING[LEARNING.index(self.begin) :] if self.begin in LEARNING else ()

    def begins_from(self) -> Path | None:
        """The kept network that it goes on from, if it does."""
        at = list(PARTS).index(self.begin)
        return keeping.kept(LEARNING[at - 1], self.held_apart, keeping.KEPT) if 0 < at <= len(LEARNING) else None


def parser() -> argparse.ArgumentParser:
    """The options, each with what it does."""
    parts = "\n".join(f"  {name:9} {does} ({takes})" for name, (does, takes) in PARTS.items())
    found = argparse.ArgumentParser(
        prog="python -m training",
        description="Train the meaning model, export it and measure its bars; a fixed seed, no network access.\n\n"
        f"Parts, one after the other, with their time on two cores:\n{parts}",
        epilog=WHERE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument(
        "--begin", choices=PARTS, default="learn", metavar="PART", help="the part to begin with; all after it follow"
    )
    found.add_argument(
        "--hold-out",
        default="",
        metavar="WRITERS",
        help="leave out the texts of these writers (the first letters of their files' names, with commas) and tell at "
        "the end how well they are heard; needs --out",
    )
    found.add_argument(
        "--out",
        type=Path,
        default=SHIPPED,
        metavar="FOLDER",
        help="where the model is written; else where it ships from",
    )
    return found


def parse(words: Sequence[str] | None = None) -> Asked:
    """What is asked. Exits with 2 and a sentence when it makes no sense."""
    options = parser()
    given = options.parse_args(words)
    asked = Asked(given.begin, tuple(sorted(set(filter(None, given.hold_out.split(","))))), given.out.resolve())
    if unknown := set(asked.held_apart) - writers(TRAIN) - writers(WAITING) - writers(LATE):
        options.error(f"--hold-out: nobody's files begin with {', '.join(sorted(unknown))}")
    if asked.held_apart and asked.out == SHIPPED:
        options.error("--hold-out: a model that lacks texts is not to ship; name another folder with --out")
    if asked.held_apart and asked.begin in WITHOUT_NETWORK:
        options.error(f"--hold-out: --begin {asked.begin} learns nothing anew from what is held out")
    return asked


def check(asked: Asked) -> None:
    """Raises SystemExit when something that is needed is not there; hours of work would end at it."""
    ordinary.is_there(ordinary.ORDINARY)
    if asked.begin != "bars" and (missing := [name for name in NEEDS_TORCH if find_spec(name) is None]):
        raise SystemExit(f"Not installed: {', '.join(missing)}. Run: make model")
    if asked.begin != "bars":
        minilm()
    if asked.begin in WITHOUT_NETWORK:
        files = MODEL_FILES + WITHOUT_NETWORK[asked.begin]
        if missing := [name for name in files if not (asked.out / name).is_file()]:
            raise SystemExit(f"{asked.out} lacks {', '.join(missing)}. Run first: {asked.goes_on('export')}")
        return
    before = asked.begins_from()
    if before is not None and not before.is_file():
        raise SystemExit(f"{before} is not there. Run first: {asked.goes_on(before.stem)}")
