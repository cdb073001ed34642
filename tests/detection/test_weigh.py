"""Wordings and model together, with a model that says what the test tells it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detection.made import POLICY, Told, flags, told
from tests.made import call
from watchword.detection.lexicon import Entry
from watchword.detection.meaning import Hit, Reading
from watchword.detection.weigh import MOST_TOGETHER, together
from watchword.policy.load import parse_policy, read_policy_text
from watchword.policy.schema import Lean
from watchword.terms import Contact, Level, Outcome, Passage, Scope
from watchword.triage.assess import assess


def test_a_meaning_is_seen_in_words_that_nobody_listed() -> None:
    found = told(call("My sister does this for a living."), {0: {"attorney": 3.0}})
    assert flags(found) == [("attorney", Level.ESCALATE)]
    assert found.flags[0].evidence[0].quote == "My sister does this for a living."
    assert found.model == "told"


def test_the_same_words_again_and_again_are_one_place() -> None:
    small = {0: {"anger": -0.5}}
    once = told(call("Well."), small)
    again = told(call(*["Well."] * 8), dict.fromkeys(range(8), small[0]))
    others = told(call(*[f"Well, {turn}." for turn in range(8)]), dict.fromkeys(range(8), small[0]))
    assert (flags(once), flags(again)) == ([], [])
    assert flags(others) == [("frustration", Level.CLARIFY)]


def test_once_a_flag_is_up_what_is_said_in_so_many_words_is_shown() -> None:
    found = told(call("I am furious.", "I am fed up with this."), {0: {"anger": 3.0}, 1: {"anger": -1.5}})
    assert [one.quote for one in found.flags[0].evidence] == ["furious", "fed up"]


def test_in_doubt_it_asks_the_question_of_that_meaning() -> None:
    found = told(call("My sister knows about such things."), {0: {"attorney": 0.5}})
    assert flags(found) == [("attorney", Level.CLARIFY)]
    assert found.flags[0].ask == "Is the attorney you mentioned helping you with this bill?"
    assert found.outcome is Outcome.CLARIFY


def test_a_listed_word_that_the_model_does_not_believe_is_set_aside_with_a_reason() -> None:
    found = told(call("My attorney for the house says hello."), {0: {"attorney": -5.0}})
    assert found.flags == ()
    assert [(aside.quote, aside.because) for aside in found.set_aside] == [("attorney", "somebody else's affair")]


def test_the_reason_of_the_wording_goes_before_the_models() -> None:
    found = told(call("I am not going to sue anybody."), {0: {"legal_action": -5.0}})
    assert [aside.because for aside in found.set_aside] == ["denied"]


def test_so_is_a_wording_of_a_meaning_but_not_what_an_agent_says() -> None:
    found = told(call("agent: I am furious with the fax too.", "I was furious with it."), {1: {"anger": -5.0}})
    assert found.flags == ()
    assert [(aside.kind, aside.term, aside.turn, aside.because) for aside in found.set_aside] == [
        ("frustration", None, 1, "somebody else's affair")
    ]


def test_the_words_found_are_the_evidence() -> None:
    found = told(call("Well, my attorney will ring you."), {0: {"attorney": 3.0}})
    assert [piece.quote for piece in found.flags[0].evidence] == ["attorney"]


@pytest.mark.parametrize(
    ("words", "odds", "alone", "asked"),
    [
        ("Hello. My attorney will ring you.", -5.0, 2.5, True),  # a wording that speaks to us
        ("Hello. My attorney will ring you.", -5.0, 0.5, False),
        ("Hello. My attorney for the house rang.", -5.0, 2.5, False),  # one that does not
        ("Hello. My sister knows about such things.", -0.5, 2.5, True),  # nearly loud enough
        ("Hello. My sister knows about such things.", -1.5, 2.5, False),
        ("Hello. I don't have an attorney for your bill.", -5.0, 2.5, False),  # denied
    ],
)
def test_what_is_plain_by_itself_is_asked_about_among_other_talk(
    words: str, odds: float, alone: float, asked: bool
) -> None:
    found = told(call(words), {0: {"attorney": odds}}, {"attorney": alone})
    assert flags(found) == ([("attorney", Level.CLARIFY)] if asked else [])


class Strict(Told):
    """Asks from log-odds 2 and acts from 4; in few words it asks from -1, with a wording from -2, and acts from 1, more
    rarely by lean.
    """

    def level(self, entry: Entry, odds: float) -> Level | None:
        return Level.ESCALATE if odds >= 4 else Level.CLARIFY if odds >= 2 else None

    def level_in_few_words(self, entry: Entry, odds: float, listed: bool) -> Level | None:
        if entry.lean is Lean.FEWER_FALSE_ALARMS:
            odds -= 2
        return Level.ESCALATE if odds >= 1 else Level.CLARIFY if odds >= (-2 if listed else -1) else None


SHORT = "My sister knows about such things."
LONG = "My sister knows about such things, as I have told you and the lady before you, so well, there it is for you."


@pytest.mark.parametrize(
    ("words", "odds", "level"),
    [
        (SHORT, -1.1, None),
        (SHORT, -0.9, Level.CLARIFY),
        (SHORT, 1.1, Level.ESCALATE),
        (LONG, 1.9, None),
        (LONG, 2.1, Level.CLARIFY),
        (LONG, 4.1, Level.ESCALATE),
        ("If you do not help my attorney will.", 0.1, Level.ESCALATE),  # and the wording that speaks to us, 1
        ("If you do not help my attorney will.", -2.9, Level.CLARIFY),
        ("I do not need an attorney for your bill.", 2.9, None),  # denied: 4 less, and no wording that is meant
    ],
)
def test_what_is_said_in_few_words_is_judged_by_bars_of_its_own(words: str, odds: float, level: Level | None) -> None:
    found = assess(call(words), POLICY, None, Strict({0: {"attorney": odds}}))
    assert flags(found) == ([("attorney", level)] if level else [])


def test_few_words_among_long_ones_are_judged_by_themselves_too_and_never_lower_what_all_come_to() -> None:
    contact = call(LONG, SHORT)
    asked = assess(contact, POLICY, None, Strict({0: {"attorney": 0.5}, 1: {"attorney": -0.5}}))
    assert flags(asked) == [("attorney", Level.CLARIFY)]
    assert [piece.turn for piece in asked.flags[0].evidence] == [0, 1]  # the short one, and what is plain beside it
    acted = assess(contact, POLICY, None, Strict({0: {"attorney": 4.5}, 1: {"attorney": -0.5}}))
    assert flags(acted) == [("attorney", Level.ESCALATE)]
    assert [piece.turn for piece in acted.flags[0].evidence] == [0]


@pytest.mark.parametrize(
    ("words", "odds", "bare", "level"),
    [
        (SHORT, 1.1, -0.9, Level.CLARIFY),  # loud among what stood before it alone
        (SHORT, 1.1, -1.1, None),
        (SHORT, -0.9, 1.1, Level.ESCALATE),  # what stood before it quiets it
        (SHORT, -4.9, 1.1, Level.ESCALATE),
        (SHORT, -5.1, 1.1, None),  # and is not asked twice where nothing at all is heard
        (SHORT, -0.9, 0.9, Level.CLARIFY),  # a doubt by both readings
        (SHORT, -1.1, 0.9, None),
        ("If you do not help my attorney will.", 0.1, -0.9, Level.CLARIFY),  # the wording weighs in there too
        ("If you do not help my attorney will.", 0.1, -2.9, Level.CLARIFY),
        (LONG, 4.1, -9.0, Level.ESCALATE),  # of few words alone
    ],
)
def test_few_words_are_acted_on_by_what_they_say_alone_and_asked_about_by_what_they_say_either_way(
    words: str, odds: float, bare: float, level: Level | None
) -> None:
    found = assess(call(words), POLICY, None, Strict({0: {"attorney": odds}}, bare={0: {"attorney": bare}}))
    assert flags(found) == ([("attorney", level)] if level else [])


def test_the_bars_for_few_words_go_by_the_lean_of_the_policy() -> None:
    text, file = read_policy_text("natera-billing")
    policy = parse_policy(text.replace("lean: catch more", "lean: fewer false alarms"), file)[0]
    assert policy.meanings["bringing_an_attorney"].lean is Lean.FEWER_FALSE_ALARMS
    contact, model = call(SHORT), Strict({0: {"attorney": 0.2}})
    assert flags(assess(contact, POLICY, None, model)) == [("attorney", Level.CLARIFY)]
    assert flags(assess(contact, policy, None, model)) == []


def test_small_signs_add_up_over_turns() -> None:
    sign = {"waiting_for_follow_up": 0.7, "anger": 0.2}
    contact = call("I was told Monday.", "agent: I see.", "It is Thursday.", "agent: Yes.", "Well.")
    alone = told(contact, {0: sign})
    assert flags(alone) == [("frustration", Level.CLARIFY)]
    both = told(contact, {0: sign, 2: sign})
    assert flags(both) == [("frustration", Level.ESCALATE)]
    assert {piece.sign for piece in both.flags[0].evidence} == {"waiting for a follow-up", "anger"}
    assert {piece.turn for piece in both.flags[0].evidence} == {0, 2}


class InOneBreath(Told):
    """Reads all turns as what is said without a stop."""

    def reading(self, passage: Passage) -> Reading:
        return replace(super().reading(passage), begins=0)


def test_what_is_said_without_a_stop_is_one_place_and_does_not_add_up_with_itself() -> None:
    signs = {0: {"anger": 0.7}, 1: {"anger": 0.7}, 2: {"anger": 0.7}}
    contact = call("I was told", "I was told Monday", "I was told Monday and")
    assert flags(told(contact, signs)) == [("frustration", Level.ESCALATE)]
    assert flags(assess(contact, POLICY, None, InOneBreath(signs))) == [("frustration", Level.CLARIFY)]


def test_length_alone_raises_nothing() -> None:
    contact = call(*("so about the bill" for _ in range(400)))
    quiet = {number: dict.fromkeys(("anger", "urgency", "attorney"), -3.0) for number in range(400)}
    assert told(contact, quiet).flags == ()


def test_what_the_policy_sets_aside_no_model_raises() -> None:
    found = told(call("agent: Our attorney is out.", "Fine."), {0: {"attorney": 9.0}})
    assert found.flags == ()
    assert [aside.because for aside in found.set_aside] == ["said by the agent"]


def test_a_channel_that_is_not_listened_to_stays_so() -> None:
    found = assess(
        Contact("m", call("x").channel.EMAIL, body="Nobody ever called."), POLICY, None, Told({0: {"anger": 9.0}})
    )
    assert found.flags == ()


def test_the_scope_is_the_models_where_no_word_names_one() -> None:
    found = told(call("Lose my number, all of it."), {0: {"do_not_contact": 4.0}})
    assert [flag.scope for flag in found.flags] == [(Scope.CALLS,)]


def test_the_number_said_is_kept_as_a_claim() -> None:
    found = told(call("So this is the fifth of you lot that I explain it to."), {0: {"contacted_before": 4.0}})
    assert [(flag.kind, flag.number) for flag in found.flags] == [("repeated_contact", 5)]


def test_a_model_that_fails_leaves_the_listed_wordings_and_calls_a_person() -> None:
    class Broken(Told):
        def read(
            self, passages: Sequence[Passage], hits: Sequence[Hit], meanings: Sequence[Entry], first: int = 0
        ) -> list[Reading]:
            raise RuntimeError("no memory")

    found = assess(call("My attorney will ring you."), POLICY, None, Broken({}))
    assert flags(found) == [("attorney", Level.ESCALATE)]
    assert found.needs_person == (
        "The meaning model could not be asked (RuntimeError); only listed wordings were looked for.",
    )


def test_together_is_a_noisy_or() -> None:
    def chance(odds: float) -> float:
        return 1 / (1 + math.exp(-odds))

    assert chance(together([0.0])) == pytest.approx(0.5)
    assert chance(together([0.0, 0.0])) == pytest.approx(0.75)
    assert chance(together([1.0, -1.0])) == pytest.approx(1 - (1 - chance(1)) * (1 - chance(-1)))


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=12))
def test_together_is_at_least_the_loudest_and_counts_only_a_few(odds: list[float]) -> None:
    loudest = sorted(odds)[-MOST_TOGETHER:]
    assert together(odds) == together(loudest)
    assert together(odds) >= max(odds) - 1e-6
