"""The states of a step and the one table of allowed moves.

```
 waits for agent ──agree──> planned ──send──> sent ──accept──> confirmed
        │                     │ ^               │                  ^
        └──────dismiss──────┐ │ └──retry──┐     └──give up──┐      │
                            v v           └── needs a person <─────┘ (planned gives up too; settle: done by hand)
                         cancelled <──dismiss──┘
```

A cancelled step waits for the agent again when the call goes on and raises something new that demands it, or when
somebody takes its dismissal back (reopen). One that waits lapses when no flag asks for it any more. A transfer whose
line was not reached is replaced by the policy's fallback, and one that nobody has accepted by the transfer to another
line; one that the caller does not want, or has hung up before, is withdrawn: that alone may be called off once it was
sent. An order that still waits long after the call's end needs a person.
"""

from __future__ import annotations

from enum import StrEnum

from watchword.errors import MoveRefused


class StepState(StrEnum):
    """Where a step stands."""

    WAITS = "waits for agent"  # a proposal, or an order that the policy lets go only with the agent's word
    PLANNED = "planned"  # it may go out
    SENT = "sent"  # sending has begun; whether it arrived is known once there is a receipt
    CONFIRMED = "confirmed"  # the other side has it, and the receipt is kept
    NEEDS_PERSON = "needs a person"
    CANCELLED = "cancelled"  # dismissed before it was sent, replaced, or asked for by no flag any more


class Move(StrEnum):
    """What can happen to a step."""

    AGREE = "agree"  # the agent lets it go
    DISMISS = "dismiss"  # the agent or a supervisor calls it off
    SEND = "send"
    ACCEPT = "accept"  # the other side says that it has it
    GIVE_UP = "give up"  # it cannot be delivered, nobody answered in time, or nobody let it go
    RETRY = "retry"  # a person has it tried again
    SETTLE = "settle"  # a person has done it by hand
    REOPEN = "reopen"  # the call went on and something new demands it; or its dismissal was taken back
    REPLACE = "be replaced"  # it could not be done, or goes elsewhere: another step takes its place
    LAPSE = "lapse"  # the contact was assessed anew, and no flag demands it any more
    WITHDRAW = "withdraw"  # a transfer that nobody has accepted yet: the caller is gone, or does not want it


MOVES: dict[tuple[StepState, Move], StepState] = {
    (StepState.WAITS, Move.AGREE): StepState.PLANNED,
    (StepState.WAITS, Move.DISMISS): StepState.CANCELLED,
    (StepState.WAITS, Move.GIVE_UP): StepState.NEEDS_PERSON,
    (StepState.WAITS, Move.LAPSE): StepState.CANCELLED,
    (StepState.PLANNED, Move.SEND): StepState.SENT,
    (StepState.PLANNED, Move.GIVE_UP): StepState.NEEDS_PERSON,
    (StepState.PLANNED, Move.DISMISS): StepState.CANCELLED,
    (StepState.PLANNED, Move.REPLACE): StepState.CANCELLED,
    (StepState.SENT, Move.SEND): StepState.SENT,
    (StepState.SENT, Move.ACCEPT): StepState.CONFIRMED,
    (StepState.SENT, Move.GIVE_UP): StepState.NEEDS_PERSON,
    (StepState.SENT, Move.WITHDRAW): StepState.CANCELLED,
    (StepState.SENT, Move.REPLACE): StepState.CANCELLED,
    (StepState.NEEDS_PERSON, Move.RETRY): StepState.PLANNED,
    (StepState.NEEDS_PERSON, Move.SETTLE): StepState.CONFIRMED,
    (StepState.NEEDS_PERSON, Move.DISMISS): StepState.CANCELLED,
    (StepState.NEEDS_PERSON, Move.REPLACE): StepState.CANCELLED,
    (StepState.NEEDS_PERSON, Move.WITHDRAW): StepState.CANCELLED,
    (StepState.CANCELLED, Move.REOPEN): StepState.WAITS,
}
DONE_TO_IT = {  # as a refusal says it
    Move.AGREE: "let go",
    Move.DISMISS: "called off",
    Move.SEND: "sent",
    Move.ACCEPT: "confirmed",
    Move.GIVE_UP: "given up",
    Move.RETRY: "tried again",
    Move.SETTLE: "settled by hand",
    Move.REOPEN: "opened again",
    Move.REPLACE: "replaced",
    Move.LAPSE: "left to lapse",
    Move.WITHDRAW: "withdrawn",
}
TO_CARRY = frozenset({StepState.PLANNED, StepState.SENT})  # a worker has something to do
ENDED = frozenset({StepState.CONFIRMED, StepState.CANCELLED})


def after(state: StepState, move: Move) -> StepState:
    """The state that a move leads to. Raises MoveRefused when the table does not allow it."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise MoveRefused(
            f"A step that is “{state}” cannot be {DONE_TO_IT[move]}.",
            do="Look at it again: somebody may have been quicker.",
        ) from None


class EscalationState(StrEnum):
    """Where an escalation stands, taken over all its steps; the most urgent one tells."""

    NEEDS_PERSON = "needs a person"
    WAITS = "waits for agent"
    UNDER_WAY = "under way"
    DONE = "done"
    DISMISSED = "dismissed"


def overall(states: list[StepState]) -> EscalationState:
    """The state of an escalation from the states of its steps."""
    if StepState.NEEDS_PERSON in states:
        return EscalationState.NEEDS_PERSON
    if StepState.WAITS in states:
        return EscalationState.WAITS
    if any(state in TO_CARRY for state in states):
        return EscalationState.UNDER_WAY
    return EscalationState.DONE if StepState.CONFIRMED in states else EscalationState.DISMISSED
