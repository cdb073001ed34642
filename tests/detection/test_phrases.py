"""A phrase becomes a pattern that finds what its owner meant, read alike by Hyperscan and by re."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.detection.phrases import compile_phrase, plain_wording
from watchword.detection.scan import compile_scanner
from watchword.errors import PatternError
from watchword.policy.check import phrases_of
from watchword.policy.load import load_policy, shipped_policies


def finds(phrase: str, text: str) -> str | None:
    found = re.search(compile_phrase(phrase).pattern, text, re.IGNORECASE | re.ASCII)
    return found.group() if found else None


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("sue", "I will SUE you", "SUE"),
        ("sue", "pursue it", None),
        ("sue", "a tissue", None),
        ("legal action", "legal\r\naction", "legal\r\naction"),
        ("legal action", "legal-action", "legal-action"),
        ("legal action", "legal, action", None),
        ("go/going viral", "it goes viral", "goes viral"),
        ("take ... to court", "take all of you people to court", "take all of you people to court"),
        ("take ... to court", "take it. Go to court", None),
        ("before a judge / in front of a judge", "in front of a judge", "in front of a judge"),
        ("{count} times", "i called 14 times", "14 times"),
        ("{count} times", "half a dozen times", "half a dozen times"),
        ("{ordinal} call", "my 3rd call", "3rd call"),
        ("BBB", "the b.b.b. knows", "b.b.b"),
        ("BBB", "bee bee bee", "bee bee bee"),
        ("BBB", "abbb", None),
        ("in-law's firm", "my sister in laws firm", "in laws firm"),
        ("don't call me", "do not call us", "do not call us"),
    ],
)
def test_what_a_phrase_finds(phrase: str, text: str, found: str | None) -> None:
    assert finds(phrase, text) == found


@pytest.mark.parametrize("phrase", ["... court", "court ...", "...", "a ... ... b"])
def test_a_gap_needs_words_on_both_sides(phrase: str) -> None:
    with pytest.raises(PatternError, match="gap"):
        compile_phrase(phrase)


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("{number} ants", '"{number}" in the phrase "{number} ants" stands for nothing.'),
        ("{Count} calls", "Did you mean {count}?"),
        ("{count}s", "Did you mean {count}?"),
        ("{ count } calls", "each as a word of its own"),
        ("leak|drip", 'holds "|", which nobody says'),
        ("rat(s)", 'holds "("'),
        ("mould*", 'holds "*"'),
        ("bed ..bugs", 'holds ".."'),
        ("bed .... bugs", 'holds "...."'),
        ("bed//bugs", "nothing on one side"),
        ("and/or/ mould", "nothing on one side"),
        ("bugs /", "nothing on one side"),
        ("bugs /  / mice", "nothing on one side"),
    ],
)
def test_a_phrase_that_nobody_could_say_is_refused(phrase: str, said: str) -> None:
    with pytest.raises(PatternError) as refused:
        compile_phrase(phrase)
    assert said in f"{refused.value.what} {refused.value.do}"


@pytest.mark.parametrize("sentence", ["three flies here", "12 flies", "several flies", "a couple of flies"])
def test_a_number_may_be_one_of_several_words(sentence: str) -> None:
    assert finds("{count}/several flies", sentence) == sentence.removesuffix(" here")
    assert finds("{count}/{ordinal} flies", "the third flies by") == "third flies"


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("a/b c", "a c"),
        ("rip ... off", "rip uh off"),
        ("before a judge / in front of", "before a judge"),
        ("{ordinal} time ... call", "fourth time uh call"),
    ],
)
def test_plain_wording(phrase: str, said: str) -> None:
    assert plain_wording(phrase) == said


@pytest.mark.parametrize("name", shipped_policies())
def test_every_shipped_phrase_finds_its_own_wording(name: str) -> None:
    for _, phrase in phrases_of(load_policy(name)):
        assert finds(phrase, plain_wording(phrase)), phrase


WORDS = st.text(alphabet="abcdefghijklmnop'-", min_size=1, max_size=8).filter(lambda word: word.strip("'-") == word)


@given(st.lists(WORDS, min_size=1, max_size=4), st.text(max_size=60))
def test_any_phrase_of_words_compiles_and_is_found(words: list[str], around: str) -> None:
    phrase = " ".join(words)
    scanner = compile_scanner([compile_phrase(phrase)], None)
    text = f"{around} {phrase} {around}"
    assert any(text[start:end] for _, start, end in scanner.spans(text))


@given(st.text(alphabet="suecortlega action.bB'\n-?é’", max_size=80))
def test_hyperscan_and_re_agree(text: str) -> None:
    phrases = [compile_phrase(phrase) for phrase in ("sue", "court", "legal action", "BBB", "sue ... court")]
    scanner = compile_scanner(phrases, None)
    seen = {number for number, _, _ in scanner.spans(text)}
    from watchword.detection.scan import fold

    expected = {
        number
        for number, phrase in enumerate(phrases)
        if re.search(phrase.pattern, fold(text), re.IGNORECASE | re.ASCII)
    }
    assert seen == expected
