"""Bringing together what the policy's wordings say and what the model says of the same words.

A wording found in its plain meaning speaks for a meaning, one that was denied or lies in another matter against it; how
loudly was measured. Places add up: a caller at the end of their patience rarely says so in one sentence, and several
small signs weigh as much as one plain word.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from watchword.detection.context import Verdict
from watchword.detection.lexicon import Entry, Lexicon, Role
from watchword.detection.meaning import Judged, MeaningModel, Reading, Sighting
from watchword.detection.nearby import Nearby
from watchword.detection.numbers import spoken_contacts
from watchword.terms import Channel, Level

NONE, MEANT, LISTED, AIMED, DOUBT, ASIDE = "none", "meant", "listed", "aimed", "doubt", "aside"
IN_SO_MANY_WORDS = (MEANT, LISTED, AIMED)
OPEN = "the wording leaves it open"
TAKEN_BACK = "something was taken back since"
MOST_TOGETHER = 4  # places that add up; were it all of them, length alone would raise flags
NEARLY = -1.0  # log-odds from which a place that raises nothing is looked at once more
PLAIN = 0.0  # log-odds from which a place is shown as evidence beside the strongest
FAINT = -5.0  # log-odds from which few words are read once more without what stood before them
FEW_WORDS = 20  # up to so many, a turn or passage is also judged by itself
Name = tuple[str, str | None]  # rule and term: what becomes one flag


@dataclass(frozen=True, slots=True)
class Heard:
    """One meaning in one reading: how loudly it is heard, the wordings weighed in, and those wordings."""

    entry: Entry
    reading: Reading
    wordings: tuple[Judged, ...]
    odds: float
    in_few_words: bool

    @property
    def number(self) -> int | None:
        """The number of contacts that is said there, where the meaning is such a claim."""
        return spoken_contacts(self.reading.text) if self.entry.at_least is not None else None


def heard_in(
    readings: Sequence[Reading], judged: Sequence[Judged], lexicon: Lexicon, channel: Channel, model: MeaningModel
) -> list[Heard]:
    """Every meaning listened for on the channel, as it is heard in each reading with the wordings found there."""
    open_hits = Nearby([one for one in judged if not one.final], lambda one: one.hit)
    meanings = [entry for entry in lexicon.meanings if channel in entry.channels]
    found = []
    for reading in readings:
        inside, few_words = open_hits.touching(reading), in_few_words(reading)
        found += [_heard(entry, reading, inside, few_words, model) for entry in meanings]
    return found


def weigh(
    judged: Sequence[Judged], heard: Sequence[Heard], model: MeaningModel, by_wording: Callable[[Judged], Sighting]
) -> tuple[list[Sighting], list[Judged]]:
    """What is seen, and the hits that raise nothing, each with its reason."""
    open_hits = [one for one in judged if not one.final]
    by_flag: dict[Name, list[Heard]] = {}
    for one in heard:
        by_flag.setdefault((one.entry.rule, one.entry.term), []).append(one)
    sightings: list[Sighting] = []
    left = [one for one in judged if one.final]
    for places in by_flag.values():
        seen, aside = _weighed(places, model)
        sightings += seen
        left += aside
    weighed = {id(wording) for one in heard for wording in one.wordings}
    alone = [one for one in open_hits if id(one) not in weighed]
    sightings += [by_wording(one) for one in alone if one.verdict is not Verdict.ASIDE]
    left += [one for one in alone if one.verdict is Verdict.ASIDE]
    return sightings, left


def loudness(places: Iterable[Heard]) -> float:
    """The log-odds of one flag over all its places. Words said again and again are one place, and so is what is
    said without a stop, which is read anew with each turn that it goes on in. A meaning that was learnt
    from a few examples hears a little of itself in everything: of it the loudest place counts, and not their sum.
    """
    runs: dict[tuple[str | None, Hashable], Heard] = {}
    taught = -math.inf
    for heard in places:
        run = heard.entry.meaning, heard.reading.begins
        if heard.entry.taught is not None:
            taught = max(taught, heard.odds)
        elif run not in runs or heard.odds > runs[run].odds:
            runs[run] = heard
    loudest: dict[tuple[str | None, str], float] = {}
    for heard in runs.values():
        said = heard.entry.meaning, heard.reading.text
        loudest[said] = max(heard.odds, loudest.get(said, -math.inf))
    return max(together(loudest.values()), taught)


def together(odds: Iterable[float]) -> float:
    """The log-odds that at least one of the loudest places means it, each taken as a chance of its own (noisy or)."""
    nothing = -sum(_softplus(one) for one in heapq.nlargest(MOST_TOGETHER, odds))  # log of the chance that none does
    return math.log(-math.expm1(nothing)) - nothing if nothing < 0 else -math.inf


def _softplus(odds: float) -> float:
    return max(odds, 0.0) + math.log1p(math.exp(-abs(odds)))


def _heard(entry: Entry, reading: Reading, inside: Sequence[Judged], few_words: bool, model: MeaningModel) -> Heard:
    mine = tuple(one for one in inside if _speaks_for(one, entry))
    return Heard(entry, reading, mine, model.weighed(entry, reading, wording_of(mine)), few_words)


def _speaks_for(judged: Judged, entry: Entry) -> bool:
    """A wording of the meaning itself, or a listed word of the same term."""
    own = judged.hit.entry
    listed = own.role is Role.LISTED and own.term == entry.term
    return own.rule == entry.rule and (listed or own.meaning == entry.meaning)


def wording_of(mine: Sequence[Judged]) -> str:
    """What the wordings of one meaning come to in one place: the strongest of them."""
    if not mine:  # as nearly everywhere
        return NONE
    verdicts = {(one.verdict, one.hit.entry.role) for one in mine}
    if any(one.aimed and _is_meant(one) for one in mine):
        return AIMED
    if (Verdict.MEANT, Role.LISTED) in verdicts:
        return LISTED
    if (Verdict.MEANT, Role.LIKE) in verdicts:
        return MEANT
    if any(verdict is not Verdict.ASIDE for verdict, _ in verdicts):
        return DOUBT
    return ASIDE


def _weighed(places: Sequence[Heard], model: MeaningModel) -> tuple[list[Sighting], list[Judged]]:
    """What the places of one flag come to: shown are the strongest, those that are plain by themselves, and once the
    flag is up whatever stands there in so many words.
    """
    level, strongest = _level(places, model)
    why = OPEN if level is Level.CLARIFY else ""
    gone, raised = _taken_back(places), level is not None
    if gone:
        level, strongest, why = _since(places[gone:], model, level, strongest)
    sightings: list[Sighting] = []
    left: list[Judged] = []
    for at, heard in enumerate(places):
        taken_back = TAKEN_BACK if raised and at < gone else ""
        plain = heard.odds >= PLAIN or wording_of(heard.wordings) in IN_SO_MANY_WORDS
        if level is not None and (heard is strongest or plain):
            sightings += _sightings(heard, level, why and (taken_back or why))
        else:
            left += [_set_aside(one, heard.reading, taken_back) for one in heard.wordings]
    return sightings, left


def _since(
    places: Sequence[Heard], model: MeaningModel, before: Level | None, strongest: Heard
) -> tuple[Level | None, Heard, str]:
    """The level of a flag after which something was taken back, by what was heard since (``places``): what was to be
    acted on is asked about then, and what was to be asked about is settled, unless more was said.
    """
    since, loudest = _level(places, model) if places else (None, strongest)
    less = Level.CLARIFY if before is Level.ESCALATE else None
    if since is not None and _rank(since) >= _rank(less):
        return since, loudest, OPEN if since is Level.CLARIFY else ""
    return less, strongest, TAKEN_BACK if less is not None else ""


def _level(places: Sequence[Heard], model: MeaningModel) -> tuple[Level | None, Heard]:
    """The level of one flag, and the place that speaks most for it: all places together, or one by itself.

    A place that is an honest doubt is asked about and never acted on: "Do people take a lawyer for this?" is no faint
    threat, and is known as surely as one.
    """
    sure = [heard for heard in places if not model.is_doubt(_doubt(heard))]
    level, strongest = _level_of_sure(sure, model) if sure else (None, places[0])
    if level is None and len(sure) < len(places):
        return Level.CLARIFY, max(places, key=_doubt)
    return level, strongest


def _level_of_sure(places: Sequence[Heard], model: MeaningModel) -> tuple[Level | None, Heard]:
    strongest = max(places, key=_odds)
    level = model.level(strongest.entry, loudness(places))
    if level is not Level.ESCALATE:
        short = [(_by_itself(heard, model), heard) for heard in places if heard.in_few_words]
        by_itself, plainest = max(short, key=lambda one: (_rank(one[0]), one[1].odds), default=(None, strongest))
        if _rank(by_itself) > _rank(level):
            return by_itself, plainest
    if level is None:
        asked = next((heard for heard in places if _plain_by_itself(heard, model)), None)
        if asked is not None:
            return Level.CLARIFY, asked
    return level, strongest


def in_few_words(reading: Reading) -> bool:
    """Whether it is a turn or a passage of few words, which has bars of its own: most others were measured in long
    contacts that tempt, and what somebody says in one breath is nearly always what they mean.
    """
    return len(reading.text.split()) <= FEW_WORDS


def _by_itself(heard: Heard, model: MeaningModel) -> Level | None:
    """What a place of few words comes to by itself: it is acted on by what is heard without what stood before it, and
    asked about by the fainter of what is heard with and without.
    """
    entry, reading = heard.entry, heard.reading
    listed = wording_of(heard.wordings) in IN_SO_MANY_WORDS
    by_wording = heard.odds - reading.odds(entry)
    bare, fainter = by_itself(reading, entry)
    level = model.level_in_few_words(entry, bare + by_wording, listed)
    return level if level is not Level.CLARIFY else model.level_in_few_words(entry, fainter + by_wording, listed)


def by_itself(reading: Reading, entry: Entry) -> tuple[float, float]:
    """The log-odds of a stretch of few words without what stood before it, and the fainter of those with and without.

    Among other talk, were it but about a payment, the plainest threat is heard more faintly; so it is acted on by
    what it is alone. What is loud only without its surroundings may have its sense from them; so a doubt is one in both
    readings. What is next to nothing among its surroundings is not read once more.
    """
    among_others = reading.odds(entry)
    bare = reading.bare(entry) if among_others > FAINT else among_others
    return bare, min(bare, among_others)


def _odds(heard: Heard) -> float:
    return heard.odds


def _rank(level: Level | None) -> int:
    """How much comes of a level."""
    return 0 if level is None else 2 if level is Level.ESCALATE else 1


def _plain_by_itself(heard: Heard, model: MeaningModel) -> bool:
    """Whether one of its sentences, read by itself, is to be acted on: among other talk, were it but a greeting, the
    model hears it more faintly. Read so are sentences in which a wording speaks to us in its plain meaning, and what
    is nearly loud enough.
    """
    if heard.odds < NEARLY and not heard.wordings:  # as nearly everywhere
        return False
    entry, alone = heard.entry, heard.reading.alone
    by_wording = heard.odds - heard.reading.odds(entry)
    odds = [alone(entry, one.hit.start) + by_wording for one in heard.wordings if one.aimed and _is_meant(one)]
    if heard.odds >= NEARLY:
        odds.append(alone(entry, None))
    return any(model.level(entry, one) is Level.ESCALATE for one in odds)


def _taken_back(places: Sequence[Heard]) -> int:
    """How many of the places of a flag come before something is taken back for the last time, that one included. Only
    what has a term is taken back: what somebody is weary of they stay weary of.
    """
    at = (at for at in range(len(places), 0, -1) if places[at - 1].reading.taken_back)
    return next(at, 0) if places[0].entry.term is not None else 0


def _doubt(heard: Heard) -> float:
    return heard.reading.doubt(heard.entry)


def _is_meant(judged: Judged) -> bool:
    return judged.verdict is Verdict.MEANT and judged.hit.entry.role is not Role.DOUBTFUL


def _set_aside(judged: Judged, reading: Reading, taken_back: str) -> Judged:
    because = judged.because if judged.verdict is not Verdict.MEANT and judged.because else reading.reason
    return Judged(judged.hit, Verdict.ASIDE, taken_back or because, number=judged.number)


def _sightings(heard: Heard, level: Level, why: str) -> list[Sighting]:
    """At the words found, if they are meant; else at the sentence that shows it."""
    reading = heard.reading
    meant = [one for one in heard.wordings if one.verdict is not Verdict.ASIDE]
    if not meant:
        return [
            Sighting(heard.entry, passage, start, end, level, why, heard.number, reading.scopes)
            for passage, start, end in reading.where(heard.entry)
        ]
    return [
        Sighting(
            one.hit.entry,
            one.hit.passage,
            one.hit.start,
            one.hit.end,
            level,
            one.because if why == OPEN and one.because else why,
            heard.number if one.number is None else one.number,
            reading.scopes,
        )
        for one in meant
    ]
