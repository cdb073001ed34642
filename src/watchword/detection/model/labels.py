"""What the network's outputs stand for, in their order."""

from __future__ import annotations

from watchword.policy.known import Known
from watchword.terms import Scope

LABELS: tuple[Known, ...] = tuple(Known)
SCOPES: tuple[Scope, ...] = tuple(Scope)

# Why words that tempt mean nothing here, as a sentence part for people.
REASONS = {
    "name": "a name",
    "address": "part of an address",
    "denial": "denied",
    "other_matter": "another matter",
    "third_party": "somebody else's affair",
    "occupation": "somebody's job, not a step against us",
    "withdrawn": "withdrawn, or settled",
    "agent_like": "not the customer's own step",
    "polite": "said kindly",
    "preference": "a preference, not a refusal",
    "idiom": "a manner of speaking",
    "plain": "ordinary talk",
}
NO_REASON = "too faint to act on"  # where none of them is likely enough to be told
