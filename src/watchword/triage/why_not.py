"""Why a flag was not raised: everything that was considered for it, for a supervisor with the contact open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watchword.history.count import told_apart
from watchword.policy.schema import Condition, ContactsCondition, MeaningCondition, Policy, Rule, Status, WordsCondition
from watchword.reading.html_text import words_shown
from watchword.terms import Assessment, Contact, Count, Flag
from watchword.triage.assess import count_for
from watchword.triage.told import name_told, place_told


def names_of(policy: Policy) -> tuple[str, ...]:
    """Everything that can be asked about: each rule and each of its terms."""
    terms = [getattr(condition, "term", None) for rule in policy.rules for condition in rule.when]
    return tuple(dict.fromkeys([*(rule.rule for rule in policy.rules), *(term for term in terms if term)]))


def names_told(policy: Policy) -> tuple[str, ...]:
    """The same for people to choose from, each with what they read where that is not its name."""
    read = policy.terms
    return tuple(f"{name} ({read[name]})" if name in read else name for name in names_of(policy))


def named(asked: str, policy: Policy) -> str | None:
    """The rule or term that somebody asks about, by its name or by what people read; None when there is none."""
    by_reading = {_alike(name_told(name, policy)): name for name in reversed(names_of(policy))}
    by_name = {_alike(name): name for name in names_of(policy)}
    return (by_reading | by_name).get(_alike(asked))


def _alike(name: str) -> str:
    return " ".join(name.casefold().split())


def why_not(name: str, contact: Contact, assessment: Assessment, policy: Policy) -> tuple[str, ...]:
    """Sentences that say why the rule or term was not raised in this contact, or that it was.

    Raises KeyError when the policy has no rule and no term of that name.
    """
    if name not in names_of(policy):
        raise KeyError(name)
    lines: list[str] = []
    for rule in policy.rules:
        conditions = [when for when in rule.when if name in (rule.rule, getattr(when, "term", None))]
        if conditions:
            lines += _of_rule(name, rule, conditions, contact, assessment, policy)
    return tuple(lines)


def _of_rule(
    name: str, rule: Rule, conditions: Sequence[Condition], contact: Contact, assessment: Assessment, policy: Policy
) -> Iterator[str]:
    raised = [
        flag for flag in (*assessment.flags, *assessment.trial) if flag.kind == rule.rule and _about(name, rule, flag)
    ]
    if raised:
        for flag in raised:
            what = ", ".join(name_told(name, policy) for name in (flag.kind, flag.term) if name)
            yield f"It was raised: {what}, level {flag.level}. {flag.why}"
        return
    if rule.status in (Status.DRAFT, Status.RETIRED):
        yield f"The rule {rule.rule} is {rule.status}: it raises nothing."
    heard = [when for when in conditions if contact.channel in when.channels]
    if not heard:
        only = _channels(conditions)
        yield f"The policy listens for this by {only} only, and this contact came by {contact.channel}."
    set_aside = list(_set_aside(name, rule, assessment))
    yield from set_aside
    for when in heard:
        if isinstance(when, ContactsCondition):
            yield from _counted(when, _own_count(when, contact, assessment, policy))
    words = [word for when in heard if isinstance(when, WordsCondition) for word in when.words]
    meanings = [when.meaning for when in heard if isinstance(when, MeaningCondition)]
    if words:
        these = "Nothing else of these listed words was" if set_aside else "These listed words were not"
        yield f"{these} found, in any form, in the customer's own words: {', '.join(words)}."
    if meanings:
        and_model = f", nor did the model ({assessment.model}) hear them" if assessment.model else ""
        wording = "other wording" if set_aside else "wording"
        yield f"No {wording} of these was found in the customer's own words{and_model}: {', '.join(meanings)}."


def _about(name: str, rule: Rule, flag: Flag) -> bool:
    return name in (rule.rule, flag.term)


def _channels(conditions: Sequence[Condition]) -> str:
    return " and ".join(sorted({str(channel) for when in conditions for channel in when.channels}))


def _set_aside(name: str, rule: Rule, assessment: Assessment) -> Iterator[str]:
    for aside in assessment.set_aside:
        if aside.kind == rule.rule and name in (rule.rule, aside.term):
            yield f"“{words_shown(aside.quote)}” ({place_told(aside)}) was set aside: {aside.because}."


def _own_count(condition: ContactsCondition, contact: Contact, assessment: Assessment, policy: Policy) -> Count:
    """The rule's own count; an assessment shows one, and another rule may count in another way."""
    ways = {other.way for other in (condition.contacts, *policy.countings)}
    if len(ways) == 1 or contact.history is None:
        return assessment.count
    return count_for(contact, contact.history, policy, condition.contacts)


def _counted(condition: ContactsCondition, count: Count) -> Iterator[str]:
    wanted = condition.contacts
    found = f"{count.contacts_on_this_issue} were counted, this one included"
    yield f"{wanted.at_least} contacts about the {wanted.about} are needed; {found}."
    left_out = told_apart([note for note, _ in count.left_out], count.left_out_from)
    for note, (_, reason) in zip(left_out, count.left_out, strict=True):
        yield f"The note {note} was not counted: {reason}."
    for note in told_apart(count.doubtful, count.doubtful_from):
        yield f"The note {note} may belong to the same issue; it was not counted."
    if not count.sources_read:
        yield "No notes system was read."
    for source in count.sources_failed:
        yield f"The notes in {source} could not be read, so contacts may be missing."
