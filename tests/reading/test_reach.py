"""Telephones and addresses, however they are written; and what is none."""

from __future__ import annotations

import pytest

from watchword.reading.reach import address, telephone, telephone_read


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("(212) 555-0100", "+12125550100"),
        ("212.555.0100", "+12125550100"),
        ("1 212 555 0100", "+12125550100"),
        ("(212) 555-0100 mobile", "+12125550100"),
        ("212-555-0100 (Home)", "+12125550100"),
        ("Cell phone: 212-555-0100", "+12125550100"),
        ("tel:+12125550100", "+12125550100"),
        ("(212) 555-0100 ext. 5", "+12125550100"),
        ("2125550100x5 work", "+12125550100"),
        ("0044 20 7946 0958", "+442079460958"),
        ("00 44 20 7946 0958", "+442079460958"),
        ("(mobile) 212-555-0100", "+12125550100"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str, number: str) -> None:
    assert telephone(written) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        "anonymous",
        "anonymous1234567",
        "Restricted",
        "call me",
        "CALL ME NOW 22",
        "650-555-010",
        "555-0100",
        "0000000000",
        "999-999-9999",
        "212-555-0177, 212-555-0178",
        "+12125550177 +12125550178",
        "1.21256E+10",
        "2125550100.0",
        "sip:+12125550100@pbx",
        "\N{REPLACEMENT CHARACTER}",
    ],
)
def test_what_nobody_could_dial_is_no_number(written: str) -> None:
    assert telephone(written) == ""


@pytest.mark.parametrize(
    "written", ["zoe@example.com", " ZOE@Example.com ", "Zoe <zoe@example.com>", '"Brook, Zoe" <Zoe@example.com>']
)
def test_an_address_is_the_same_with_a_name_before_it(written: str) -> None:
    assert address(written) == "zoe@example.com"


@pytest.mark.parametrize(
    "written",
    ["", " ", "nobody", "a@x.org, b@x.org", "a@x.org b@x.org", "a@x.org <b@x.org", "a@b", "@x.org", "a@.", "<>"],
)
def test_what_is_not_exactly_one_address_is_none(written: str) -> None:
    assert address(written) == ""


@pytest.mark.parametrize("piece", ["home ", "1 ", "home" + " " * 100_000, "(", "<", "a.@", "a@" + "a." * 100_000])
def test_long_nonsense_is_read_at_once(piece: str) -> None:
    nonsense = piece * (100_000 // len(piece) + 1) + "1"
    assert telephone(nonsense) == address(nonsense) == ""


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("+15555550123", "(555) 555-0123"),
        ("5555550123", "(555) 555-0123"),
        ("555.555.0123", "(555) 555-0123"),
        ("1 555 555 0123", "(555) 555-0123"),
        ("+44 2079460958", "+44 20 7946 0958"),
        ("00442079460958", "+44 20 7946 0958"),
    ],
)
def test_a_number_is_read_in_groups(kept: str, read: str) -> None:
    assert telephone_read(kept) == read
    assert telephone(read) == telephone(kept)


@pytest.mark.parametrize(
    "kept",
    ["", "555 0123", "+1555555012", "1111111111", "555-555-0123 ext. 5", "555-555-0123 (home)", "anonymous", "+"],
)
def test_what_is_no_number_alone_is_read_as_it_is(kept: str) -> None:
    assert telephone_read(kept) == kept
