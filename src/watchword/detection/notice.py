"""Noticing: from a contact's passages to what was seen and what was set aside, with reasons."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from watchword.detection.context import (
    Verdict,
    aimed_at_us,
    judge_meaning,
    judge_term,
    sentence_around,
    surroundings,
)
from watchword.detection.lexicon import Entry, Lexicon, Role
from watchword.detection.meaning import (
    Aside,
    Hit,
    Judged,
    MeaningModel,
    Noticed,
    PhraseReader,
    Sighting,
)
from watchword.detection.nearby import Nearby
from watchword.detection.numbers import claimed_contacts, spoken_contacts
from watchword.detection.so_far import Found, SoFar
from watchword.detection.weigh import Heard, heard_in, weigh
from watchword.terms import Channel, Level, Passage, Zone

Of = tuple[str, str | None]  # rule and term
SENTENCES = 4  # whose numbers are remembered while claims are judged, which come by their places
ZONE_REASONS = {
    Zone.AGENT: "said by the agent",
    Zone.QUOTED: "stands in a quoted earlier message",
    Zone.SIGNATURE: "stands in a signature",
    Zone.FOOTER: "stands in a footer",
}


def notice(
    passages: Sequence[Passage],
    channel: Channel,
    lexicon: Lexicon,
    model: MeaningModel | None = None,
    so_far: SoFar | None = None,
) -> Noticed:
    """Find the policy's wordings, judge each in its place, and ask the model, if there is one, what else is meant.

    What ``so_far`` holds of the first passages is taken from it, and what is found is put there.
    """
    by = (lexicon, model, channel)
    earlier = so_far.found_in(passages, by) if so_far is not None else Found(by)
    new = passages[len(earlier.passages) :]
    found = _found(earlier, new, channel, lexicon, model) if new else earlier
    if so_far is not None:
        so_far.found = found
    return found.noticed


def _found(
    earlier: Found, new: Sequence[Passage], channel: Channel, lexicon: Lexicon, model: MeaningModel | None
) -> Found:
    """What was found earlier and what is found in the passages after those."""
    hits = PhraseReader(lexicon).read(new)
    judged = judge_hits(hits, channel) if hits else []
    passages = (*earlier.passages, *new)
    heard: list[Heard] = []
    if model is not None:
        own = [one.hit for one in judged if not one.final]
        readings = model.read(passages, own, lexicon.meanings, len(earlier.passages))
        heard = heard_in(readings, judged, lexicon, channel, model)
    if not judged and not heard:  # then what it all comes to is what it came to before
        return replace(earlier, passages=passages)
    all_judged, all_heard = (*earlier.judged, *judged), (*earlier.heard, *heard)
    return Found(earlier.by, passages, all_judged, all_heard, _noticed(all_judged, all_heard, model))


def _noticed(judged: Sequence[Judged], heard: Sequence[Heard], model: MeaningModel | None) -> Noticed:
    """What all of it comes to."""
    if model is None:
        sightings = [_seen(one) for one in judged if one.verdict is not Verdict.ASIDE]
        left = [one for one in judged if one.verdict is Verdict.ASIDE]
    else:
        sightings, left = weigh(judged, heard, model, _seen)
    # That an agent spoke of a call back is no news; that a customer's own words were weighed and let go is.
    asides = [Aside(one.hit, one.because) for one in left if one.hit.entry.term is not None or not one.final]
    return Noticed(tuple(sightings), tuple(_once(asides, sightings)))


def judge_hits(hits: Sequence[Hit], channel: Channel) -> list[Judged]:
    """Judge every hit that can raise something; a claim of fewer contacts than asked for is left out altogether."""
    exceptions = Nearby([hit for hit in hits if not hit.entry.raises], _itself)
    told_in = lru_cache(SENTENCES)(spoken_contacts)  # a customer may claim a thousand contacts in one breath
    found = (_judge(hit, channel, exceptions, told_in) for hit in _widest([hit for hit in hits if hit.entry.raises]))
    return [judged for judged in found if judged is not None]


def _itself(hit: Hit) -> Hit:
    """Where a hit stands."""
    return hit


def _widest(hits: list[Hit]) -> list[Hit]:
    """Leave out a hit that lies inside a longer wording without gaps: "attorney" inside "attorney general"."""
    whole = Nearby([hit for hit in hits if not hit.entry.phrase.has_gap], _itself)
    return [hit for hit in hits if not any(_inside(hit, other) for other in whole.touching(hit))]


def _inside(hit: Hit, other: Hit) -> bool:
    wider = other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start
    return wider and other.entry.rule == hit.entry.rule


def _judge(hit: Hit, channel: Channel, exceptions: Nearby[Hit], told_in: Callable[[str], int | None]) -> Judged | None:
    entry = hit.entry
    if hit.passage.zone is not Zone.OWN:
        return Judged(hit, Verdict.ASIDE, ZONE_REASONS[hit.passage.zone], final=True)
    if channel not in entry.channels:
        return Judged(hit, Verdict.ASIDE, f"listed for {' and '.join(sorted(entry.channels))} only", final=True)
    for exception in exceptions.touching(hit):
        if _covers(exception, hit):
            return Judged(hit, Verdict.ASIDE, exception.entry.because or "", final=True)
    around = surroundings(hit.passage.text, hit.start, hit.end)
    number = None
    if entry.at_least is not None:
        sentence = sentence_around(hit.passage.text, hit.start, hit.end)
        number = claimed_contacts(around.words, sentence, entry.phrase.written, told_in=told_in)
        if number is not None and number < entry.at_least:
            return None
    judgement = judge_term(around) if entry.term is not None else judge_meaning(around)
    return Judged(hit, judgement.verdict, judgement.because, number=number, aimed=aimed_at_us(around))


def _seen(judged: Judged) -> Sighting:
    """A sighting by the wordings alone."""
    hit = judged.hit
    doubt = judged.verdict is Verdict.DOUBT or hit.entry.role is Role.DOUBTFUL
    why = judged.because or ("a wording that may mean something else" if doubt else "")
    level = Level.CLARIFY if doubt else Level.ESCALATE
    return Sighting(hit.entry, hit.passage, hit.start, hit.end, level, why, judged.number)


def _covers(exception: Hit, hit: Hit) -> bool:
    """An exception that overlaps a hit counts for its own rule and, if it names one, its own term or meaning."""
    mine, theirs = exception.entry, hit.entry
    return (
        mine.rule == theirs.rule
        and (mine.term is None or mine.term == theirs.term)
        and (mine.meaning is None or mine.meaning == theirs.meaning)
    )


def _once(asides: list[Aside], sightings: Sequence[Sighting]) -> list[Aside]:
    """One line for each place: not twice for two wordings, and not where the same words raised a flag after all."""
    of_flag: dict[Of, list[Sighting]] = {}
    for sighting in sightings:
        of_flag.setdefault(_of(sighting.entry), []).append(sighting)
    seen = {flag: Nearby(those, lambda one: one) for flag, those in of_flag.items()}
    kept: list[Aside] = []
    spans: dict[tuple[int, Of], list[tuple[int, int]]] = {}  # of those kept, which never touch each other
    for aside in asides:
        hit = aside.hit
        flag = _of(hit.entry)
        there = spans.setdefault((id(hit.passage), flag), [])
        at = bisect_left(there, (hit.start, hit.end))
        touches = (at > 0 and there[at - 1][1] > hit.start) or (at < len(there) and there[at][0] < hit.end)
        if touches or (flag in seen and seen[flag].touches(hit)):
            continue
        there.insert(at, (hit.start, hit.end))
        kept.append(aside)
    return kept


def _of(entry: Entry) -> Of:
    """What an entry raises: the same for all wordings of one flag."""
    return entry.rule, entry.term
