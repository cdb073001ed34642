"""The chatter post that explains an escalation to the people who receive it."""

from __future__ import annotations

from collections.abc import Iterator

from watchword.history.count import notes_of_ids
from watchword.policy.schema import ChatterFact, ChatterPost, Policy
from watchword.terms import Contact, Count, Field, Flag, History, Level
from watchword.triage.told import name_told
from watchword.triage.words import sentence_around, sentence_of

MOST_QUOTES = 5


def chatter_text(
    contact: Contact, policy: Policy, post: ChatterPost, flags: tuple[Flag, ...], count: Count, notes: History
) -> str:
    """The post's text: plain lines, with every fact that the policy wants stated."""
    parts = {
        ChatterFact.SAID: _said,
        ChatterFact.RULE: _rules,
        ChatterFact.EARLIER: _earlier,
        ChatterFact.ASKED: _asked,
    }
    lines = [_heading(contact, flags)]
    for fact in post.must_state:
        lines += parts[fact](contact, policy, post, flags, count, notes)
    return "\n".join(lines)


def _heading(contact: Contact, flags: tuple[Flag, ...]) -> str:
    person = contact.person.name or contact.person.patient_id or contact.person.email or "an unnamed person"
    about = f" about {contact.issue}" if contact.issue else ""
    sure = any(flag.level is Level.ESCALATE for flag in flags)
    return f"{'Escalation' if sure else 'Proposed escalation'}: {contact.channel} from {person}{about}."


def _said(
    contact: Contact, policy: Policy, post: ChatterPost, flags: tuple[Flag, ...], count: Count, notes: History
) -> Iterator[str]:
    said = (piece for flag in flags for piece in flag.evidence if piece.field is not Field.HISTORY)
    quotes = list(dict.fromkeys((sentence_of(contact, piece), piece.attachment) for piece in said))
    for quote, attachment in quotes[:MOST_QUOTES]:
        where = "" if attachment is None else f" (in the attachment {attachment})"
        yield f"What was said{where}: “{quote}”"
    if len(quotes) > MOST_QUOTES:
        yield f"and {len(quotes) - MOST_QUOTES} more places like these."


def _rules(
    contact: Contact, policy: Policy, post: ChatterPost, flags: tuple[Flag, ...], count: Count, notes: History
) -> Iterator[str]:
    for flag in flags:
        rule = policy.rule(flag.kind)
        term = f", {name_told(flag.term, policy)}" if flag.term else ""
        yield f"Rule: {rule.title}{term} ({policy.title}, version {policy.version}). {flag.why}"


def _earlier(
    contact: Contact, policy: Policy, post: ChatterPost, flags: tuple[Flag, ...], count: Count, notes: History
) -> Iterator[str]:
    if count.counted:
        yield f"Earlier contacts on this issue: {len(count.counted)}, with this one {count.contacts_on_this_issue}."
        for note in notes_of_ids(notes.notes, count.counted, count.counted_from):
            day = note.at.date().isoformat() if note.at else "no date"
            said = sentence_around(note.note, 0, len(note.note))
            yield f"  {day}, {note.channel or 'contact'}, {note.source}: {said}"
    else:
        yield "Earlier contacts on this issue: none found in the notes that were read."
    if count.sources_failed:
        yield f"Could not be read: {', '.join(count.sources_failed)}."


def _asked(
    contact: Contact, policy: Policy, post: ChatterPost, flags: tuple[Flag, ...], count: Count, notes: History
) -> Iterator[str]:
    yield f"What is asked: {post.asks}"
