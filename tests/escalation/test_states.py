"""The table of moves: complete, and with a way out of everything but the ends."""

from __future__ import annotations

from itertools import product

import pytest

from watchword.errors import MoveRefused
from watchword.escalation.states import (
    DONE_TO_IT,
    ENDED,
    MOVES,
    TO_CARRY,
    EscalationState,
    Move,
    StepState,
    after,
    overall,
)


@pytest.mark.parametrize(("state", "move"), list(product(StepState, Move)))
def test_a_move_is_in_the_table_or_refused(state: StepState, move: Move) -> None:
    if (state, move) in MOVES:
        assert after(state, move) is MOVES[state, move]
    else:
        with pytest.raises(MoveRefused, match=f"“{state}” cannot be {DONE_TO_IT[move]}"):
            after(state, move)


def test_what_was_sent_cannot_be_dismissed() -> None:
    for state in (StepState.SENT, StepState.CONFIRMED):
        with pytest.raises(MoveRefused):
            after(state, Move.DISMISS)


def test_from_everywhere_but_the_ends_there_are_a_good_and_a_safe_way() -> None:
    def reachable(state: StepState, seen: frozenset[StepState] = frozenset()) -> frozenset[StepState]:
        onward = {to for (before, _), to in MOVES.items() if before is state} - seen
        found = seen | onward
        for one in onward:
            found |= reachable(one, found)
        return found

    for state in set(StepState) - ENDED:
        assert StepState.CONFIRMED in reachable(state)
        assert StepState.NEEDS_PERSON in reachable(state)
    assert reachable(StepState.CONFIRMED) == frozenset()


def test_a_worker_may_always_send_or_give_up() -> None:
    for state in TO_CARRY:
        assert after(state, Move.SEND) is StepState.SENT
        assert after(state, Move.GIVE_UP) is StepState.NEEDS_PERSON


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["needs a person", "waits for agent", "sent"], EscalationState.NEEDS_PERSON),
        (["confirmed", "waits for agent", "sent"], EscalationState.WAITS),
        (["confirmed", "sent", "cancelled"], EscalationState.UNDER_WAY),
        (["planned"], EscalationState.UNDER_WAY),
        (["confirmed", "cancelled"], EscalationState.DONE),
        (["cancelled", "cancelled"], EscalationState.DISMISSED),
    ],
)
def test_the_most_urgent_step_tells(states: list[str], told: EscalationState) -> None:
    assert overall([StepState(state) for state in states]) is told
