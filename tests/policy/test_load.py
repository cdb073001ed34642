"""A policy file is loaded whole, or refused with every problem and its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchword.errors import PolicyError, PolicyNotFound
from watchword.policy.load import load_policy, parse_policy, read_policy_text, shipped_policies


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "p.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_two_policies_are_shipped() -> None:
    assert shipped_policies() == ("larkspur-broadband", "natera-billing")


@pytest.mark.parametrize("name", shipped_policies())
def test_shipped_policies_load(name: str) -> None:
    assert load_policy(name).policy == name


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(PolicyNotFound, match="Did you mean natera-billing"):
        read_policy_text("natera-biling")


def test_a_name_that_no_file_can_have_is_refused_in_words() -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy("x" * 5000)


def test_an_unknown_key_gets_line_and_suggestion(small: str) -> None:
    assert problems(small.replace("means: The customer is in", "meens: The customer is in"))[0] == (
        'p.yaml:18:5: error: The key "means" is missing. Add it.'
    )
    assert 'p.yaml:20:5: error: There is no key "meens" here. Did you mean "means"?' in problems(
        small.replace("means: The customer is in", "meens: The customer is in")
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("status: live", "status: alive", '"alive" is not allowed for "status"'),
        ("version: 1", "version: one", '"version" must be a whole number'),
        ("{words: [trouble], term", "{wordz: [trouble], term", "condition is of no known kind"),
        ("channels: [phone]", "channels: [fax]", '"fax" is not allowed'),
        ('in_force_from: "2025-01-01"', "in_force_from: soon", "not a well-formed date"),
        ("policy: small", "policy: Small One", "not a well-formed name"),
        ("like: [fed up]", "like: fed up", '"like" must be a list'),
        ("rules:\n", "rules: []\nother:\n", 'There is no key "other"'),
        ('0100"}', '0100", hold: 4}', '"4" is not a well-formed length of time. Write a number of minutes or seconds'),
        ('0100"}', '0100", holds: 4 minutes}', 'There is no key "holds" here. Did you mean "hold"?'),
        ('0100"}', '0100", not_reched: {ticket: form}}', 'Did you mean "not_reached"?'),
        ("title: Trouble", "title:", '"title" must be text'),
        ("words: [trouble]", "words: []", '"words" is empty'),
        ("channels: [phone]", "channels: []", '"channels" is empty'),
        ("meaning: anger", "contacts: {at_least: 2, through: []}", '"through" is empty'),
        (
            "meaning: anger",
            "contacts: {at_least: 2, within: 99999999999 days}",
            '"99999999999 days" is not a well-formed time limit',
        ),
        ('0100"}', '0100", hold: 99999999999 minutes}', "is not a well-formed length of time"),
        (
            "{meaning: anger",
            "{words: [mad], meaning: anger",
            'no key "meaning" here. It belongs to another kind of entry',
        ),
        ("{phone: All is well.}", "{phone: All is well, thanks.}", "A text with a comma stands in quotes"),
        ("{phone: All is well.}", "{phone: All is well, many thanks.}", "A text with a comma stands in quotes"),
    ],
)
def test_what_does_not_fit_is_named(small: str, old: str, new: str, said: str) -> None:
    assert old in small
    assert any(said in problem for problem in problems(small.replace(old, new, 1)))


def test_all_problems_come_at_once(small: str) -> None:
    broken = (
        small.replace("status: live", "status: alive").replace("version: 1", "version: x").replace("owner:", "ovner:")
    )
    assert len(problems(broken)) == 4  # owner is both missing and misspelt


def test_the_hash_knows_content_and_not_comments(small: str) -> None:
    plain, _ = parse_policy(small, "p.yaml")
    commented, _ = parse_policy("# a comment\n" + small, "p.yaml")
    changed, _ = parse_policy(small.replace("fed up", "fed upp"), "p.yaml")
    assert plain.hash == commented.hash != changed.hash


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_bytes(b"\xff\xfe\x00policy")
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_policy(str(file))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("")
    with pytest.raises(PolicyError):
        load_policy(str(file))
