"""`watchword demo`: the whole service in a folder of its own, with invented people, until it is stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """
Examples:

  watchword demo

  watchword demo --samples my-calls.jsonl --port 8080
"""
SAMPLES = "samples"
READY_SECONDS = 120  # longest that the service may take to start
ENDING_SECONDS = 20
STEPS = """
See it work, in about two minutes:
  1. Sign in as agent. The page of calls opens.
  2. Choose a sample call and play it. Read along: after some turns it raises a red flag.
  3. Press C: confirmed. The worker files the ticket; dial, hold, read the brief, say who accepted.
  4. Open Desk: there is the ticket.
For a key to the API, in another window:
  WATCHWORD_DATA={folder} watchword key add try --scope calls --scope read-calls
Stop it with Ctrl-C; the folder is removed then.
"""


def demo(
    samples: Annotated[
        str, typer.Option("--samples", metavar="FILE|FOLDER", help="Calls to be played, and mails to begin with.")
    ] = SAMPLES,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port to listen at; 0 for a free one.")] = 0,
) -> None:
    """Try the whole service: a server and a worker in a scratch folder, a user for each role, sample people and calls.

    Nothing of it stays, and it is no place for real customers.
    """
    from watchword import wiring
    from watchword.errors import SettingsError

    wiring.check_installed()
    where = Path(samples)
    if not where.exists():
        raise SettingsError(
            f"There are no samples at {samples}.", do="Run it where the samples are, or name a file with --samples."
        )
    folder = Path(tempfile.mkdtemp(prefix="watchword-demo-"))
    chosen = _free(port)
    address = f"http://127.0.0.1:{chosen}"
    os.environ.pop("DATABASE_URL", None)  # never somebody's real database
    os.environ |= {"WATCHWORD_DATA": str(folder), "WATCHWORD_DEMO": str(where.absolute()), "WATCHWORD_WORKER": "demo"}
    signal.signal(signal.SIGTERM, _stop)  # whoever ends it, both parts end with it and the folder goes
    try:
        typer.echo("Preparing the demo …", err=True)
        passwords = _prepare(where)
        with _running("serve", "--port", str(chosen)) as server, _running("work") as worker:
            _wait(address, server, worker)
            _tell(address, passwords)
            _until_stopped(server, worker)
    except KeyboardInterrupt:
        typer.echo("\nStopped.", err=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _prepare(samples: Path) -> dict[str, str]:
    """The database with a user for each role, and with people, calls, mails and notes; the users' passwords."""
    from watchword import wiring
    from watchword.settings import read_settings
    from watchword.web.project import open_project

    settings = read_settings()
    open_project(settings)
    wiring.migrate(settings)
    from watchword.web.access import Role
    from watchword.web.demo_people import keep_samples
    from watchword.web.users import add_user

    keep_samples(samples, settings)
    return {role.value.replace(" ", "-"): add_user(role.value.replace(" ", "-"), [role]) for role in Role}


@contextmanager
def _running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A part of the service as people run it; it is stopped at the end of the block."""
    # In a session of its own: Ctrl-C reaches this process alone, which then stops both parts in order.
    log = Path(os.environ["WATCHWORD_DATA"]) / f"{command[0]}.log"
    with log.open("wb") as told:
        process = subprocess.Popen(  # noqa: S603  # this very program
            [sys.executable, "-m", "watchword", *command], start_new_session=True, stderr=told
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, server: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]) -> None:
    """Until the page that is named can be used, and what follows from the samples has been carried out."""
    from watchword.errors import SettingsError

    ends = time.monotonic() + READY_SECONDS
    while not _is_shown(address):
        if server.poll() is not None:
            raise SettingsError(
                f"The service did not start. {_last_words('serve')}", do="Mend that, and start it again."
            )
        if time.monotonic() >= ends:
            raise SettingsError(
                f"The service was not ready within {READY_SECONDS} s.",
                do="Start it again when the machine has less to do.",
            )
        time.sleep(0.2)
    while _is_due() and time.monotonic() < ends and worker.poll() is None:
        time.sleep(0.2)


def _is_shown(address: str) -> bool:
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy of the house leads elsewhere
    try:
        with directly.open(f"{address}/", timeout=30):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _is_due() -> bool:
    from watchword.store.models import Step

    return Step.objects.filter(try_at__isnull=False).exists()


def _tell(address: str, passwords: dict[str, str]) -> None:
    typer.echo(f"\nWatchword is at {address}/\n\nSign in as one of these; each password holds for this demo alone:")
    for name, password in passwords.items():
        typer.echo(f"  {name:<14} {password}")
    typer.echo(STEPS.format(folder=os.environ["WATCHWORD_DATA"]))


def _until_stopped(server: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]) -> None:
    from watchword.errors import SettingsError

    while server.poll() is None and worker.poll() is None:
        time.sleep(0.5)
    part = "work" if server.poll() is None else "serve"
    raise SettingsError(f"A part of the service ended by itself. {_last_words(part)}", do="Start the demo again.")


def _last_words(part: str) -> str:
    """The last line that a part of the service wrote before it ended."""
    lines = (Path(os.environ["WATCHWORD_DATA"]) / f"{part}.log").read_text("utf-8", "replace").splitlines()
    return lines[-1] if lines else ""


def _free(port: int) -> int:
    """The port that was asked for; else 8000, or any other when that one is taken."""
    for wanted in (port,) if port else (8000, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    from watchword.errors import SettingsError

    raise SettingsError(f"The port {port} is taken.", do="Choose another with --port, or leave it out.")
