"""Is a note about a contact by the customer, our own outbound contact, internal work, or somebody else's contact?

The guideline counts how often the customer contacted us; our own calls and internal notes are no contacts (DESIGN,
decision 5). What a note tells is read by ``clause``; here is decided what it comes to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from watchword.history.acts import HEADED_INTERNAL, Act, Sign
from watchword.history.clause import read_acts
from watchword.history.words import clauses, plain_words, remembered
from watchword.terms import Channel, Note


class Direction(StrEnum):
    """Who got in touch with whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"
    ELSEWHERE = "elsewhere"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a note was taken for, and why in plain words (the reason shown when it is not counted)."""

    direction: Direction
    because: str


# What record keepers put beside a note, under whatever key; the words are compared, not the whole value.
DECLARING_KEYS = ("direction", "call_direction", "type", "note_type", "call_type", "activity_type", "kind", "category")
DECLARED = {
    "inbound": Direction.INBOUND, "incoming": Direction.INBOUND, "in": Direction.INBOUND,
    "outbound": Direction.OUTBOUND, "outgoing": Direction.OUTBOUND, "out": Direction.OUTBOUND,
    "ob": Direction.OUTBOUND, "internal": Direction.INTERNAL, "system": Direction.INTERNAL,
    "automated": Direction.INTERNAL, "auto": Direction.INTERNAL, "task": Direction.INTERNAL,
    "workflow": Direction.INTERNAL, "none": Direction.INTERNAL,
}  # fmt: skip
ALONE = frozenset("in out ob none task".split())  # these declare nothing inside a longer value
AUTHOR_KEYS = ("author", "created_by", "entered_by", "by", "user", "from")
AUTHORS = {
    "system": Direction.INTERNAL, "auto": Direction.INTERNAL, "automation": Direction.INTERNAL,
    "batch": Direction.INTERNAL, "bot": Direction.INTERNAL, "dialer": Direction.INTERNAL,
    "scheduler": Direction.INTERNAL, "workflow": Direction.INTERNAL, "patient": Direction.INBOUND,
    "customer": Direction.INBOUND, "caller": Direction.INBOUND, "member": Direction.INBOUND,
}  # fmt: skip

AUTOMATIC_PAYMENT = frozenset("pay payment payments debit draft withdrawal charge charges".split())
CALLS = frozenset("call called calls calling phoned rang".split())
PAPER_WORDS = frozenset("letter mailed statement invoice notice mail remailed bill".split())
LONGEST = 4_000  # characters of a note that are read; who got in touch stands in its first lines
REASONS = {
    Direction.INTERNAL: "internal note",
    Direction.ELSEWHERE: "not from the customer",
    Direction.UNCLEAR: "the note does not say who got in touch",
    Direction.INBOUND: "the customer got in touch",
}


def read_direction(note: Note, names: frozenset[str] = frozenset()) -> Reading:
    """Decide who got in touch with whom, by the record's own marks first and by the words of the note after that.

    ``names`` are the customer's own names in lower case, for notes such as "Dana called". A note on a channel whose
    words show no sign of our own call or of internal work is a contact: the channel is on record because one happened.
    """
    declared = _declared(note.extra)
    direction = declared or _by_words(note, names)
    if declared is Direction.INBOUND and _by_words(note, names) is Direction.ELSEWHERE:
        direction = Direction.ELSEWHERE  # an insurer's call is inbound too
    if direction is Direction.OUTBOUND:
        return Reading(direction, _our_own(note))
    return Reading(direction, REASONS[direction])


def _declared(extra: Mapping[str, Any]) -> Direction | None:
    for keys, meanings in ((DECLARING_KEYS, DECLARED), (AUTHOR_KEYS, AUTHORS)):
        for key in keys:
            value = extra.get(key)
            if isinstance(value, str):
                words = plain_words(value.replace("_", " ").replace("-", " "))
                for word in words:
                    if word in meanings and (len(words) == 1 or word not in ALONE):
                        return meanings[word]
    return None


def _by_words(note: Note, names: frozenset[str]) -> Direction:
    return _read(note.note[:LONGEST], names, has_channel=note.channel is not None)


@remembered
def _read(text: str, names: frozenset[str], *, has_channel: bool) -> Direction:
    told = clauses(text)
    if told and _headed_internal(told[0]):
        return Direction.INTERNAL
    signs = read_acts(told, names)
    if not signs and told and told[0][0].endswith("ed"):
        return Direction.UNCLEAR  # "Updated insurance": done on a call with the customer, or by oneself
    return _contact_made(signs) or _weighed(signs, has_channel=has_channel)


def _headed_internal(head: list[str]) -> bool:
    if len(head) > 1 and head[1] in AUTOMATIC_PAYMENT:
        return False
    return any(word in HEADED_INTERNAL for word in head[:2]) and (len(head) <= 2 or head[0] != "system")


def _contact_made(signs: list[Sign]) -> Direction | None:
    """What the acts themselves say; None when nobody clearly got in touch with anybody."""
    found = [sign.act for sign in signs]
    inbound = [place for place, act in enumerate(found) if act in (Act.INBOUND, Act.DECLARED_INBOUND)]
    if Act.UNANSWERED in found and not any(_stands(signs, place) for place in inbound):
        return Direction.OUTBOUND
    if inbound:
        return Direction.INBOUND
    if Act.OUTBOUND in found or (Act.CALLED in found and Act.SPOKE in found[found.index(Act.CALLED) :]):
        return Direction.OUTBOUND
    return Direction.INTERNAL if Act.NO_CONTACT in found else None


def _stands(signs: list[Sign], place: int) -> bool:
    """Is an inbound sign to be believed beside an unanswered call?

    "No answer. Pt called back" is believed, and "pt emailed, no answer"; "pt called, no answer" is a call of ours.
    """
    unanswered = next(at for at, sign in enumerate(signs) if sign.act is Act.UNANSWERED)
    return place > unanswered or signs[place].word not in CALLS or unanswered - place > 1


def _weighed(signs: list[Sign], *, has_channel: bool) -> Direction:
    """Weigh what was said and done when no act is plain: the customer's words beat work on the case."""
    talk = (Act.SAYS, Act.SPOKE, Act.TALK)
    first = next((sign.act for sign in signs if sign.act in (*talk, Act.SENT, Act.ELSEWHERE)), None)
    if first is Act.SENT:
        return Direction.OUTBOUND
    if first is Act.ELSEWHERE:
        return Direction.ELSEWHERE
    found = {sign.act for sign in signs}
    if Act.SAYS in found:
        return Direction.INBOUND
    if not found & {*talk, Act.CALLED}:
        for act, direction in (
            (Act.ELSE_SAYS, Direction.ELSEWHERE),
            (Act.WORK, Direction.OUTBOUND),
            (Act.INTERNAL, Direction.INTERNAL),
        ):
            if act in found:
                return direction
    return Direction.INBOUND if has_channel else Direction.UNCLEAR


def _our_own(note: Note) -> str:
    words = set(plain_words(note.note[:LONGEST]))
    if words & PAPER_WORDS and not words & {"call", "called", "email", "emailed", "voicemail"}:
        return "our own letter or statement"
    if note.channel is Channel.EMAIL or (note.channel is None and words & {"email", "emailed"}):
        return "our own email"
    return "our own outbound call"
