"""The guide's table of settings: the defaults it names are those that hold when nothing is set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from watchword.settings import VARIABLES, read_settings

GUIDE = (Path(__file__).parents[2] / "docs" / "running.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([A-Z_]+)` \| .* \| ([^|]+) \|$", GUIDE, re.MULTILINE))
BARE = re.compile(r"\d+")
QUOTED = re.compile(r"`([^`]+)`")
NAMED = {
    name: ",".join(QUOTED.findall(default)) if QUOTED.match(default) else BARE.findall(default)[0]
    for name, default in ROWS.items()
    if QUOTED.match(default) or BARE.match(default)
}


def test_the_table_has_every_setting_and_no_other() -> None:
    assert set(ROWS) == set(VARIABLES)
    assert len(NAMED) >= 15


@pytest.mark.parametrize("name", NAMED)
def test_setting_the_default_changes_nothing(name: str) -> None:
    assert read_settings({name: NAMED[name]}) == read_settings({})
