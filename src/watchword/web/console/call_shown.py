"""What the page of a call shows: one banner that says what to do now, and beside it the earlier contacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from watchword.escalation.states import StepState
from watchword.escalation.steps import StepKind
from watchword.store.call_back import calls_are_closed
from watchword.store.called_off import CAN_COME_BACK, name_of, said_again, said_of
from watchword.store.click_to_dial import Phase
from watchword.store.desk import told
from watchword.store.ledger import brief_of
from watchword.store.models import Contact, Escalation, Step, Transfer
from watchword.terms import Level
from watchword.web.console.call_flags import Flags, demanding, no_doubt, scripts_of
from watchword.web.console.call_transfer import CARRIED, Holding, TransferShown, holding_of, transfer_of
from watchword.web.transfers import can_be_called

ACTED_ON = (*CARRIED, StepState.CONFIRMED)
# Reasons for a dismissal that need no typing: each has the key of its number.
REASONS = (
    "Somebody else’s affair, not about us",
    "A name, an address or a figure of speech",
    "Heard or written down wrongly",
    "I asked: it was not meant that way",
    "Settled on this call",
)
NOT_MEANT = 4  # which of them is the answer to a question
# Reasons for a transfer that is under way and comes to nothing; none of them is the line's.
REASONS_TO_CALL_OFF = ("The caller has hung up", "The caller does not want to be transferred")
TOLD_ON = "Whoever accepted the call was told to hand it on"  # of a transfer that is asked for when it was handed over
HEADINGS = {
    "listening": "Nothing to act on",
    "escalate": "Escalate now",
    "clarify": "Ask first",
    "held": "Go back to the caller",
    "transfer": "Transfer",
    "person": "Needs a person",
    "again": "Said again",
    "under way": "On its way",
    "done": "Done",
    "off": "Called off",
}
LOOKS = {
    "escalate": "alarm",
    "clarify": "waits",
    "held": "waits",
    "transfer": "moving",
    "person": "alarm",
    "again": "waits",
    "under way": "moving",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one key lets go: orders, or what follows if a doubt is meant."""

    steps: list[Step]
    about: Flags  # the flags that demand it
    say: list[str]  # the words that go with it
    is_part: bool  # flags that were acted on demand some of it too: called off is only what it is about

    @property
    def in_doubt(self) -> bool:
        """Whether it is a question, and no order."""
        return self.steps[0].level == Level.CLARIFY

    @property
    def is_several(self) -> bool:
        """Whether there are several questions, each with an answer of its own."""
        return self.in_doubt and len(self.about) > 1


@dataclass(frozen=True, slots=True)
class Banner:
    """The one thing to do now, and what it is about."""

    mode: str
    flags: Flags  # that nobody called off
    orders: Asked | None
    doubts: Asked | None
    others: list[Step]
    transfer: TransferShown | None
    record: dict[str, Any]
    called_off: Flags = field(default_factory=list)
    again: Flags = field(default_factory=list)  # and of which more was said since
    reasons: Flags = field(default_factory=list)  # the flags that are no doubt: what is told to others
    ticket_text: str = ""
    decisions: list[Any] = field(default_factory=list)
    seen: int = 0  # the number of the assessment that is shown
    holding: Holding | None = None
    reachable: bool = True  # somebody could call back
    calls_closed: bool = False  # but the customer wants no calls

    @property
    def heading(self) -> str:
        """What to do, in two words."""
        return HEADINGS[self.mode]

    @property
    def look(self) -> str:
        """The colour's name."""
        return LOOKS.get(self.mode, "done" if self.mode == "done" else "off")

    @property
    def say(self) -> list[str]:
        """The words to say, word for word."""
        return scripts_of(self.reasons)

    @property
    def say_first(self) -> list[str]:
        """Those for what came up since the caller was handed over: what was said before that is not said once more."""
        before = demanding(self.reasons, [self.accepted] if self.accepted else [])
        return scripts_of([flag for flag in self.reasons if flag not in before])

    @property
    def accepted(self) -> Step | None:
        """The transfer that somebody has accepted: the caller is with them, and goes elsewhere only from there."""
        done = (step for step in self.others if step.state == StepState.CONFIRMED)
        return next((step for step in done if step.kind == StepKind.WARM_TRANSFER), None)

    @property
    def cancelled(self) -> bool:
        """Whether something that the guideline asks for was called off or replaced."""
        return any(step.state == StepState.CANCELLED for step in self.others)

    @property
    def taken_back(self) -> list[Step]:
        """What was called off and can be taken back; no transfer while the caller goes to another line, or has gone."""
        transfers = [step for step in self.others if step.kind == StepKind.WARM_TRANSFER]
        goes = self.transfer is not None or any(step.state == StepState.CONFIRMED for step in transfers)
        off = [step for step in self.others if step.state == StepState.CANCELLED and not _replaced(step)]
        return [step for step in off if not (goes and step in transfers)]


def banner_of(row: Contact) -> Banner:
    """The banner of a call as it stands in the database."""
    newest = row.assessments.order_by("-number").first()
    record: dict[str, Any] = newest.record if newest else {}
    flags: Flags = list(record.get("flags", ()))
    escalation = (
        Escalation.objects.select_related("contact__person", "assessment")
        .prefetch_related("steps__receipt", "decisions__step", "decisions__assessment")
        .filter(contact=row)
        .first()
    )
    if escalation is None:
        mode = "person" if record.get("needs_person") else "listening"
        return Banner(mode, flags, None, None, [], None, record)
    steps = list(escalation.steps.all())
    off, meant = said_of(escalation)
    stand = [flag for flag in flags if name_of(flag) not in off]
    reasons = no_doubt(stand, meant)
    offered = {one.key: one for one in Transfer.objects.select_related("contact").filter(contact=row)}
    transfer = transfer_of(steps, offered)
    holding = holding_of(offered, transfer)
    again = said_again(escalation)
    orders, doubts = (_asked(steps, level, stand, reasons) for level in (Level.ESCALATE, Level.CLARIFY))
    mode = _mode(steps, orders, doubts, transfer, holding, again)
    shown = [step for asked in (orders, doubts) if asked for step in asked.steps]
    return Banner(
        mode="listening" if mode == "off" and not flags else mode,  # the flags have gone, and nobody called them off
        flags=stand,
        orders=orders,
        doubts=doubts,
        others=[step for step in steps if step not in shown and (transfer is None or step != transfer.step)],
        transfer=transfer,
        record=record,
        called_off=[flag for flag in flags if name_of(flag) in off],
        again=again,
        reasons=reasons,
        ticket_text=told(brief_of(escalation)),
        decisions=list(escalation.decisions.all()),
        seen=escalation.assessment.number,
        holding=holding,
        reachable=transfer is None or can_be_called(row),
        calls_closed=bool(transfer or holding) and calls_are_closed(row),
    )


def _asked(steps: list[Step], level: Level, flags: Flags, reasons: Flags) -> Asked | None:
    """What of this level waits for the agent, and the flags that it is about: not those that were acted on already."""
    waiting = [step for step in steps if step.state == StepState.WAITS and step.level == level]
    acted_on = demanding(flags, [step for step in steps if step.state in ACTED_ON])
    wanted = demanding(flags, waiting)
    about = [flag for flag in wanted if flag not in acted_on] or wanted
    say = scripts_of([flag for flag in about if flag in reasons])
    return Asked(waiting, about, say, is_part=len(about) < len(wanted)) if waiting else None


def _mode(
    steps: list[Step],
    orders: Asked | None,
    doubts: Asked | None,
    transfer: TransferShown | None,
    holding: Holding | None,
    again: Flags,
) -> str:
    """What comes first: a caller on hold, then an order, then a question, what needs a person, what was said again."""
    states = {step.state for step in steps}
    if holding and (transfer is None or transfer.phase == Phase.NOT_REACHED):
        return "held"
    if transfer is not None:
        return "transfer"
    if orders or doubts:
        return "escalate" if orders else "clarify"
    if StepState.NEEDS_PERSON in states:
        return "person"
    if again:
        return "again"
    if states & {StepState.PLANNED, StepState.SENT}:
        return "under way"
    return "done" if StepState.CONFIRMED in states else "off"


def _replaced(step: Step) -> bool:
    words = [one.word for one in step.escalation.decisions.all() if one.step_id == step.pk]
    return not words or words[-1] not in CAN_COME_BACK
