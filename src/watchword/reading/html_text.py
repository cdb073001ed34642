"""HTML as the text a mail client shows, each character with its place in the HTML.

Mail clients mark what they quote and what they sign; those marks become ranges of the text, so that nobody further up
needs to look at markup again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice

from watchword.reading.html_flow import Flow
from watchword.reading.html_marks import NEVER_SHOWN, Mark, hides, is_tiny, keeps_lines, mark_of, style_of

INLINE, BLOCK, CELL, TABLE = range(4)  # an end tag closes nothing across an open element of a higher rank
RANKS = {
    **dict.fromkeys(
        "address article aside blockquote center dd details dir div dl dt fieldset figcaption figure footer form h1 h2"
        " h3 h4 h5 h6 header hgroup hr li listing main menu nav ol option p pre section summary ul".split(),
        BLOCK,
    ),
    **dict.fromkeys("caption tbody td tfoot th thead tr".split(), CELL),
    "table": TABLE,
}
WITH_MARGIN = frozenset("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre ul".split())
TELLING = frozenset({"blockquote", "pre", "textarea", "listing", *NEVER_SHOWN})  # even without attributes
VOID = frozenset("area base basefont bgsound br col embed frame hr img input link meta param source track wbr".split())

NO_MARKUP = re.compile(r"&(?![a-zA-Z]|#(?:[0-9]+|[xX][0-9a-fA-F]+)[^0-9a-fA-F])|<(?=/[0-9])")
TAG_NAME = re.compile(r"[a-z][\w:.-]*")
LAYS_OUT = re.compile(r"<(?:html|body|div|p|br|table|ul|ol|li|h[1-6]|pre|blockquote|hr|center)\b", re.IGNORECASE)
MARKUP = re.compile(
    r"<!doctype\s+html|<!--\[if\s"
    r"|</?(?:html|body|head|div|p|br|hr|table|tbody|tr|td|th|ul|ol|li|h[1-6]|blockquote|pre|center|span|font|b|i|u|em"
    r"|strong|style|o:p)(?:\s+[a-z][a-z:-]*\s*=[^<>]*)?\s*/?>"
    r"|<(?:a\s+href|img\s+[a-z]+|meta\s+[a-z-]+)\s*=[^<>]*>",
    re.IGNORECASE,
)
INSIDE = re.compile(  # what stands between words, and in plain text never
    r"<!--|</?(?:a|abbr|address|big|cite|code|dd|del|dl|dt|ins|label|mark|q|s|small|strike|sub|sup|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"&#?\w{1,31};")
HEADER_LINES = re.compile(r"\s*(?:[^\s:][^:\n]{0,24}:[^\n]*\n\s*){2}")


@dataclass(frozen=True, slots=True)
class VisibleText:
    """What a mail client shows.

    ``places[i]`` is where ``text[i]`` comes from, so that ``html[places[s] : places[e - 1] + 1]`` is the raw stretch
    that shows ``text[s:e]``. A character reference such as ``&eacute;`` counts at its first character, but at its last
    one where it ends a word, so that the stretch of a word holds it whole either way. A line break stands at the tag
    that makes it. ``quoted`` and ``signatures`` are ranges of the text that a client marked as such, in order.
    """

    text: str
    places: Sequence[int]
    quoted: tuple[tuple[int, int], ...] = ()
    signatures: tuple[tuple[int, int], ...] = ()


def looks_like_html(text: str) -> bool:
    """Whether a body is HTML: it holds a known tag. "<3", "a < b" and "<jane@example.com>" are none."""
    return "<" in text and MARKUP.search(text) is not None


def visible_text(source: str) -> VisibleText:
    """The text that a mail client shows for ``source``. Never fails, however broken the HTML; takes linear time.

    What a never-closed hidden element would swallow is shown: better a line too many than the customer's words lost.
    """
    reader = _Reader(source)
    reader.read()
    never_closed = frozenset(element.place for element in reader.elements if element.hides)
    if never_closed:
        reader = _Reader(source, never_closed)
        reader.read()
    return reader.result()


def words_shown(quote: str) -> str:
    """An exact quote, out of HTML or of plain text, as its reader saw it: on one line where markup stood in it."""
    if looks_like_html(quote) or INSIDE.search(quote):
        return " ".join(visible_text(quote).text.split())
    return html.unescape(quote).replace("\xa0", " ") if REFERENCE.search(quote) else quote


@dataclass(slots=True)
class _Element:
    name: str
    place: int
    start: int  # in the text
    hides: bool = False  # by itself; the next three are inherited
    hidden: bool = False
    tiny: bool = False
    keeps_lines: bool = False
    mark: Mark | None = None
    frames_quote: bool = False  # a blockquote right inside, so that what stands beside it is new


class _Reader(HTMLParser):
    def __init__(self, source: str, shown: frozenset[int] = frozenset()) -> None:
        super().__init__(convert_charrefs=False)
        self.source = source
        self.shown = shown  # places of elements that are shown whatever they say
        self.place = 0  # of what is being read
        self.flow = Flow(source)
        self.ground = _Element("", -1, 0, keeps_lines=LAYS_OUT.search(source) is None)
        self.elements: list[_Element] = []
        self.open: dict[str, list[int]] = {}
        self.walls: tuple[list[int], ...] = ([], [], [], [])
        self.quoted: list[tuple[int, int]] = []
        self.signatures: list[tuple[int, int]] = []
        self.earlier_from: list[int] = []
        self.perhaps_earlier_from: list[int] = []
        self.no_comment_ends = self.quotes_broken = False

    def read(self) -> None:
        """Read it all. What makes the parser stop short, or search to the end again and again, is first made plain."""
        last = self.source.rfind(">") + 1
        plain = self.source[:last].replace("<![", "<!x") + self.source[last:].replace("<", "\0") + "\n"
        self.feed(NO_MARKUP.sub("\0", plain))
        self.close()

    def result(self) -> VisibleText:
        """What was read. Call it once, after ``read``."""
        for element in reversed(self.elements):
            self._leave(element)
        text = self.flow.text()
        perhaps = (start for start in sorted(set(self.perhaps_earlier_from)) if HEADER_LINES.match(text, start))
        starts = [*self.earlier_from, *islice(perhaps, 1)]
        if starts:
            self.quoted.append((min(starts), len(text)))
        return VisibleText(text, self.flow.places, _merged(self.quoted), _merged(self.signatures))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        place = self.place
        if not TAG_NAME.fullmatch(tag):  # an address in angle brackets, never escaped
            self.handle_data(self.get_starttag_text() or "")
        elif tag == "br":
            if self._is_shown():
                self.flow.line_break(place)
        else:
            attributes = {name: value or "" for name, value in attrs}
            has_margin = tag in WITH_MARGIN and not attributes.get("class", "").startswith("Mso")
            self._part(tag, place, blank_line=has_margin)
            if tag not in VOID:
                self._enter(tag, place, attributes)

    def handle_endtag(self, tag: str) -> None:
        indices = self.open.get(tag)
        if not indices or self._is_walled_off(indices[-1], RANKS.get(tag, INLINE)):
            return
        self._close_down_to(indices[-1])
        self._part(tag, self.place, blank_line=False)

    def handle_data(self, data: str) -> None:
        place = self.place
        if self._is_shown():
            end = min(place + len(data), len(self.source))
            self.flow.show(place, end, keeps_lines=self._inside().keeps_lines)

    def handle_charref(self, name: str) -> None:
        self._show_reference(len(name) + 2)

    def handle_entityref(self, name: str) -> None:
        self._show_reference(len(name) + 1)

    def set_cdata_mode(self, elem: str, **options: bool) -> None:
        """Only these two hold no markup here; newer parsers count more, and would show a mail as its source."""
        if elem in ("script", "style") and self.place not in self.shown:
            super().set_cdata_mode(elem, **options)

    def updatepos(self, i: int, j: int) -> int:
        """The parser says here what it has read; the standard method counts lines, which nobody asks for."""
        self.place += j - i
        return j

    def check_for_whole_start_tag(self, i: int) -> int:
        """Where a start tag ends: once a quotation mark is never closed, at the next ">", marks or no marks."""
        end = -1 if self.quotes_broken else super().check_for_whole_start_tag(i)
        if end < 0:
            self.quotes_broken = True
            end = self.rawdata.find(">", i) + 1
        return end

    def parse_comment(self, i: int, report: bool = True) -> int:
        """As browsers do it, which the standard parser only learned late; a comment without an end is no comment."""
        for abrupt in (">", "->"):
            if self.rawdata.startswith(abrupt, i + 4):
                return i + 4 + len(abrupt)
        end = -1 if self.no_comment_ends else self.rawdata.find("-->", i + 4)
        self.no_comment_ends = end < 0
        return i + 4 if end < 0 else end + 3

    def _inside(self) -> _Element:
        return self.elements[-1] if self.elements else self.ground

    def _is_shown(self) -> bool:
        inside = self._inside()
        return not (inside.hidden or inside.tiny)

    def _show_reference(self, length: int) -> None:
        start = self.place
        end = start + length + self.source.startswith(";", start + length)
        raw = self.source[start:end]
        shown = html.unescape(raw)
        if not self._is_shown():
            return
        if shown == raw or len(shown) > 2:  # no reference after all, as in "AT&T"
            self.flow.show(start, end, keeps_lines=self._inside().keeps_lines)
        else:
            self.flow.show_reference(shown, start, end, keeps_lines=self._inside().keeps_lines)

    def _part(self, tag: str, place: int, *, blank_line: bool) -> None:
        if not self._is_shown():
            return
        if tag in ("td", "th"):
            self.flow.space(place)
        elif tag in RANKS:
            self.flow.part(place, blank_line=blank_line)

    def _enter(self, tag: str, place: int, attributes: dict[str, str]) -> None:
        if RANKS.get(tag) == BLOCK and self.open.get("p"):
            self._close_paragraph()
        around, index = self._inside(), len(self.elements)
        start = len(self.flow.places)
        element = _Element(tag, place, start, False, around.hidden, around.tiny, around.keeps_lines)
        if attributes or tag in TELLING:
            style = style_of(attributes)
            element.mark = mark_of(tag, attributes, style)
            element.hides = place not in self.shown and hides(tag, attributes, style)
            element.hidden |= element.hides
            element.tiny = is_tiny(style, around.tiny)
            element.keeps_lines = keeps_lines(tag, style, around.keeps_lines)
            around.frames_quote |= tag == "blockquote" and element.mark is Mark.QUOTE
        self.elements.append(element)
        self.open.setdefault(tag, []).append(index)
        self.walls[RANKS.get(tag, INLINE)].append(index)

    def _close_paragraph(self) -> None:
        paragraph = self.open["p"][-1]
        if self.walls[BLOCK][-1] == paragraph and not self._is_walled_off(paragraph, BLOCK):
            self._close_down_to(paragraph)

    def _is_walled_off(self, index: int, rank: int) -> bool:
        """Whether an element of a higher rank was opened since, and is still open."""
        for wall in self.walls[rank + 1 :]:  # noqa: SIM110  # the busiest line of all: a generator would double its time
            if wall and wall[-1] > index:
                return True
        return False

    def _close_down_to(self, index: int) -> None:
        while len(self.elements) > index:
            element = self.elements.pop()
            self.open[element.name].pop()
            self.walls[RANKS.get(element.name, INLINE)].pop()
            self._leave(element)

    def _leave(self, element: _Element) -> None:
        stretch = (element.start, len(self.flow.places))
        match element.mark:
            case Mark.QUOTE:
                self.quoted.append(stretch)
            case Mark.QUOTE_OR_FRAME if not element.frames_quote:
                self.quoted.append(stretch)
            case Mark.EARLIER_FROM_HERE:
                self.earlier_from.append(element.start)
            case Mark.PERHAPS_EARLIER:
                self.perhaps_earlier_from.append(element.start)
            case Mark.SIGNATURE:
                self.signatures.append(stretch)


def _merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The ranges in order, empty ones left out and overlapping ones made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)
