"""Keeping what somebody said of a step or of a flag, with what they saw: steps are planned anew, decisions stay."""

from __future__ import annotations

from collections.abc import Sequence

from watchword.store.models import Decision, Escalation, Step
from watchword.store.storable import plain, storable
from watchword.terms import FlagName

LONGEST_NAME = 200


def decided(step: Step, word: Decision.Word, by: str, reason: str, doubts: Sequence[FlagName] = ()) -> None:
    """Keep what was said of a step: whom it goes to, and the flags that demand it, as they are now; and the doubts of
    which it was said as well.
    """
    demanding = list(step.demanded_by)
    _keep(
        step.escalation,
        word,
        by,
        reason,
        step=step,
        to=step.to or step.type or step.register or "",
        demanded_by=demanding + [flag for flag in plain(doubts) if flag not in demanding],
    )


def decided_of_flag(escalation: Escalation, flag: FlagName, word: Decision.Word, by: str, reason: str) -> None:
    """Keep what was said of a flag."""
    _keep(escalation, word, by, reason, flag=plain(flag))


def _keep(escalation: Escalation, word: Decision.Word, by: str, reason: str, **of: object) -> None:
    Decision.objects.create(
        escalation=escalation,
        assessment=escalation.assessment,
        word=word,
        by=storable(by)[:LONGEST_NAME],
        reason=storable(reason),
        **of,
    )
