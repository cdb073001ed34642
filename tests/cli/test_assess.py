"""`watchword assess` and `watchword explain`, as people and machines use them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
SAMPLES = Path(__file__).parents[2] / "samples"


def line(number: int, said: str) -> str:
    return json.dumps({"id": f"c-{number}", "channel": "phone", "turns": [{"speaker": "caller", "text": said}]})


def test_jsonl_one_object_a_line_in_input_order(watchword: Run) -> None:
    done = watchword("assess", "-", "--format", "jsonl", stdin=f"{line(2, 'I will sue you.')}\n{line(1, 'Hello.')}\n")
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert [(row["id"], row["outcome"]) for row in rows] == [("c-2", "escalate"), ("c-1", "clear")]
    assert (done.returncode, done.stderr) == (0, "")


def test_good_input_after_bad_input_is_still_assessed(watchword: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text(f"{line(1, 'Hello.')}\n{{broken\n{line(3, 'I will sue you.')}\n")
    done = watchword("assess", "calls.jsonl", "--format", "jsonl")
    assert [json.loads(row)["id"] for row in done.stdout.splitlines()] == ["c-1", "c-3"]
    assert done.returncode == 1
    assert "calls.jsonl:2" in done.stderr
    assert "1 of the inputs could not be read" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"\xff\xfe{}",
        b"[]",
        b"{}",
        b"null\n",
        b'{"id": 1}\n',
        b'{"id": "x", "channel": "fax", "body": "x"}\n',
        b'{"id": "x", "channel": "phone", "turns": "x"}\n',
        b"[" * 100_000,
    ],
)
def test_bad_input_gives_a_clear_message_and_no_stack_trace(watchword: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    done = watchword("assess", "x.jsonl", "--format", "jsonl")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert (done.returncode, bool(done.stderr)) == (
        (1, True) if content.strip() else (done.returncode, bool(done.stderr))
    )


def test_a_file_that_is_not_there(watchword: Run) -> None:
    done = watchword("assess", "nothing.jsonl")
    assert done.returncode == 1
    assert "nothing.jsonl" in done.stderr


def test_a_call_without_words_needs_a_person(watchword: Run) -> None:
    done = watchword("assess", "-", "--format", "jsonl", stdin='{"id": "x", "channel": "phone", "turns": []}\n')
    row = json.loads(done.stdout)
    assert row["outcome"] == "clarify"
    assert row["needs_person"]


def test_the_table_shows_words_actions_and_script(watchword: Run) -> None:
    done = watchword("assess", "-", stdin=line(1, "My attorney will call you. I live on Court Street."))
    assert "“attorney” (turn 1)" in done.stdout
    assert "warm transfer to Natera Billing Escalation Calls, 650.412.8715" in done.stdout
    assert "I understand this situation may be stressful" in done.stdout
    assert "“Court” (turn 1): part of an address" in done.stdout
    assert "1 contact: 1 escalate, 0 clarify, 0 clear; 1 word set aside, 0 for" in " ".join(done.stdout.split())


def test_what_is_proposed_is_told_apart_from_what_is_to_be_done(watchword: Run) -> None:
    said = line(1, "Should I get a lawyer? I am fed up.")
    done = watchword("assess", "-", stdin=said, settings={"WATCHWORD_MODEL": "off"})
    told = re.search(r"^  do +(.*?)^  proposed +(.*?)^  say ", done.stdout, re.MULTILINE | re.DOTALL)
    assert told
    assert "Natera Resolutions" in told[1]
    assert "Executive" not in told[1]
    assert "Executive Escalation Keywords" in told[2]


def test_people_read_words_and_machines_the_exact_quote(watchword: Run) -> None:
    body = "<p>Bring <b>my&nbsp;attorney</b>? Yes: my <i>law</i> firm&rsquo;s letter comes.</p>"
    mail = json.dumps({"id": "m-1", "channel": "email", "subject": "Bill", "body": body})
    done = watchword("assess", "-", stdin=mail, settings={"WATCHWORD_MODEL": "off", "COLUMNS": "200"})
    assert "“law firm’s” (body)" in done.stdout
    assert "<i>" not in done.stdout
    machine = watchword("assess", "-", "--format", "jsonl", stdin=mail, settings={"WATCHWORD_MODEL": "off"})
    assert "law</i> firm&rsquo;s" in machine.stdout


def test_a_second_opinion_that_is_down_is_told_as_everything_else_is(watchword: Run) -> None:
    settings = {"WATCHWORD_MODEL": "off", "WATCHWORD_OPINION_URL": "http://127.0.0.1:1/v1"}
    done = watchword("assess", "-", stdin=line(1, "Should I get a lawyer?"), settings=settings)
    assert re.fullmatch(r"watchword: no second opinion: it could not be reached \(.*\)\n", done.stderr)
    assert (done.returncode, "1 clarify" in done.stdout) == (0, True)


def test_the_terminal_is_not_written_to_by_customers(watchword: Run) -> None:
    done = watchword("assess", "-", stdin=line(1, "my lawyer \x1b]0;owned\x07 \x1b[31m [bold]red[/bold]"))
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


@pytest.mark.parametrize(
    "said", ["\ud800 my attorney will sue you", "😀 my attorney will sue you", "my attorney will sue you\x00"]
)
def test_any_character_can_be_printed(watchword: Run, said: str) -> None:
    done = watchword("assess", "-", "--format", "jsonl", stdin=line(1, said))
    assert json.loads(done.stdout)["outcome"] == "escalate"


def test_the_samples_are_assessed_whole(watchword: Run) -> None:
    done = watchword(
        "assess", SAMPLES / "calls.jsonl", SAMPLES / "inbox.mbox", SAMPLES / "mails", SAMPLES / "transcripts"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_second_start_makes_no_pattern_anew(watchword: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of English words is needed for that alone, and takes longer to read than everything else."""
    watchword("assess", "-", stdin=line(1, "Never call me again."))
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    again = watchword("assess", "-", stdin=line(1, "Never call me again."))
    imported = {row.rpartition("|")[2].strip() for row in again.stderr.splitlines()}
    assert "hyperscan" in imported
    assert "spellchecker" not in imported


def test_an_unknown_policy(watchword: Run) -> None:
    done = watchword("assess", "-", "--policy", "natera")
    assert done.returncode == 2
    assert "Did you mean natera-billing?" in done.stderr


def test_a_reader_that_stops_early_is_no_error(watchword: Run, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "many.jsonl").write_text("".join(f"{line(number, 'Hello.')}\n" for number in range(5000)))
    import os
    import sys

    done = subprocess.run(
        f"{sys.executable} -m watchword assess many.jsonl --format jsonl | head -1",
        shell=True,
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "WATCHWORD_CACHE": str(cache)},
        timeout=120,
        check=False,
    )
    assert json.loads(done.stdout)["id"] == "c-0"
    assert done.stderr == b""


def test_explain_says_why_not(watchword: Run, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text(f"{line(1, 'Hello.')}\n{line(2, 'I live on 9 Court Street.')}\n")
    done = watchword("explain", "calls.jsonl", "--contact", "c-2", "--why-not", "court")
    assert "turn 1 own" in done.stdout
    assert "“Court” (turn 1) was set aside: part of an address." in done.stdout


def test_explain_of_a_contact_that_is_not_there(watchword: Run, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text(line(1, "Hello."))
    done = watchword("explain", "calls.jsonl", "--contact", "c-9")
    assert done.returncode == 1
    assert "no contact c-9" in done.stderr


def test_explain_of_an_unknown_name(watchword: Run, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text(line(1, "Hello."))
    done = watchword("explain", "calls.jsonl", "--why-not", "nonsense")
    assert done.returncode == 2
    assert "attorney" in done.stderr
    assert "bbb (BBB)" in done.stderr


def test_explain_takes_a_term_as_people_read_it(watchword: Run, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text(line(1, "Hello."))
    by_name, as_read = (watchword("explain", "calls.jsonl", "--why-not", name) for name in ("bbb", "BBB"))
    assert as_read.stdout == by_name.stdout
    assert "Why not BBB?" in as_read.stdout
