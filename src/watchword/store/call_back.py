"""Calling a customer back: whether they may be called, as far as it is known when the ticket goes."""

from __future__ import annotations

from watchword.escalation.states import StepState
from watchword.escalation.steps import StepKind
from watchword.store.models import Contact, Step
from watchword.store.register import in_force_for
from watchword.terms import Level, Scope

CALLS_CLOSED = "But calls to them are closed by the do-not-contact register: call only if they have agreed to it since."


def calls_are_closed(contact: Contact) -> bool:
    """Whether calls to this customer are closed by the do-not-contact register, or will be by what this call asked."""
    asked = Step.objects.filter(escalation__contact=contact, kind=StepKind.DO_NOT_CONTACT, level=Level.ESCALATE)
    to_come = asked.exclude(state__in=(StepState.CONFIRMED, StepState.CANCELLED))  # an entry may be withdrawn since
    scopes = to_come.values_list("scope", flat=True)
    if any(not scope or Scope.CALLS in scope for scope in scopes):  # a wish that names no way means all
        return True
    own, doubtful = in_force_for(contact.person)
    return any(entry.calls for entry in (*own, *doubtful))


def with_wish(text: str, contact: Contact) -> str:
    """What a ticket to call back says: that calls are closed too, if they are by now."""
    own = text.removesuffix(f" {CALLS_CLOSED}")
    return f"{own} {CALLS_CLOSED}" if calls_are_closed(contact) else own


def text_to_send(step: Step) -> str | None:
    """A step's text as it goes out: a ticket to call back may have been planned before the caller wished for no calls.

    It took the place of a transfer, and so no flag demands it.
    """
    if step.kind == StepKind.TICKET and step.text and not step.demanded_by:
        return with_wish(step.text, step.escalation.contact)
    return step.text
