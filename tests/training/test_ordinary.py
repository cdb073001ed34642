"""Ordinary service talk: drawn the same each time, half of it kept for measuring, and the gate's bar by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.made import item
from training import ordinary
from watchword.detection.model.gate import SIZE, Gate, slots


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    file = tmp_path / "talk.jsonl"
    talks = [{"turns": [f"{number} first", f"{number} second"]} for number in range(40)]
    file.write_text("".join(json.dumps(one) + "\n" for one in talks), encoding="utf-8")
    return file


def test_every_other_conversation_is_left_for_measuring(talk: Path) -> None:
    turns = ordinary.ordinary_turns(file=talk)
    assert sorted(turns) == sorted(f"{at} {which}" for at in range(0, 40, 2) for which in ("first", "second"))
    assert {turn.split()[0] for one in ordinary.ordinary_talks(100, talk) for turn in one} == {
        str(at) for at in range(0, 40, 2)
    }


def test_the_draw_is_the_same_each_time_and_out_of_order(talk: Path) -> None:
    turns = ordinary.ordinary_turns(file=talk)
    assert turns == ordinary.ordinary_turns(file=talk)
    assert turns != sorted(turns, key=lambda turn: int(turn.split()[0]))
    assert len(ordinary.ordinary_turns(5, talk)) == 5
    assert ordinary.ordinary_talks(4, talk) == ordinary.ordinary_talks(4, talk)
    assert all(len(one) == 2 for one in ordinary.ordinary_talks(4, talk))


def test_where_it_is_not_there_it_is_said_what_it_is_and_what_for(tmp_path: Path) -> None:
    for read in (
        lambda file: ordinary.ordinary_turns(file=file),
        lambda file: ordinary.ordinary_talks(1, file),
        ordinary.is_there,
    ):
        with pytest.raises(SystemExit, match=r"none\.jsonl is not there\. The gate learns from it"):
            read(tmp_path / "none.jsonl")


def gate_by_number() -> tuple[Gate, list[str]]:
    """A gate that scores ten one-word texts 1 to 10: each word's own slot and the pair's that opens a text weigh so."""
    texts = [f"word{number}" for number in range(1, 11)]
    weights = bytearray(SIZE)
    for number, text in enumerate(texts, 1):
        for slot in slots(text):
            weights[slot] = number
    return Gate(bytes(weights), 0.5 * 2**0.5, 0.0), texts


@pytest.mark.parametrize(("share", "bar"), [(0.1, 10.0), (0.3, 8.0), (0.5, 6.0), (1.0, 1.0)])
def test_the_bar_lets_through_no_more_than_its_share(share: float, bar: float) -> None:
    gate, texts = gate_by_number()
    found = ordinary.bar_for(gate.score, texts[::-1], share)
    assert found == pytest.approx(bar)
    assert sum(gate.score(text) >= found for text in texts) <= round(share * 10)


def test_the_background_is_harmless_texts_and_turns_long_enough_to_be_read() -> None:
    items = [item(f"harmless {at}") for at in range(250)] + [item(f"threat {at}", court=0.5) for at in range(250)]
    said = ["ok", *(f"i would like to pay bill {at} today please" for at in range(250))]
    found = ordinary.background_texts(items, said)
    assert found == ordinary.background_texts(items, said)
    assert len(set(found)) == 2 * ordinary.BACKGROUND_TEXTS
    assert all(text.startswith("harmless") for text in found[:200])
    assert all(text.startswith("i would") for text in found[200:])
    assert len(ordinary.background_texts(items, said[:6])) == 205
