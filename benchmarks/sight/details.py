"""What a flag says beside its name: the ways a wish closes, the number of contacts claimed, the signs of frustration.

Each is scored where the flag was rightly raised, for what was missed is counted with the flags.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.sight.labelled import Labelled
from benchmarks.sight.score import Row, Score
from watchword.terms import Flag

SIGNS = {  # as the writing guide calls them, and as the policy does
    "waiting_for_follow_up": "waiting for a follow-up",
    "expecting_a_response": "expecting a response",
    "urgency": "urgency",
    "needing_an_answer": "needing an answer",
    "anger": "anger",
}


def scopes(rows: Sequence[Row]) -> tuple[int, int]:
    """Of the wishes heard, how many have exactly the ways that are meant."""
    found = [set(flag.scope) == set(row.scope) for row, flag in _raised(rows, "do_not_contact") if row.scope]
    return sum(found), len(found)


def numbers(rows: Sequence[Row]) -> tuple[int, int]:
    """Of the repeated contacts heard in which a number is said, how many have that number."""
    found = [flag.number == row.number for row, flag in _raised(rows, "repeated_contact") if row.number is not None]
    return sum(found), len(found)


def signs(rows: Sequence[Row]) -> Score:
    """The signs shown of the frustration heard."""
    true = false = missed = 0
    for row, flag in _raised(rows, "frustration"):
        wanted = {SIGNS[sign] for sign in row.signs}
        shown = {piece.sign for piece in flag.evidence if piece.sign is not None}
        if wanted:
            true, false, missed = true + len(shown & wanted), false + len(shown - wanted), missed + len(wanted - shown)
    return Score(true, false, missed)


def _raised(rows: Sequence[Row], kind: str) -> Iterator[tuple[Labelled, Flag]]:
    for row, assessment in rows:
        for flag in assessment.flags:
            if flag.kind == kind and (kind, None) in row.expected:
                yield row, flag
