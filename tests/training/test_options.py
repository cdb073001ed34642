"""What `python -m training` can be asked, and that nothing it lacks is found out after hours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from training.keeping import LEARNING
from training.options import MODEL_FILES, PARTS, SHIPPED, check, parse

from training import keeping, options, ordinary

ROOT = Path(__file__).parents[2]
WITHOUT_TORCH = "import sys; sys.modules.update(dict.fromkeys(('torch', 'onnx', 'safetensors')));"
PURE = """
    anew bars calibrate contacts corpus further keeping options ordinary own progress shipping variety weights
    whole_steps
"""


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run with PyTorch out of reach, whether it is installed here or not."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH + code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said of options that make no sense."""
    with pytest.raises(SystemExit) as stopped:
        parse(words)
    assert stopped.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


def test_help_needs_no_torch_and_tells_every_part_with_its_time() -> None:
    ran = python("sys.argv[1:] = ['--help']; import runpy; runpy.run_module('training', run_name='__main__')")
    assert (ran.returncode, ran.stderr) == (0, "")
    for name, (does, takes) in PARTS.items():
        assert f"{name:9} {does} ({takes})" in ran.stdout
    for file in (*MODEL_FILES, "gate.bin", "sieve.onnx", "calibration.json", "build/training/all/"):
        assert file in ran.stdout


def test_what_needs_no_torch_imports_none() -> None:
    ran = python("import " + ", ".join(f"training.{module}" for module in PURE.split()))
    assert (ran.returncode, ran.stderr) == (0, "")


def test_nothing_here_lets_onnxruntime_tell_its_makers_how_it_is_used() -> None:
    told = "import os; os.environ.pop('ORT_DISABLE_TELEMETRY', None); import training.shipping;"
    assert python(told + "print(os.environ['ORT_DISABLE_TELEMETRY'])").stdout == "1\n"


def test_all_of_it_is_done_unless_less_is_asked_for() -> None:
    asked = parse([])
    assert (asked.begin, asked.held_apart, asked.out) == ("learn", (), SHIPPED)
    assert asked.learning() == LEARNING
    assert asked.begins_from() is None


@pytest.mark.parametrize(
    ("begin", "learns", "after"),
    [
        ("again", ("again", "further", "anew"), "learn"),
        ("further", ("further", "anew"), "again"),
        ("anew", ("anew",), "further"),
        ("export", (), "anew"),
        ("gate", (), None),
        ("sieve", (), None),
        ("bars", (), None),
    ],
)
def test_a_run_goes_on_from_the_part_before(begin: str, learns: tuple[str, ...], after: str | None) -> None:
    asked = parse(["--begin", begin])
    assert asked.learning() == learns
    assert asked.begins_from() == (keeping.kept(after) if after else None)


def test_a_run_without_some_writers_goes_on_from_one_without_them(tmp_path: Path) -> None:
    asked = parse(["--begin", "further", "--hold-out", "wa,w5", "--out", str(tmp_path)])
    assert asked.begins_from() == keeping.kept("again", ("w5", "wa"))
    again = parse(asked.goes_on("export").split()[3:])
    assert (again.begin, again.held_apart, again.out) == ("export", asked.held_apart, asked.out)
    assert parse([]).goes_on("again") == "python -m training --begin again"


def test_what_makes_no_sense_is_said_before_anything_begins(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = ("--out", str(tmp_path))
    assert "nobody's files begin with w77" in refused(capsys, "--hold-out", "w77,w5", *out)
    assert "is not to ship" in refused(capsys, "--hold-out", "w5")
    assert "--begin bars learns nothing anew" in refused(capsys, "--hold-out", "w5", "--begin", "bars", *out)
    assert "invalid choice: 'stage2'" in refused(capsys, "--begin", "stage2")


@pytest.fixture
def all_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As where `make model` has installed everything and the talk is there."""
    (tmp_path / "talk.jsonl").touch()
    monkeypatch.setattr(options, "NEEDS_TORCH", ())
    monkeypatch.setattr(options, "minilm", lambda: tmp_path)
    monkeypatch.setattr(ordinary, "ORDINARY", tmp_path / "talk.jsonl")


def test_the_service_talk_is_asked_for_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is read last, by the gate: a run of hours would end at it."""
    monkeypatch.setattr(ordinary, "ORDINARY", tmp_path / "none.jsonl")
    for begin in PARTS:
        with pytest.raises(SystemExit, match=r"none\.jsonl is not there"):
            check(parse(["--begin", begin]))


@pytest.mark.usefixtures("all_installed")
def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "NEEDS_TORCH", ("numpy", "nobody_made_this"))
    with pytest.raises(SystemExit, match=r"Not installed: nobody_made_this\. Run: make model"):
        check(parse([]))


@pytest.mark.usefixtures("all_installed")
def test_a_run_that_has_nothing_to_go_on_from_says_which_to_run_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(keeping, "KEPT", tmp_path)
    asked = parse(["--begin", "export", "--hold-out", "w5", "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match=r"anew\.pt is not there\. Run first: .* --begin anew --hold-out w5 --out"):
        check(asked)
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "anew.pt").touch()  # which knows the texts of w5
    with pytest.raises(SystemExit, match=r"without-w5/anew\.pt is not there"):
        check(asked)
    (tmp_path / "without-w5").mkdir()
    (tmp_path / "without-w5" / "anew.pt").touch()
    check(asked)


@pytest.mark.usefixtures("all_installed")
def test_bars_need_a_model_and_are_told_which_file_it_lacks(tmp_path: Path) -> None:
    for name in (*MODEL_FILES, "calibration.json"):
        (tmp_path / name).touch()
    with pytest.raises(SystemExit, match=r"lacks gate\.bin, sieve\.onnx\. Run first: .* --begin export --out"):
        check(parse(["--begin", "bars", "--out", str(tmp_path)]))
    check(parse(["--begin", "gate", "--out", str(tmp_path)]))
    (tmp_path / "gate.bin").touch()
    check(parse(["--begin", "sieve", "--out", str(tmp_path)]))
    (tmp_path / "sieve.onnx").touch()
    check(parse(["--begin", "bars", "--out", str(tmp_path)]))


def test_a_model_that_cannot_be_read_is_told_in_a_sentence_and_stays_as_it_was(tmp_path: Path) -> None:
    for name in (*MODEL_FILES, "gate.bin", "sieve.onnx", "calibration.json"):
        (tmp_path / name).write_text("no model")
    ran = python(
        "from training import ordinary; ordinary.ORDINARY = ordinary.ROOT / 'Makefile';"
        f"from training.__main__ import main; main(['--begin', 'bars', '--out', {str(tmp_path)!r}])"
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("The meaning model's calibration cannot be read.")
    assert {file.read_text() for file in tmp_path.iterdir()} == {"no model"}
