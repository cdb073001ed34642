"""JSON documents and packed files: read in flat memory, and as far as they are JSON."""

from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.reading.door import EVENTS, SAMPLES, SETTINGS, Write, found, line, mail, memory_of, told
from watchword.errors import FileUnreadable, InputError
from watchword.reading.files import read_contacts
from watchword.reading.json_document import values_in_document
from watchword.reading.stream import Stream
from watchword.settings import Settings


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, raw: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path

    return written


def sample(name: str) -> Any:
    return json.loads((SAMPLES / "transcripts" / f"{name}.json").read_text())


# Documents


def test_a_document_of_one_contact(write: Write) -> None:
    assert told(write("a.json", json.dumps(mail("a"), indent=2).encode())) == ["a"]


def test_a_document_of_many_contacts(write: Write) -> None:
    values = [mail("a"), {"id": "b"}, 5, mail("c"), sample("twilio")]
    assert told(write("a.json", json.dumps(values, indent=1).encode())) == [
        "a",
        "a.json:7: channel is missing.",
        "a.json:10: The contact is a number; it must be an object.",
        "c",
        "GT5550100000000000000000000000e101",
    ]


def test_an_array_of_events_makes_calls(write: Write) -> None:
    values = [json.loads(text) for text in EVENTS.read_text().splitlines()]
    assert told(write("a.json", json.dumps(values).encode())) == ["live-a", "live-b"]
    assert told(write("b.json", json.dumps(values[3]).encode())) == ["live-a"]


@pytest.mark.parametrize(
    ("raw", "errors"),
    [
        (b"[]", ["a.json: The file holds no contact."]),
        (b"[%s] x", ["a", "a.json:2:3: This is not JSON: Extra data."]),
        (b"[%s", ["a", "a.json:2: This is not JSON: Expecting ']'."]),
        (b"[%s, oops, %s]", ["a", "a.json:2:3: This is not JSON: Expecting value."]),
        (b'[%s, {"id": "b" "x"}, %s]', ["a", "a.json:2:14: This is not JSON: Expecting ',' delimiter."]),
        (b'[%s, {"id": "b', ["a", "a.json:2: This is not JSON: Unterminated string starting at."]),
        (b'[%s, "caf\xe9"]', ["a.json:1: This is not JSON: the text is not UTF-8."]),
        (b'[%s, {"a": NaN}, %s]', ["a", "a.json:2: NaN is no JSON number.", "a"]),
        (
            b'[%s, {"a": 1, "a": [{}, "]"]}, %s]',
            ["a", 'a.json:2: The key "a" stands twice in one object; only one', "a"],
        ),
        (
            b"[%s, " + b"[" * 300 + b"]" * 300 + b", %s]",
            ["a", "a.json:2: Lists or objects are nested too deeply.", "a"],
        ),
        (b"[%s, " + b"[" * 99_999, ["a", "a.json:2: Lists or objects are nested too deeply."]),
        (b'[%s, {"a": ' + b"9" * 5000 + b"}, %s]", ["a", "a.json:2: A number has too many digits.", "a"]),
        (b"oops", ["a.json:1:1: This is not JSON: Expecting value."]),
        (b'{"id": 5} {}', ["a.json:1:11: This is not JSON: Extra data."]),
    ],
)
def test_a_broken_document_gives_what_stands_before(write: Write, raw: bytes, errors: list[str]) -> None:
    got = told(write("a.json", raw.replace(b"%s", line("a"))))
    assert [one[: len(error)] for one, error in zip(got, errors, strict=True)] == errors


def test_an_element_over_the_limit_leaves_the_others(write: Write) -> None:
    path = write("a.json", json.dumps([mail("a"), mail("b", body="é" * 300), mail("c")], ensure_ascii=False).encode())
    assert told(path, settings=Settings(largest_contact=400)) == [
        "a",
        "a.json:1: The contact is longer than 400 bytes.",
        "c",
    ]


@pytest.mark.parametrize("wrap", [b"%s", b"[%s]"])
def test_a_document_far_over_the_limit_is_not_held(write: Write, wrap: bytes) -> None:
    path = write("a.json", wrap % line("a", body="x" * 20_000_000))
    result, peak = memory_of(lambda: told(path, settings=Settings(largest_contact=100_000)))
    assert len(result) == 1
    assert "longer than 100000 bytes" in result[0]
    assert peak < 4_000_000


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.jsonl.gz"])
def test_memory_does_not_grow_with_the_file(write: Write, name: str) -> None:
    bodies = [line(str(n), body="x" * 2000) for n in range(3000)]
    raw = b"[" + b",".join(bodies) + b"]" if name == "a.json" else b"".join(bodies)
    path = write(name, gzip.compress(raw) if name.endswith(".gz") else raw)
    _, peak = memory_of(lambda: [] if sum(1 for _ in read_contacts([str(path)], settings=SETTINGS)) == 3000 else [""])
    assert peak < 1_500_000 < len(raw)


WORDS = st.text(max_size=12)
VALUES = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@example([1e16, "cut at its end"], 1, False)
@given(st.lists(VALUES, min_size=1, max_size=5), st.sampled_from([1, 2, 3, 7, 30]), st.booleans())
def test_an_array_is_read_alike_whatever_the_blocks(values: list[Any], step: int, laid_out: bool) -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, step))

    raw = json.dumps(values, indent=1 if laid_out else None, ensure_ascii=False).encode()
    got = list(values_in_document(Stream(Dripping(raw)), file="a.json", longest=100_000))
    assert [one[1] for one in got if not isinstance(one, InputError)] == values


# Packed files


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.ndjson.gz", "A.JSON.GZ"])
def test_packed_files_are_read(write: Write, name: str) -> None:
    raw = b"[" + line("a") + b"," + line("b") + b"]" if "JSON." in name else line("a") + line("b")
    assert told(write(name, gzip.compress(raw))) == ["a", "b"]


def test_a_packed_file_cut_short_gives_what_stands_before(write: Write) -> None:
    raw = b"".join(line(str(n), body=os.urandom(3000).hex()) for n in range(40))
    got = told(write("a.jsonl.gz", gzip.compress(raw)[:-20_000]))
    assert got[0] == "0"
    assert got[-1].startswith("a.jsonl.gz: The file cannot be read: ")


DAMAGED = {
    "not packed": b"no gzip at all",
    "wrong checksum": gzip.compress(b"x" * 999)[:-9] + b"\0" * 9,
    "head cut short": b"\x1f\x8b\x08",
    "torn body": gzip.compress(line("a"))[:10] + b"\xff" * 40,
}


@pytest.mark.parametrize("raw", DAMAGED.values(), ids=DAMAGED)
def test_a_packed_file_that_is_none_is_an_error(write: Write, raw: bytes) -> None:
    got = found(write("a.jsonl.gz", raw))
    assert isinstance(got[-1], FileUnreadable)
