"""A policy as people read it, in plain lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from watchword.policy.schema import (
    Condition,
    ContactsCondition,
    Line,
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
    if policy.notes_from:
        yield f"Earlier contacts are counted in the notes of {', '.join(policy.notes_from)}."
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
    told = rule_told(policy, rule)
    yield f"{rule.title} [{rule.rule}, {rule.status}]"
    yield "-" * (len(rule.title) + len(rule.rule) + len(rule.status) + 5)
    yield from _wrapped("  ", rule.means)
    for how in rule.how_to_identify:
        yield from _wrapped("  how to identify: ", how)
    for term, raised_by in told.raised_by:
        yield from _wrapped("  raised by ", f"{term}: {raised_by}" if term else raised_by)
    for exception in told.not_for:
        yield from _wrapped("  not for ", exception)
    for channel in told.channels:
        if channel.steps:
            text = f"{'; '.join(channel.steps)} (confirmed: {channel.confirmed})"
            yield from _wrapped(f"  on {channel.channel}: ", text)
    if rule.reminder:
        yield f"  reminder: {rule.reminder}"
    for channel in told.channels:
        if channel.say:
            yield from _wrapped(f"  say on {channel.channel}: ", f"“{channel.say}”")
    counts = (len(rule.examples.raise_), len(rule.examples.ask), len(rule.examples.leave), len(rule.examples.known_gap))
    yield "  examples: {} raise, {} ask, {} leave, {} known gaps".format(*counts)


@dataclass(frozen=True, slots=True)
class ChannelTold:
    """What follows from a rule on one channel, who lets it go, and what is said."""

    channel: Channel
    steps: tuple[str, ...]
    confirmed: str
    say: str | None


@dataclass(frozen=True, slots=True)
class RuleTold:
    """One rule in words. ``raised_by`` holds terms, or None, each with what raises it."""

    raised_by: tuple[tuple[str | None, str], ...]
    not_for: tuple[str, ...]
    channels: tuple[ChannelTold, ...]


def rule_told(policy: Policy, rule: Rule) -> RuleTold:
    """A rule in the words that are shown wherever a policy is."""
    exceptions = (f"{', '.join(one.phrases)} ({one.because}; agreed by {one.agreed_by})" for one in rule.unless)
    return RuleTold(
        raised_by=tuple((getattr(condition, "term", None), _condition(policy, condition)) for condition in rule.when),
        not_for=tuple(exceptions),
        channels=tuple(_channel(policy, rule, channel) for channel in Channel),
    )


def _channel(policy: Policy, rule: Rule, channel: Channel) -> ChannelTold:
    steps = tuple(_step(policy, kind, name) for step in rule.then.on(channel) for kind, name in step.named)
    script = rule.say.on(channel)
    return ChannelTold(channel, steps, rule.confirm.on(channel), policy.scripts[script] if script else None)


def _condition(policy: Policy, condition: Condition) -> str:
    only = "" if set(condition.channels) == set(Channel) else f" ({' and '.join(condition.channels)} only)"
    if isinstance(condition, WordsCondition):
        return f"the word {', '.join(condition.words)}{only}"
    if isinstance(condition, ContactsCondition):
        count = condition.contacts
        through = " and ".join(count.through)
        return f"{count.at_least} or more contacts about the {count.about}, by {through}, within {count.within}{only}"
    meaning = policy.meanings[condition.meaning]
    taught = ", learnt from the examples" if meaning.by_example else ""
    lean = f" (lean: {meaning.lean}{taught})" if meaning.known_as or meaning.by_example else ""
    number = f"; a number that is claimed counts from {condition.at_least} on" if condition.at_least else ""
    return f"meaning: {meaning.means}{lean}{number}{only}"


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
