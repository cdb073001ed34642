"""Bringing together what the policy's wordings say and what the model says of the same words.

A wording found in its plain meaning speaks for a meaning, one that was denied or lies in another matter against it; how
loudly was measured. The model's word stands where no wording was found, and no wording stands alone against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from watchword.detection.context import Verdict
from watchword.detection.lexicon import Entry, Lexicon, Role
from watchword.detection.meaning import Judged, MeaningModel, Reading, Sighting
from watchword.terms import Channel, Level

NONE, MEANT, LISTED, DOUBT, ASIDE = "none", "meant", "listed", "doubt", "aside"
OPEN = "the wording leaves it open"


def weigh(
    judged: Sequence[Judged],
    readings: Sequence[Reading],
    lexicon: Lexicon,
    channel: Channel,
    model: MeaningModel,
    by_wording: Callable[[Judged], Sighting],
) -> tuple[list[Sighting], list[Judged]]:
    """What is seen, and the hits that raise nothing, each with its reason."""
    sightings: list[Sighting] = []
    left = [one for one in judged if one.final]
    open_hits = [one for one in judged if not one.final]
    weighed: set[int] = set()
    for reading in readings:
        inside = [one for one in open_hits if _within(one, reading)]
        for entry in lexicon.meanings:
            mine = [one for one in inside if _speaks_for(one, entry)]
            weighed |= set(map(id, mine))
            level = model.level(entry, reading.odds(entry), wording_of(mine)) if channel in entry.channels else None
            if level is None:
                left += [_set_aside(one, reading) for one in mine]
            else:
                sightings += _sightings(entry, reading, mine, level)
    alone = [one for one in open_hits if id(one) not in weighed]
    sightings += [by_wording(one) for one in alone if one.verdict is not Verdict.ASIDE]
    left += [one for one in alone if one.verdict is Verdict.ASIDE]
    return sightings, left


def _within(judged: Judged, reading: Reading) -> bool:
    hit = judged.hit
    return hit.passage is reading.passage and hit.start < reading.end and reading.start < hit.end


def _speaks_for(judged: Judged, entry: Entry) -> bool:
    """A wording of the meaning itself, or a listed word of the same term."""
    own = judged.hit.entry
    listed = own.role is Role.LISTED and own.term == entry.term
    return own.rule == entry.rule and (listed or own.meaning == entry.meaning)


def wording_of(mine: Sequence[Judged]) -> str:
    """What the wordings of one meaning come to in one place: the strongest of them."""
    verdicts = {(one.verdict, one.hit.entry.role) for one in mine}
    if (Verdict.MEANT, Role.LISTED) in verdicts:
        return LISTED
    if (Verdict.MEANT, Role.LIKE) in verdicts:
        return MEANT
    if any(verdict is not Verdict.ASIDE for verdict, _ in verdicts):
        return DOUBT
    return ASIDE if verdicts else NONE


def _set_aside(judged: Judged, reading: Reading) -> Judged:
    because = judged.because if judged.verdict is not Verdict.MEANT and judged.because else reading.reason
    return Judged(judged.hit, Verdict.ASIDE, because, number=judged.number)


def _sightings(entry: Entry, reading: Reading, mine: Sequence[Judged], level: Level) -> list[Sighting]:
    """At the words found, if they are meant; else at the sentence that shows it."""
    why = OPEN if level is Level.CLARIFY else ""
    meant = [one for one in mine if one.verdict is not Verdict.ASIDE]
    if meant:
        return [
            Sighting(
                one.hit.entry,
                one.hit.passage,
                one.hit.start,
                one.hit.end,
                level,
                one.because if why and one.because else why,
                one.number,
                reading.scopes,
            )
            for one in meant
        ]
    start, end = reading.where(entry)
    return [Sighting(entry, reading.passage, start, end, level, why, scopes=reading.scopes)]
