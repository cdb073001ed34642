"""`watchword migrate` and `watchword work`: prepare the service's database, and carry escalations out."""

from __future__ import annotations

import signal
from threading import Event
from typing import Annotated

import typer

MIGRATE_EXAMPLES = """
Examples:

  watchword migrate

  DATABASE_URL=postgresql://watchword@db/watchword watchword migrate
"""
WORK_EXAMPLES = """
Examples:

  watchword work

  watchword work --name worker-2 --at-once 16
"""


def migrate() -> None:
    """Prepare the service's database, or bring it up to date; safe to run again."""
    from watchword import wiring
    from watchword.settings import read_settings

    wiring.check_installed()
    settings = read_settings()
    from watchword.web.project import open_project

    open_project(settings)  # the front door has tables too
    done = wiring.migrate(settings)
    for name in done:
        typer.echo(name)
    typer.echo(f"{len(done)} changes made." if done else "The database is up to date.")
    _keep_second_factors()
    _keep_webhooks()


def _keep_second_factors() -> None:
    """Under the secret in force, also those of an earlier version or of the secret of before."""
    from watchword.web.second_factor import write_anew

    written, lost = write_anew()
    if written:
        typer.echo(f"Second factors written anew under the service's secret: {written}.")
    if lost:
        told = f"Second factors that cannot be read, for they were kept under another secret: {lost}."
        typer.echo(f"{told} Set WATCHWORD_SECRET_BEFORE to that one, or give these people new passwords.", err=True)


def _keep_webhooks() -> None:
    """What the other sides know deliveries by, through a change of the service's secret."""
    from watchword.store.webhook_secrets import keep_anew

    written, lost = keep_anew()
    if written:
        typer.echo(f"Webhooks' secrets kept anew under the service's secret: {written}.")
    if lost:
        told = f"Webhooks whose secrets cannot be read, for they were made under another secret: {', '.join(lost)}."
        typer.echo(f"{told} Set WATCHWORD_SECRET_BEFORE to that one, or remove them and add them anew.", err=True)


def work(
    name: Annotated[
        str | None,
        typer.Option("--name", help="This worker's name: the same after every restart, and no other worker's."),
    ] = None,
    at_once: Annotated[
        int | None, typer.Option("--at-once", min=1, help="How many steps are carried out at a time.")
    ] = None,
) -> None:
    """Carry escalations out until stopped with Ctrl-C or SIGTERM.

    What a worker had begun when it was killed is begun again by the next one of the same name, or by another after a
    while. Several workers may share one PostgreSQL.
    """
    from dataclasses import replace

    from watchword import wiring
    from watchword.settings import read_settings
    from watchword.web.log_lines import log_to_stderr

    wiring.check_installed()
    log_to_stderr()
    settings = read_settings()
    settings = replace(settings, worker=name or settings.worker, at_once=at_once or settings.at_once)
    stop = Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    told = f"Worker {settings.worker} is at work. Stop it with Ctrl-C."
    wiring.run_worker(settings, stop, begun=lambda: typer.echo(told, err=True))
