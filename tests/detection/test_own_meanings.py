"""A policy owner's own red flag: one sentence and five examples each way, and no training run."""

from __future__ import annotations

import pytest

from tests.made import call, mail
from watchword.policy.check import check_policy
from watchword.policy.examples import tried_unseen, try_examples
from watchword.policy.load import parse_policy
from watchword.policy.schema import Policy
from watchword.settings import Settings
from watchword.terms import Assessment, Contact
from watchword.wiring import assess_by

HEAD = """
policy: own
title: Our own
version: 1
in_force_from: "2025-01-01"
owner: Operations
last_update: {by: Operations, at: "2025-01-01"}
tickets: {cold_chain: {type: Cold Chain, system: Desk}}
if_several_rules_apply: {order: [spoiled_sample]}
meanings:
  sample_spoiled:
    means: The customer says that the sample was spoiled, lost or broken on its way to us.
    lean: %s
    sign: spoiled sample
    ask: Did something happen to the sample on its way?
rules:
  - rule: spoiled_sample
    title: Spoiled samples
    means: A sample did not reach us whole.
    status: live
    when: [{meaning: sample_spoiled}]
    then: {phone: [ticket: cold_chain], email: [ticket: cold_chain]}
    examples:
      raise:
        - {phone: The tube was broken when the courier picked it up.}
        - {phone: My blood sample leaked all over the box.}
        - {email: The kit got lost in the mail with my sample in it.}
        - {phone: They left my sample in a hot truck for two days.}
        - {phone: The vial cracked in the package.}
%s
      leave:
        - {phone: When will my results be ready?}
        - {phone: I dropped my phone and the screen broke.}
        - {email: Your letter got lost in the mail.}
        - {phone: The sample arrived fine according to the tracking.}
        - {phone: Can I get a sample bill?}
%s
"""


def own_policy(lean: str = "even", more_raise: str = "", more_leave: str = "") -> Policy:
    return parse_policy(HEAD % (lean, more_raise, more_leave), "own.yaml")[0]


POLICY = own_policy()
DECIDE = assess_by(Settings())


def assessed(contact: Contact, policy: Policy = POLICY) -> Assessment:
    return DECIDE(contact, policy, None)


@pytest.mark.parametrize(
    "said",
    [
        "The tube with my blood leaked in the package.",
        "The courier lost my sample.",
        "My vial was cracked when it got to you.",
    ],
)
def test_it_hears_other_wordings(said: str) -> None:
    for contact in (call("agent: Go ahead.", said), mail(said)):
        (flag,) = assessed(contact).flags
        assert flag.kind == "spoiled_sample"
        assert [(piece.quote, piece.sign) for piece in flag.evidence] == [(said, "spoiled sample")]


@pytest.mark.parametrize(
    "said", ["I want to pay my bill with a credit card.", "What is my balance?", "My lawyer will call you.", "Yes."]
)
def test_ordinary_talk_raises_nothing(said: str) -> None:
    assert assessed(call(said)).flags == ()


def test_the_same_policy_answers_the_same() -> None:
    said = call("The tube leaked in the box.")
    assert assessed(said) == assess_by(Settings())(said, own_policy(), None)


def test_a_lean_moves_the_bar() -> None:
    texts = [
        "The box was wet.",
        "The package looked odd.",
        "The courier was late.",
        "Something happened to my kit.",
        "The sample, I am not sure it got there.",
        "It leaked.",
        "Lost in transit, I suppose.",
        "The glass was in pieces.",
    ]
    raised = [
        sum(bool(assessed(call(text), own_policy(lean)).flags) for text in texts)
        for lean in ("catch more", "even", "fewer false alarms")
    ]
    assert raised == sorted(raised, reverse=True)


def test_its_own_examples_get_their_answer() -> None:
    assert [one.text for one in try_examples(POLICY, DECIDE) if not one.right] == []


def test_an_example_that_the_others_do_not_teach_is_named() -> None:
    odd = "        - {phone: I would like to order pizza for my cat.}"
    tried = tried_unseen(own_policy(more_raise=odd), DECIDE)
    assert len(tried) == 11
    assert [one.got for one in tried if "pizza" in one.text] == ["leave"]


def test_without_a_model_nothing_is_heard_and_nothing_breaks() -> None:
    assert assess_by(Settings(model="off"))(call("The tube leaked."), POLICY, None).flags == ()


@pytest.mark.parametrize(("kept", "severity"), [(2, "error"), (4, "warning"), (5, None)])
def test_too_few_examples_are_named_with_their_line(kept: int, severity: str | None) -> None:
    lines = (HEAD % ("even", "", "")).splitlines()
    raising = [number for number, line in enumerate(lines) if line.startswith("        - ")][:5]
    text = "\n".join(line for number, line in enumerate(lines) if number not in raising[kept:])
    policy, source = parse_policy(text, "own.yaml")
    found = [problem for problem in check_policy(policy, source, lambda phrase: None) if "learnt from" in problem.what]
    assert [problem.severity for problem in found] == ([severity] if severity else [])
    assert all(problem.place.line for problem in found)
