"""What follows from the flags: one transfer, every distinct ticket once, queue and chatter post, the words to say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from watchword.policy.phone import dialled
from watchword.policy.schema import Policy, Rule
from watchword.terms import Action, Contact, Count, Flag, History, Level
from watchword.triage.chatter import chatter_text
from watchword.triage.flags import sure_first

ONE_OF_A_KIND = frozenset({"warm_transfer", "queue_transfer", "chatter_post"})


@dataclass(frozen=True, slots=True)
class Plan:
    """The actions in the order in which they are taken, and the scripts."""

    actions: tuple[Action, ...]
    say: str | None
    also_say: tuple[str, ...]


def plan(contact: Contact, policy: Policy, flags: tuple[Flag, ...], count: Count, notes: History) -> Plan:
    """Plan for the flags of one contact.

    Flags that are sure go before flags in doubt, and within each the policy's order holds. A call is transferred once,
    a mail moved once; a ticket type is filed once, at the surest level that asks for it.
    """
    ordered = sure_first(flags, policy)
    taken: dict[tuple[str, str | None], Action] = {}
    for flag in ordered:
        rule = policy.rule(flag.kind)
        for kind, name in (named for step in rule.then.on(contact.channel) for named in step.named):
            key = (kind, None if kind in ONE_OF_A_KIND else name)
            if key not in taken:
                taken[key] = _action(kind, name, flag, rule, contact, policy, ordered, count, notes)
            if (
                taken[key].level is flag.level
            ):  # a doubt demands no order: what is said of that is not said of the doubt
                taken[key] = replace(taken[key], demanded_by=(*taken[key].demanded_by, flag.name))
    scripts = _scripts(ordered, policy, contact)
    return Plan(tuple(taken.values()), scripts[0] if scripts else None, tuple(scripts[1:]))


def _scripts(ordered: tuple[Flag, ...], policy: Policy, contact: Contact) -> list[str]:
    """The scripts of the flags that are sure, each once; the first is to be said first."""
    names = [policy.rule(flag.kind).say.on(contact.channel) for flag in ordered if flag.level is Level.ESCALATE]
    return [policy.scripts[name] for name in dict.fromkeys(names) if name]


def _action(
    kind: str,
    name: str,
    flag: Flag,
    rule: Rule,
    contact: Contact,
    policy: Policy,
    flags: tuple[Flag, ...],
    count: Count,
    notes: History,
) -> Action:
    confirm = rule.confirm.on(contact.channel)
    match kind:
        case "warm_transfer":
            line = policy.lines[name]
            return Action(kind, flag.level, to=line.name, phone=dialled(line.phone), confirm=confirm)
        case "ticket":
            ticket = policy.tickets[name]
            return Action(
                kind,
                flag.level,
                type=ticket.type,
                system=ticket.system,
                register=ticket.register_,
                scope=flag.scope,
                confirm=confirm,
            )
        case "queue_transfer":
            return Action(kind, flag.level, to=policy.queues[name].name, confirm=confirm)
        case _:
            text = chatter_text(contact, policy, policy.chatter[name], flags, count, notes)
            return Action(kind, flag.level, text=text, confirm=confirm)
