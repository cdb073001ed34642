"""What is in honest doubt, and what was taken back, with a model that says what the test tells it."""

from __future__ import annotations

import pytest

from tests.detection.made import POLICY, QUIET, Told, flags
from tests.made import call
from watchword.detection.lexicon import Entry
from watchword.terms import Level
from watchword.triage.assess import assess


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


def test_doubts_do_not_add_up() -> None:
    contact = call(*[f"Well, {turn}." for turn in range(8)])
    model = Told({}, doubts={turn: {"attorney": 0.9} for turn in range(8)})
    assert assess(contact, POLICY, None, model).flags == ()


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
