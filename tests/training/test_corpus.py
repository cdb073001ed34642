"""The corpus as it is learnt: read, checked, held apart, and put into batches."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from training.corpus import TRAIN, UNKNOWN, WAITING, apart, in_batches, read_items, writers

from corpus import check
from tests.training.made import corpus, item, learnt, row
from watchword.detection.model.labels import LABELS, REASONS
from watchword.terms import Scope

SECRET = "words that nobody should see in an error"


def test_a_line_becomes_what_the_network_is_to_say(tmp_path: Path) -> None:
    wish = row(1, labels={"do_not_contact": "escalate", "attorney": "clarify"}, hard=None, scope=["calls", "mail"])
    asked = row(2, text="Nothing like that.", agent="Is it a lawyer?", hard="denial", number=3)
    talk = [{"speaker": "caller", "text": "Hello."}, {"speaker": "agent", "text": "Billing."}]
    amid = row(3, before=talk, channel="phone")
    one, two, three = read_items(corpus(tmp_path, w1_a=[wish, asked, amid]))
    named = dict(zip((label.value for label in LABELS), one.labels, strict=True))
    assert {label: level for label, level in named.items() if level} == {"do_not_contact": 1.0, "attorney": 0.5}
    assert [label for label, doubt in zip(named, one.doubts, strict=True) if doubt] == ["attorney"]
    assert one.scopes == tuple(float(scope in (Scope.CALLS, Scope.MAIL)) for scope in Scope)
    assert one.reason == UNKNOWN
    assert (two.writer, two.before, two.number) == ("w1", "agent: Is it a lawyer?", 3)
    assert (list(REASONS)[two.reason], two.scopes, any(two.labels)) == ("denial", None, False)
    assert three.before == "caller: Hello. agent: Billing."


def test_files_are_read_in_their_order_and_say_who_wrote_them(tmp_path: Path) -> None:
    folder = corpus(tmp_path, w2_a=[row(3)], w1_b=[row(2)], w1_a=[row(1)])
    assert [(one.id, one.writer) for one in read_items(folder)] == [
        ("w1-0001", "w1"),
        ("w1-0002", "w1"),
        ("w1-0003", "w2"),
    ]
    assert writers(folder) == {"w1", "w2"}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{not JSON", "not JSON"),
        ('["a list"]', "not a JSON object"),
        (row(2, SECRET, labels={"atorney": "escalate"}, hard=None), "unknown labels ['atorney']"),
        (row(2, SECRET, labels={"attorney": "escalat"}, hard=None), "a level is neither escalate nor clarify"),
        (row(2, SECRET, channel="fax"), "channel is neither phone nor email"),
        (row(2, SECRET, hard="denail"), "without labels, hard must say why: 'denail'"),
        (row(2, SECRET) | {"id": ""}, "no id"),
    ],
)
def test_a_line_that_would_teach_something_else_stops_it_all(tmp_path: Path, line: object, what: str) -> None:
    """A label that is misspelt would be learnt as "nothing holds", and nobody would see it."""
    folder = corpus(tmp_path, w1_a=[row(1), line, row(3)])
    with pytest.raises(SystemExit) as stopped:
        read_items(folder)
    first, *_ = str(stopped.value).splitlines()
    assert first == f"{folder / 'w1-a.jsonl'}:2: {what}"
    assert SECRET not in str(stopped.value)


def test_all_wrong_lines_are_named_at_once_up_to_a_screenful(tmp_path: Path) -> None:
    folder = corpus(tmp_path, w1_a=["no"] * 25)
    with pytest.raises(SystemExit) as stopped:
        read_items(folder)
    *lines, more, last = str(stopped.value).splitlines()
    assert len(lines) == 20
    assert more == "… and 5 more"
    assert last.startswith("Nothing is learnt")


def test_the_checker_and_the_network_know_the_same_labels_and_reasons() -> None:
    assert {label.value for label in LABELS} == check.LABELS
    assert set(REASONS) == check.HARD
    assert {scope.value for scope in Scope} == check.SCOPES


def test_all_that_is_learnt_reads_and_no_text_has_the_id_of_another() -> None:
    found = learnt()
    lines = sum(
        len(file.read_text(encoding="utf-8").splitlines()) for one in (TRAIN, WAITING) for file in one.iterdir()
    )
    assert len({one.id for one in found}) == len(found) == lines
    assert not writers(TRAIN) & writers(WAITING)


def test_nothing_that_is_learnt_stands_in_what_it_is_measured_by() -> None:
    """Word for word; what is alike is looked for by corpus/check.py."""
    measured = [TRAIN.parent / name for name in ("plain", "dev/plain", "dev/ordinary")]
    texts = {
        json.loads(line)["text"]
        for one in measured
        for file in one.glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    }
    assert texts
    assert not texts & {one.text for one in learnt()}


def test_held_apart_are_the_texts_of_the_writers_named_and_no_others(tmp_path: Path) -> None:
    items = read_items(corpus(tmp_path, w1_a=[row(1)], w10_a=[row(2)], w2_a=[row(3)], w2_b=[row(4)]))
    learnt, held = apart(items, ["w1", "w2"])
    assert [one.id for one in learnt] == ["w1-0002"]
    assert [one.id for one in held] == ["w1-0001", "w1-0003", "w1-0004"]
    assert apart(items, []) == (items, [])


def test_batches_hold_texts_of_like_length_each_once() -> None:
    assert in_batches([5, 1, 4, 2, 3], 2, None) == [[1, 3], [4, 2], [0]]
    assert in_batches([5, 1, 4, 2, 3], 2, None, among=[0, 4, 2]) == [[4, 2], [0]]


def test_batches_are_drawn_anew_in_each_round_and_the_same_by_the_same_seed() -> None:
    lengths = [len(text) for text in ("a " * n for n in range(500))]
    draw = random.Random(7)
    one, two = in_batches(lengths, 8, draw), in_batches(lengths, 8, draw)
    assert one == in_batches(lengths, 8, random.Random(7))
    assert one != two
    for found in (one, two):
        assert sorted(at for group in found for at in group) == list(range(500))
        assert max(map(len, found)) == 8
    ranges = [max(group) - min(group) for group in one]
    assert sum(ranges) / len(ranges) < 50  # of 500: alike


def test_a_made_item_has_its_labels_where_the_network_has_them() -> None:
    assert item("x", attorney=1.0).labels[[label.value for label in LABELS].index("attorney")] == 1.0
