"""A second opinion on what is in doubt: what is asked, and what an answer changes.

Only flags at level clarify are asked about, and only those that rest on the customer's words. An answer may raise such
a flag to escalate. It never takes one away: whoever wrote the words might have written them for the model that answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from watchword.policy.schema import MeaningCondition, Policy
from watchword.reading.own_words import passages
from watchword.terms import Answer, Assessment, Contact, Field, Flag, History, Level, Opinion
from watchword.triage.assess import NO_HISTORY, replanned
from watchword.triage.flags import sure_first
from watchword.triage.words import sentence_of

MOST_BEFORE = 4  # turns shown before the words in doubt
TOLD = {
    Answer.MEANT: "takes it as meant",
    Answer.NOT_MEANT: "takes it as not meant",
    Answer.CANNOT_TELL: "cannot tell",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One flag in doubt, as it is put to somebody else. ``flag`` is its place among the assessment's flags."""

    flag: int
    meaning: str
    said: tuple[str, ...]
    before: tuple[tuple[str, str], ...]  # speaker and text of the turns just before


def doubts(assessment: Assessment, contact: Contact, policy: Policy) -> tuple[Doubt, ...]:
    """What can be asked about an assessment."""
    return tuple(
        Doubt(place, _meaning(flag, policy), _said(flag, contact), _before(flag, contact))
        for place, flag in enumerate(assessment.flags)
        if flag.level is Level.CLARIFY and any(piece.field is not Field.HISTORY for piece in flag.evidence)
    )


def settle(
    assessment: Assessment,
    opinions: Mapping[int, Opinion],
    contact: Contact,
    policy: Policy,
    history: History | None = None,
) -> Assessment:
    """The assessment with the opinions recorded on their flags, and planned anew where one was raised."""
    if not opinions:
        return assessment
    flags = sure_first(
        (_with(flag, opinions[place]) if place in opinions else flag for place, flag in enumerate(assessment.flags)),
        policy,
    )
    notes = history if history is not None else contact.history or NO_HISTORY
    return replanned(replace(assessment, flags=flags), contact, policy, notes)


def _with(flag: Flag, opinion: Opinion) -> Flag:
    told = f" A second opinion ({opinion.by}) {TOLD[opinion.answer]}." if opinion.answer in TOLD else ""
    heard = replace(flag, opinion=opinion, why=flag.why + told)
    return replace(heard, level=Level.ESCALATE, ask=None) if opinion.answer is Answer.MEANT else heard


def _meaning(flag: Flag, policy: Policy) -> str:
    """The sentence to be judged by: of the meanings that raise such a flag those whose sign its words show."""
    rule = policy.rule(flag.kind)
    said = (when for when in rule.when if isinstance(when, MeaningCondition))
    meanings = [policy.meanings[when.meaning] for when in said if when.term == flag.term]
    signs = {piece.sign for piece in flag.evidence if piece.field is not Field.HISTORY}
    heard = [meaning for meaning in meanings if meaning.sign in signs] or meanings
    return " Or: ".join(meaning.means for meaning in heard) or rule.means


def _said(flag: Flag, contact: Contact) -> tuple[str, ...]:
    own = [piece for piece in flag.evidence if piece.field is not Field.HISTORY]
    return tuple(dict.fromkeys(sentence_of(contact, piece) for piece in own))


def _before(flag: Flag, contact: Contact) -> tuple[tuple[str, str], ...]:
    first = min((piece.turn for piece in flag.evidence if piece.turn is not None), default=None)
    if first is None:
        return ()
    turns = [passage for passage in passages(contact) if passage.turn is not None and passage.turn < first]
    return tuple(
        (contact.turns[one.turn].speaker.value, one.text) for one in turns[-MOST_BEFORE:] if one.turn is not None
    )
