"""Texts of a corpus in a few words."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from training.corpus import TRAIN, UNKNOWN, WAITING, Item, read_items

from watchword.detection.model.labels import LABELS


@cache
def learnt() -> tuple[Item, ...]:
    """All that is learnt, what waited after the others; read once, for it takes some seconds."""
    return (*read_items(TRAIN), *read_items(WAITING))


def item(
    text: str,
    *,
    before: str = "",
    channel: str = "phone",
    scopes: tuple[float, ...] | None = None,
    reason: int = UNKNOWN,
    **levels: float,
) -> Item:
    """A text with the labels named: 1 for escalate, 0.5 for clarify."""
    labels = tuple(levels.get(label.value, 0.0) for label in LABELS)
    doubts = tuple(float(label == 0.5) for label in labels)
    return Item(text, "w1", text, before, channel, labels, doubts, scopes, reason, None)


def row(place: int, text: str = "I called on Monday.", **other: Any) -> dict[str, Any]:
    """A line of the corpus as corpus/GUIDE.md has it."""
    plain = {"agent": None, "channel": "phone", "labels": {}, "hard": "plain", "voice": "weary", "topic": "a bill"}
    return {"id": f"w1-{place:04}", "text": text, **plain, **other}


def corpus(folder: Path, **files: list[Any]) -> Path:
    """A folder of the corpus with these files; a line that is text already stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        (folder / f"{name.replace('_', '-')}.jsonl").write_text("\n".join(written) + "\n", encoding="utf-8")
    return folder
