"""What holds for every test, and the database: whoever asks for `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests import databases
from watchword.settings import Settings

hypothesis_settings.register_profile("untimed", deadline=None)  # speed is measured by the benchmarks
hypothesis_settings.load_profile("untimed")

# What is run in the background by a shell ignores Ctrl-C, and so would the programs that the tests start and stop.
signal.signal(signal.SIGINT, signal.default_int_handler)

NEEDED = {"chromium": Path("/usr/bin/chromium"), "dovecot": Path("/usr/sbin/dovecot")}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs a program of Debian's is tested where that is; `make test` installs it where it may."""
    missing = [name for name, program in NEEDED.items() if not program.exists()]
    without = [item for item in items if any(item.get_closest_marker(name) for name in missing)]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.migrated_sqlite(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    with databases.postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A migrated database of the test's own, in use; the settings that lead to it."""
    settings = Settings(folder=tmp_path / "service", model="off", worker="w1", secret="test")
    if request.param == "sqlite":
        with databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), settings) as made:
            yield made
    else:
        with databases.fresh_postgresql(request.getfixturevalue("postgresql_server"), settings) as made:
            yield made
