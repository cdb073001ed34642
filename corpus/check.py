"""Check the corpus: shape of every line, labels, balance, repeated frames and near-duplicates.

Run:  python corpus/check.py corpus/train corpus/dev
Prints what is wrong, one line each, then a summary; exits with 1 when anything is wrong.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEYWORD_TERMS = (
    "legal_action attorney bbb state_law court social_media bankruptcy fraud scam legal_threat ceo file_complaint"
).split()
SIGNS = "waiting_for_follow_up expecting_a_response urgency needing_an_answer anger".split()
LABELS = {*KEYWORD_TERMS, *SIGNS, "contacted_before", "do_not_contact"}
HARD = set(
    "name address denial other_matter third_party occupation withdrawn agent_like polite preference idiom plain".split()
)
VOICES = set("hurried formal rambling weary sarcastic second_language asr typos texting gentle blunt elderly".split())
SCOPES = {"calls", "messages", "mail"}
KEYS = {"id", "text", "agent", "before", "channel", "labels", "number", "scope", "hard", "voice", "topic"}
FRAME_WORDS = 5  # a run of this many words opening a text counts as its frame
FRAME_LIMIT = 4  # "no phrase frame more than a handful of times"
ALIKE = 0.6  # Jaccard similarity of word trigrams from which two texts count as near-duplicates


def rows(folders: list[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every .jsonl file in the folders, with its place. Folders inside them are left out."""
    for folder in folders:
        files = [folder] if folder.is_file() else sorted(folder.glob("*.jsonl"))
        for file in files:
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                place = f"{file}:{number}"
                try:
                    row = json.loads(line)
                except ValueError as problem:
                    print(f"{place}: not JSON ({problem})")
                    row = {}
                yield place, row


def faults(row: dict[str, Any]) -> Iterator[str]:
    """What is wrong with one row's shape."""
    yield from faulty_words(row)
    labels = row.get("labels")
    if isinstance(labels, dict):
        yield from faulty_labels(row, labels)
    else:
        yield "labels is not an object"


def faulty_words(row: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the text and what stands around it."""
    if unknown := set(row) - KEYS:
        yield f"unknown keys {sorted(unknown)}"
    if not isinstance(row.get("text"), str) or not row["text"].strip():
        yield "no text"
    if row.get("channel") not in ("phone", "email"):
        yield "channel is neither phone nor email"
    if row.get("voice") not in VOICES:
        yield f"unknown voice {row.get('voice')!r}"
    before = row.get("before")
    turns = isinstance(before, list) and all(set(turn) == {"speaker", "text"} for turn in before)
    if before is not None and not turns:
        yield "before is not a list of turns"


def faulty_labels(row: dict[str, Any], labels: dict[str, str]) -> Iterator[str]:
    """What is wrong with the labels and what belongs to them."""
    if unknown := set(labels) - LABELS:
        yield f"unknown labels {sorted(unknown)}"
    if not set(labels.values()) <= {"escalate", "clarify"}:
        yield "a level is neither escalate nor clarify"
    if not labels and row.get("hard") not in HARD:
        yield f"without labels, hard must say why: {row.get('hard')!r}"
    if labels and row.get("hard") is not None:
        yield "hard is for items without labels"
    if not set(row.get("scope") or ()) <= SCOPES:
        yield f"unknown scope {row['scope']}"
    if bool(row.get("scope")) != ("do_not_contact" in labels):
        yield "scope belongs to do_not_contact, and do_not_contact needs one"
    if row.get("number") is not None and not isinstance(row["number"], int):
        yield "number is not a whole number"


def words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return re.findall(r"[a-z0-9']+", text.lower())


def near_duplicates(texts: list[tuple[str, str]]) -> Iterator[tuple[str, str, float]]:
    """Pairs of places whose texts share most of their word trigrams."""
    shingles: list[tuple[str, frozenset[tuple[str, ...]]]] = [
        (place, frozenset(zip(w, w[1:], w[2:], strict=False)) or frozenset([tuple(w)]))
        for place, w in ((place, words(text)) for place, text in texts)
    ]
    holders: defaultdict[Any, list[int]] = defaultdict(list)
    for index, (place, own) in enumerate(shingles):
        shared = Counter(other for shingle in own for other in holders[shingle] if len(holders[shingle]) < 200)
        for other, count in shared.items():
            alike = count / len(own | shingles[other][1])
            if alike >= ALIKE:
                yield shingles[other][0], place, alike
        for shingle in own:
            holders[shingle].append(index)


def main(folders: list[str]) -> int:
    """Check the folders; returns the exit status."""
    found = list(rows([Path(folder) for folder in folders]))
    wrong = 0
    ids = Counter(row.get("id") for _, row in found)
    frames: defaultdict[str, list[str]] = defaultdict(list)
    for place, row in found:
        for fault in faults(row):
            print(f"{place}: {fault}")
            wrong += 1
        if ids[row.get("id")] > 1 or not row.get("id"):
            print(f"{place}: id {row.get('id')!r} is missing or not the only one")
            wrong += 1
        frames[" ".join(words(row.get("text", ""))[:FRAME_WORDS])].append(place)
    for frame, places in frames.items():
        if len(places) > FRAME_LIMIT:
            print(f"{places[-1]}: {len(places)} texts begin {frame!r}")
            wrong += 1
    for one, two, alike in near_duplicates([(place, row.get("text", "")) for place, row in found]):
        print(f"{two}: near-duplicate of {one} ({alike:.2f})")
        wrong += 1
    summary([row for _, row in found])
    return 1 if wrong else 0


def summary(found: list[dict[str, Any]]) -> None:
    """Print how many items carry each label, each reason and each voice."""
    bare = [row for row in found if not row.get("labels")]
    print(f"{len(found)} items, {len(bare)} without a label ({len(bare) / max(1, len(found)):.0%})")
    for name, counts in (
        ("labels", Counter(f"{label}:{level}" for row in found for label, level in (row.get("labels") or {}).items())),
        ("hard", Counter(row.get("hard") for row in bare)),
        ("voices", Counter(row.get("voice") for row in found)),
        ("after an agent", Counter(bool(row.get("agent")) for row in found if row.get("channel") == "phone")),
    ):
        print(f"{name}: " + ", ".join(f"{key} {count}" for key, count in sorted(counts.items(), key=str)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
