"""The bars of least cost, on small made-up sets whose best bars can be told by hand.

Bars lie on quarters from -4 to 6; log-odds here lie between them, so that no rounding decides.
"""

from __future__ import annotations

import pytest
from training.contacts import ACT, ASK, EITHER, NONE, Case, Heard

from training import calibrate
from watchword.detection import weigh
from watchword.policy.schema import Lean

ADDS_NOTHING = dict.fromkeys(calibrate.WORDINGS, 0.0)
LEANS = [lean.value for lean in Lean]
QUIET = -9.0
NO_DOUBTS = 6.0


def case(expected: str, *odds: float, group: str = "attorney", wording: str = weigh.NONE) -> Case:
    """A meaning that was heard at places of more than a few words."""
    return Case(group, tuple(Heard(one, wording, None, QUIET) for one in odds), expected)


def short(expected: str, by_itself: float, group: str = "attorney", wording: str = weigh.NONE) -> Case:
    """A meaning that was heard in a few words alone, as loud among what stood before them as by themselves."""
    return Case(group, (Heard(by_itself, wording, (by_itself, by_itself), QUIET),), expected)


def bars(*cases: Case) -> dict[str, tuple[float, float]]:
    """Ask and act, by lean, of the one group there is."""
    (found,) = calibrate.bars(cases, ADDS_NOTHING, NO_DOUBTS).values()
    return {lean: (one["ask"], one["act"]) for lean, one in found.items()}


def few(*cases: Case, weight: float = 1.0, name: str = "legal") -> dict[str, tuple[float, float]]:
    found = calibrate.few_words_bars([(weight, cases)], ADDS_NOTHING, {"attorney": "legal", "bbb": "legal"}, NO_DOUBTS)[
        name
    ]
    return {lean: (one["ask"], one["act"]) for lean, one in found.items()}


def test_bars_that_cost_nothing_are_found_and_of_them_the_highest_taken() -> None:
    found = bars(case(NONE, -3.1), case(NONE, -1.1), case(ASK, 0.6), case(ACT, 2.1), case(ACT, 3.1))
    assert found == dict.fromkeys(LEANS, (0.5, 2.0))


def test_a_meaning_that_nothing_tempts_to_has_the_bars_of_its_faintest_flag() -> None:
    assert bars(case(ACT, 0.1), case(ACT, 3.1)) == dict.fromkeys(LEANS, (0.0, 0.0))


def test_a_meaning_that_is_never_meant_is_never_raised() -> None:
    assert bars(case(NONE, 4.1), case(NONE, 1.1)) == dict.fromkeys(LEANS, (6.0, 6.0))


def test_on_what_people_differ_counts_neither_way() -> None:
    alone = bars(case(NONE, -1.1), case(ACT, 2.1))
    assert alone == bars(case(NONE, -1.1), case(ACT, 2.1), *[case(EITHER, -1.05)] * 50, *[case(EITHER, 4.1)] * 50)


def test_what_costs_more_is_left_and_the_lean_says_what_that_is() -> None:
    """Three threats and two harmless texts are heard alike. To act on all five costs alarms, to ask about them costs
    questions, to leave them costs threats: 3 × 1 in each lean.

    Catch more: act 2 × 1.2 = 2.4, ask 3 × 0.25 + 2 × 0.45 = 1.65. Even: act 3.4, ask 0.75 + 1.2 = 1.95.
    Fewer false alarms: act 5.8, ask 0.75 + 1.8 = 2.55. So each asks, and acts on nothing.
    """
    assert bars(*[case(ACT, 1.1)] * 3, *[case(NONE, 1.1)] * 2) == dict.fromkeys(LEANS, (1.0, 6.0))


def test_a_lean_to_catch_more_acts_where_others_ask() -> None:
    """Four threats and one harmless text. Catch more: act 1.2, ask 1.0 + 0.45. Even: act 1.7, ask 1.0 + 0.6: it asks.
    Fewer false alarms: act 2.9, ask 1.0 + 0.9: that one asks, too.
    """
    found = bars(*[case(ACT, 1.1)] * 4, case(NONE, 1.1))
    assert found == {
        Lean.CATCH_MORE: (1.0, 1.0),
        Lean.EVEN: (1.0, 6.0),
        Lean.FEWER_FALSE_ALARMS: (1.0, 6.0),
    }


def test_fewer_false_alarms_never_has_lower_bars() -> None:
    """Each lean by itself would ask from 1, 2 and 1 here, and act from 3, 3 and 6."""
    judged = {
        "attorney": [(2.1, NONE, 3.0), (2.1, ASK, 10.0), (2.1, NONE, 3.0)],
        "bbb": [(3.1, ACT, 1.0), (3.1, ACT, 3.0), (2.1, ASK, 10.0), (1.1, ASK, 1.0)],
    }
    judged = {
        name: [calibrate.Judged(odds, odds, False, *rest) for odds, *rest in cases] for name, cases in judged.items()
    }
    found = calibrate._least_of_each(judged, calibrate.AS_GOOD)["attorney"]
    assert [(found[lean]["ask"], found[lean]["act"]) for lean in LEANS] == [(1.0, 3.0), (2.0, 3.0), (2.0, 6.0)]


def test_few_words_are_acted_on_by_what_they_are_alone_and_asked_about_by_the_fainter_of_both() -> None:
    """A threat that is loud alone and faint among other talk sets the bar of acting, a doubt that is heard alike in
    both that of asking: by the fainter of the threat, everything else would be asked about.
    """
    threat = Case("attorney", (Heard(-2.0, weigh.NONE, (3.1, -2.0), QUIET),), ACT)
    found = few(threat, short(ASK, 1.1), short(NONE, 0.6))
    assert found == dict.fromkeys(LEANS, (1.0, 3.0))


def test_act_never_lies_below_ask() -> None:
    """Doubts are heard louder than threats here: what is best for each alone would turn the bars over."""
    for ask, act in bars(*[case(ASK, 3.1)] * 5, *[case(ACT, 1.1)] * 5, *[case(NONE, -1.1)] * 5).values():
        assert ask <= act


def test_every_group_has_bars_of_its_own() -> None:
    cases = [case(NONE, -1.1), case(ACT, 2.1), case(NONE, 2.6, group="bbb"), case(ACT, 4.1, group="bbb")]
    found = calibrate.bars(cases, ADDS_NOTHING, NO_DOUBTS)
    assert {name: one[Lean.EVEN] for name, one in found.items()} == {
        "attorney": {"ask": 2.0, "act": 2.0},
        "bbb": {"ask": 4.0, "act": 4.0},
    }


def test_a_group_of_few_cases_does_not_follow_its_accidents() -> None:
    """One threat at 2.1 alone would set the bar there; a hundred harmless texts of another group at 3.1, and as many
    threats at 5.1, weigh in by 0.12 each.
    """
    crowd = [case(NONE, 3.1, group="bbb")] * 100 + [case(ACT, 5.1, group="bbb")] * 100
    found = calibrate.bars([case(ACT, 2.1), *crowd], ADDS_NOTHING, NO_DOUBTS)["attorney"]
    assert found[Lean.EVEN] == {"ask": 5.0, "act": 5.0}


def test_places_add_up() -> None:
    """Two places of even odds are three to one that one of them means it: ln 3 = 1.0986."""
    assert bars(case(ACT, 0.0, 0.0))[Lean.EVEN] == (1.0, 1.0)
    assert calibrate.loudness(case(ACT, 0.0, 0.0).heard, ADDS_NOTHING) == pytest.approx(1.0986, abs=1e-4)


def test_what_was_never_heard_is_below_every_bar() -> None:
    assert calibrate.loudness(case(ACT).heard, ADDS_NOTHING) == calibrate.UNHEARD
    assert bars(case(ACT), case(NONE, 1.1))[Lean.EVEN] == (6.0, 6.0)


def test_a_wording_is_weighed_in() -> None:
    listed = {**ADDS_NOTHING, weigh.LISTED: 2.0}
    found = calibrate.bars([case(ACT, 0.1, wording=weigh.LISTED), case(NONE, 1.1)], listed, NO_DOUBTS)
    assert found["attorney"][Lean.EVEN] == {"ask": 2.0, "act": 2.0}


def test_wordings_that_tell_threats_from_the_rest_add_most_and_others_least() -> None:
    telling = [case(ACT, 0.0, wording=weigh.LISTED)] * 9 + [case(NONE, 0.0)] * 9
    misleading = [case(NONE, 0.0, wording=weigh.LISTED)] * 9 + [case(ACT, 0.0)] * 9
    assert calibrate.fit_wordings(telling)[0][weigh.LISTED] == 4.0
    assert calibrate.fit_wordings(misleading)[0][weigh.LISTED] == 1.5  # a listed word always speaks for its meaning
    assert calibrate.fit_wordings(telling)[1] < calibrate.fit_wordings(misleading)[1]


def test_what_nobody_can_judge_by_does_not_move_the_wordings() -> None:
    telling = [case(ACT, 0.0, wording=weigh.LISTED)] * 9 + [case(NONE, 0.0)] * 9
    beside = [case(EITHER, 0.0, wording=weigh.LISTED), case(NONE)] * 50
    assert calibrate.fit_wordings(telling + beside) == calibrate.fit_wordings(telling)


def test_few_words_have_the_bars_of_their_rule() -> None:
    found = few(short(NONE, 1.1), short(ACT, 2.1), short(ACT, 2.6, group="bbb"))
    assert found == dict.fromkeys(LEANS, (2.0, 2.0))


def test_few_words_are_judged_by_what_they_say_by_themselves() -> None:
    loud_among_others = Case("attorney", (Heard(5.1, weigh.NONE, (0.6, 0.6), QUIET),), NONE)
    assert few(loud_among_others, short(ACT, 1.6))[Lean.EVEN] == (1.5, 1.5)
    assert few(loud_among_others, *[short(ACT, 0.4)] * 9)[Lean.EVEN] == (0.25, 0.25)


def test_a_short_place_counts_for_a_flag_only_where_nothing_longer_is_louder() -> None:
    elsewhere = Case(
        "attorney", (Heard(3.1, weigh.NONE, None, QUIET), Heard(0.1, weigh.NONE, (-2.9, -2.9), QUIET)), ACT
    )
    assert few(short(NONE, 1.1), short(ACT, 2.1), *[elsewhere] * 20)[Lean.EVEN] == (2.0, 2.0)
    here = Case("attorney", (Heard(-3.1, weigh.NONE, None, QUIET), Heard(0.1, weigh.NONE, (-2.9, -2.9), QUIET)), ACT)
    assert few(short(NONE, 1.1), short(ACT, 2.1), *[here] * 20)[Lean.EVEN] == (-3.0, -3.0)


def test_where_nothing_is_to_be_raised_every_short_place_counts() -> None:
    elsewhere = Case("attorney", (Heard(3.1, weigh.NONE, None, QUIET), Heard(1.4, weigh.NONE, (1.4, 1.4), QUIET)), NONE)
    assert few(elsewhere, short(ACT, 1.6))[Lean.EVEN] == (1.5, 1.5)
    assert few(elsewhere, *[short(ACT, 1.3)] * 2, weight=1.0)[Lean.EVEN] == (1.25, 6.0)  # 2 × 0.25 + 0.6; act: 1.7


def test_under_listed_are_the_places_where_a_wording_is_meant() -> None:
    cases = [short(ACT, 0.1, wording=weigh.LISTED), short(NONE, -1.1, wording=weigh.AIMED), short(ACT, 4.1)]
    assert few(*cases, name=calibrate.LISTED)[Lean.EVEN] == (0.0, 0.0)
    unlisted = short(NONE, 0.6, wording=weigh.DOUBT)
    assert few(*cases, unlisted, name=calibrate.LISTED)[Lean.EVEN] == (0.0, 0.0)


def test_a_case_counts_as_much_as_it_weighs() -> None:
    threat, harmless = [short(ACT, 1.1)], [short(NONE, 1.1)]
    rules = {"attorney": "legal"}
    for threat_weighs, harmless_weighs, act in ((30.0, 1.0, 1.0), (1.0, 30.0, 6.0)):
        weighed = [(threat_weighs, threat), (harmless_weighs, harmless)]
        found = calibrate.few_words_bars(weighed, ADDS_NOTHING, rules, NO_DOUBTS)["legal"]
        assert found[Lean.EVEN]["act"] == act


def test_in_few_words_bars_within_two_in_a_hundred_of_the_least_cost_are_as_good() -> None:
    """Sixty threats that are never heard cost 60 whatever the bars. One more at 2.1 costs 1 if it is left too: less
    than 2 % of 60, so the highest bars are taken. Over whole contacts only 0.5 % are as good: 0.3, for which it is
    asked about (0.25) and not left (1).
    """
    unheard = [Case("attorney", (), ACT)] * 60
    assert few(*unheard, short(ACT, 2.1))[Lean.EVEN] == (6.0, 6.0)
    assert bars(*unheard, case(ACT, 2.1))[Lean.EVEN] == (2.0, 6.0)


def doubt(expected: str, odds: float, doubt: float) -> Case:
    return Case("attorney", (Heard(odds, weigh.NONE, None, doubt),), expected)


def test_doubts_are_asked_about_from_where_it_costs_least() -> None:
    """Doubts that are as faint as what is harmless, and known by being doubts; the bar is the highest below them."""
    cases = [*[doubt(ASK, -2.1, 1.6)] * 3, *[doubt(NONE, -2.1, 0.6)] * 9, doubt(ACT, 3.1, -3.9)]
    assert calibrate.doubt_bar(cases, ADDS_NOTHING) == 1.5
    found = calibrate.bars(cases, ADDS_NOTHING, 1.5)["attorney"]
    assert {lean: (one["ask"], one["act"]) for lean, one in found.items()} == dict.fromkeys(LEANS, (3.0, 3.0))


def test_a_doubt_is_not_acted_on_however_loud_and_does_not_move_the_bar_of_threats() -> None:
    cases = [*[doubt(ASK, 4.1, 1.6)] * 3, *[doubt(NONE, 1.1, -3.9)] * 9, doubt(ACT, 2.1, -3.9)]
    assert calibrate.doubt_bar(cases, ADDS_NOTHING) == 1.5
    found = calibrate.bars(cases, ADDS_NOTHING, 1.5)["attorney"]
    assert {lean: (one["ask"], one["act"]) for lean, one in found.items()} == dict.fromkeys(LEANS, (2.0, 2.0))


def test_where_doubts_cannot_be_told_from_the_rest_none_is_asked_about() -> None:
    assert calibrate.doubt_bar([doubt(ASK, -2.1, 0.6), *[doubt(NONE, -2.1, 0.6)] * 9], ADDS_NOTHING) == NO_DOUBTS


def test_doubts_in_few_words_are_asked_about_too() -> None:
    asked = Case("attorney", (Heard(-2.1, weigh.NONE, (-2.1, -2.1), 1.6),), ASK)
    rest = [short(NONE, -1.1), short(ACT, 2.1)]
    rules = {"attorney": "legal"}
    found = calibrate.few_words_bars([(1.0, [asked] * 9), (1.0, rest)], ADDS_NOTHING, rules, 1.5)["legal"]
    assert found[Lean.EVEN] == {"ask": 2.0, "act": 2.0}
    without = calibrate.few_words_bars([(1.0, [asked] * 9), (1.0, rest)], ADDS_NOTHING, rules, NO_DOUBTS)["legal"]
    assert without[Lean.EVEN] == {"ask": -2.25, "act": 2.0}


def test_the_same_cases_give_the_same_bars_in_whatever_order() -> None:
    cases = [case(level, odds / 10) for level, odds in ((NONE, -11), (ASK, 3), (ACT, 14), (NONE, 9), (ACT, 33))] * 7
    assert bars(*cases) == bars(*reversed(cases))
