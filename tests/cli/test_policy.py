"""`watchword policy …`."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.policy.conftest import SMALL
from watchword.policy.load import read_policy_text

GUIDE = Path(__file__).parents[2] / "docs" / "policy-owner.md"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str], Path]:
    """The shipped policy with one stretch of text replaced."""

    def edit(old: str, new: str) -> Path:
        text, _ = read_policy_text("natera-billing")
        assert old in text
        file = tmp_path / "edited.yaml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return file

    return edit


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small policy's file."""
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def test_check_of_the_shipped_policy(watchword: Run) -> None:
    done = watchword("policy", "check")
    assert (done.returncode, done.stdout) == (0, "natera-billing: 0 errors, 0 warnings\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  resolutions:\n", "  billing_escalation:\n", "is given twice"),
        ("warm_transfer: billing_escalation", "warm_transfer: biling_escalation", 'Did you mean "billing_escalation"?'),
        ("status: live", "stauts: live", 'Did you mean "status"?'),
    ],
)
def test_check_names_the_line(
    watchword: Run, edited: Callable[[str, str], Path], old: str, new: str, said: str
) -> None:
    done = watchword("policy", "check", edited(old, new))
    assert done.returncode == 1
    assert said in done.stdout
    assert "edited.yaml:" in done.stdout


def test_a_rule_without_examples(watchword: Run, tmp_path: Path) -> None:
    text, _ = read_policy_text("natera-billing")
    start = text.index("    examples:\n", text.index("rule: do_not_contact"))
    file = tmp_path / "bare.yaml"
    file.write_text(text[:start] + "    examples: {}\n\n" + text[text.index("if_several") :], encoding="utf-8")
    done = watchword("policy", "check", file)
    assert done.returncode == 1
    assert (
        'The rule "do_not_contact" acts on phone and has no "raise" example for it. Add one under raise.' in done.stdout
    )


def test_a_policy_with_errors_is_not_assessed_by(watchword: Run, edited: Callable[[str, str], Path]) -> None:
    done = watchword("assess", "-", "--policy", edited("say: {phone: handled_by", "say: {phone: handld_by"))
    assert done.returncode == 2
    assert "handled_by_the_right_team" in done.stderr
    assert "Traceback" not in done.stderr


def test_test_finds_a_wrong_example(watchword: Run, edited: Callable[[str, str], Path]) -> None:
    done = watchword(
        "policy",
        "test",
        edited("{words: [CEO], term: ceo, channels: [phone]}", "{words: [CEO], term: ceo}"),
        "--no-removal",
    )
    assert done.returncode == 1
    assert "you wrote: leave   answer: raise" in done.stdout


def test_test_finds_a_word_that_nothing_tests(watchword: Run, edited: Callable[[str, str], Path]) -> None:
    done = watchword("policy", "test", "--strict", edited("        - {phone: What a scam., term: scam}\n", ""))
    assert done.returncode == 1
    assert 'the word "scam" could be deleted and no example would notice' in done.stdout.replace("\n", " ")
    assert "; 1 change unnoticed (" in done.stdout


@pytest.mark.parametrize("command", ["check", "test", "show"])
def test_the_policy_in_force_is_the_one_that_is_looked_at(watchword: Run, small: Path, command: str) -> None:
    more = ["--no-removal"] if command == "test" else []
    done = watchword("policy", command, *more, settings={"WATCHWORD_POLICY": str(small)})
    same = watchword("policy", command, small, *more)
    other = watchword("policy", command, "larkspur-broadband", *more, settings={"WATCHWORD_POLICY": str(small)})
    assert (done.returncode, done.stdout) == (same.returncode, same.stdout)
    assert other.stdout != same.stdout


def test_test_says_what_it_tested(watchword: Run, small: Path) -> None:
    closing = "4 examples, 0 wrong (small, version 1, from small.yaml)"
    assert closing in watchword("policy", "test", "--no-removal", small.name).stdout
    closing = "24 examples, 0 wrong (larkspur-broadband, version 5)"
    assert closing in watchword("policy", "test", "--no-removal", "larkspur-broadband").stdout


def test_try(watchword: Run) -> None:
    done = watchword("policy", "try", "I'll see what my lawyer says")
    assert "attorney" in done.stdout
    assert "warm transfer to Natera Billing Escalation Calls" in done.stdout


@pytest.mark.parametrize("channel", ["phone", "email"])
def test_the_words_of_a_sentence_that_is_tried_need_no_place(watchword: Run, channel: str) -> None:
    done = watchword("policy", "try", "My attorney will call you. I live on Court Street.", "--channel", channel)
    assert "“attorney” " in done.stdout
    assert "“Court”: part of an address" in done.stdout
    assert "(turn" not in done.stdout
    assert "(body" not in done.stdout


def test_try_says_of_which_rules_nothing_is_sent_yet(watchword: Run) -> None:
    said = "I am writing a story about outages on the coast, and there was smoke."
    done = watchword("policy", "try", said, "--channel", "email", "--policy", "larkspur-broadband")
    told = " ".join(done.stdout.split())
    assert told.count("trial: nothing is sent yet") == 1
    assert told.index("safety concern") < told.index("press inquiry") < told.index("trial: nothing is sent yet")


def test_try_on_the_other_channel(watchword: Run) -> None:
    done = watchword("policy", "try", "I'll see what my lawyer says", "--channel", "email")
    assert "Bill Review" in done.stdout


def test_try_by_another_companys_policy(watchword: Run) -> None:
    done = watchword("policy", "try", "There is smoke coming out of the box", "--policy", "larkspur-broadband")
    assert "Larkspur Safety Desk, (212) 555-0140" in done.stdout
    assert "Natera" not in done.stdout


def test_show_holds_the_guideline(watchword: Run) -> None:
    shown = " ".join(watchword("policy", "show").stdout.split())
    for words in (
        "Natera Billing Escalation Calls, 650.412.8715",
        "Executive Escalation Keywords",
        "Natera Resolutions",
        "Patient SOS",
        "Bill Review",
        "Do Not Contact Me",
        "last update by Nina O, 2025-01-09",
        "Always empathize and advise the next steps",
        "Handling “Do Not Contact Me” request",
    ):
        assert words in shown


def test_show_of_one_rule(watchword: Run) -> None:
    done = watchword("policy", "show", "--rule", "frustration")
    assert "Recognizing Caller Frustration" in done.stdout
    assert "Do Not Contact Me" not in done.stdout


def test_show_of_an_unknown_rule(watchword: Run) -> None:
    assert watchword("policy", "show", "--rule", "nonsense").returncode == 2


@pytest.mark.parametrize(
    "command",
    [[], ["assess"], ["explain"], ["policy"], *(["policy", name] for name in ("check", "test", "try", "show"))],
)
def test_every_command_has_help_with_an_example(watchword: Run, command: list[str]) -> None:
    done = watchword(*command, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout or command == ["policy"]


@pytest.mark.parametrize("name", ["natera-billing", "larkspur-broadband"])
def test_a_policy_of_ones_own_begins_from_the_file_of_a_shipped_one(watchword: Run, name: str) -> None:
    done = watchword("policy", "show", name, "--file")
    assert (done.returncode, done.stdout) == (0, read_policy_text(name)[0])


def test_nothing_is_said_against_the_guides_rule_of_ones_own(watchword: Run, tmp_path: Path) -> None:
    """Whoever types it in as it is written is told of nothing that could be taken away unnoticed."""
    block = GUIDE.read_text(encoding="utf-8").split("## A red flag of your own", 1)[1].split("```yaml\n", 1)[1]
    text, _ = read_policy_text("natera-billing")
    parts = re.split(r"^(tickets|meanings|rules):\n", block.split("```", 1)[0], flags=re.MULTILINE)[1:]
    for section, own in zip(parts[::2], parts[1::2], strict=True):
        text = text.replace(f"\n{section}:\n", f"\n{section}:\n{own}", 1)
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    done = watchword("policy", "test", "--strict", "own.yaml")
    assert done.returncode == 0, done.stdout
    assert "press_inquiry" in done.stdout
    assert "0 changes unnoticed" in done.stdout
