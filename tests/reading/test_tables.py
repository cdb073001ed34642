"""No cell of a table that is written begins a formula, wherever a spreadsheet cuts it; and it is read as it was."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watchword.reading.tables import Columns, Row, Table, as_meant, column_problems, harmless, written

FORMULAS = "=+-@＝＋－＠"
PIECES = st.sampled_from([*FORMULAS, *"';,\t\r\n\"\u00a0 ", "a", "1"])
cells = st.lists(PIECES, max_size=8).map("".join)


def cut_by_a_spreadsheet(line: str) -> list[str]:
    """A line's cells in a country where decimals have a comma, or wherever else a spreadsheet cuts it."""
    return re.split(r"[;\t\r\n]", line)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("=1", "'=1"),
        (" =1", " '=1"),
        ("'=1", "''=1"),
        ("\ttold", "'\ttold"),
        ("Bob;=HYPERLINK(A1)", "Bob;'=HYPERLINK(A1)"),
        ("Bob; \u00a0=1", "Bob; \u00a0'=1"),
        ("Bob;'=1", "Bob;''=1"),
        ('Bob;"=1"', 'Bob;"\'=1"'),  # its quotation mark is none that a spreadsheet keeps
        ("Bob;;=1;+2", "Bob;;'=1;'+2"),
        ("a\t=1\r\n-2\r＠3", "a\t'=1\r\n'-2\r'＠3"),
        ("; \n=1", "; \n'=1"),
        ("1=1, a-b; c", "1=1, a-b; c"),
        ("it's; isn't", "it's; isn't"),
        ("", ""),
    ],
)
def test_an_apostrophe_stands_before_whatever_begins_a_formula(cell: str, told: str) -> None:
    assert harmless(cell) == told
    assert as_meant(told) == cell


@given(cells)
@example("'\t=x")
@example("\t'=x")
@example("'';\n'\"''=")
def test_every_cell_is_read_as_it_was_meant(cell: str) -> None:
    assert as_meant(harmless(cell)) == cell


@given(cells)
def test_no_part_of_a_cell_begins_a_formula(cell: str) -> None:
    for part in cut_by_a_spreadsheet(harmless(cell)):
        assert not part.replace('"', "").strip().startswith(tuple(FORMULAS))


@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=3))
def test_no_line_holds_a_formula_and_all_come_in_again(rows: list[list[str]]) -> None:
    whole = "".join(written(["a", "b", "c"], [["1", *row] for row in rows]))
    for part in cut_by_a_spreadsheet(whole):
        assert not part.replace('"', "").strip().startswith(tuple(FORMULAS))
    read = [one.cells for one in Table(io.BytesIO(whole.encode()), "a table") if isinstance(one, Row)]
    assert read == [{"a": "1", "b": first, "c": second} for first, second in rows]


def test_a_long_cell_is_gone_through_once() -> None:
    for cell in ("\n" * 500_000, "; " * 250_000, ";" + " " * 500_000, ";" + "'" * 500_000, "; '" * 150_000):
        assert as_meant(harmless(cell)) == cell


GREETING = "id;note\r\nn1;Grüße, 5 €\r\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (GREETING.encode("utf-8-sig"), 2),
        (GREETING.encode("cp1252"), 2),
        (GREETING.replace(";", "\t").encode("utf-16"), 2),
        (GREETING.encode("utf-16-le"), 2),  # without the mark
        (GREETING.encode("utf-16-be"), 2),
        (GREETING.replace("\r\n", ";;;\r\n").encode(), 2),  # columns that were formatted and hold nothing
        (f"sep=;\r\n{GREETING}".encode(), 3),  # which spreadsheets do not show
        (f"\r\n;;\r\n  \r\n{GREETING}".encode(), 5),  # lines left empty above it
        (f"sep=;\r\n\r\n{GREETING}".encode(), 4),
        (f"SEP=|\r\n{GREETING.replace(';', '|')}".encode("utf-16"), 3),
    ],
)
def test_a_table_is_read_as_spreadsheets_write_it(content: bytes, line: int) -> None:
    table = Table(io.BytesIO(content), "a table")
    assert not column_problems(table.columns, Columns(("id", "note"), (("id",), ("note",)), {}))
    assert list(table) == [Row(line, {"id": "n1", "note": "Grüße, 5 €"})]
