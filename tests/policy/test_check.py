"""What a policy of the right shape can still get wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from watchword.policy.check import check_policy
from watchword.policy.examples import try_examples
from watchword.policy.load import load_policy, parse_policy, read_policy_text, shipped_policies
from watchword.policy.show import policy_lines
from watchword.settings import Settings
from watchword.wiring import assess_by, check, checked

NO_TERM = 'The rule "trouble" has no term "troubel". Did you mean "trouble"?'
EXCEPTION = "phrases: [no trouble], term: troubel, because: denied, agreed_by: Somebody"
LIKE_THE_OTHER = 'Two lines are called "The Desk"'


def findings(text: str) -> list[str]:
    policy, source = parse_policy(text, "p.yaml")
    return [str(problem) for problem in check_policy(policy, source, lambda phrase: None)]


def test_a_sound_policy_has_no_problem(small: str) -> None:
    assert findings(small) == []


@pytest.mark.parametrize("name", shipped_policies())
def test_shipped_policies_have_no_problem(name: str) -> None:
    assert check(name) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("warm_transfer: desk", "warm_transfer: desc", 'There is no "desc" under lines. Did you mean "desk"?'),
        ("say: {phone: sorry}", "say: {phone: sory}", 'There is no "sory" under scripts. Did you mean "sorry"?'),
        ("meaning: anger", "meaning: angr", 'There is no "angr" under meanings. Did you mean "anger"?'),
        ("order: [trouble]", "order: [troubel]", 'There is no rule "troubel". Did you mean "trouble"?'),
        ("    say: {phone: sorry}\n", "\n", 'warning: "sorry" is defined and never used.'),
        ("[warm_transfer: desk, ticket: form]", "[{warm_transfer: desk, ticket: form}]", "A step names exactly one"),
        ("raise:\n        - {phone: I am in trouble.}", "raise: []", 'acts on phone and has no "raise" example'),
        ("- {phone: All is well.}", "- {email: All is well.}", 'acts on phone and has no "leave" example'),
        ("{phone: All is well.}", "{phone: No trouble at all.}", "A listed word is left here without a reason"),
        ("{phone: All is well.}", "{phone: All is well., email: x}", "An example is one of phone, email or history"),
        ("{phone: All is well.}", "{phone: All is well., should: raise}", '"should" belongs to a known gap'),
        ("{phone: All is well.}", "{history: [call, thiscall]}", '"thiscall" is no entry of a history. Did you mean'),
        ('0100"}', '0100", not_reached: {ticket: forn}}', "p.yaml:8:"),
        ('0100"}', '0100", not_reached: {ticket: forn}}', 'There is no "forn" under tickets. Did you mean "form"?'),
        ('0100"}', '0100", hold_again: 2 minutes}', "says how long to hold again, and not how long to hold first"),
        ("{phone: I am in trouble.}", "{phone: I am in trouble., term: troubel}", NO_TERM),
        ("rules:", "terms: {troubel: Trouble}\nrules:", 'No rule has the term "troubel". Did you mean "trouble"?'),
        ("    then:", f"    unless: [{{{EXCEPTION}}}]\n    then:", NO_TERM),
        ("  desk: {name", '  other: {name: the desk, phone: "+1 212 555 0101"}\n  desk: {name', LIKE_THE_OTHER),
        ("phone: [warm_transfer: desk, ticket: form]", "email: [warm_transfer: desk]", "A mail cannot be transferred"),
        ("+1 212 555 0100", "12", "is not a possible telephone number"),
        ("+1 212 555 0100", "ask the desk", "is not a telephone number"),
        ("    like: [fed up]", "    lean: catch more\n    like: [fed up]", 'warning: No model listens for "anger", so'),
        ('in_force_from: "2025-01-01"', 'in_force_from: "2025-02-30"', "no day of the calendar"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(small: str, old: str, new: str, said: str) -> None:
    assert old in small
    found = findings(small.replace(old, new, 1))
    assert any(said in problem for problem in found), found
    assert all(problem.startswith("p.yaml:") for problem in found)


def test_a_rule_that_is_heard_where_nothing_follows(small: str) -> None:
    heard = small.replace(", channels: [phone]", "", 1).replace("channels: [phone]", "channels: [phone, email]", 1)
    said = 'The rule "trouble" is heard by email, and nothing follows there.'
    assert sum(said in problem for problem in findings(heard)) == 1
    assert not any(said in problem for problem in findings(heard.replace("status: live", "status: retired")))
    nothing = small.replace("phone: [warm_transfer: desk, ticket: form]", "{}").replace("[warm_transfer", "[warm")
    assert any("is heard on the phone, and nothing follows there. Name" in problem for problem in findings(nothing))


def test_the_guides_rule_of_ones_own_holds_as_it_is_written() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "policy-owner.md").read_text(encoding="utf-8")
    block = guide.split("## A red flag of your own", 1)[1].split("```yaml\n", 1)[1].split("```", 1)[0]
    shipped, file = read_policy_text("natera-billing")
    for section, own in zip(("tickets", "meanings", "rules"), re.split(r"^\w+:\n", block, flags=re.M)[1:], strict=True):
        shipped = shipped.replace(f"\n{section}:\n", f"\n{section}:\n{own}", 1)
    assert [str(problem) for problem in checked(shipped, file)[1]] == []
    policy, _ = parse_policy(shipped, file)
    tried = try_examples(policy, assess_by(Settings()), "press_inquiry")
    assert len(tried) == 10
    assert [one.text for one in tried if not one.right] == []


def test_a_rule_that_nothing_raises(small: str) -> None:
    begin, end = small.index("    when:"), small.index("    then:")
    found = findings(f"{small[:begin]}    when: []\n{small[end:]}")
    assert any('Nothing raises the rule "trouble", for it has no condition.' in problem for problem in found), found


def test_two_rules_of_one_name(small: str) -> None:
    start = small.index("  - rule: trouble")
    rule = small[start : small.index("if_several")]
    found = findings(small.replace("if_several", rule + "if_several", 1))
    assert any('two rules called "trouble"' in problem for problem in found)


def test_tickets_of_one_type_in_two_systems(small: str) -> None:
    assert "  form: {type: The Form" in small
    both = small.replace("  form: {", "  other: {type: the form, system: Another}\n  form: {", 1)
    assert any('"The Form" is filed in Another already' in problem for problem in findings(both))


@pytest.mark.parametrize("other", ["The Form!", "the - form", "THE FORM"])
def test_types_and_registers_that_would_be_taken_for_one(small: str, other: str) -> None:
    own = small.split("  form: {", 1)[1].split("}", 1)[0].removeprefix("type: The Form, ")
    for both, found in (
        (f'  other: {{type: "{other}", {own}}}\n  form: {{', f'"The Form" and "{other}" differ in signs or capitals'),
        (f"  other: {{type: Stop, {own}, register: the form}}\n  form: {{register: The form, ", "differ in signs or"),
        (f'  other: {{type: "The Form", {own}}}\n  form: {{', ""),
    ):
        told = findings(small.replace("  form: {", both, 1))
        assert any("differ" in problem and found in problem for problem in told) == bool(found), told


def test_a_transferring_rule_missing_from_the_order(small: str) -> None:
    start = small.index("  - rule: trouble")
    rule = small[start : small.index("if_several")].replace("rule: trouble", "rule: other")
    found = findings(small.replace("if_several", rule + "if_several", 1))
    assert any('"other" transfers contacts' in problem for problem in found)


def test_a_phrase_that_cannot_be_compiled_is_named(small: str) -> None:
    policy, source = parse_policy(small.replace("fed up", "fed up ..."), "p.yaml")
    found = check_policy(policy, source, lambda phrase: "bad" if phrase.endswith("...") else None)
    assert [str(problem) for problem in found] == [
        "p.yaml:16:12: error: bad See how phrases are written at the top of the shipped policy."
    ]


def test_a_lines_limits_are_shown_as_people_read_them(small: str) -> None:
    limits = ", hold: 90 seconds, hold_again: 1 minute, not_reached: {ticket: form}}"
    text = small.replace('0100"}', f'0100"{limits}')
    assert findings(text) == []
    policy, _ = parse_policy(text, "p.yaml")
    shown = " ".join(line.strip() for line in policy_lines(policy))
    assert "holds for 90 seconds, the agent comes back to refresh, then 1 minute" in shown
    assert "not reached: ticket “The Form” in The System" in shown
    assert policy.lines["desk"].hold_seconds == (90, 60)
    assert parse_policy(small, "p.yaml")[0].lines["desk"].hold_seconds == (None, None)
    assert policy.line_named("The Desk") is policy.lines["desk"]
    assert policy.line_named("Nobody") is None


def test_what_decides_is_shown() -> None:
    shown = " ".join(line.strip() for line in policy_lines(load_policy("natera-billing")))
    assert "Earlier contacts are counted in the notes of LIMS, AMD, CRM." in shown
    assert "a number that is claimed counts from 3 on" in shown
    assert "(lean: catch more)" in shown
    own = " ".join(line.strip() for line in policy_lines(load_policy("larkspur-broadband")))
    assert "lean" not in own  # no model listens for what is meant there


def test_a_lean_moves_what_a_model_listens_for(small: str) -> None:
    known = small.replace("    like: [fed up]", "    lean: catch more\n    known_as: anger\n    like: [fed up]")
    assert findings(known) == []
