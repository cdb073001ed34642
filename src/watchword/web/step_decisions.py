"""What people say of steps: what is yet to go then follows from what was said, by whatever door it was.

A doubt that was asked about and meant is as good as sure, and a key word goes to its own line; what was called off
leaves what other flags demand; a dismissal taken back stands for its flag again.
"""

from __future__ import annotations

from collections.abc import Callable

from watchword.errors import NotRecorded
from watchword.escalation.standing import steps_of_standing
from watchword.escalation.steps import StepKind
from watchword.store import decide
from watchword.store.called_off import said_of
from watchword.store.chain import events_last
from watchword.store.contacts import contact_of
from watchword.store.locked import locked
from watchword.store.models import Escalation
from watchword.store.replanning import follow
from watchword.store.storable import storable
from watchword.triage.record import count_of, flag_of
from watchword.web.in_force import in_force


def confirm(key: str, *, by: str, text: str | None = None, reason: str = "") -> None:
    """Let a step go, as decide.confirm does."""
    _said(key, lambda: decide.confirm(key, by=by, text=text, reason=reason), by)


def dismiss(key: str, *, by: str, reason: str, seen: int | None = None) -> None:
    """Call a step off, as decide.dismiss does."""
    _said(key, lambda: decide.dismiss(key, by=by, reason=reason, seen=seen), by)


def take_back(key: str, *, by: str) -> None:
    """Take a dismissal back, as decide.reopen does."""
    _said(key, lambda: decide.reopen(key, by=by), by)


def _said(key: str, say: Callable[[], None], by: str) -> None:
    with events_last():
        escalation = locked(Escalation).select_related("assessment").filter(steps__key=storable(key)).first()
        if escalation is None:
            raise NotRecorded("There is no such step.", do="Look at the escalation again.")
        say()
        steps_follow(escalation, by)


def steps_follow(escalation: Escalation, by: str) -> None:
    """Have what is yet to go follow from what was said; by another policy than theirs nothing is planned anew.

    But a post names the flags that stand whatever the policy, and the version by which they were raised. The
    escalation's row is locked by the caller.
    """
    policy, assessment = in_force().policy, escalation.assessment
    record, contact = assessment.record, contact_of(escalation.contact)
    flags, is_theirs = [flag_of(flag) for flag in record["flags"]], assessment.policy_hash == policy.hash
    if not is_theirs:
        known = {rule.rule for rule in policy.rules}
        flags = [flag for flag in flags if flag.kind in known]
        policy = policy.model_copy(update={"version": int(assessment.policy_version)})
    steps = steps_of_standing(contact, policy, flags, count_of(record["history"]), *said_of(escalation))
    follow(escalation, [step for step in steps if is_theirs or step.kind is StepKind.CHATTER_POST], by)
