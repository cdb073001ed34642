"""What is written in bytes is what the gate and the words read again."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from training.whole_steps import in_whole_steps, write_gate, write_grams

from watchword.detection.model import gate as gates
from watchword.detection.model import grams as words
from watchword.detection.model.labels import LABELS
from watchword.errors import ModelError


def test_the_largest_weight_is_127_steps_and_half_a_step_goes_to_the_even_one() -> None:
    whole, step = in_whole_steps(numpy.array([254.0, -254.0, 2.0, 1.0, 3.0, 0.0], dtype="float32"))
    assert step == 2.0
    assert numpy.frombuffer(whole, dtype="int8").tolist() == [127, -127, 1, 0, 2, 0]


def test_a_gate_reads_as_it_was_written(tmp_path: Path) -> None:
    weights = numpy.zeros(gates.SIZE, dtype="float32")
    word, opening = gates.slots("lawyer")
    weights[word], weights[opening] = 1.0, 0.5
    whole, step = in_whole_steps(weights)
    write_gate(whole, step, -0.1 - 0.2, tmp_path / "gate.bin")
    found = gates.open_gate(tmp_path)
    assert found.score("") == -0.1 - 0.2  # to the last bit
    assert found.score("Lawyer!") == pytest.approx(1.5 / 2**0.5 - 0.3, abs=2 * step)
    assert found.score("lawyer lawyer") != found.score("lawyer")


def test_words_read_as_they_were_written(tmp_path: Path) -> None:
    weights = numpy.zeros((words.SIZE, len(LABELS)), dtype="float32")
    (row,) = words.rows_of("", "lawyer")
    weights[row, 0], weights[row, 1] = 1.27, -0.5
    write_grams(weights, numpy.full(len(LABELS), -3.14159, dtype="float32"), tmp_path / "grams.bin")
    found = words.open_grams(tmp_path)
    assert found.odds("", "Lawyer").tolist()[:3] == pytest.approx([1.27 - 3.1416, -0.5 - 3.1416, -3.1416])
    assert found.odds("", "").tolist() == pytest.approx([-3.1416] * len(LABELS))


def test_a_gate_of_which_a_part_is_missing_is_not_taken(tmp_path: Path) -> None:
    write_gate(bytes(gates.SIZE - 1), 1.0, 0.0, tmp_path / "gate.bin")
    with pytest.raises(ModelError, match="not whole"):
        gates.open_gate(tmp_path)
