"""Ordinary service talk: what the gate learns to leave alone, and the bar that it sets."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from training.corpus import ROOT, UNKNOWN, Item
from watchword.detection.model.labels import LABELS
from watchword.detection.model.reader import FEWEST_WORDS
from watchword.terms import Channel

ORDINARY = ROOT.parent / "shared" / "data" / "customer_turns.jsonl"  # public text, which the repository does not hold
SEED = 20250109
BACKGROUND_TEXTS = 200  # of the corpus, and as many of ordinary turns


def ordinary_turns(wanted: int | None = None, file: Path = ORDINARY) -> list[str]:
    """Turns of ordinary service talk, or all of them, drawn with a fixed seed. Raises SystemExit when the file is not
    there.
    """
    turns = [turn for turns in _talks(file) for turn in turns]
    return random.Random(SEED).sample(turns, len(turns) if wanted is None else min(wanted, len(turns)))


def ordinary_talks(wanted: int, file: Path = ORDINARY) -> list[list[str]]:
    """The customers' turns of whole ordinary conversations, drawn with a fixed seed. Raises SystemExit likewise."""
    talks = _talks(file)
    return random.Random(SEED).sample(talks, min(wanted, len(talks)))


def is_there(file: Path) -> None:
    """Raises SystemExit that says where the public service talk must lie, if it does not."""
    if not file.exists():
        raise SystemExit(
            f"The public service talk {file} is not there. The gate learns from it, and bars are measured by it. It is "
            'a conversation a line, {"turns": ["what the customer said", …]}; the model card names where ours is from.'
        )


def _talks(file: Path) -> list[list[str]]:
    is_there(file)
    lines = file.read_text(encoding="utf-8").splitlines()[::2]  # the others are for measuring
    return [json.loads(line)["turns"] for line in lines]


def as_items(texts: Sequence[str]) -> list[Item]:
    """Turns of calls that carry nothing, as the corpus has its texts."""
    none = (0.0,) * len(LABELS)
    return [Item(text, "", text, "", Channel.PHONE, none, none, None, UNKNOWN, None) for text in texts]


def bar_for(score: Callable[[str], float], ordinary: Sequence[str], let_through: float) -> float:
    """The score that a share of at most ``let_through`` of ordinary texts reaches; what gives it must not know them."""
    scores = sorted(map(score, ordinary))
    return scores[int(len(scores) * (1.0 - let_through))]


def background_texts(items: Sequence[Item], ordinary: Sequence[str]) -> list[str]:
    """What the owner's own meanings are told from: harmless texts of the corpus, and ordinary service talk."""
    draw = random.Random(SEED)
    bare = [item.text for item in items if not any(item.labels)]
    said = [text for text in ordinary if len(text.split()) >= FEWEST_WORDS]
    return draw.sample(bare, BACKGROUND_TEXTS) + draw.sample(said, min(len(said), BACKGROUND_TEXTS))
