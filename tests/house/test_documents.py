"""What the documents say is what the program does."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from watchword.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCED = re.compile(r"```(?:console|sh)\n(.*?)```", re.DOTALL)
SET_BEFORE = re.compile(r"^(?:[A-Z_]+=\S+\s+)+")
INSTALL = re.compile(r"pip install ([^`\n]+)")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def commands_in(text: str) -> list[str]:
    """The `watchword …` commands that are shown, after a prompt or alone on a line, whatever is set before them."""
    lines = [SET_BEFORE.sub("", line.strip().removeprefix("$ ")) for line in text.replace("\\\n", " ").splitlines()]
    return [re.split(r"\s[>|<]\s", line)[0] for line in lines if line.startswith("watchword ")]


def helps(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every command that shows examples in its help: its words, and they."""
    if command.epilog:
        yield path, command.epilog.replace("\b\n", "")
    for name, inner in getattr(command, "commands", {}).items():
        yield from helps(inner, (*path, name))


HELPS = dict(helps(get_command(app)))
TEXTS = [(document.name, "\n".join(FENCED.findall(document.read_text(encoding="utf-8")))) for document in DOCUMENTS]
TEXTS += [(" ".join(("watchword", *path)), text) for path, text in HELPS.items()]
SHOWN = sorted({(name, command) for name, text in TEXTS for command in commands_in(text)})
ON_SAMPLES = sorted({command for _, command in SHOWN if " samples/" in command})


def test_there_are_commands_to_check() -> None:
    assert len(SHOWN) >= 8
    assert len(HELPS) >= 8


@pytest.mark.parametrize(("shown_by", "command"), SHOWN, ids=[command for _, command in SHOWN])
def test_a_command_that_is_shown_is_one_that_exists(shown_by: str, command: str) -> None:
    words = shlex.split(command)[1:]
    context_command = get_command(app)
    while words and hasattr(context_command, "commands") and words[0] in context_command.commands:
        context_command = context_command.commands[words.pop(0)]
    options = {
        option for parameter in context_command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    used = {word.split("=")[0] for word in words if word.startswith("-") and word != "-"}
    assert used <= options | {"--help"}, f"{shown_by}: {command}"


@pytest.mark.parametrize("command", ON_SAMPLES)
def test_a_command_on_the_samples_does_what_it_says(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("WATCHWORD_CACHE", str(tmp_path))
    assert CliRunner().invoke(app, shlex.split(command)[1:]).exit_code == 0


@pytest.mark.parametrize("path", HELPS, ids=" ".join)
def test_examples_in_a_help_stand_line_by_line_as_they_are_typed(path: tuple[str, ...]) -> None:
    help = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "80"}).stdout
    lines = [line.strip() for line in help.splitlines()]
    assert not [line for line in HELPS[path].splitlines() if line.strip() not in lines]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not [link for link in LINK.findall(text) if not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_what_is_to_be_installed_is_there(document: Path) -> None:
    """A checkout, and an extra that it has: in no package index is there anything of ours."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    there = {"."} | {f".[{extra}]" for extra in extras}
    for command in INSTALL.findall(document.read_text(encoding="utf-8")):
        assert set(shlex.split(command)) <= there | {"-c", "constraints.txt"}, command


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


def test_the_guide_for_phone_agents_tells_of_everything_that_the_box_says() -> None:
    shown = (ROOT / "src/watchword/web/console/call_shown.py").read_text(encoding="utf-8")
    (headings,) = re.findall(r"^HEADINGS = (\{.*?\n\})", shown, re.MULTILINE | re.DOTALL)
    guide = (ROOT / "docs" / "phone-agent.md").read_text(encoding="utf-8")
    box = " ".join(line for line in guide.splitlines() if line.startswith("|"))
    assert not [heading for heading in ast.literal_eval(headings).values() if heading not in box]
