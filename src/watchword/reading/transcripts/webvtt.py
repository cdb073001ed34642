"""Calls from WebVTT files, as Zoom and Teams write them.

Written from "WebVTT: The Web Video Text Tracks Format" of the W3C and from what the two write. A file is::

    WEBVTT            required  the first line, after an optional byte order mark; the block it starts is passed over
    NOTE STYLE REGION blocks that are passed over
    a cue             an optional line of its own id, a line with two times and "-->" between them, lines of words

Who speaks stands in a voice tag, ``<v Agent Ana>…</v>`` (Teams), or before a colon, ``Agent Ana: …`` (Zoom). A name
belongs to the agent or to the customer by the words in it (agent, representative, advisor …; customer, caller,
patient, member …) or by ``roles``. Words under no name or an unknown one are read as the customer's, and the contact
says so. Cues may overlap: turns stand in the order in which cues begin. There is no id in the format, so the contact
takes the file's name without its ending.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from watchword.errors import ContactInvalid, Place
from watchword.reading.transcripts.segments import Segment, call
from watchword.reading.transcripts.sides import side_of
from watchword.terms import Contact, Speaker

FORMAT = "webvtt"
_PASSED_OVER = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")
_TIME = re.compile(r"\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?=[ \t\n])([^<>]*)>")
# Only the tags of the format are taken out: a customer's "<" before a number is no tag.
_TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang)(?:[.\s][^<>]*)?>|<[\d:.]+>")
_NAME = r"[A-Z0-9][\w.'’()-]*(?:[ ,]+[\w.'’()&-]+){0,4}"
_PREFIX = re.compile(rf"({_NAME}):\s+(?=\S)")
_LABEL = re.compile(r"([A-Za-z][\w .'’()-]{0,40}):\s+(?=\S)")


def contact_from_webvtt(text: str, *, place: Place, roles: Mapping[str, Speaker] | None = None) -> Contact:
    """The call that a WebVTT file's text holds. ``roles`` tells the side of speakers by the names the file gives them.

    Raises ContactInvalid for a text that is no WebVTT.
    """
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    if not re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        raise ContactInvalid(
            "The file does not begin with WEBVTT.", do="Save the transcript as WebVTT (.vtt).", place=place
        )
    unread: list[str] = []
    segments = [segment for block in _blocks(lines) for segment in _cue(block, roles or {}, unread)]
    return call(PurePath(place.file).stem or "transcript", segments, format=FORMAT, unread=unread)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """The blocks that may be cues; blank lines stand between blocks. The first holds the line WEBVTT."""
    block: list[str] = []
    header = True
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
            continue
        if header:
            block = _without_header(block)
        if block and not _PASSED_OVER.match(block[0]):
            yield block
        header, block = False, []


def _without_header(block: list[str]) -> list[str]:
    # Some writers leave out the blank line after the header; the words of their first cue must not be lost.
    timing = next((index for index, line in enumerate(block) if "-->" in line), len(block))
    return block[timing:]


def _cue(block: list[str], roles: Mapping[str, Speaker], unread: list[str]) -> Iterator[Segment]:
    timing = next((index for index, line in enumerate(block[:2]) if "-->" in line), None)
    if timing is None:
        unread.append("Some lines of the transcript stand under no time; read in the place where they stand.")
        words, extra, begin = block, {}, None
    else:
        words = block[timing + 1 :]
        extra = {"cue": block[0] if timing else None, "time": block[timing].strip()}
        begin = _milliseconds(block[timing])
    for speaker, said in _voices(words):
        yield _segment(speaker, said, begin, extra, roles)


def _segment(
    speaker: str | None, said: str, begin: float | None, extra: Mapping[str, Any], roles: Mapping[str, Speaker]
) -> Segment:
    side = roles.get(speaker or "") or side_of(speaker)
    return Segment(speaker, side, said, begin, extra)


def _milliseconds(timing: str) -> float | None:
    match = _TIME.match(timing)
    if not match:
        return None
    hours, minutes, seconds, thousandths = match.groups()
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(thousandths.ljust(3, "0"))


def _voices(lines: list[str]) -> Iterator[tuple[str | None, str]]:
    """Who says what in one cue."""
    text = "\n".join(lines)
    pieces = _VOICE.split(text)
    if pieces[0].strip():
        yield from _prefixed(pieces[0])
    for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
        inside, _, after = said.partition("</v>")
        yield _plain(name) or None, _plain(inside)
        if after.strip():
            yield from _prefixed(after)


def _prefixed(text: str) -> Iterator[tuple[str | None, str]]:
    speaker: str | None = None
    said: list[str] = []
    for line in text.split("\n"):
        name = _prefix(line)
        if name:
            if said:
                yield speaker, _plain("\n".join(said))
            speaker, said = _plain(name[1]), [line[name.end() :]]
        else:
            said.append(line)
    yield speaker, _plain("\n".join(said))


def _prefix(line: str) -> re.Match[str] | None:
    # A sentence such as "Listen: …" passes for a name; read so, its words are the customer's and can raise a flag.
    label = _LABEL.match(line)
    return label if label and side_of(label[1]) else _PREFIX.match(line)


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())
