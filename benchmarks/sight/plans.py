"""The action plan that the guideline demands for a set of flags, written out apart from the product's own planning."""

from __future__ import annotations

from benchmarks.sight.labelled import FlagName, Labelled
from watchword.terms import Assessment, Level

Step = tuple[str, str]
TRANSFERS = {  # in the order in which one goes before the other
    "keyword": "Natera Billing Escalation Calls",
    "repeated_contact": "Natera Resolutions",
    "frustration": "Natera Resolutions",
}
TICKETS = {
    "keyword": "Executive Escalation Keywords",
    "repeated_contact": "Patient SOS",
    "frustration": "Patient SOS",
    "do_not_contact": "Do Not Contact Me",
}


def demanded(channel: str, flags: set[FlagName]) -> set[Step]:
    """The steps that the guideline's table demands."""
    kinds = {kind for kind, _ in flags}
    steps: set[Step] = set()
    if channel == "phone":
        steps |= {("ticket", TICKETS[kind]) for kind in kinds}
        steps |= {("warm_transfer", to) for to in [next((TRANSFERS[k] for k in TRANSFERS if k in kinds), "")] if to}
    else:
        if kinds & {"keyword", "repeated_contact"}:
            steps |= {("queue_transfer", "Bill Review"), ("chatter_post", "")}
        if "do_not_contact" in kinds:
            steps.add(("ticket", TICKETS["do_not_contact"]))
    return steps


def ordered_by(assessment: Assessment) -> set[Step]:
    """The steps that an assessment orders; proposals at level clarify are none."""
    return {
        (action.kind, action.to or action.type or "") for action in assessment.actions if action.level is Level.ESCALATE
    }


def exact(row: Labelled, assessment: Assessment) -> bool:
    """Whether the assessment orders what the labels demand, and nothing else. Optional flags may be acted on or not."""
    sure = {name for name, level in row.expected.items() if level == "escalate"}
    raised = {(flag.kind, flag.term) for flag in assessment.flags if flag.level is Level.ESCALATE}
    allowed = sure | (row.optional & raised)
    return ordered_by(assessment) in (
        demanded(row.contact.channel.value, sure),
        demanded(row.contact.channel.value, allowed),
    )
