"""Which of a call's flags count: the words that follow from them, the reasons to tell, and the questions to ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from watchword.policy.schema import Policy
from watchword.store.called_off import demanded_by, name_of
from watchword.store.models import Step
from watchword.terms import Channel, FlagName, Level
from watchword.web.in_force import in_force

Flags = list[dict[str, Any]]


def scripts_of(flags: Flags) -> list[str]:
    """The words to say for flags that are no doubt, in the policy's order; each once."""
    policy = in_force().policy
    known = [flag for flag in flags if flag["kind"] in policy.rank]
    known.sort(key=lambda flag: policy.rank[flag["kind"]])
    return list(dict.fromkeys(script for flag in known if (script := _script(policy, flag))))


def _script(policy: Policy, flag: dict[str, Any]) -> str:
    name = policy.rule(flag["kind"]).say.on(Channel.PHONE)
    return policy.scripts[name] if name else ""


def no_doubt(flags: Flags, meant: frozenset[FlagName]) -> Flags:
    """The flags that are sure, and those that the agent has asked about and that are meant."""
    return [flag for flag in flags if flag["level"] == Level.ESCALATE or name_of(flag) in meant]


def demanding(flags: Flags, steps: Sequence[Step]) -> Flags:
    """Those of the flags that demand one of the steps."""
    wanted = set().union(*(demanded_by(step) for step in steps))
    return [flag for flag in flags if name_of(flag) in wanted]
