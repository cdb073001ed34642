"""What the documents say is what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from watchword.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCED = re.compile(r"```(?:console|sh)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def commands_in(document: Path) -> list[str]:
    """The `watchword …` commands that a document shows, after a prompt or alone on a line."""
    lines = [line for block in FENCED.findall(document.read_text(encoding="utf-8")) for line in block.splitlines()]
    found = [line.removeprefix("$ ").strip() for line in lines if line.removeprefix("$ ").startswith("watchword ")]
    return [re.split(r"\s[>|<]\s", command)[0] for command in found]


SHOWN = sorted({(document, command) for document in DOCUMENTS for command in commands_in(document)})


def test_there_are_commands_to_check() -> None:
    assert len(SHOWN) >= 8


@pytest.mark.parametrize(("document", "command"), SHOWN, ids=[command for _, command in SHOWN])
def test_a_command_in_a_document_is_one_that_exists(document: Path, command: str) -> None:
    words = shlex.split(command)[1:]
    context_command = get_command(app)
    while words and hasattr(context_command, "commands") and words[0] in context_command.commands:
        context_command = context_command.commands[words.pop(0)]
    options = {
        option for parameter in context_command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    used = {word.split("=")[0] for word in words if word.startswith("-") and word != "-"}
    assert used <= options | {"--help"}, f"{document.name}: {command}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not [link for link in LINK.findall(text) if not (document.parent / link).exists()]


def test_make_targets_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"^\$? ?make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"demo", "test"} <= set(named)
    assert not [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)]


def test_the_readmes_output_is_what_the_command_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```console\n\$ (watchword assess samples/calls\.jsonl[^\n]*)\n(.*?)```", readme, re.DOTALL)
    assert shown
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("WATCHWORD_CACHE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    done = CliRunner().invoke(app, shlex.split(shown.group(1))[1:])
    assert done.exit_code == 0
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    for line in shown.group(2).splitlines():
        assert line.rstrip() in printed or line.strip() == "…", line


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    records = list((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert records
    assert not [file.name for file in records if f"({file.name})" not in index]
