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
    contact = call(*(f"Turn number {number} of a long call about a bill." for number in range(20)))
    before = read(contact)[-1][0]
    assert len(before) <= LONGEST_BEFORE
    assert before.endswith("caller: Turn number 18 of a long call about a bill.")
    assert not before[0].isspace()


def test_what_a_caller_says_without_a_stop_is_read_as_one_whatever_turns_it_is_cut_into() -> None:
    begun = "agent: What can I do for you? caller: Hello."
    contact = call(
        "agent: What can I do for you?",
        "Hello.",
        "well my sister in law's",
        " firm will have a look ",
        "at this bill",
        "agent: I see.",
        "and",
        "soon",
    )
    assert read(contact)[1:4] == [
        (begun, "well my sister in law's"),
        (begun, "well my sister in law's  firm will have a look "),
        (begun, "well my sister in law's firm will have a look at this bill"),
    ]
    before, then = zip(*read(contact)[4:], strict=True)
    assert then == ("and", "and soon")
    assert before[0] == before[1]
    assert before[0].endswith("caller: at this bill agent: I see.")


def test_a_stretch_of_what_is_read_as_one_is_found_again_in_its_turns() -> None:
    contact = call(" it is my sister", "in law's firm ", "that looks at this")
    window = list(windows(passages(contact)))[-1]
    first, last = window.text.index("sister"), window.text.index("looks") + len("looks")
    assert [(passage.turn, passage.text[start:end]) for passage, start, end in window.stretches(first, last)] == [
        (0, "sister"),
        (1, "in law's firm"),
        (2, "that looks"),
    ]
    assert window.text[window.lead_length :] == "that looks at this"


@pytest.mark.parametrize("said", ["Well.", "He said “no.”", "(Yes!)", "It’s ‘done.’", " "])
def test_a_turn_that_had_an_end_is_not_gone_on_with(said: str) -> None:
    assert read(call(said, "And now this"))[-1][1] == "And now this"


def test_of_a_long_run_of_turns_the_nearest_words_are_read() -> None:
    contact = call(*(f"turn number {number} of a long call about a bill" for number in range(40)))
    found = list(windows(passages(contact)))
    assert max(len(window.text) for window in found) <= LONGEST_WINDOW
    assert found[-1].text.endswith(
        "turn number 38 of a long call about a bill turn number 39 of a long call about a bill"
    )
    assert [window.text for window in windows(passages(contact), 39)] == [found[-1].text]


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
