"""Readings of texts that are remembered: the same answer, and no memory for what is long."""

from __future__ import annotations

from watchword.history.words import LONGEST_KEPT, plain_words, remembered


def test_a_short_text_is_read_once_and_a_long_one_each_time() -> None:
    read: list[int] = []

    @remembered
    def length(text: str, *, doubled: bool = False) -> int:
        read.append(len(text))
        return len(text) * (1 + doubled)

    short, long = "a" * LONGEST_KEPT, "a" * (LONGEST_KEPT + 1)
    assert [length(short), length(short), length(short, doubled=True)] == [4000, 4000, 8000]
    assert [length(long), length(long)] == [4001, 4001]
    assert read == [4000, 4000, 4001, 4001]


def test_what_is_given_cannot_be_changed_for_the_next() -> None:
    assert plain_words("Pt cld re: inv") == ("patient", "called", "re", "invoice")
