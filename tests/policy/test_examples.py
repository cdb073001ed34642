"""A policy's examples about earlier contacts are noted in the policy's own systems."""

from __future__ import annotations

import pytest

from watchword import wiring
from watchword.policy.examples import Tried, try_examples
from watchword.policy.load import parse_policy, shipped_policies
from watchword.settings import Settings, read_settings
from watchword.triage.assess import assess

COUNTING = """\
  - rule: asked_before
    title: Asked before
    means: The third contact on one issue.
    status: live
    when: [contacts: {at_least: 3}]
    then: {phone: [ticket: form]}
    examples:
      raise:
        - {history: [call, email, this call]}
      leave:
        - {history: [call, the same call in another system, this call]}
        - {history: [call, call about another issue, this call]}
        - {history: [call, our own call, this call]}
if_several_rules_apply:
"""
TAUGHT = """\
  - rule: press
    title: Press
    means: A journalist wants a statement.
    status: draft
    when: [{meaning: asks_for_the_press, channels: [phone]}]
    then: {phone: [ticket: form]}
    examples:
      raise:
        - {phone: I am a reporter with the evening news and would like a statement from you.}
        - {phone: "I'm a journalist, who can give me a comment for my article?"}
        - {phone: "I'm a journalist with the radio and would like to interview somebody of yours."}
      leave:
        - {phone: I read about you in the paper.}
        - {phone: Could you send me a statement of my account?}
        - {phone: May I ask you something about my bill?}
if_several_rules_apply:
"""


def tried(text: str) -> list[Tried]:
    return try_examples(parse_policy(text, "p.yaml")[0], assess, only="asked_before")


@pytest.mark.parametrize("name", shipped_policies())
def test_every_shipped_policy_passes_its_own_examples(name: str) -> None:
    settings = read_settings()
    found = wiring.run_examples(wiring.open_policy(name, settings), settings)
    assert len(found) > 20
    assert [one.text for one in found if not one.right and not one.known_gap] == []


@pytest.mark.parametrize("systems", ["[PMS]", "[PMS, Desk]", "[LIMS, AMD, CRM]", "[Watchword Notes]", "[]"])
def test_history_examples_get_their_answers_whatever_the_systems_are_called(small: str, systems: str) -> None:
    text = small.replace("if_several_rules_apply:\n", COUNTING).replace("lines:", f"notes_from: {systems}\nlines:")
    found = tried(text)
    assert [(one.written, one.got) for one in found] == [("raise", "raise"), *[("leave", "leave")] * 3]


@pytest.mark.parametrize("systems", ["[PMS]", "[PMS, Desk]", "[]"])
def test_what_is_left_is_left_for_the_reason_that_is_tried(small: str, systems: str) -> None:
    """A contact more and each of them would be raised: the notes are read."""
    more = COUNTING.replace("[call, ", "[call, call, ").replace("[call, call, email", "[call, email")
    text = small.replace("if_several_rules_apply:\n", more).replace("lines:", f"notes_from: {systems}\nlines:")
    assert {one.got for one in tried(text)} == {"raise"}


def test_the_limit_of_a_meaning_that_is_heard_by_the_model_alone_is_tried_with_the_model(small: str) -> None:
    means = "meanings:\n  asks_for_the_press: {means: A journalist or somebody of the media asks us for a statement.}\n"
    text = small.replace("if_several_rules_apply:\n", TAUGHT).replace("meanings:\n", means)
    left = "{email: I am a reporter with the evening news and would like a statement from you., because: phone only}"
    noticed = text.replace("        - {phone: May I ask", f"        - {left}\n        - {{phone: May I ask")
    for written, missed in ((text, ["the limit to phone"]), (noticed, [])):
        policy, _ = parse_policy(written, "p.yaml")
        found = wiring.run_removals(policy, Settings())
        assert [one.what for one in found if one.path[:2] == ("rules", 1)] == missed
