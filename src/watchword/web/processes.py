"""The processes of a service: forked from one that has imported everything, so that they begin soon.

uvicorn starts each with a Python of its own, which imports everything again while callers wait.
"""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing import forkserver

from uvicorn import Config, _subprocess
from uvicorn.supervisors import Multiprocess

from watchword.web.listening import listening_places

FORKED = sys.platform == "linux"  # elsewhere libraries of the system do not bear it
IMPORTED = ("watchword.cli", "watchword.web.imported")


def import_ahead() -> None:
    """Begin to import what the processes need, in one of its own, beside what else there is to do before they begin."""
    if FORKED:
        forkserver.set_forkserver_preload(list(IMPORTED))
        forkserver.ensure_running()


def run_several(config: Config, host: str, port: int) -> None:
    """Run as many processes as the configuration says until stopped; one that ends is replaced. Raises OSError."""
    if FORKED:
        _subprocess.spawn = multiprocessing.get_context("forkserver")  # type: ignore[assignment]
    Multiprocess(config, listening_places(host, port, config.workers)).run()
