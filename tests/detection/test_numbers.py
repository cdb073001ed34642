"""How many contacts a claim comes to, the present one included."""

from __future__ import annotations

import pytest

from watchword.detection.numbers import claimed_contacts


@pytest.mark.parametrize(
    ("words", "around", "written", "number"),
    [
        ("third time calling", "this is the third time calling", "{ordinal} time", 3),
        ("3rd time I call", "3rd time I call", "{ordinal} time", 3),
        ("umpteenth time", "for the umpteenth time", "{ordinal} time", 100),
        ("called three times", "i called three times", "call ... {count} times", 4),
        ("called twice", "i called twice already", "call ... {count} times", 3),
        ("called 5 times", "i called 5 times including today", "call ... {count} times", 5),
        ("a dozen calls", "a dozen calls", "{count} calls", 13),
        ("keep calling", "i keep calling", "keep calling", None),
    ],
)
def test_claims(words: str, around: str, written: str, number: int | None) -> None:
    assert claimed_contacts(words, around, written) == number
