"""The forms and slips of a word follow from the word."""

from __future__ import annotations

import pytest

from watchword.detection.forms import forms
from watchword.detection.slips import slips, spelled_out


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sue", {"sue", "sues", "sued", "suing"}),
        ("attorney", {"attorney", "attorneys", "attorney's"}),
        ("bankruptcy", {"bankruptcies"}),
        ("file", {"files", "filed", "filing"}),
        ("scam", {"scammed", "scamming", "scams"}),
        ("rip", {"ripped", "ripping"}),
        ("take", {"took", "taken", "taking"}),
        ("lie", {"lying"}),
        ("post", {"posted", "posting", "posts"}),
        ("match", {"matches"}),
        ("don't", {"dont", "do not"}),
        ("my", {"our"}),
        ("i'll", {"i will", "i'm gonna"}),
    ],
)
def test_forms(word: str, said: set[str]) -> None:
    assert said <= set(forms(word))


@pytest.mark.parametrize("word", ["the", "of", "waiting", "illegally", "7"])
def test_words_that_stay_as_they_are(word: str) -> None:
    assert forms(word) == (word,)


@pytest.mark.parametrize(
    ("word", "slip"),
    [
        ("lawyer", "lawer"),
        ("lawyer", "laywer"),
        ("attorney", "atorney"),
        ("attorney", "attorny"),
        ("attorney", "a turn he"),
        ("bankruptcy", "bankrupcy"),
        ("bankruptcy", "bankruptsy"),
        ("complaint", "complant"),
        ("sue", "soo"),
    ],
)
def test_slips(word: str, slip: str) -> None:
    assert slip in slips(word)


@pytest.mark.parametrize(("word", "other"), [("lawyer", "layer"), ("complaint", "complain"), ("social", "facial")])
def test_another_english_word_is_no_slip(word: str, other: str) -> None:
    assert other not in slips(word)


def test_short_words_have_no_typing_slips() -> None:
    assert set(slips("court")) == {"cort", "quart room", "corte", "kort"}


@pytest.mark.parametrize("heard", ["b b b", "b.b.b.", "bee bee bee", "triple b", "three b's"])
def test_an_abbreviation_is_heard_letter_by_letter(heard: str) -> None:
    assert heard in spelled_out("BBB")


@pytest.mark.parametrize("heard", ["c e o", "see e oh", "c.e.o."])
def test_so_is_ceo(heard: str) -> None:
    assert heard in spelled_out("CEO")


def test_words_in_small_letters_are_not_spelled_out() -> None:
    assert spelled_out("bbb") == ()
