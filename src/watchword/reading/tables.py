"""Tables as other systems export them (CSV), row by row with flat memory; and tables written so that no cell can run.

A cell is text and nothing else. What a spreadsheet would run as a formula is written with an apostrophe before it, and
an apostrophe that stands there for that reason is taken off again when it is read. A formula may begin inside a cell
too: where decimals have a comma, spreadsheets cut a line at each semicolon; others cut at tabs and line breaks.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

from watchword.errors import FileUnreadable, InputError, Place

BREAKS = ("\t", "\r", "\n")  # a cell that begins with one has an apostrophe too: some spreadsheets drop them
BEGINS = r"""(?<![^;\t\r\n])((?:"|[^\S\t\r\n])*)"""  # a cell, however the line is cut, with blanks and quotation marks
FORMULA = r"(?='*[=+\-@＝＋－＠])"  # apostrophes before it count too: the way back must lead to the same text
RUNS, STOPPED = re.compile(BEGINS + FORMULA), re.compile(f"{BEGINS}'{FORMULA}")
DELIMITERS = ",;\t|"
EMPTY = f'{DELIMITERS} \r\n"'  # of a line of these nothing is said
SAID = re.compile(rf"sep=([{re.escape(DELIMITERS)}])\s*", re.IGNORECASE)  # a line for spreadsheets, before the header
LONGEST_CELL = 1_000_000  # characters
PIECE = 1 << 16
NEAR = 0.75  # how alike a column must be to one of ours to be meant for it: "emial" is, "email_sent" is its own
NEARER = 0.9  # and to what others call one: "telephon" is, "created_by" is not "created_at"
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how a spreadsheet program's own files begin
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Row:
    """One row under its header. ``line`` is where it begins in the file, counted from 1."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table may hold. ``known`` are the columns; ``needed`` must be there, one of each group.

    ``called`` is what other systems call them, by the name that they have here.
    """

    known: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    called: Mapping[str, tuple[str, ...]]


class Table:
    """A table that is being read. Iterate over it once: rows, and an error in the place of each that cannot be read."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Read the header. Raises FileUnreadable."""
        if file.read(4) in WORKBOOK:
            raise FileUnreadable(
                "The file is a spreadsheet program's workbook, no CSV.",
                do="Save it as CSV there, and hand that in.",
                place=Place(name),
            )
        file.seek(0)
        self.name = name
        self._file = file
        self.encoding = _encoding(file)
        self._text = io.TextIOWrapper(file, encoding=self.encoding, errors="replace", newline="")
        try:
            self.columns, self._reader = _header(self._text, name)
        except FileUnreadable:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file, which stays open for whoever opened it."""
        self._text.detach()

    def read_bytes(self) -> int:
        """How much of the file has been read, in bytes."""
        return self._file.tell()

    def __iter__(self) -> Iterator[Row | InputError]:
        """Every row that is not blank."""
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                to = f" to {last}" if (last := self._reader.line_num) > line else ""
                what = f"Line {line}{to} cannot be read ({error})."
                yield InputError(what, do="Look for a quotation mark that is not closed.", place=Place(self.name, line))
                continue
            if len(cells) > len(self.columns) and any(cells[len(self.columns) :]):
                what = f"There are {len(cells)} cells under {len(self.columns)} columns."
                yield InputError(what, do="Put cells with commas in quotation marks.", place=Place(self.name, line))
            elif any(cell.strip() for cell in cells):
                yield Row(line, {name: as_meant(cell) for name, cell in zip(self.columns, cells, strict=False) if name})


def _header(text: io.TextIOWrapper, name: str) -> tuple[tuple[str, ...], Any]:
    """The columns' names, and the reader that stands before the first row. Raises FileUnreadable."""
    first = _first_line(text)
    said = SAID.fullmatch(first)
    reader = csv.reader(text, delimiter=said[1] if said else max(DELIMITERS, key=first.count), strict=True)
    try:
        told = (row for row in reader if any(cell.strip(EMPTY) for cell in row))
        if said:
            next(told)
        header = next(told, [])
    except csv.Error as error:
        raise FileUnreadable(
            f"The first line is no header ({error}).", do="Save the file as CSV once more.", place=Place(name, 1)
        ) from None
    if not any(header):
        raise FileUnreadable("The file is empty.", do="Export it with a header line.", place=Place(name))
    return tuple(column_name(one) for one in header), reader


def _first_line(text: io.TextIOWrapper) -> str:
    """The first line that says anything; a spreadsheet may have left some above it."""
    first = text.readline()
    while first and not first.strip(EMPTY):
        first = text.readline()
    text.seek(0)
    return first


def _encoding(file: BinaryIO) -> str:
    """UTF-8 if it is, with its mark or without; UTF-16 by its mark or its first letter; else what Windows writes."""
    start = file.read(2)
    file.seek(0)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if start.count(0) == 1:
        return "utf-16-be" if start[0] == 0 else "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8-sig"


def column_name(given: str) -> str:
    """A column's name as it is compared: "Patient ID" is patient_id."""
    return "_".join(given.replace("-", " ").replace("_", " ").casefold().split())


def column_problems(given: Sequence[str], wanted: Columns) -> list[str]:
    """What is wrong with a table's columns, each as a sentence that says what was perhaps meant."""
    names = [name for name in given if name]  # spreadsheets count columns in which nothing stands
    problems = [f"The column “{name}” is there twice." for name in dict.fromkeys(names) if names.count(name) > 1]
    missing = [name for name in wanted.known if name not in given]
    for name in given:
        meant = _meant(name, missing, wanted.called) if name and name not in wanted.known else None
        if meant:
            problems.append(f"There is no column “{name}”. Did you mean “{meant}”?")
            missing.remove(meant)
    for group in wanted.needed:
        if all(name in missing for name in group):
            problems.append(f"The column “{'” or “'.join(group)}” is missing.")
    return problems


def _meant(name: str, missing: list[str], called: Mapping[str, tuple[str, ...]]) -> str | None:
    by_name = {other: one for one in missing for other in called.get(one, ())}
    near = difflib.get_close_matches(name, by_name, n=1, cutoff=NEARER)
    near = [by_name[other] for other in near] or difflib.get_close_matches(name, missing, n=1, cutoff=NEAR)
    return near[0] if near else None


def as_meant(cell: str) -> str:
    """A cell's text, without the apostrophes that made it harmless."""
    if "'" not in cell:
        return cell
    return STOPPED.sub(r"\1", cell[1:] if cell[0] == "'" and _begins_with_a_break(cell) else cell)


def harmless(cell: str) -> str:
    """A cell's text as no spreadsheet runs it or any part of it."""
    stopped = RUNS.sub(r"\1'", cell)
    return f"'{stopped}" if _begins_with_a_break(stopped) else stopped


def _begins_with_a_break(cell: str) -> bool:
    return cell.lstrip("'").startswith(BREAKS)


def written(columns: Sequence[str], rows: Iterable[Sequence[str]], *, header: bool = True) -> Iterator[str]:
    """A table as CSV, line by line, with the mark by which spreadsheets know UTF-8; or more rows of it alone."""
    line = io.StringIO()
    writer = csv.writer(line)
    if header:
        yield "\ufeff"
    for row in chain((columns,) if header else (), rows):
        writer.writerow([harmless(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
