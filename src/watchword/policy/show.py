"""A policy as people read it, in plain lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from watchword.policy.schema import (
    Condition,
    ContactsCondition,
    Line,
    MeaningCondition,
    Policy,
    Rule,
    WordsCondition,
)
from watchword.terms import Channel

WIDTH = 100


def policy_lines(policy: Policy) -> Iterator[str]:
    """The whole policy: who owns it, the reminders, each rule, the order, and what is still open."""
    yield policy.title
    yield "=" * len(policy.title)
    yield f"{policy.policy}, version {policy.version}, in force from {policy.in_force_from}, owner: {policy.owner}"
    yield f"last update by {policy.last_update.by}, {policy.last_update.at}"
    for reminder in policy.reminders:
        yield from _wrapped("- ", reminder)
    for rule in policy.rules:
        yield ""
        yield from rule_lines(policy, rule)
    if policy.lines:
        yield ""
        yield "Where calls are transferred"
        yield "-" * 27
        for line in policy.lines.values():
            yield from _wrapped("- ", _line(policy, line))
    yield ""
    yield "When several rules apply"
    yield "-" * 24
    order = policy.if_several_rules_apply
    yield f"  one transfer, {order.transfer}: {', '.join(order.order)}; tickets: {order.tickets}"
    if policy.open_questions:
        yield ""
        yield "Open questions"
        yield "-" * 14
        for question in policy.open_questions:
            yield from _wrapped("- ", f"{question.ask} Until answered: {question.until_answered} ({question.owner})")
    if policy.see_also:
        yield ""
        yield f"Please refer to: {'; '.join(policy.see_also)}"


def rule_lines(policy: Policy, rule: Rule) -> Iterator[str]:
    """One rule: what it means, when it is raised, what is set aside, what follows, what to say, its examples."""
    yield f"{rule.title} [{rule.rule}, {rule.status}]"
    yield "-" * (len(rule.title) + len(rule.rule) + len(rule.status) + 5)
    yield from _wrapped("  ", rule.means)
    for how in rule.how_to_identify:
        yield from _wrapped("  how to identify: ", how)
    for condition in rule.when:
        yield from _wrapped("  raised by ", _condition(policy, condition))
    for exception in rule.unless:
        text = f"{', '.join(exception.phrases)} ({exception.because}; agreed by {exception.agreed_by})"
        yield from _wrapped("  not for ", text)
    for channel in Channel:
        steps = [_step(policy, kind, name) for step in rule.then.on(channel) for kind, name in step.named]
        if steps:
            yield from _wrapped(f"  on {channel}: ", f"{'; '.join(steps)} (confirmed: {rule.confirm.on(channel)})")
    if rule.reminder:
        yield f"  reminder: {rule.reminder}"
    for channel in Channel:
        if script := rule.say.on(channel):
            yield from _wrapped(f"  say on {channel}: ", f"“{policy.scripts[script]}”")
    counts = (len(rule.examples.raise_), len(rule.examples.ask), len(rule.examples.leave), len(rule.examples.known_gap))
    yield "  examples: {} raise, {} ask, {} leave, {} known gaps".format(*counts)


def _condition(policy: Policy, condition: Condition) -> str:
    term = f"{condition.term}: " if isinstance(condition, (WordsCondition, MeaningCondition)) and condition.term else ""
    only = "" if set(condition.channels) == set(Channel) else f" ({' and '.join(condition.channels)} only)"
    if isinstance(condition, WordsCondition):
        return f"{term}the word {', '.join(condition.words)}{only}"
    if isinstance(condition, ContactsCondition):
        count = condition.contacts
        through = " and ".join(count.through)
        return f"{count.at_least} or more contacts about the {count.about}, by {through}, within {count.within}{only}"
    meaning = policy.meanings[condition.meaning]
    taught = ", learnt from the examples" if meaning.by_example else ""
    return f"{term}meaning: {meaning.means} (lean: {meaning.lean}{taught}){only}"


def _step(policy: Policy, kind: str, name: str) -> str:
    match kind:
        case "warm_transfer":
            line = policy.lines[name]
            return f"warm transfer to {line.name}{f', {line.phone}' if line.phone else ''}"
        case "ticket":
            ticket = policy.tickets[name]
            register = f", entry in the {ticket.register_} register" if ticket.register_ else ""
            return f"ticket “{ticket.type}” in {ticket.system}{register}"
        case "queue_transfer":
            return f"move the ticket to the queue “{policy.queues[name].name}”"
        case _:
            post = policy.chatter[name]
            return f"chatter post that states {', '.join(post.must_state)}"


def _line(policy: Policy, line: Line) -> str:
    """A line with its number, how long a caller may hold for it, and what happens when it is not reached."""
    told = [f"{line.name}{f', {line.phone}' if line.phone else ''}"]
    if line.hold:
        again = f", then {line.hold_again}" if line.hold_again else ""
        told.append(f"the caller holds for {line.hold}, the agent comes back to refresh{again}")
    if line.not_reached:
        told.append(f"not reached: {_step(policy, 'ticket', line.not_reached.ticket)}")
    return "; ".join(told)


def _wrapped(first: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
