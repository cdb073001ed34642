"""Wordings and model together, with a model that says what the test tells it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made import call
from watchword.detection.lexicon import Entry
from watchword.detection.meaning import Hit, Reading
from watchword.detection.weigh import MOST_TOGETHER, together
from watchword.policy.load import load_policy, parse_policy, read_policy_text
from watchword.policy.schema import Lean
from watchword.terms import Assessment, Contact, Level, Outcome, Passage, Scope, Zone
from watchword.triage.assess import assess

POLICY = load_policy("natera-billing")
QUIET = -9.0


class Told:
    """Says of each turn what it was told; asks from log-odds 0, acts from 2."""

    name = "told"

    def __init__(
        self,
        odds: Mapping[int, Mapping[str, float]],
        alone: Mapping[str, float] = MappingProxyType({}),
        bare: Mapping[int, Mapping[str, float]] | None = None,
        doubts: Mapping[int, Mapping[str, float]] = MappingProxyType({}),
        taken_back: tuple[int, ...] = (),
    ) -> None:
        self.told = odds
        self.alone = alone  # what it says of a sentence read by itself
        self.told_bare = odds if bare is None else bare  # and of each turn without what stood before it
        self.doubts = doubts
        self.taken_back = taken_back

    def read(
        self, passages: Sequence[Passage], hits: Sequence[Hit], meanings: Sequence[Entry], first: int = 0
    ) -> list[Reading]:
        return [self.reading(passage) for passage in passages if passage.zone is Zone.OWN]

    def reading(self, passage: Passage) -> Reading:
        told = self.told.get(passage.turn or 0, {})
        bare = self.told_bare.get(passage.turn or 0, {})
        doubts = self.doubts.get(passage.turn or 0, {})
        return Reading(
            passage=passage,
            start=0,
            end=len(passage.text),
            text=passage.text,
            begins=passage.turn,
            odds=lambda entry: told.get(entry.known or "", QUIET),
            doubt=lambda entry: doubts.get(entry.known or "", QUIET),
            where=lambda entry: [(passage, 0, len(passage.text))],
            bare=lambda entry: bare.get(entry.known or "", QUIET),
            alone=lambda entry, at: self.alone.get(entry.known or "", -math.inf),
            scopes=(Scope.CALLS,),
            reason="somebody else's affair",
            taken_back=passage.turn in self.taken_back,
        )

    def weighed(self, entry: Entry, reading: Reading, wording: str) -> float:
        return reading.odds(entry) + {"listed": 1.0, "aimed": 1.0, "aside": -4.0}.get(wording, 0.0)

    def level(self, entry: Entry, odds: float) -> Level | None:
        return Level.ESCALATE if odds >= 2 else Level.CLARIFY if odds >= 0 else None

    def level_in_few_words(self, entry: Entry, odds: float, listed: bool) -> Level | None:
        return None

    def is_doubt(self, odds: float) -> bool:
        return odds >= 1


def told(
    contact: Contact, odds: Mapping[int, Mapping[str, float]], alone: Mapping[str, float] = MappingProxyType({})
) -> Assessment:
    return assess(contact, POLICY, None, Told(odds, alone))


def flags(found: Assessment) -> list[tuple[str | None, Level]]:
    return [(flag.term or flag.kind, flag.level) for flag in found.flags]


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


@pytest.mark.parametrize(
    ("odds", "doubt", "level"),
    [
        (QUIET, 0.9, None),
        (QUIET, 1.1, Level.CLARIFY),  # no faint threat, but a doubt by itself
        (0.1, QUIET, Level.CLARIFY),
        (9.0, 1.1, Level.CLARIFY),  # and is not acted on, however loud
        (9.0, 0.9, Level.ESCALATE),
    ],
)
def test_an_honest_doubt_is_asked_about_however_faint_the_threat(
    odds: float, doubt: float, level: Level | None
) -> None:
    contact = call("Hello.", "agent: Yes?", "Do people take somebody for that, usually?")
    model = Told({2: {"attorney": odds}}, doubts={2: {"attorney": doubt}})
    found = assess(contact, POLICY, None, model)
    assert flags(found) == ([("attorney", level)] if level else [])
    assert [piece.turn for flag in found.flags for piece in flag.evidence] == ([2] if level else [])


def test_beside_a_threat_a_doubt_is_no_matter() -> None:
    contact = call("Do people take somebody for that?", "agent: Some do.", "My sister-in-law's firm has it.")
    model = Told({0: {"attorney": 1.0}, 2: {"attorney": 2.1}}, doubts={0: {"attorney": 3.0}})
    assert flags(assess(contact, POLICY, None, model)) == [("attorney", Level.ESCALATE)]
    fainter = Told({0: {"attorney": 1.9}, 2: {"attorney": 1.9}}, doubts={0: {"attorney": 3.0}})
    assert flags(assess(contact, POLICY, None, fainter)) == [("attorney", Level.CLARIFY)]


SORTED = "That one's sorted, forget what I said."


@pytest.mark.parametrize(
    ("before", "since", "level"),
    [
        (9.0, QUIET, Level.CLARIFY),  # what was to be acted on is asked about
        (1.0, QUIET, None),  # what was to be asked about is settled
        (9.0, 9.0, Level.ESCALATE),  # it is meant again
        (9.0, 1.0, Level.CLARIFY),
        (1.0, 1.0, Level.CLARIFY),
        (QUIET, 9.0, Level.ESCALATE),
        (QUIET, QUIET, None),
    ],
)
def test_what_was_taken_back_counts_one_level_less_unless_it_is_said_again(
    before: float, since: float, level: Level | None
) -> None:
    contact = call("My sister has the papers.", "agent: I see.", SORTED, "agent: Good.", "As for the other bill.")
    model = Told({0: {"attorney": before}, 4: {"attorney": since}}, taken_back=(2,))
    found = assess(contact, POLICY, None, model)
    assert flags(found) == ([("attorney", level)] if level else [])
    assert [piece.turn for flag in found.flags for piece in flag.evidence][-1:] == (
        [] if level is None else [4] if since >= 0 else [0]
    )


def test_a_listed_word_that_was_taken_back_is_set_aside_for_that() -> None:
    contact = call("My attorney may look at it.", "agent: I see.", SORTED)
    found = assess(contact, POLICY, None, Told({0: {"attorney": 0.5}}, taken_back=(2,)))
    assert (flags(found), [aside.because for aside in found.set_aside]) == ([], ["something was taken back since"])


class TwoBars(Told):
    """Acts from 4, and on what lies between 1 and 1.4: as where two meanings of one flag have bars of their own."""

    def level(self, entry: Entry, odds: float) -> Level | None:
        return Level.ESCALATE if odds >= 4 or 1.0 <= odds < 1.4 else Level.CLARIFY if odds >= 0.5 else None


def test_what_is_said_after_it_is_judged_by_itself_though_all_together_come_to_less() -> None:
    contact = call("My sister has the papers.", "agent: I see.", SORTED, "agent: Good.", "As for the other bill.")
    model = TwoBars({0: {"attorney": 1.5}, 4: {"attorney": 1.2}}, taken_back=(2,))
    assert flags(assess(contact, POLICY, None, model)) == [("attorney", Level.ESCALATE)]


def test_the_agent_is_told_that_it_may_have_been_taken_back() -> None:
    contact = call("My sister has the papers.", "agent: I see.", SORTED)
    (flag,) = assess(contact, POLICY, None, Told({0: {"attorney": 9.0}}, taken_back=(2,))).flags
    assert flag.why.endswith("In doubt: something was taken back since.")
    assert flag.ask == "Is the attorney you mentioned helping you with this bill?"


def test_a_call_in_which_a_threat_is_taken_back_turn_by_turn() -> None:
    said = ["My sister has the papers.", "agent: I see.", SORTED, "agent: Good.", "No, she keeps them."]
    model = Told({0: {"attorney": 9.0}, 4: {"attorney": 9.0}}, taken_back=(2,))
    found = [flags(assess(call(*said[:turns]), POLICY, None, model)) for turns in (1, 3, 5)]
    assert found == [[("attorney", Level.ESCALATE)], [("attorney", Level.CLARIFY)], [("attorney", Level.ESCALATE)]]


def test_who_takes_a_threat_back_may_be_weary_all_the_same() -> None:
    model = Told({0: {"anger": 9.0}}, taken_back=(0,))
    assert flags(assess(call("Forget the lawyer, I'm done."), POLICY, None, model)) == [("frustration", Level.ESCALATE)]


def test_doubts_do_not_add_up() -> None:
    contact = call(*[f"Well, {turn}." for turn in range(8)])
    model = Told({}, doubts={turn: {"attorney": 0.9} for turn in range(8)})
    assert assess(contact, POLICY, None, model).flags == ()


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
