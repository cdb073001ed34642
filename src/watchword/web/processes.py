"""The processes of a service: forked from one that has imported everything, so that they begin soon.

uvicorn starts each with a Python of its own, which imports everything again while callers wait. And it has a process
that is replaced let go of all callers in one moment.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal

from uvicorn import Config, Server, _subprocess
from uvicorn.supervisors import multiprocess

from watchword.web.ahead import FORKED
from watchword.web.listening import listening_places
from watchword.web.stepping_back import REPLACED, Replaceable

LOOK_SECONDS = 0.2
ENDS = (signal.SIGTERM, signal.SIGINT)
log = logging.getLogger(__name__)


def run_several(config: Config, host: str, port: int) -> None:
    """Run as many processes as the configuration says until stopped; one that ends is replaced. Raises OSError."""
    if FORKED:
        _subprocess.spawn = multiprocessing.get_context("forkserver")  # type: ignore[assignment]
    multiprocess.Process = OfService  # type: ignore[misc]
    Processes(config, listening_places(host, port, config.workers)).run()


class OfService(multiprocess.Process):
    """A process that serves, and can be told that another has taken its place."""

    @property
    def server(self) -> Server:
        """What serves in it."""
        if self._server is None:
            self._server = Replaceable(config=self.config)
        return self._server

    def step_back(self) -> None:
        """Tell it to let go of everybody, one after another, and end."""
        if REPLACED is None or self.pid is None:
            self.terminate()
        elif self.process.is_alive():
            os.kill(self.pid, REPLACED)


class Processes(multiprocess.Multiprocess):
    """All of a service, replaced one after another when told to begin anew."""

    processes: list[OfService]  # type: ignore[assignment]

    def restart_all(self) -> None:
        """Replace each once another has taken its place; when one cannot begin, those that serve stay."""
        for at, old in enumerate(self.processes):
            new = OfService(self.config, self.sockets)
            new.start()
            if not new.wait_until_ready(self.config.timeout_worker_healthcheck):
                new.kill()
                new.join()
                log.error("a new process could not begin: those that serve stay as they are")
                return
            self.processes[at] = new
            old.step_back()
            while old.process.is_alive():
                if any(number in ENDS for number in self.signal_queue):
                    old.terminate()
                    old.join()
                    return
                old.process.join(LOOK_SECONDS)
                self.keep_subprocess_alive()
