"""From what was seen and counted to flags: one for each rule and term, with level, reason, evidence and question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchword.detection.meaning import Noticed, Sighting
from watchword.history.count import notes_of_ids
from watchword.policy.schema import ContactsCount, CountedBy, MeaningCondition, Policy, Rule, Status
from watchword.terms import Contact, Count, Evidence, Field, Flag, History, Level, Note
from watchword.triage.scope import scope_of
from watchword.triage.words import field_text

MOST_EVIDENCE = 20  # pieces for one flag; a mail of megabytes may hold thousands
ASK_ABOUT_EARLIER = "Have you contacted us about this before, and how often?"
NO_FLAGS: tuple[Flag, ...] = ()
ONE_CONTACT = Count(contacts_on_this_issue=1)


def flags_of(
    contact: Contact, policy: Policy, notes: History, noticed: Noticed, counts: Mapping[CountedBy, Count]
) -> tuple[tuple[Flag, ...], tuple[Flag, ...]]:
    """The flags of the live rules and those of rules on trial, the sure ones of each first.

    ``counts`` has a count for each way in which a rule counts.
    """
    if not noticed.sightings and all(one.contacts_on_this_issue + len(one.doubtful) == 1 for one in counts.values()):
        return NO_FLAGS, NO_FLAGS
    live: list[Flag] = []
    trial: list[Flag] = []
    seen: dict[str, list[Sighting]] = {}
    for sighting in noticed.sightings:
        seen.setdefault(sighting.entry.rule, []).append(sighting)
    for rule in policy.in_order:
        if rule.rule in seen or rule.counting is not None:
            count = counts.get(rule.counting.contacts.way, ONE_CONTACT) if rule.counting else ONE_CONTACT
            flags = _of_rule(rule, contact, policy, notes, seen.get(rule.rule, []), count)
            (live if rule.status is Status.LIVE else trial).extend(flags)
    return sure_first(live, policy), sure_first(trial, policy)


def sure_first(flags: Iterable[Flag], policy: Policy) -> tuple[Flag, ...]:
    """Flags in the order in which they count: what is sure before what is in doubt, and in each the policy's order."""
    return tuple(sorted(flags, key=lambda flag: (flag.level is not Level.ESCALATE, policy.rank[flag.kind])))


def _of_rule(
    rule: Rule, contact: Contact, policy: Policy, notes: History, sightings: list[Sighting], count: Count
) -> Iterable[Flag]:
    """One flag for each term seen; what is counted joins what was said without a term."""
    by_term: dict[str | None, list[Sighting]] = {}
    for sighting in sightings:
        by_term.setdefault(sighting.entry.term, []).append(sighting)
    counted = _counted(rule, contact, notes, count)
    if counted:
        by_term.setdefault(None, [])
    for term in sorted(by_term, key=rule.term_rank.__getitem__):
        yield from _of_term(rule, term, by_term[term], contact, policy, counted if term is None else None)


def _of_term(
    rule: Rule, term: str | None, sightings: list[Sighting], contact: Contact, policy: Policy, counted: Flag | None
) -> Iterable[Flag]:
    said = _said(rule, term, sightings, contact, policy) if sightings else None
    if said and counted:
        yield _joined(said, counted)
    else:
        yield from filter(None, (said, counted))


def _said(rule: Rule, term: str | None, sightings: list[Sighting], contact: Contact, policy: Policy) -> Flag:
    sure = [sighting for sighting in sightings if sighting.level is Level.ESCALATE]
    shown = sure or sightings
    level = Level.ESCALATE if sure else Level.CLARIFY
    numbers = [sighting.number for sighting in shown if sighting.number is not None]
    return Flag(
        kind=rule.rule,
        term=term,
        level=level,
        why=_why(shown, policy, max(numbers, default=None)),
        ask=_ask(rule, term, shown, policy) if level is Level.CLARIFY else None,
        evidence=tuple(_evidence(sighting, contact) for sighting in shown[:MOST_EVIDENCE]),
        number=max(numbers, default=None),
        scope=scope_of(rule, shown),
        read_as=policy.terms.get(term) if term is not None else None,
    )


def _why(sightings: list[Sighting], policy: Policy, number: int | None) -> str:
    reasons: dict[str, None] = {}
    for sighting in sightings:
        entry = sighting.entry
        if entry.meaning is None:
            reason = f"The listed word “{entry.phrase.written}” is used."
        elif entry.sign:
            reason = f"Sign: {entry.sign}."
        else:
            reason = policy.meanings[entry.meaning].means
        reasons[f"{reason} In doubt: {sighting.why}." if sighting.why else reason] = None
    if number is not None:
        reasons[f"By the customer's own count this is contact number {number}."] = None
    return " ".join(reasons)


def _ask(rule: Rule, term: str | None, sightings: list[Sighting], policy: Policy) -> str:
    own = [sighting.entry.ask for sighting in sightings]
    same_term = [
        policy.meanings[condition.meaning].ask
        for condition in rule.when
        if isinstance(condition, MeaningCondition) and condition.term == term
    ]
    default = "Could you tell me a little more about what you mean by that?"
    return next((ask for ask in (*own, *same_term, rule.ask) if ask), default)


def _evidence(sighting: Sighting, contact: Contact) -> Evidence:
    passage = sighting.passage
    start, end = passage.span(sighting.start, sighting.end)
    quote = field_text(contact, passage.field, passage.turn)[start:end]
    sign = sighting.entry.sign
    return Evidence(passage.field, start, end, quote, turn=passage.turn, sign=sign, attachment=passage.attachment)


def _counted(rule: Rule, contact: Contact, notes: History, count: Count) -> Flag | None:
    """The flag of a counting condition: sure by what was counted, in doubt when doubtful notes would complete it."""
    condition = rule.counting
    if condition is None or contact.channel not in condition.channels:
        return None
    sure = count.contacts_on_this_issue >= condition.contacts.at_least
    if not sure and count.contacts_on_this_issue + len(count.doubtful) < condition.contacts.at_least:
        return None
    counted = notes_of_ids(notes.notes, count.counted, count.counted_from)
    used = counted if sure else counted + notes_of_ids(notes.notes, count.doubtful, count.doubtful_from)
    return Flag(
        kind=rule.rule,
        term=None,
        level=Level.ESCALATE if sure else Level.CLARIFY,
        why=_counted_why(contact, _as_given(notes, counted), count, condition.contacts, sure),
        ask=None if sure else condition.ask or rule.ask or ASK_ABOUT_EARLIER,
        evidence=tuple(map(_noted, _as_given(notes, used))),
    )


def _as_given(notes: History, some: list[Note]) -> list[Note]:
    """Some of the notes in the order in which they were handed in."""
    these = {id(note) for note in some}
    return [note for note in notes.notes if id(note) in these]


def _counted_why(contact: Contact, counted: list[Note], count: Count, wanted: ContactsCount, sure: bool) -> str:
    about = f" about {contact.issue}" if contact.issue and wanted.about == "same issue" else ""
    earlier = "; ".join(describe_note(note) for note in counted)
    contacts = "contact" if count.contacts_on_this_issue == 1 else "contacts"
    found = f"{count.contacts_on_this_issue} {contacts}{about} by the records, this one included"
    if sure:
        return f"{found}: {earlier}."
    return f"{found}, and {len(count.doubtful)} that may be about the same: {wanted.at_least} are needed."


def describe_note(note: Note) -> str:
    """A note in a few words: channel, day and system, without what it says."""
    day = note.at.date().isoformat() if note.at else "no date"
    return f"{note.channel or 'contact'} {day} ({note.source})"


def _noted(note: Note) -> Evidence:
    return Evidence(Field.HISTORY, 0, len(note.note), note.note, note=note.id)


def _joined(said: Flag, counted: Flag) -> Flag:
    """A claim and a count of the same thing make one flag that shows both, apart from one another."""
    sure = Level.ESCALATE in (said.level, counted.level)
    return Flag(
        kind=said.kind,
        term=None,
        level=Level.ESCALATE if sure else Level.CLARIFY,
        why=f"{counted.why} {said.why}",
        ask=None if sure else counted.ask,
        evidence=(*said.evidence, *counted.evidence),
        number=said.number,
        scope=said.scope,
    )
