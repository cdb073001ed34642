"""One pass finds every phrase, and its spans are those of the text as it was given."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.detection.phrases import Phrase, compile_phrase
from watchword.detection.scan import compile_scanner, fold
from watchword.errors import PatternError

PHRASES = [compile_phrase(phrase) for phrase in ("attorney", "legal action", "take ... to court")]


def quotes(text: str) -> list[str]:
    return [text[start:end] for _, start, end in compile_scanner(PHRASES, None).spans(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My attorney’s note", ["attorney’s"]),
        ("Señor, my attorney", ["attorney"]),
        ("日本語 attorney 日本語", ["attorney"]),
        ("😀😀 legal\u00a0action 😀", ["legal\u00a0action"]),
        ("ＡＴＴＯＲＮＥＹ", ["ＡＴＴＯＲＮＥＹ"]),
        ("attorney\x00attorney", ["attorney", "attorney"]),
        ("I take this to court and take that to court", ["take this to court", "take that to court"]),
        ("", []),
        ("\ud800 attorney", ["attorney"]),
    ],
)
def test_quotes_are_exact(text: str, found: list[str]) -> None:
    assert quotes(text) == found


@given(st.text(max_size=200))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_phrase_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    text = f"{before} attorney {after}"
    assert "attorney" in [quote.lower() for quote in quotes(text)]


def test_a_long_text_without_an_end_of_line() -> None:
    text = "word " * 400_000 + "attorney" + " word" * 400_000
    assert quotes(text) == ["attorney"]


def test_threads_may_share_a_scanner() -> None:
    scanner = compile_scanner(PHRASES, None)
    text = "filler " * 2000 + "my attorney takes legal action"
    expected = scanner.spans(text)
    wrong: list[object] = []

    def look() -> None:
        for _ in range(30):
            if scanner.spans(text) != expected:
                wrong.append(text)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_cache_is_written_once_and_read(tmp_path: Path) -> None:
    compile_scanner(PHRASES, tmp_path)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    assert compile_scanner(PHRASES, tmp_path).spans("attorney") == [(0, 0, 8)]
    assert kept.stat().st_mtime_ns == written


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x00" * 5000])
def test_a_broken_cache_is_compiled_anew(tmp_path: Path, content: bytes) -> None:
    compile_scanner(PHRASES, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(content)
    assert compile_scanner(PHRASES, tmp_path).spans("attorney") == [(0, 0, 8)]
    assert kept.read_bytes() != content


def test_a_cut_cache_is_compiled_anew(tmp_path: Path) -> None:
    compile_scanner(PHRASES, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-100])
    assert compile_scanner(PHRASES, tmp_path).spans("attorney") == [(0, 0, 8)]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert compile_scanner(PHRASES, blocked / "cache").spans("attorney") == [(0, 0, 8)]


def test_other_patterns_have_another_cache(tmp_path: Path) -> None:
    compile_scanner(PHRASES, tmp_path)
    compile_scanner(PHRASES[:2], tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_what_cannot_be_compiled_is_a_pattern_error() -> None:
    with pytest.raises(PatternError, match="cannot be compiled"):
        compile_scanner([Phrase("broken", "(unclosed", 9)], None)
