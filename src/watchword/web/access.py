"""Who may see and do what: the roles of people, and the scopes of integrations' keys, each as one table.

A page that declares nothing is shown to nobody (see middleware.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from watchword.errors import AccessRefused
from watchword.terms import Channel


class May(StrEnum):
    """Something that a person may see or do."""

    ENTER = "enter"  # whoever is signed in: the start page, their own password and second factor
    SEE_ESCALATIONS = "see escalations"
    DECIDE = "decide"  # on what follows from contacts of one's own channel (see DECIDES); see to an escalation
    SETTLE = "settle"  # what needs a person: retry, say that it was done by hand
    SEE_MAIL = "see the inbox"
    DECIDE_MAIL = "decide on mails"  # confirm, dismiss
    SEE_CALLS = "see calls"  # while they go on
    TAKE_CALLS = "take calls"  # begin one by hand, type turns, confirm, dismiss, drive the transfer
    SEE_DESK = "see the desk"
    WORK_DESK = "work at the desk"  # post chatter, take and close tickets
    SEE_PEOPLE = "see people"
    STRIKE_NOTES = "strike out notes"  # of earlier contacts, which then count no more; and put them back
    SEE_REGISTER = "see the register"
    CHANGE_REGISTER = "change the register"
    SEE_POLICY = "see the policy"
    IMPORT = "take in tables"  # of notes, and of wishes not to be contacted
    EXPORT_REGISTER = "take the register out"
    SEE_EVENTS = "see events"  # who saw and did what


class Role(StrEnum):
    """What a person is here; a group of users of the same name, made by the store's migrations."""

    AGENT = "agent"
    MAIL_AGENT = "mail agent"
    SUPERVISOR = "supervisor"
    POLICY_OWNER = "policy owner"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


READERS = frozenset({May.SEE_ESCALATIONS, May.SEE_POLICY, May.SEE_DESK, May.SEE_PEOPLE, May.SEE_REGISTER})
# Nobody needs to read customers' words in order to give keys and roles: the administrator sees none.
ROLES: dict[Role, frozenset[May]] = {
    Role.AGENT: READERS | {May.SEE_CALLS, May.TAKE_CALLS, May.DECIDE},
    Role.MAIL_AGENT: READERS | {May.SEE_MAIL, May.DECIDE_MAIL, May.DECIDE, May.WORK_DESK},
    Role.SUPERVISOR: frozenset(May),
    Role.POLICY_OWNER: frozenset({May.SEE_ESCALATIONS, May.SEE_POLICY}),
    Role.AUDITOR: READERS | {May.SEE_CALLS, May.SEE_MAIL, May.EXPORT_REGISTER, May.SEE_EVENTS},
    Role.ADMINISTRATOR: frozenset(),
}
DECIDES = {Channel.PHONE: May.TAKE_CALLS, Channel.EMAIL: May.DECIDE_MAIL}  # what it takes to confirm and dismiss there


class KeyScope(StrEnum):
    """Something that an integration's key opens."""

    CONTACTS = "contacts"  # record contacts
    ASSESS = "assess"  # assess without recording
    CALLS = "calls"  # open calls, tell their turns, end them
    READ_CALLS = "read-calls"  # see a call with its assessment, and its events
    DECIDE = "decide"  # confirm and dismiss steps
    DO_NOT_CONTACT = "do-not-contact"  # ask whether somebody may be contacted
    ESCALATIONS = "escalations"  # read escalations, and what any contact came to
    NOTES = "notes"  # hand in notes of earlier contacts


View = TypeVar("View", bound=Callable[..., Any])
NEEDS = "needs"  # the attribute of a view


def needs(what: May) -> Callable[[View], View]:
    """Declare on a view what it needs."""

    def declare(view: View) -> View:
        setattr(view, NEEDS, what)
        return view

    return declare


def allowed(roles: Iterable[str]) -> frozenset[May]:
    """All that somebody with these roles may do. With no role that is nothing but to enter."""
    known = [ROLES[Role(role)] for role in roles if role in set(Role)]
    return frozenset({May.ENTER}).union(*known)


def role_named(name: str) -> Role:
    """A role by its name, with blanks or hyphens. Raises AccessRefused."""
    try:
        return Role(name.strip().lower().replace("-", " "))
    except ValueError:
        roles = ", ".join(role.replace(" ", "-") for role in Role)  # as they are typed without quotes
        raise AccessRefused(f"There is no role called {name}.", do=f"Use one of: {roles}.") from None


def scope_named(name: str) -> KeyScope:
    """A key's scope by its name. Raises AccessRefused."""
    try:
        return KeyScope(name.strip().lower())
    except ValueError:
        raise AccessRefused(f"There is no scope called {name}.", do=f"Use one of: {', '.join(KeyScope)}.") from None
