"""One contact from a line: bytes or text, and what is hostile or broken is refused in a sentence."""

from __future__ import annotations

import json

import pytest

from tests.reading.test_contacts import CALL, MAIL, PLACE, read
from watchword.errors import ContactInvalid
from watchword.reading.contacts import contact_from_line


def line_refusal(line: bytes | str) -> ContactInvalid:
    with pytest.raises(ContactInvalid) as caught:
        contact_from_line(line, place=PLACE)
    return caught.value


def test_a_line_is_read_as_bytes_or_text_with_or_without_a_mark() -> None:
    line = json.dumps(CALL)
    contact = read(CALL)
    for given_line in (line, line.encode(), "\ufeff" + line, b"\xef\xbb\xbf" + line.encode(), f"  {line}\r\n"):
        assert contact_from_line(given_line, place=PLACE) == contact


def head(line: str | bytes) -> str:
    return line_refusal(line).what


def test_a_key_that_stands_twice_is_refused_wherever_it_stands() -> None:
    inner = '{"id": "c", "channel": "phone", "turns": [{"speaker": "agent", "text": "a", "text": "b"}]}'
    assert head(inner) == 'The key "text" stands twice in one object; only one of the two can be meant.'
    assert head('{"I want to speak": 1, "I want to speak": 2}').startswith("The key a text stands twice")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("[" * 100_000, "Lists or objects are nested too deeply."),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "Lists or objects are nested too deeply."),
        ("[" * 300 + "]" * 300, "Lists or objects are nested too deeply."),
        ('{"id": NaN}', "NaN is no JSON number."),
        ('{"id": -Infinity}', "-Infinity is no JSON number."),
        ('{"id": 1e999}', "A number is too large to be kept."),
        ('{"id": ' + "9" * 5000 + "}", "A number has too many digits."),
        (b'{"id": "caf\xe9"}', "Byte 12 is not UTF-8 text."),
        ("", "This is not JSON: Expecting value."),
        ("\0\0\0", "This is not JSON: Expecting value."),
        ('{"id": "c"', "This is not JSON: Expecting ',' delimiter."),
        ('{"id": "c"} {"id": "d"}', "This is not JSON: Extra data."),
        ('{"id": "c', "This is not JSON: Unterminated string starting at."),
    ],
)
def test_hostile_json_is_refused_in_a_sentence(line: str | bytes, what: str) -> None:
    error = line_refusal(line)
    assert error.what == what
    assert error.do
    assert error.place is not None
    assert (error.place.file, error.place.line) == ("calls.jsonl", 3)


def test_broken_json_is_told_with_its_column() -> None:
    assert str(line_refusal('{"id": oops}')).startswith("calls.jsonl:3:8: This is not JSON: Expecting value.")


def test_depth_up_to_the_limit_is_read_even_in_a_wide_contact() -> None:
    deep = "[" * 199 + "]" * 199
    line = '{"id": "c", "channel": "email", "body": "", "wide": [' + "{}," * 300 + '{}], "deep": ' + deep + "}"
    assert "deep" in contact_from_line(line, place=PLACE).extra


def test_a_text_of_twenty_megabytes_is_read() -> None:
    body = "no end of line " * 1_400_000
    assert contact_from_line(json.dumps({**MAIL, "body": body}), place=PLACE).body == body
