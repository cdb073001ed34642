"""Workers whose every step goes to the faulty desk.

    python -m benchmarks.faults.worker --desk http://127.0.0.1:4711

For each name on a line of standard input it starts a worker of that name and prints its process id. A worker is what
`watchword work` runs, with other connectors and with shorter waits. It is forked from here, where everything is
imported already, so that a run spends its time on work and kills and not on imports; nothing is opened before the fork.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from threading import Event

from watchword import wiring
from watchword.errors import PermanentFailure, TransientFailure
from watchword.escalation.carry import Patience
from watchword.escalation.ports import Connectors, Order, Receipt
from watchword.settings import Settings, read_settings

PATIENCE = Patience(tries=60, first=0.1, longest=1.0)
WAIT = 0.6  # seconds until an answer is given up
HOLD = timedelta(seconds=3)  # longer than WAIT and the desk's own lateness together
FORGOTTEN = timedelta(seconds=20)
SILENCE = timedelta(seconds=12)


@dataclass(frozen=True, slots=True)
class FaultyPort:
    """Every port at once, over HTTP."""

    desk: str

    def find(self, key: str) -> Receipt | None:
        """Ask the desk whether it has it."""
        return self._asked(f"{self.desk}/find?{urllib.parse.urlencode({'key': key})}")

    def send(self, order: Order) -> Receipt:
        """Have it filed."""
        receipt = self._asked(f"{self.desk}/file", json.dumps({"key": order.key}).encode())
        if receipt is None:
            raise TransientFailure("The desk did not say what became of it.")
        return receipt

    file = move = post = transfer = enter = send

    def _asked(self, url: str, body: bytes | None = None) -> Receipt | None:
        try:
            with urllib.request.urlopen(url, data=body, timeout=WAIT) as answer:
                values = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            if error.code == 422:
                raise PermanentFailure("The desk refused it.", do="Have it tried again.") from None
            raise TransientFailure("The desk is in trouble.", may_have_arrived=error.code != 503) from None
        except OSError as error:
            raise TransientFailure(f"The desk did not answer ({type(error).__name__}).") from None
        return Receipt(key=values["key"], system="faulty desk", reference=values["reference"])


def main() -> int:
    """Start workers until standard input closes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults.worker", description=__doc__.splitlines()[0])
    parser.add_argument("--desk", required=True)
    given = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    settings = read_settings()
    wiring.open_store(settings)
    wiring.built_in()  # for what it imports
    import_module("watchword.escalation.durable")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    while name := sys.stdin.readline().strip():
        pid = os.fork()
        if pid == 0:
            be_a_worker(replace(settings, worker=name), given.desk)
            os._exit(0)
        print(pid, flush=True)
    return 0


def be_a_worker(settings: Settings, desk: str) -> None:
    """Work until killed."""
    from watchword.store.ledger import Ledger  # its tables need the store to be open

    port = FaultyPort(desk)
    wiring.run_worker(
        settings,
        Event(),
        connectors=Connectors(ticket=port, queue=port, chatter=port, telephony=port, register=port),
        ledger=Ledger(hold=HOLD, forgotten=FORGOTTEN, silence=SILENCE),
        patience=PATIENCE,
    )


if __name__ == "__main__":
    sys.exit(main())
