"""What every process of a service needs, imported once: `watchword serve` forks its processes from one that has.

That one holds nothing but modules: no thread, no connection, no policy. Importing takes two thirds of a start.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from importlib import import_module

from watchword.errors import WatchwordError
from watchword.settings import read_settings
from watchword.web.project import open_project

with suppress(WatchwordError):  # the process that was started by hand says what is wrong
    open_project(read_settings())
    import_module("watchword.web.asgi")
    import_module("watchword.web.urls")
# Stopped together with the others, it stays until they have ended: it is what tells how they did.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
