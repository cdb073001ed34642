"""`watchword notes …` and `watchword audit …` as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.store.test_chain import tamper
from tests.store.test_imports import HEADER, LINES
from watchword.cli import app
from watchword.errors import FileUnreadable, InputError, NotRecorded
from watchword.settings import Settings
from watchword.store.chain import append_event
from watchword.store.models import Event, Import, ImportContent, Note


@pytest.fixture(autouse=True)
def here(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands speak to the test's own database."""
    for name in ("WATCHWORD_POLICY", "WATCHWORD_MODEL"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> Result:
    done = CliRunner().invoke(app, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_notes_from_a_table(tmp_path: Path) -> None:
    file = tmp_path / "lims.csv"
    file.write_text(HEADER + "".join(LINES), encoding="utf-8")
    done = run("notes", "import", str(file), "--source", "LIMS")
    assert done.exit_code == 1
    assert done.stdout == "3 new, 0 changed, 0 known already, 2 refused\n"
    assert f"{file}:4: person names nobody" in done.stderr
    assert "re bill" not in done.stderr
    file.write_text(HEADER + LINES[0], encoding="utf-16")
    done = run("notes", "import", str(file), "--source", "LIMS")
    assert (done.exit_code, done.stdout) == (0, "0 new, 0 changed, 1 known already, 0 refused\n")
    assert Note.objects.count() == 3
    assert [one.state for one in Import.objects.all()] == ["done", "done"]
    assert not ImportContent.objects.exists()


def test_wrong_columns_and_files(tmp_path: Path) -> None:
    file = tmp_path / "lims.csv"
    file.write_text("id,patint_id,note\n1,P-1,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="Did you mean “patient_id”"):
        run("notes", "import", str(file), "--source", "LIMS")
    with pytest.raises(FileUnreadable):
        run("notes", "import", str(tmp_path / "none.csv"))
    file.write_text(HEADER, encoding="utf-8")
    with pytest.raises(InputError, match="Say so with --source, or give the table a column “source”"):
        run("notes", "import", str(file))
    assert not Note.objects.exists()


def test_systems_are_declared() -> None:
    run("notes", "connect", "lims", "--every", "24")
    assert "LIMS\tconnected\tnever\tnothing has come from it yet" in run("notes", "sources").stdout
    run("notes", "disconnect", "LIMS")
    assert "LIMS\tnot connected" in run("notes", "sources").stdout
    assert run("notes", "sources").stdout == "LIMS\tnot connected\tnever\tnothing has come from it yet\n"
    with pytest.raises(NotRecorded):
        run("notes", "disconnect", "AMD")


def test_the_log_is_verified() -> None:
    for number in range(5):
        append_event("ana", "looked", f"contact c-{number}")
    done = run("audit", "verify")
    last = Event.objects.get(number=5).hash
    assert (done.exit_code, done.stdout) == (0, f"5 events, each fits the one before it.\nlast event 5:{last}\n")
    tamper("UPDATE store_event SET actor = 'ben' WHERE number = 3")
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert "Event 3 was changed" in done.stderr
