"""`watchword register …` as people type it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cli.test_notes import run
from watchword.cli import app, main
from watchword.errors import InputError
from watchword.settings import Settings
from watchword.store.chain import verify_events
from watchword.store.models import Event, IdentityKind, Import, ImportContent, RegisterEntry
from watchword.store.people import person_for
from watchword.store.register import closed_surely, enter_by_hand, withdraw
from watchword.terms import Person, Scope

PHONE = "+16505550100"
OLD_LIST = f'phone,name,calls\n{PHONE},"\'=Zoë",yes\nanonymous,Ben Lake,yes\n(650) 555-0101,Ana Brook,yes\n'


@pytest.fixture(autouse=True)
def here(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands speak to the test's own database."""
    for name in ("WATCHWORD_POLICY", "WATCHWORD_MODEL"):
        monkeypatch.delenv(name, raising=False)


def old_list(folder: Path, text: str = OLD_LIST) -> str:
    file = folder / "old-list.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def rows(printed: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(printed.decode("utf-8-sig").splitlines()))


def test_a_dialers_list_comes_in_and_again(tmp_path: Path) -> None:
    file = old_list(tmp_path)
    done = run("register", "import", file, "--source", "the old dialer")
    assert (done.exit_code, done.stdout) == (1, "2 new, 0 changed, 0 known already, 1 refused\n")
    assert f"{file}:3: phone holds no telephone number that can be dialled." in done.stderr
    assert "Ben Lake" not in done.stderr
    closed = closed_surely([(IdentityKind.PHONE, PHONE), (IdentityKind.PHONE, "650 555 0101")])
    assert list(closed.values()) == [{Scope.CALLS}] * 2
    assert set(RegisterEntry.objects.values_list("origin", flat=True)) == {"the old dialer"}
    done = run("register", "import", file, "--source", "the old dialer")
    assert (done.exit_code, done.stdout) == (1, "0 new, 0 changed, 2 known already, 1 refused\n")
    told = list(Event.objects.filter(subject__startswith="import").values_list("actor", "action"))
    assert told == [("command line", "register imported")] * 2
    assert Event.objects.filter(actor="command line", action="register entry made").count() == 2
    assert not ImportContent.objects.exists()
    verify_events()


@pytest.mark.parametrize(
    ("text", "source", "told"),
    [
        ("patint_id,calls\nP-1,yes\n", "a letter", "Did you mean “patient_id”"),
        ("name,calls\nZoe,yes\n", "a letter", "“patient_id” or “phone” or “email” is missing"),
        (OLD_LIST, "", "where the wishes were expressed"),
    ],
)
def test_with_wrong_columns_nothing_is_taken(tmp_path: Path, text: str, source: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        run("register", "import", old_list(tmp_path, text), "--source", source)
    assert not Import.objects.exists()


def test_the_register_is_printed_and_taken_in_again(tmp_path: Path) -> None:
    run("register", "import", old_list(tmp_path), "--source", "the old dialer")
    done = run("register", "export")
    assert done.exit_code == 0
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbfpatient_id,name,phone")
    assert {(row["name"], row["phone"]) for row in rows(done.stdout_bytes)} == {
        ("'=Zoë", f"'{PHONE}"),
        ("Ana Brook", "(650) 555-0101"),
    }
    out = tmp_path / "out.csv"
    out.write_bytes(done.stdout_bytes)
    again = run("register", "import", str(out))
    assert (again.exit_code, again.stdout) == (0, "0 new, 0 changed, 2 known already, 0 refused\n")
    assert set(RegisterEntry.objects.values_list("person__name", flat=True)) == {"=Zoë", "Ana Brook"}


def test_only_what_is_asked_for_is_printed() -> None:
    for name, way in (("Ana", Scope.CALLS), ("Ben", Scope.MAIL)):
        enter_by_hand(person_for(Person(f"P-{name}", name)), [way], by="test", origin="a letter")
    gone = enter_by_hand(person_for(Person("P-Zoe", "Zoe")), [Scope.CALLS], by="test", origin="a letter")
    withdraw(gone.pk, by="sam", why="asked for it")
    printed = [
        [row["name"] for row in rows(run("register", "export", *options).stdout_bytes)]
        for options in ((), ("--way", "calls"), ("--withdrawn",), ("--withdrawn", "--way", "mail"))
    ]
    assert printed == [["Ben", "Ana"], ["Ana"], ["Zoe"], []]
    assert [(one.actor, one.detail) for one in Event.objects.filter(action="register taken out")][1:3] == [
        ("command line", {"find": False, "way": True, "origin": False, "withdrawn": False}),
        ("command line", {"find": False, "way": False, "origin": False, "withdrawn": True}),
    ]
    assert run("register", "export", "--way", "pigeon").exit_code == 2


def test_what_cannot_be_used_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["watchword", "register", "import", str(tmp_path / "none.csv")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "The file cannot be read (No such file or directory)." in capsys.readouterr().err
    assert CliRunner().invoke(app, ["register", "take"]).exit_code == 2


def test_what_had_been_withdrawn_and_comes_back_is_told(tmp_path: Path) -> None:
    file = old_list(tmp_path)
    run("register", "import", file, "--source", "the old dialer")
    withdraw(RegisterEntry.objects.get(person__name="Ana Brook").pk, by="user sam", why="She asked for it.")
    done = run("register", "import", file, "--source", "the old dialer")
    counts, told = done.stdout.splitlines()
    assert counts == "1 new, 0 changed, 1 known already, 1 refused"
    assert told == (
        "1 of the new had been withdrawn and is in force again: see its line above, or the page "
        "of the register, From “brought back by imports”"
    )
    assert f"{file}:4: It had been withdrawn " in done.stderr
    assert "She asked" not in done.stderr
