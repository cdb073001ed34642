"""The word is a reason to look; the meaning decides."""

from __future__ import annotations

import pytest

from watchword.detection.context import Verdict, judge_meaning, judge_term, surroundings


def judged(marked: str) -> tuple[str, str]:
    """Judge the words between [ and ] in their sentence."""
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    judgement = judge_term(surroundings(text, start, end))
    return judgement.verdict.value, judgement.because


@pytest.mark.parametrize(
    "said",
    [
        "I will [sue] you.",
        "My [lawyer] will call.",
        "This is a [scam].",
        "If this is not fixed I'm calling my [attorney].",
        "I won't hesitate to go to [court].",
        "Don't make me call my [lawyer].",
        "I can't believe this [scam].",
        "You have not answered, so my [attorney] will.",
        "I have no choice but to [sue].",
        "I don't want to get a [lawyer], but I will.",
        "Why wouldn't I [sue]?",
        "My husband's [attorney] is looking at this bill.",
        "See you in [court]!",
        "If this is not put right by Friday my cousin's [law firm] takes it from here.",
        "If nobody calls me today the [BBB] will hear of it.",
        "In case you do not answer my [lawyer] will.",
        "I don't care, I'm posting it on [Facebook].",
        "I'm not afraid of [court].",
        "I WILL [SUE] NATERA FOR THIS.",
        "SEE YOU IN [COURT] FRIDAY.",
        "I Will [Sue] Natera For This.",
        "We [Sue] People who do this.",
    ],
)
def test_meant(said: str) -> None:
    assert judged(said)[0] == Verdict.MEANT


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ("I'm not going to [sue] anybody.", "denied"),
        ("There is no [attorney] involved.", "denied"),
        ("I never said it was a [scam].", "denied"),
        ("I am not saying I'll [sue].", "denied"),
        ("No need for a [lawyer].", "denied"),
        ("If you ask me, there is no [lawyer] in this.", "denied"),
        ("If it helps, I am not going to [sue].", "denied"),
        ("My address is 9 [Court] Street.", "part of an address"),
        ("I live on 14 [Court] St, apartment 2.", "part of an address"),
        ("My name is [Sue] Miller.", "a person's name"),
        ("It was [Sue] Miller's place.", "a person's name"),
        ("MY NAME IS [SUE] MILLER.", "a person's name"),
        ("I WANT TO GIVE THE CARD OF MY WIFE [SUE] MILLER", "a person's name"),
        ("this is [sue] calling back", "a person's name"),
        ("I spoke to [Sue] yesterday.", "a person's name"),
        ("I work in [social media], so I'm online.", "somebody's job, not a step against us"),
        ("My sister studies [law].", "somebody's job, not a step against us"),
        ("The [fraud] department called me.", "about somebody else, not about us"),
        ("We may [sue] our landlord.", "about somebody else, not about us"),
        ("My employer filed for [bankruptcy].", "somebody else's affair"),
        ("My divorce [attorney] is slow.", "another matter"),
        ("I was about to call a [lawyer], but you sorted it.", "withdrawn: the customer says it is settled"),
    ],
)
def test_set_aside(said: str, because: str) -> None:
    assert judged(said) == (Verdict.ASIDE.value, because)


@pytest.mark.parametrize(
    "said", ["Is this a [scam]?", "Should I get a [lawyer]?", "I hope I don't have to get a [lawyer]."]
)
def test_doubt(said: str) -> None:
    assert judged(said)[0] == Verdict.DOUBT


def test_the_sentence_before_does_not_deny() -> None:
    assert judged("That is not right. I will [sue].")[0] == Verdict.MEANT


def test_a_meaning_is_set_aside_by_denial_only() -> None:
    text = "I am not fed up at all."
    assert judge_meaning(surroundings(text, 9, 15)).verdict is Verdict.ASIDE


def test_surroundings_of_a_text_without_sentences_are_bounded() -> None:
    text = "word " * 10_000 + "attorney" + " word" * 10_000
    start = text.index("attorney")
    around = surroundings(text, start, start + 8)
    assert len(around.before) <= 260
    assert len(around.after) <= 260
