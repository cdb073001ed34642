"""`watchword audit verify`: whether the log of events is whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from watchword.cli.people import open_service

EXAMPLES = """
Example:

  watchword audit verify
"""
app = typer.Typer(help="The log of who saw and did what.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """The log of who saw and did what."""


@app.command(epilog=EXAMPLES)
def verify() -> None:
    """Check every event against the one before it.

    Exit status 0: the log is whole. 1: an event was changed or is missing; the first that does not fit is named.
    """
    open_service()
    from watchword.errors import ChainBroken
    from watchword.store.chain import verify_events
    from watchword.store.models import ChainHead

    total = ChainHead.objects.values_list("number", flat=True).get(pk=1)
    try:
        with _progress(total) as progress:
            number = verify_events(progress)
    except ChainBroken as error:
        print(f"watchword: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    typer.echo(f"{number} events, each fits the one before it.")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error in front of a person; nothing otherwise."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking events", total=total)
        yield lambda count: bar.update(task, completed=count)
