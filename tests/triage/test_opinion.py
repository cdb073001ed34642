"""What is put to a second opinion: the meaning that was heard, and no other that the same rule listens for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.made import call
from watchword.policy.load import load_policy
from watchword.terms import Evidence, Field, Flag, Level
from watchword.triage.assess import assess
from watchword.triage.opinion import doubts

POLICY = load_policy("natera-billing")
SAID = "Is there any way to have this done by Friday?"


@pytest.mark.parametrize(
    ("signs", "meanings"),
    [
        (("urgency",), ("urgency",)),
        (("anger", "urgency"), ("urgency", "anger")),
        ((None,), ("waiting_for_follow_up", "expecting_a_response", "urgency", "needing_an_answer", "anger")),
    ],
)
def test_what_is_asked_about_is_the_meaning_that_was_heard(
    signs: tuple[str | None, ...], meanings: tuple[str, ...]
) -> None:
    contact = call(SAID)
    evidence = tuple(Evidence(Field.TURN, 0, len(SAID), SAID, turn=0, sign=sign) for sign in signs)
    flag = Flag("frustration", None, Level.CLARIFY, "It may be urgent.", "Is it urgent?", evidence)
    (doubt,) = doubts(replace(assess(contact, POLICY), flags=(flag,)), contact, POLICY)
    told = " Or: ".join(POLICY.meanings[name].means for name in meanings)
    assert (doubt.meaning, doubt.said) == (told, (SAID,))
