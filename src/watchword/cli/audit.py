"""`watchword audit verify`: whether the log of events is whole."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from watchword.cli.options import as_typed
from watchword.cli.people import open_service

EXAMPLES = """
Examples:

  watchword audit verify

  watchword audit verify --since "$(cat last-event)"
"""
KEPT = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")
app = typer.Typer(help="The log of who saw and did what.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """The log of who saw and did what."""


@app.command(epilog=as_typed(EXAMPLES))
def verify(
    since: Annotated[
        str, typer.Option("--since", metavar="N:HASH", help="The last event as an earlier run printed it.")
    ] = "",
) -> None:
    """Check every event against the one before it, and print the last one's number and hash.

    Kept elsewhere and given as --since, they show a log that was cut at its end. Exit status 0: the log is whole.
    1: an event was changed, put in, is missing or cannot be read; the first that does not fit is named.
    """
    kept = KEPT.fullmatch(since)
    if since and not kept:
        raise typer.BadParameter("Give number and hash as `audit verify` printed it.", param_hint="--since")
    open_service()
    from watchword.errors import ChainBroken
    from watchword.store.chain import verify_events, verify_kept
    from watchword.store.models import Event

    try:
        with _progress(Event.objects.count) as progress:
            number = verify_events(progress)
        if kept:
            verify_kept(int(kept[1]), kept[2])
    except ChainBroken as error:
        print(f"watchword: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    typer.echo(f"{number} events, each fits the one before it.")
    if number:
        typer.echo(f"last event {number}:{Event.objects.values_list('hash', flat=True).get(pk=number)}")


@contextmanager
def _progress(total: Callable[[], int]) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error in front of a person; nothing otherwise."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking events", total=total())
        yield lambda count: bar.update(task, completed=count)
