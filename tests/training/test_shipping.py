"""The last steps before the network ships, on the network that does."""

from __future__ import annotations

import json
import shutil
from importlib import resources
from pathlib import Path

import numpy
import onnxruntime
import pytest
from tokenizers import Tokenizer
from training.options import MODEL_FILES, SHIPPED
from training.shipping import check_shape, join_steps, write_tokenizer

from training import shipping
from watchword.detection.model.encoder import open_encoder

NETWORK = SHIPPED / "meaning.onnx"


def test_training_writes_where_the_program_reads() -> None:
    assert SHIPPED.samefile(str(resources.files("watchword.detection.model").joinpath("shipped")))
    assert {file.name for file in SHIPPED.iterdir()} == {*MODEL_FILES, "gate.bin", "sieve.onnx", "calibration.json"}


def test_a_network_whose_steps_are_joined_answers_the_same(tmp_path: Path) -> None:
    join_steps(NETWORK, tmp_path / "meaning.onnx")
    shutil.copy(SHIPPED / "tokenizer.json", tmp_path)
    before, joined = open_encoder(SHIPPED), open_encoder(tmp_path)
    for earlier, text in (("", "My lawyer will call you."), ("agent: A court?", "Yes, and soon."), ("", "")):
        one, two = before.look(earlier, text), joined.look(earlier, text)
        for name in ("odds", "attention", "reasons", "meanings"):
            assert numpy.array_equal(getattr(one, name), getattr(two, name))


def test_a_network_that_is_cut_short_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    half, file = tmp_path / "half.onnx", tmp_path / "meaning.onnx"
    half.write_bytes(NETWORK.read_bytes()[:1_000_000])
    file.write_bytes(b"the one before")
    with pytest.raises(Exception, match=r"half\.onnx"):
        join_steps(half, file)
    assert file.read_bytes() == b"the one before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["half.onnx", "meaning.onnx"]


def test_a_network_with_one_label_more_than_the_program_knows_does_not_ship(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shipping, "LABELS", shipping.LABELS[:-1])
    monkeypatch.setattr(shipping, "REASONS", dict(list(shipping.REASONS.items())[:-1]))
    with pytest.raises(SystemExit, match="odds of 22 instead of 21, attention of 22 instead of 21, reasons of 12"):
        join_steps(NETWORK, tmp_path / "meaning.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_takes_or_gives_something_else_does_not_ship(monkeypatch: pytest.MonkeyPatch) -> None:
    session = onnxruntime.InferenceSession(str(NETWORK), providers=["CPUExecutionProvider"])
    check_shape(session)
    monkeypatch.setattr(shipping, "NAMES_OUT", ["odds", "attention", "reasons", "meanings"])
    with pytest.raises(SystemExit, match=r"gives \['odds', 'attention', 'reasons', 'meanings', 'doubts'\]"):
        check_shape(session)


def test_a_tokenizer_ships_without_padding_and_truncation(tmp_path: Path) -> None:
    """MiniLM's own pads and cuts, and every text would have places that stand nowhere in it."""
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    plain = tokenizer.encode("My lawyer’s letter").ids
    tokenizer.enable_padding(length=64)
    tokenizer.enable_truncation(4)
    assert tokenizer.encode("My lawyer’s letter").ids != plain
    write_tokenizer(tokenizer, tmp_path / "tokenizer.json")
    assert Tokenizer.from_file(str(tmp_path / "tokenizer.json")).encode("My lawyer’s letter").ids == plain
    assert (tmp_path / "tokenizer.json").read_bytes() == (SHIPPED / "tokenizer.json").read_bytes()
    assert json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))["padding"] is None
