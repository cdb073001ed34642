"""Under which policies assessments are made: a process reads the policy when it begins, and goes by it to its end.

One that begins later than the others, because it was started anew or took another one's place, goes by whatever the
policy's file says by then. That is told when it begins, and as long as several policies are at work.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from watchword.policy.schema import Policy
from watchword.store.models import Assessment

log = logging.getLogger(__name__)
LOOKED_AT = 100  # of the newest assessments: where two policies are at work, both are among them


@dataclass(frozen=True, slots=True)
class Used:
    """A policy by which an assessment was made, and when."""

    version: str
    hash: str
    at: datetime


def tell_of_change(policy: Policy) -> None:
    """Say in the log that assessments are made by another policy from now on, where that is so."""
    newest = next(iter(_newest(1)), None)
    if newest is not None and newest.hash != policy.hash:
        log.warning(
            "this process goes by policy %s, version %s, hash %.12s; the newest assessment by version %s, hash %.12s",
            policy.policy,
            policy.version,
            policy.hash,
            newest.version,
            newest.hash,
        )


def used_beside(policy: Policy, since: datetime) -> Used | None:
    """The newest assessment that was made by another policy since; None when every process goes by this one."""
    return next((used for used in _newest(LOOKED_AT) if used.hash != policy.hash and used.at > since), None)


def _newest(most: int) -> list[Used]:
    rows = Assessment.objects.order_by("-pk").values_list("policy_version", "policy_hash", "made_at")
    return [Used(*row) for row in rows[:most]]
