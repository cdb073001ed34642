"""Transfers as the policy wants them: how long a caller may hold, and what is done when a line is not reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchword.errors import InputError
from watchword.escalation.steps import PlannedStep, steps_of
from watchword.policy.phone import shown
from watchword.policy.schema import Line, TicketType
from watchword.store.call_back import with_wish
from watchword.store.click_to_dial import NOT_REACHED, NOTHING_MORE, Phase, Told, advance, call_back, with_the_caller
from watchword.store.models import Contact, IdentityKind, Step, Transfer
from watchword.terms import Action, Level
from watchword.web.in_force import in_force

# What an agent does in one click, and the moves that it makes: whoever dials has put the caller on hold for it.
ACTS: dict[str, tuple[Phase, ...]] = {
    "dial": (Phase.DIALLED, Phase.ON_HOLD),
    "back": (Phase.REFRESHED,),
    "hold": (Phase.ON_HOLD,),
    "brief": (Phase.BRIEFED,),
    "accepted": (Phase.ACCEPTED,),
    "not reached": (Phase.NOT_REACHED,),
    "call off": (Phase.CALLED_OFF,),
}
WITH_THE_CALLER = "with the caller"  # who held until now, though the transfer is over
NOBODY_KNOWN = "Nobody can call back, for neither a telephone nor a patient id is known: find out who it is."


@dataclass(frozen=True, slots=True)
class Hold:
    """A caller on hold: since how many seconds, and for how many they may be; None for no limit."""

    seconds: int
    limit: int | None
    again: bool  # it is not the first time

    @property
    def over(self) -> bool:
        """Whether the agent must go back to the caller."""
        return self.limit is not None and self.seconds >= self.limit


def act(step: Step, what: str, *, by: str, told: Told = NOTHING_MORE) -> None:
    """Do what the agent says. Raises InputError for what nobody can do, MoveRefused for what is not its turn."""
    if what == WITH_THE_CALLER:
        return with_the_caller(step.key, by=by)
    phases = ACTS.get(what)
    if phases is None:
        raise InputError(f"A transfer knows no “{what[:40]}”.", do="Load the page again.")
    instead, why = fallback(step) if what == "not reached" else None, NOT_REACHED
    if instead is not None and not can_be_called(step.escalation.contact):
        instead, why = None, f"{NOT_REACHED} {NOBODY_KNOWN}"
    return advance(step.key, *phases, by=by, told=told, instead=instead, why=why)


def can_be_called(contact: Contact) -> bool:
    """Whether somebody could call this customer back: a telephone is known, or who it is with the centre."""
    return contact.person.identities.filter(kind__in=(IdentityKind.PHONE, IdentityKind.PATIENT_ID)).exists()


def file_call_back(step: Step, *, by: str) -> None:
    """File the ticket that takes the place of a transfer not reached, for by now somebody can call back."""
    instead = fallback(step)
    missed = Transfer.objects.filter(key=step.key, phase=Phase.NOT_REACHED).exists()
    if missed and instead is not None and can_be_called(step.escalation.contact):
        call_back(step.key, instead, by=by)


def line_of(step: Step) -> Line | None:
    """The policy's line that a step leads to; None when the policy in force does not know it any more."""
    return in_force().policy.line_named(step.to)


def number_of(step: Step) -> str:
    """The number that a step dials, as the policy in force writes it; empty when there is none."""
    line = line_of(step)
    return shown(line.phone if line else None, step.phone)


def hold_of(transfer: Transfer, line: Line | None, now: datetime) -> Hold | None:
    """How long the caller has been on hold; None while somebody talks to them, and once the call has ended."""
    if transfer.held_at is None or not transfer.contact.is_open:
        return None
    first, later = line.hold_seconds if line else (None, None)
    again = transfer.holds > 1
    return Hold(max(0, int((now - transfer.held_at).total_seconds())), later if again else first, again)


def ticket_instead(line: Line | None) -> TicketType | None:
    """The ticket that takes a transfer's place when its line is not reached; None when the policy names none."""
    return in_force().policy.tickets[line.not_reached.ticket] if line and line.not_reached else None


def fallback(step: Step) -> PlannedStep | None:
    """That ticket as a step, with what whoever gets it must know; None when there is none."""
    line = line_of(step)
    ticket = ticket_instead(line)
    if line is None or ticket is None:
        return None
    action = Action(
        "ticket",
        Level.ESCALATE,
        type=ticket.type,
        system=ticket.system,
        text=with_wish(f"Asked for: {line.name}. {NOT_REACHED} Call the customer back.", step.escalation.contact),
        confirm="automatic",
    )
    return steps_of(action)[0]
