"""The house rules that no other tool holds: sizes, names, and what the code may not know."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from watchword.settings import VARIABLES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "watchword"
MODULES = sorted(file for file in SOURCE.rglob("*.py") if file.parent.name != "migrations")  # those, Django writes
LONGEST_FILE = 400  # lines; think again long before
LONGEST_FUNCTION = 60
NOT_AS_NAMES = set("manager handler processor helper helpers util utils engine base data info".split())
GIVEN = {"handle_data", "store/sqlite/base.py", "store/postgresql/base.py"}  # names of a library, to override
OWNERS_WORDS = ("natera", "syncro", "patient sos", "bill review", "650.412", "6504128715")


def name_parts(name: str) -> set[str]:
    """The words of a name in snake_case or CapWords."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_a_file_fits_the_mind(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_functions_fit_the_eye_and_names_are_of_the_field(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, f"{node.name} is too long"
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            assert node.name in GIVEN or not name_parts(node.name) & NOT_AS_NAMES, node.name
    assert module.relative_to(SOURCE).as_posix() in GIVEN or not name_parts(module.stem) & NOT_AS_NAMES


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_code_knows_nothing_of_one_owners_policy(module: Path) -> None:
    text = module.read_text(encoding="utf-8").lower().replace("natera-billing", "")
    assert not [word for word in OWNERS_WORDS if word in text]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_every_public_thing_says_what_it_is(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_rooms_are_in_the_glossary() -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").lower()
    rooms = [folder.name for folder in SOURCE.iterdir() if folder.is_dir() and not folder.name.startswith("__")]
    assert not [room for room in rooms if f"`{room}/`" not in glossary]


def test_every_folder_is_a_room_of_the_architecture_with_files_that_are_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = dict(re.findall(r"^\| `([a-z_/]+)/` \| (.*) \|$", text, re.MULTILINE))
    folders = {file.parent.relative_to(SOURCE).as_posix() for file in SOURCE.rglob("__init__.py")} - {"."}
    assert folders <= set(rooms)
    named = [
        SOURCE / room / f"{name}.py" for room, told in rooms.items() for name in re.findall(r"\*\*(\w+)\*\*", told)
    ]
    assert len(named) > len(rooms)
    assert not [str(file.relative_to(SOURCE)) for file in named if not file.exists()]


def test_every_path_that_the_architecture_names_is_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`([a-z_-]+/[\w/.-]*)`", text))
    assert paths
    assert not [path for path in paths if not (SOURCE / path).exists() and not (ROOT / path).exists()]


def test_every_term_of_the_design_is_in_the_glossary() -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").lower()
    words = (
        "contact, turn, person, issue, note, flag, evidence, assessment, outcome, set aside, escalation, step, "
        "receipt, line, queue, ticket, policy, rule, example, replay, connector"
    ).split(", ")
    assert not [word for word in words if f"**{word}**" not in glossary]


def test_types_are_in_the_glossary() -> None:
    """Every public type of terms.py is a word of the glossary."""
    tree = ast.parse((SOURCE / "terms.py").read_text(encoding="utf-8"))
    types = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    assert not [name for name in types if f"`{name}`" not in glossary]


@pytest.mark.parametrize(
    "module",
    [SOURCE / "escalation" / f"{name}.py" for name in ("states", "steps", "ports", "carry", "work", "telling")]
    + sorted((SOURCE / "store" / "models").glob("*.py")),
    ids=lambda module: module.stem,
)
def test_what_is_stored_and_carried_is_in_the_glossary(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    types = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    assert not [name for name in types if f"`{name}`" not in glossary]


def test_every_error_is_in_the_tree() -> None:
    text = (SOURCE / "errors.py").read_text(encoding="utf-8")
    drawn = (ast.get_docstring(ast.parse(text)) or "").split()
    tree = ast.parse(text)
    errors = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.bases]
    assert errors
    assert not [name for name in errors if name not in drawn]


def test_every_setting_is_documented() -> None:
    guide = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    assert not [name for name in VARIABLES if f"`{name}`" not in guide]


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    tests = [file for file in (ROOT / "tests").rglob("test_*.py") if file != Path(__file__)]
    found = [
        file
        for file in tests
        if re.search(r"pytest\.mark\.(skip|xfail)|pytest\.skip\(", file.read_text(encoding="utf-8"))
    ]
    assert not found
