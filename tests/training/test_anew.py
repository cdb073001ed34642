"""Where it begins anew, and which texts it is to read as MiniLM did."""

from __future__ import annotations

import numpy
import pytest
from training.anew import MEANT, SHARE, between, meant

from tests.training.made import item


def test_it_begins_between_what_came_and_what_was_learnt() -> None:
    came, learnt = {"a": numpy.array([0.0, 1.0])}, {"a": numpy.array([10.0, 1.0])}
    found = between(came, learnt)["a"].tolist()
    assert found == pytest.approx([10.0 * SHARE, 1.0])
    assert came["a"].tolist() == [0.0, 1.0]


def test_networks_of_another_shape_are_not_mixed() -> None:
    with pytest.raises(KeyError):
        between({"a": numpy.array([0.0]), "b": numpy.array([0.0])}, {"a": numpy.array([1.0])})


def test_of_a_small_corpus_every_text_is_kept_in_mind_and_of_a_large_one_the_same_each_time() -> None:
    assert meant([item("one"), item("two")]) == [0, 1]
    many = [item("a")] * (3 * MEANT)
    assert meant(many) == meant(many)
    assert len(set(meant(many))) == MEANT
