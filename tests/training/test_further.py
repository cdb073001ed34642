"""What is learnt once more: which texts, and what they carry then."""

from __future__ import annotations

import pytest

from tests.training.made import item
from training import further
from watchword.detection.model.labels import LABELS


def test_what_a_text_carries_is_two_thirds_its_label_and_one_third_what_was_said_of_it() -> None:
    labelled = item("My lawyer will call.", attorney=1.0, court=0.5)
    said = [0.0] * len(LABELS)
    at = {label.value: place for place, label in enumerate(LABELS)}
    said[at["attorney"]], said[at["court"]], said[at["scam"]] = 0.2, 0.5, 0.8
    (found,) = further.blended([labelled], [said])
    assert found.labels[at["attorney"]] == pytest.approx(0.65 + 0.35 * 0.2)
    assert found.labels[at["court"]] == pytest.approx(0.5)
    assert found.labels[at["scam"]] == pytest.approx(0.35 * 0.8)
    assert sum(found.labels) == pytest.approx(0.72 + 0.5 + 0.28)
    assert (found.text, found.id) == (labelled.text, labelled.id)


def test_texts_and_what_is_said_of_them_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="shorter"):
        further.blended([item("one"), item("two")], [[0.0] * len(LABELS)])


def test_all_that_waited_and_is_not_known_is_read_where_there_is_room() -> None:
    """A small corpus is read whole: there are no more texts than places."""
    assert further.chosen([0.0, 9.0, 0.1, 0.3], waiting_from=2) == [0, 1, 2, 3]


def test_unknown_is_what_lies_above_the_bar_and_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one place, it goes to the one that waited and is not known, however badly others are known."""
    monkeypatch.setattr(further, "TEXTS", 1)
    at_the_bar, above = further.UNKNOWN, further.UNKNOWN + 0.01
    assert further.chosen([9.0, 9.0, at_the_bar, above, 0.0], waiting_from=2) == [3]


def test_of_the_unknown_no_more_are_read_than_may_and_others_fill_the_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(further, "TEXTS", 30)
    monkeypatch.setattr(further, "MOST_UNKNOWN", 10)
    losses = [0.0] * 100 + [1.0] * 50 + [0.0] * 50
    found = further.chosen(losses, waiting_from=100)
    assert found == sorted(set(found))
    assert len(found) == 30
    assert len([at for at in found if 100 <= at < 150]) == 10
    assert any(at >= 150 for at in found)  # what waited and is known counts as the others do


def test_the_same_texts_are_chosen_each_time() -> None:
    losses = [(at * 7919 % 1000) / 1000 for at in range(46000)]
    found = further.chosen(losses, waiting_from=26000)
    assert found == further.chosen(losses, waiting_from=26000)
    assert len(found) == further.TEXTS
    assert len([at for at in found if at >= 26000 and losses[at] > further.UNKNOWN]) == further.MOST_UNKNOWN
    losses[45999] = 1.0 - losses[45999]
    assert found != further.chosen(losses[:45000], waiting_from=26000)
