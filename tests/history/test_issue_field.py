"""Two issue fields are the same when the whole of both means the same."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.history.test_same_issue import ANOTHER, DOUBTFUL, SAME, bearing, call
from watchword.history.issue_field import issue_references, name_one_issue, stands_in
from watchword.history.same_issue import Bearing

ONE = [
    ("INV-20391", "inv20391", "INV 20391", "invoice 20391", "Invoice no. 20391", "INV#20391", "invoice 20391, dispute"),
    ("20391", "#20391", "No. 20391", "Rechnung Nr. 20391", "INV-20391", "INV-20391 2nd bill", "2 0 3 9 1", "0020391"),
    ("INV-2024-0019", "INV/2024/0019", "INV 2024 0019", "inv 20240019", "2024/0019"),
    ("BKG 2024 0017", "BKG-2024-0017", "bkg/2024/0017", "2024.0017", "20240017"),
    ("7b002ba4-e88f-4a1b-9c3d-000000000003", "{7B002BA4-E88F-4A1B-9C3D-000000000003}"),
    ("5003x00002QqRrSAAX", "Case 5003x00002QqRrSAAX", "5003x00002QqRrSAAX, escalated"),
    ("INV-7", "inv 7", "invoice 7"),
    ("INV-7 refund", "INV-7"),
    ("20391 B", "20391-b", "20391B"),
    ("visit 3 March", "Visit, 3 March", "visit of 3 march"),
    ("INV-20391", "INV-20391 $230", "INV-20391 $230.50", "INV-20391 03/04/2025", "INV-20391 2025-03-04", "20391 £ 20"),
    ("INV-2024-00017", "2024-00017", "INV/2024/00017"),
]
APART = [
    ("2024/0019", "2024/0017", "2024/0018", "2023/0019", "2024"),
    ("24-0019", "24-0017", "24"),
    ("INV/2024/19", "INV/2024/17", "INV/2024/18"),
    ("BKG 2024 0017", "BKG 2024 0018", "BKG 2024 R12", "BKG 2024 R13"),
    ("BKG-2024-0017-B1", "BKG-2024-0017-B2"),
    ("#2024-0017", "#2024-0018"),
    ("INV 2123 0017", "INV 2123 0018"),
    ("CASE-2024-0017", "INV-2024-0017"),
    ("5003x00002QqRrSAAX", "5003x00002AbCdEAAV", "5003x00002ZzYyXAAW", "5003x00002QQRRSAAX", "5003"),
    ("7b002ba4-e88f-4a1b-9c3d-000000000003", "7f9c2ba4-e88f-4a1b-9c3d-000000000001", "7"),
    ("abc12345-1234-4abc-8abc-aaaaaaaaaaaa", "abc12345-1234-4abc-8abc-aaaaaaaaaaab"),
    ("1/12/2024", "11/2/2024", "1/1/22024"),
    ("visit 3 March", "visit 3 April"),
    ("Room 12", "Table 12"),
    ("March 2024", "April 2024"),
    ("Visit 2024-01-17", "Complaint 2024-01-17"),
    ("A17-Y", "B17-X"),
    ("20391 A", "20391 B"),
    ("12 kits - 17", "12 kits - 18", "12-17"),
    ("account 44170 order 1", "account 44170 order 2"),
    ("INV-123", "CASE-123"),
    ("INV-2024-00017", "CASE-2024-00017", "CASE-2024-00018"),
    ("20391", "20391-01", "20391-02", "20391-refund"),
    ("account 44170 1", "account 44170 2"),
    ("March 2024 $20", "April 2024 $20"),
]


@pytest.mark.parametrize("fields", ONE, ids=lambda fields: fields[0])
def test_written_otherwise_it_is_the_same_issue(fields: tuple[str, ...]) -> None:
    first = issue_references(fields[0])
    assert [other for other in fields if not name_one_issue(first, issue_references(other))] == []
    assert [other for other in fields if not name_one_issue(issue_references(other), first)] == []


@pytest.mark.parametrize("fields", APART, ids=lambda fields: fields[0])
def test_what_only_begins_alike_is_another_issue(fields: tuple[str, ...]) -> None:
    pairs = combinations(fields, 2)
    assert [(a, b) for a, b in pairs if name_one_issue(issue_references(a), issue_references(b))] == []


def test_a_field_may_hold_several() -> None:
    both = issue_references("INV-20391, CASE-8812")
    assert name_one_issue(both, issue_references("case 8812"))
    assert name_one_issue(both, issue_references("INV 20391"))
    assert name_one_issue(issue_references("20391 and 20392"), issue_references("INV-20392"))
    assert not name_one_issue(both, issue_references("INV-20391, CASE-8813"))


@pytest.mark.parametrize(
    "field", ["INV-20391/CASE-8812", "INV-20391|CASE-8812", "INV-20391/case8812", "20391|CASE 8812"]
)
def test_a_slash_before_a_kind_and_a_bar_part_them(field: str) -> None:
    for one in ("INV-20391", "CASE-8812"):
        assert name_one_issue(issue_references(field), issue_references(one))
    assert not name_one_issue(issue_references(field), issue_references("CASE-8813"))


@pytest.mark.parametrize(
    ("issue", "noted", "answer"),
    [
        ("INV-20391", "INV-20391-refund", DOUBTFUL),
        ("INV-20391-02", "INV-20391", DOUBTFUL),
        ("INV-20391", "INV 20391 2", DOUBTFUL),
        ("INV-20391-02", "INV-20391-03", ANOTHER),
        ("INV-2024", "INV-2024-17", ANOTHER),
        ("INV-2024-00017", "CASE-2024-00017", ANOTHER),
        ("INV-20391", "INV-20391/INV-20392", SAME),
    ],
)
def test_more_behind_a_long_number_is_a_doubt(issue: str, noted: str, answer: Bearing) -> None:
    assert bearing(call("Which address do I mail the kit to?", issue), "Patient called.", noted) is answer


@pytest.mark.parametrize("field", ["", None, "refund", "INV-", "#", "Mia's bill"])
def test_without_a_number_it_has_no_reference(field: str | None) -> None:
    assert issue_references(field) == frozenset()


@pytest.mark.parametrize(
    ("issue", "note", "note_issue", "answer"),
    [
        ("2024/0019", "Pt asked for a copy of the lab report", "2024/0017", ANOTHER),
        ("2024/0019", "Pt asked for a copy of the lab report", "2024-0019", SAME),
        ("5003x00002QqRrSAAX", "Pt reports a wrong date of birth", "5003x00002AbCdEAAV", ANOTHER),
        ("account 44170 order 1", "Pt reports a wrong date of birth", "account 44170 order 2", ANOTHER),
        ("2024/0019", "Pt called re 2024/0019", None, SAME),
        ("2024/0019", "Pt called re 2024/00191", None, DOUBTFUL),
        ("INV-2024-0019", "Pt called re INV-2024-0018", None, ANOTHER),
        ("#2024-0019", "Pt called re case no. 2024-0018", None, ANOTHER),
        ("BKG-2024-0019-B2", "Pt called re BKG-2024-0019-B2", None, SAME),
        ("2024-01-17", "Pt called, entered 2024-01-17", None, DOUBTFUL),
    ],
)
def test_a_note_about_another_issue_is_never_the_same(
    issue: str, note: str, note_issue: str | None, answer: Bearing
) -> None:
    assert bearing(call("Which address do I mail the kit to?", issue), note, note_issue) is answer


def test_a_field_is_found_in_words_as_it_is_written_and_not_within_another() -> None:
    assert stands_in("7b002ba4-e88f", "re 7B002BA4-E88F again")
    assert not stands_in("2024/0017", "re 2024/00171, INV-2024/0017 and 2024/0017-2")
    assert not stands_in("12", "12 calls")
