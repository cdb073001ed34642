"""What the model reads at once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made import call, mail
from watchword.detection.model.windows import LONGEST_BEFORE, LONGEST_WINDOW, sentences, windows
from watchword.reading.own_words import passages
from watchword.terms import Contact


def read(contact: Contact) -> list[tuple[str, str]]:
    return [(window.before, window.text) for window in windows(passages(contact))]


def test_a_turn_is_read_with_what_was_said_just_before() -> None:
    contact = call("agent: Is somebody helping you?", "My sister-in-law.", "agent: With the bill?", "Yes.")
    assert read(contact) == [
        ("agent: Is somebody helping you?", "My sister-in-law."),
        ("agent: Is somebody helping you? caller: My sister-in-law. agent: With the bill?", "Yes."),
    ]


def test_what_was_before_is_cut_to_the_nearest_words() -> None:
    contact = call(*(f"turn number {number} of a long call about a bill" for number in range(20)))
    before = read(contact)[-1][0]
    assert len(before) <= LONGEST_BEFORE
    assert before.endswith("caller: turn number 18 of a long call about a bill")
    assert not before[0].isspace()


def test_a_mails_sentences_stand_for_themselves() -> None:
    body = "First of all the bill is too high. " * 30
    found = read(mail(body, subject="My bill"))
    assert [before for before, _ in found] == [""] * len(found)
    assert len(found) > 2


def test_agents_and_quoted_words_are_never_judged() -> None:
    quoted = (
        "Thanks, paid.\n\nOn Mon, Mar 3, 2025 at 9:00 AM Billing <billing@example.com> wrote:\n> My attorney will call."
    )
    assert [text.strip() for _, text in read(mail(quoted))] == ["Thanks, paid."]
    assert read(call("agent: Our attorney says hello.")) == []


@pytest.mark.parametrize("text", ["word " * 5000, "x" * 20_000, "One. " * 4000, "a\n\nb " * 3000])
def test_a_long_turn_is_read_piece_by_piece_and_whole(text: str) -> None:
    found = [window.text for window in windows(passages(call(text)))]
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, found)) <= LONGEST_WINDOW + LONGEST_BEFORE


@given(st.text(max_size=2000))
def test_sentences_hold_all_the_words_and_nothing_twice(text: str) -> None:
    spans = sentences(text)
    assert spans == sorted(spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())
