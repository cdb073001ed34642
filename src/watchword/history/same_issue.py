"""Is a note about the issue that the contact is about?

References decide where both sides have one. Where one side has none, the words decide: the same amount, the same date
of service, the same matter in words that are not common to every bill. What stays open is a doubt, never a count.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from watchword.history.issue_field import issue_references, name_one_issue, stands_in
from watchword.history.matter import COMMON, ORDINARY, SYNONYMS, Matter, read_matter
from watchword.history.references import Reference, bare_numbers, references
from watchword.terms import Contact, Note, Person, Speaker

LONGEST = 20_000  # characters of a contact's own words that are compared; a longer mail says its matter before that
NO_ISSUE = frozenset(("", "none", "n/a", "na", "null", "unknown", "general", "other", "-"))


class Bearing(StrEnum):
    """How a note bears on the contact's issue."""

    SAME = "same issue"
    ANOTHER = "another issue"
    DOUBTFUL = "may be the same issue"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a note bears on the issue, by reference or by words, and for another issue: which."""

    bearing: Bearing
    because: str
    by_reference: bool = False


SAME_REFERENCE = Verdict(Bearing.SAME, "the same reference", by_reference=True)


@dataclass(frozen=True)
class Side:
    """What one side names. Words are read only when the issue fields leave the question open: most never do."""

    label: str
    text: str
    names: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()  # numbers that name the customer, not an issue
    taken_over: frozenset[Reference] = frozenset()

    @cached_property
    def issue(self) -> frozenset[Reference]:
        """The reference in the issue field."""
        return issue_references(self.label)

    @cached_property
    def named(self) -> frozenset[Reference]:
        """The references in the words."""
        return references(self.text, self.never) | self.taken_over

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Numbers that stand alone in the words."""
        return bare_numbers(self.text)

    @cached_property
    def matter(self) -> Matter:
        """What the words are about."""
        return read_matter(self.text, self.names)

    @property
    def references(self) -> frozenset[Reference]:
        """Every reference this side names."""
        return self.issue | self.named


def compare_issues(contact: Contact, notes: Sequence[Note]) -> list[Verdict]:
    """How each note, all of them contacts by the customer, bears on the contact's issue. Order of notes is no matter.

    A contact that names no reference takes over the one reference that its words point to, if they point to one alone.
    """
    names, never = name_words(contact.person), own_numbers(contact.person)
    theirs = [Side(_label(note.issue), note.note[:LONGEST], names, never) for note in notes]
    on_record = issue_references(_label(contact.issue))
    known = [SAME_REFERENCE if name_one_issue(on_record, side.issue) else None for side in theirs]
    if all(known):
        return [SAME_REFERENCE] * len(theirs)
    ours = Side(_label(contact.issue), own_words(contact), names, never)
    rivals = _rivals(ours, theirs)
    if not ours.references:
        ours = _settled(ours, theirs, rivals=rivals)
    known = [verdict or _by_reference(ours, side) for side, verdict in zip(theirs, known, strict=True)]
    agreed = [side.matter for side, verdict in zip(theirs, known, strict=True) if verdict and _is_same(verdict)]
    picture = _implied(ours).joined(agreed)
    return [
        verdict or _by_words(picture, side.matter, rivals=rivals) for side, verdict in zip(theirs, known, strict=True)
    ]


def own_words(contact: Contact) -> str:
    """The customer's own words: the caller's turns, or subject and body down to the quoted mail."""
    said = [turn.text for turn in contact.turns if turn.speaker is Speaker.CALLER]
    if contact.subject:
        said.append(contact.subject)
    if contact.body:
        said.append(_QUOTED.split(_plain_text(contact.body), maxsplit=1)[0])
    return "\n".join(said)[:LONGEST]


def _plain_text(body: str) -> str:
    """A mail body without its markup. Left in, a colour ("#203910") or a width would pass for a reference."""
    body = body[: 10 * LONGEST]
    if "<" in body:
        body = _QUOTED_MARKUP.sub("\n> ", _without_unseen(body))
        body = _MARKUP.sub(" ", _LINE_END.sub("\n", body))
    return html.unescape(body)


def name_words(person: Person) -> frozenset[str]:
    """The words of the customer's name, in lower case, but for those that mean something else in a note ("Bill")."""
    words = re.findall(r"[^\W\d_]{3,}", (person.name or "").lower())
    return frozenset(word for word in words if word not in SYNONYMS and word not in ORDINARY)


_QUOTED_MARKUP = re.compile(r"<blockquote\b|<div[^<>]{1,200}gmail_quote", re.IGNORECASE)
_LINE_END = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z!][^<>]{0,2000}>?", re.IGNORECASE)
_QUOTED = re.compile(
    r"^\s{0,3}>|^\s{0,3}-{2,}\s?(?:original|forwarded) message|^\s{0,3}on .{5,120} wrote:|^\s{0,3}from: .{1,200}$",
    re.IGNORECASE | re.MULTILINE,
)


def own_numbers(person: Person) -> frozenset[str]:
    """The numbers that name the customer and no issue."""
    digits = ("".join(re.findall(r"\d", given or "")) for given in (person.patient_id, person.phone))
    return frozenset(number.lstrip("0") for number in digits if number)


def _without_unseen(body: str) -> str:
    """A mail body without the parts that no reader sees."""
    for opening, closing in (("<style", "</style"), ("<script", "</script"), ("<head", "</head"), ("<!--", "-->")):
        low, kept, place = body.lower(), [], 0
        while (start := low.find(opening, place)) >= 0 and (end := low.find(closing, start)) >= 0:
            kept.append(body[place:start])
            place = end
        body = " ".join((*kept, body[place:]))
    return body


def _label(issue: str | None) -> str:
    label = (issue or "").strip()
    return "" if label.lower() in NO_ISSUE else label


def _rivals(ours: Side, theirs: Sequence[Side]) -> bool:
    """Is there more than one issue about, so that common words alone do not say which is meant?"""
    named = [side.references for side in (ours, *theirs) if side.references]
    return any(_differ(one, two) for place, one in enumerate(named) for two in named[:place])


def _agree(ours: frozenset[Reference], theirs: frozenset[Reference]) -> bool:
    return any(one.agrees(two) for one in ours for two in theirs)


def _differ(ours: frozenset[Reference], theirs: frozenset[Reference]) -> bool:
    return not _agree(ours, theirs) and any(one.differs(two) for one in ours for two in theirs)


def _is_same(verdict: Verdict) -> bool:
    return verdict.bearing is Bearing.SAME


def _by_reference(ours: Side, note: Side) -> Verdict | None:
    """The verdict of the references, or None when they leave it open."""
    chief = ours.issue or ours.named
    if _agree(ours.issue, note.issue) and not name_one_issue(ours.issue, note.issue):
        return _by_fields_alone(ours, note)
    if _agree(chief, note.references) or {one.key for one in chief} & note.numbers or stands_in(ours.label, note.text):
        return SAME_REFERENCE
    if ours.issue and _agree(ours.named, note.references):
        # The customer also names another invoice: perhaps for the same matter, perhaps in passing.
        return Verdict(Bearing.DOUBTFUL, "about a reference that the customer also names", by_reference=True)
    if {one.key for one in note.issue} & ours.numbers or (not ours.issue and stands_in(note.label, ours.text)):
        return SAME_REFERENCE
    if ours.label and note.label and not (ours.issue and note.issue):
        return _by_label(ours, note)
    if ours.label and note.label:
        return _by_fields_alone(ours, note)
    other = next((two for two in sorted(note.references, key=_shown) if any(one.differs(two) for one in chief)), None)
    return Verdict(Bearing.ANOTHER, f"about another issue ({note.label or _shown(other)})", True) if other else None


def _by_label(ours: Side, note: Side) -> Verdict | None:
    """Compare issue fields of which one at least is a word ("refund") and no number."""
    mine, its = read_matter(ours.label).words, read_matter(note.label).words
    if ours.label.lower() == note.label.lower() or (mine and mine == its):
        return Verdict(Bearing.SAME, "the same issue on record", by_reference=True)
    if ours.issue or note.issue or mine & its:
        return None
    return Verdict(Bearing.ANOTHER, f"about another issue ({note.label})", by_reference=True)


def _by_fields_alone(ours: Side, note: Side) -> Verdict:
    """Both records name an issue, not the same. Two kinds of number may stand for one matter; then it is a doubt."""
    if any(one.may_be_part_of(two) for one in ours.issue for two in note.issue):
        return Verdict(Bearing.DOUBTFUL, f"under a number with more behind it ({note.label})", by_reference=True)
    alike = _by_words(ours.matter, note.matter, rivals=True)
    kinds_differ = not _differ(ours.issue, note.issue)
    if kinds_differ and _is_same(alike):
        return Verdict(Bearing.DOUBTFUL, f"under another number ({note.label}), in like words", by_reference=True)
    return Verdict(Bearing.ANOTHER, f"about another issue ({note.label})", by_reference=True)


def _shown(reference: Reference | None) -> str:
    return (reference.shown or reference.number) if reference else ""


def _settled(ours: Side, theirs: Sequence[Side], *, rivals: bool) -> Side:
    """Take over the reference of the notes that the contact's words agree with, if it is one alone."""
    alike = [
        side.issue or side.named
        for side in theirs
        if side.references and _is_same(_by_words(ours.matter, side.matter, rivals=rivals))
    ]
    if not alike or any(_differ(one, two) for place, one in enumerate(alike) for two in alike[:place]):
        return ours
    return replace(ours, taken_over=frozenset().union(*alike))


def _implied(ours: Side) -> Matter:
    """The contact's matter; a contact on an invoice is about a bill even if the customer does not say the word."""
    kinds = {one.kind for one in ours.references}
    if "invoice" not in kinds:
        return ours.matter
    return ours.matter.joined([read_matter("bill")])


def _by_words(ours: Matter, note: Matter, *, rivals: bool) -> Verdict:
    if ours.figures.share_an_amount(note.figures) or ours.figures.share_a_service_date(note.figures):
        return Verdict(Bearing.SAME, "the same amount or date of service")
    shared = ours.words & note.words
    telling = shared - COMMON
    mostly = 2 * len(shared) >= len(note.words)
    at_odds = _at_odds(ours, note)
    if not at_odds and (len(telling) >= 2 or (telling and mostly)):
        return Verdict(Bearing.SAME, "the same matter in the same words")
    if not at_odds and not rivals and shared and (mostly or len(shared) >= 2):
        return Verdict(Bearing.SAME, "the same matter, and no other is on record")
    if ours.fields and note.fields and not ours.fields & note.fields and not telling:
        return Verdict(Bearing.ANOTHER, f"about another matter ({', '.join(sorted(note.fields))})")
    return Verdict(Bearing.DOUBTFUL, "the note does not say what it is about plainly enough")


def _at_odds(ours: Matter, note: Matter) -> bool:
    """Do both name a thing, an amount of money or a date of service, and not the same?"""
    amounts = ours.figures.money and note.figures.money and not ours.figures.share_an_amount(note.figures)
    things = ours.named and note.named and not ours.named & note.named
    service = ours.figures.service and note.figures.service and not ours.figures.service & note.figures.service
    return bool(amounts or things or service)
