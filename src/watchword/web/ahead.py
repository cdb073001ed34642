"""Importing what the processes of a service need, in one of its own, beside all else there is to do before they begin.

It imports next to nothing itself: the sooner it is asked, the sooner the service answers.
"""

from __future__ import annotations

import sys
from multiprocessing import forkserver

FORKED = sys.platform == "linux"  # elsewhere libraries of the system do not bear it
IMPORTED = ("watchword.cli", "watchword.web.imported")


def import_ahead() -> None:
    """Begin it. What cannot be imported is told by the process that was started by hand, which imports it too."""
    if FORKED:
        forkserver.set_forkserver_preload(list(IMPORTED))
        forkserver.ensure_running()
