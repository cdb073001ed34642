"""`watchword audit verify` as auditors type it, and what shows by a number and a hash that they kept."""

from __future__ import annotations

import re

import pytest
from click.testing import Result
from django.db import DatabaseError, connection
from typer.testing import CliRunner

from tests.store.test_chain import tamper
from watchword.cli import app
from watchword.settings import Settings
from watchword.store.chain import append_event
from watchword.store.models import ChainHead, Event


@pytest.fixture(autouse=True)
def five_events(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands speak to the test's own database."""
    for name in ("WATCHWORD_POLICY", "WATCHWORD_MODEL"):
        monkeypatch.delenv(name, raising=False)
    for number in range(5):
        append_event("user ana", "looked", f"contact c-{number}")


def verify(*words: str) -> Result:
    return CliRunner().invoke(app, ["audit", "verify", *words])


def kept() -> str:
    """What an auditor writes down of a log that is whole."""
    told = re.fullmatch(r"\d+ events, each fits the one before it\.\nlast event (\d+:[0-9a-f]{64})\n", verify().stdout)
    assert told is not None
    return told[1]


def cut() -> None:
    """Delete the last event as the database's owner can, so that nothing in the database tells."""
    tamper("DELETE FROM store_event WHERE number = 5")
    ChainHead.objects.update(number=4, hash=Event.objects.get(number=4).hash)


def test_the_last_event_is_told_and_known_again_however_the_log_goes_on() -> None:
    assert kept() == f"5:{Event.objects.get(number=5).hash}"
    before = kept()
    append_event("user ana", "looked", "contact c-6")
    told = verify("--since", before)
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.splitlines()[-1] == f"last event 6:{Event.objects.get(number=6).hash}"


def test_a_cut_that_leaves_no_trace_shows_by_what_was_kept() -> None:
    before = kept()
    cut()
    assert verify().exit_code == 0, "nothing in the database tells"
    told = verify("--since", before)
    assert (told.exit_code, told.stdout) == (1, "")
    assert "Event 5 was kept and is not there any more: the log ends at event 4." in told.stderr


def test_so_does_an_event_in_the_place_of_the_one_that_was_kept() -> None:
    before = kept()
    cut()
    for number in range(3):
        append_event("user ben", "looked", f"contact c-{number}")
    told = verify("--since", before)
    assert (told.exit_code, told.stdout) == (1, "")
    assert "Event 5 is not the one that was kept" in told.stderr


@pytest.mark.parametrize("since", ["5", "5:abc", "x:" + "0" * 64, f"0:{'0' * 64}", "5:" + "g" * 64])
def test_what_was_kept_is_given_as_it_was_told(since: str) -> None:
    told = verify("--since", since)
    assert told.exit_code == 2
    assert "as `audit verify` printed it" in " ".join(re.sub(r"[│╭╮╰╯─]", " ", told.stderr).split())


def test_of_an_empty_log_no_event_is_the_last() -> None:
    tamper("DELETE FROM store_event")
    ChainHead.objects.update(number=0, hash="0" * 64)
    assert verify().stdout == "0 events, each fits the one before it.\n"


NO_TEXT = "CAST(x'ff' AS TEXT)"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL takes no such thing
@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (f"UPDATE store_event SET actor = {NO_TEXT} WHERE number = 3", "Event 3 holds what cannot be read."),
        (f"UPDATE store_event SET hash = {NO_TEXT} WHERE number = 1", "Event 1 holds what cannot be read."),
        ("UPDATE store_event SET detail = '{' WHERE number = 5", "Event 5 was changed after it was written."),
        ("UPDATE store_event SET detail = x'ff' WHERE number = 5", "Event 5 holds what cannot be read."),
        (f"UPDATE store_event SET number = {NO_TEXT} WHERE number = 3", "Event 3 is missing."),
        ("UPDATE store_event SET actor = x'ff' WHERE number = 3", "Event 3 was changed after it was written."),
        (f"UPDATE store_chainhead SET hash = {NO_TEXT}", "The end of the chain holds what cannot be read."),
        (f"UPDATE store_chainhead SET number = {NO_TEXT}", "The end of the chain holds what cannot be read."),
        ("UPDATE store_chainhead SET number = 'x'", "The end of the chain holds what cannot be read."),
    ],
)
def test_what_no_program_can_read_is_a_finding_and_no_trouble(database: Settings, statement: str, what: str) -> None:
    tamper("PRAGMA ignore_check_constraints = ON")
    with connection.cursor() as cursor:
        cursor.execute(statement)
    told = verify()
    assert (told.exit_code, told.stdout, told.exception.__class__) == (1, "", SystemExit)
    assert told.stderr.startswith(f"watchword: {what}")


def test_a_database_in_trouble_is_no_finding() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE store_event RENAME COLUMN actor TO gone")
    told = verify()
    assert isinstance(told.exception, DatabaseError), "which the command line tells with exit status 2"


def test_a_chain_without_its_end_is_told_of_and_ends_in_no_trace() -> None:
    ChainHead.objects.all().delete()
    told = verify()
    assert (told.exit_code, told.stdout) == (1, "")
    assert "The end of the chain is gone" in told.stderr
