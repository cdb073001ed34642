"""The transfer on the page of a call: how far it is, and who holds."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from watchword.escalation.states import StepState
from watchword.escalation.steps import StepKind
from watchword.policy.schema import Line
from watchword.store.click_to_dial import ENDED_UNHEARD, Phase
from watchword.store.models import Step, Transfer
from watchword.web.in_force import in_force
from watchword.web.transfers import Hold, hold_of, line_of, number_of, ticket_instead

CARRIED = (StepState.PLANNED, StepState.SENT, StepState.NEEDS_PERSON)


@dataclass(frozen=True, slots=True)
class TransferShown:
    """The transfer as a protocol: how far it is, the hold clock, and what can be done next."""

    step: Step
    phase: str
    row: Transfer | None
    line: Line | None
    hold: Hold | None
    instead: str | None  # the ticket that takes its place when the line is not reached

    @property
    def number(self) -> str:
        """The number that is dialled, as the policy writes it."""
        return number_of(self.step)

    @property
    def agent(self) -> str:
        """Who has it in hand."""
        return self.row.by.removeprefix("user ") if self.row else ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A caller who is on hold though nobody dials for them: the transfer is over, or goes elsewhere."""

    step: Transfer  # whose key is the step's
    hold: Hold


def transfer_of(steps: list[Step], offered: dict[str, Transfer]) -> TransferShown | None:
    """The transfer that is to be made or under way, by what was offered of it; None when there is none."""
    carried = [one for one in steps if one.kind == StepKind.WARM_TRANSFER and one.state in CARRIED]
    if not carried:
        return None
    step = carried[-1]  # the call went on, and must go elsewhere than it did first
    row = offered.get(step.key)
    phase = row.phase if row else Phase.OFFERED
    if step.state != StepState.NEEDS_PERSON and phase in ENDED_UNHEARD:
        phase = Phase.OFFERED  # tried again
    line = line_of(step)
    instead = ticket_instead(line)
    hold = hold_of(row, line, timezone.now()) if row else None
    return TransferShown(step, str(phase), row, line, hold, instead.type if instead else None)


def holding_of(offered: dict[str, Transfer], transfer: TransferShown | None) -> Holding | None:
    """The caller who holds, of what was offered, beside the transfer that is shown."""
    dialled = transfer.row if transfer and transfer.phase not in (Phase.OFFERED, Phase.NOT_REACHED) else None
    for row in offered.values():
        line = in_force().policy.line_named(row.line)
        if row != dialled and (hold := hold_of(row, line, timezone.now())):
            return Holding(row, hold)
    return None
