"""Whose words are whose: a contact's passages, of which only the customer's own new words can raise a flag.

A mail's body is split into what the customer wrote now, what is quoted, what is a signature and what is boilerplate.
Nothing is left out: the passages of a body hold all that it shows, in order. In honest doubt words are the customer's.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from watchword.reading.attached import texts_of
from watchword.reading.footers import find_footers, may_hold_footers
from watchword.reading.html_text import looks_like_html, visible_text
from watchword.reading.invisible import ANY_INVISIBLE, VISIBLE_RUN, plain_blanks
from watchword.reading.quoted import announcements_inside, find_quoted
from watchword.reading.signatures import find_signatures
from watchword.terms import Channel, Contact, Field, Passage, Speaker, Zone

ANSWERS_OR_FORWARDS = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)*(?:re|fwd?|fw|aw|wg|antw|sv|vs|vb|vl|tr|rv|res|r|enc|odp|pd|ynt|回复|答复|转发|回覆|轉寄)\s*(?:[\[(]\d{1,3}[\])])?\s*[:：]",
    re.IGNORECASE,
)
TYPED = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?re\s?:(?!\s*re\b)", re.IGNORECASE
)  # as people also write for "regarding"
Range = tuple[int, int]
Stretch = tuple[int, int, Zone]


def passages(contact: Contact) -> tuple[Passage, ...]:
    """All words of a contact, each stretch with its zone; ``span`` of a passage leads back to the field as given.

    A call gives one passage a turn. A mail gives its subject, quoted when it begins with "Re:" or the like and the
    mail may be an answer, and its body and what is attached and was read, with markup and invisible characters removed
    and special blanks made plain ones.
    """
    if contact.channel is Channel.PHONE:
        return tuple(
            [
                Passage(Field.TURN, Zone.OWN if turn.speaker is Speaker.CALLER else Zone.AGENT, turn.text, 0, number)
                for number, turn in enumerate(contact.turns)
            ]
        )
    subject = contact.subject or ""
    answers = ANSWERS_OR_FORWARDS.match(subject) is not None
    is_reply = answers or bool(contact.extra.get("in_reply_to"))
    below = [
        passage
        for start, end, name in texts_of(contact)
        for passage in _body_passages((contact.body or "")[start:end], start, name, is_reply and name is None)
    ]
    is_quoted = answers and not (_begins_anew(contact, subject) and all(one.zone is not Zone.QUOTED for one in below))
    return (*_subject_passages(subject, Zone.QUOTED if is_quoted else Zone.OWN), *below)


def _begins_anew(contact: Contact, subject: str) -> bool:
    """Whether the headers say that a mail "Re: ..." answers none. What was handed in without any leaves that open."""
    extra = contact.extra
    says_so = "in_reply_to" in extra and not extra["in_reply_to"] and not extra.get("references")
    return says_so and TYPED.match(subject) is not None


def _subject_passages(subject: str, zone: Zone) -> Iterator[Passage]:
    text, places = _without_invisible(subject)
    if text:
        yield _passage(Field.SUBJECT, zone, text, places, 0, len(text))


def _body_passages(body: str, offset: int, attachment: str | None, is_reply: bool) -> Iterator[Passage]:
    quoted: Sequence[Range] = ()
    signed: Sequence[Range] = ()
    places: Sequence[int] | None
    if looks_like_html(body):
        shown = visible_text(body)
        text, places, quoted, signed = shown.text, shown.places, shown.quoted, shown.signatures
    else:
        text, places = _without_invisible(body)
    for start, end, zone in _zones(text, quoted, signed, is_reply):
        passage = _passage(Field.BODY, zone, text, places, start, end)
        yield _moved(passage, offset, attachment) if attachment is not None else passage


def _moved(passage: Passage, offset: int, attachment: str) -> Passage:
    """A passage of an attachment, with its places in the whole body."""
    places = None if passage.places is None else array("I", [place + offset for place in passage.places])
    return replace(passage, start=passage.start + offset, places=places, attachment=attachment)


def _passage(field: Field, zone: Zone, text: str, places: Sequence[int] | None, start: int, end: int) -> Passage:
    if places is None:
        return Passage(field, zone, text[start:end], start)
    return Passage(field, zone, text[start:end], places[start], places=places[start:end])


def _without_invisible(text: str) -> tuple[str, Sequence[int] | None]:
    """The text as shown, and the place of each of its characters when they are not simply those of the field."""
    if text.isascii():
        return text, None
    if not ANY_INVISIBLE.search(text):
        plain = plain_blanks(text)
        return plain, None if plain == text else range(len(text))
    places = array("I")
    runs = []
    for run in VISIBLE_RUN.finditer(text):
        runs.append(run[0])
        places.extend(range(run.start(), run.end()))
    return plain_blanks("".join(runs)), places


def _zones(text: str, quoted: Sequence[Range], signed: Sequence[Range], is_reply: bool) -> Iterator[Stretch]:
    """The text from start to end, cut where the zone changes."""
    ends = _line_ends(text)
    starts = [0, *ends][: len(ends)]
    lines = [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    taken = find_quoted(lines, _lines_within(starts, quoted), is_reply=is_reply)
    signatures = find_signatures(lines, taken, _lines_within(starts, signed))
    by_line = _zone_by_line(lines, taken, signatures)
    stretches = _joined(zip(starts, ends, by_line, strict=True))
    return _joined(_with_footers(text, stretches)) if may_hold_footers(text) else stretches


def _line_ends(text: str) -> list[int]:
    ends, end = [], 0
    for line in text.splitlines(keepends=True):
        end += len(line)
        ends.append(end)
    cuts = [cut for cut in announcements_inside(text) if 0 < cut < end]
    return sorted({*ends, *cuts}) if cuts else ends


def _lines_within(starts: Sequence[int], ranges: Iterable[Range]) -> bytearray:
    """A 1 for each line that begins inside one of the ranges, which come in order."""
    flags, line = bytearray(len(starts)), 0
    for start, end in ranges:
        while line < len(starts) and starts[line] < start:
            line += 1
        while line < len(starts) and starts[line] < end:
            flags[line] = 1
            line += 1
    return flags


def _zone_by_line(lines: Sequence[str], quoted: bytearray, signatures: bytearray) -> Iterator[Zone]:
    """Each line's zone; a blank line goes with the line before."""
    zone = Zone.OWN
    for number, line in enumerate(lines):
        if line:
            zone = Zone.QUOTED if quoted[number] else Zone.SIGNATURE if signatures[number] else Zone.OWN
        yield zone


def _with_footers(text: str, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    for start, end, zone in stretches:
        if zone is Zone.OWN:
            for first, last in find_footers(text, start, end):
                yield start, first, Zone.OWN
                yield first, last, Zone.FOOTER
                start = last
        yield start, end, zone


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Neighbours of the same zone made one, empty ones left out."""
    held: Stretch | None = None
    for start, end, zone in stretches:
        if start == end:
            continue
        if held and held[2] is zone:
            held = (held[0], end, zone)
        else:
            if held:
                yield held
            held = (start, end, zone)
    if held:
        yield held
