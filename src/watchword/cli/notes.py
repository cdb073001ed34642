"""`watchword notes …`: notes of earlier contacts taken in from tables, and the systems that they come from."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchword.cli.options import as_typed
from watchword.cli.people import open_service

if TYPE_CHECKING:
    from watchword.reading.tables import Table
    from watchword.store.models import Import

BY = "command line"
LONG_WORK = 1024 * 1024  # bytes of a table from which progress is shown
IMPORT_EXAMPLES = """
Examples:

  watchword notes import lims-notes.csv --source LIMS

  watchword notes connect LIMS --every 24
"""
app = typer.Typer(
    help="Notes of earlier contacts, and the systems they come from.", no_args_is_help=True, rich_markup_mode=None
)
System = Annotated[str, typer.Argument(metavar="SYSTEM", help="A notes system's name, such as LIMS.")]


@app.command("import", epilog=as_typed(IMPORT_EXAMPLES))
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table as CSV, with a header line.")],
    source: Annotated[
        str, typer.Option("--source", help="The notes system, where the table has no column “source”.")
    ] = "",
) -> None:
    """Take notes in from a table. A note is known again by its source and id, so the same table may come again.

    Lines that cannot be taken are named on standard error with their reason, the rest is taken in, and the exit
    status is 1. With wrong columns nothing is taken, and the exit status is 2.
    """
    open_service()
    from watchword.errors import FileUnreadable, Place
    from watchword.reading.tables import Table

    try:
        with file.open("rb") as opened, closing(Table(opened, file.name)) as table:
            done = _taken(table, source, file.stat().st_size)
    except OSError as error:
        what = f"The file cannot be read ({error.strerror})."
        raise FileUnreadable(what, do="Check its name and its permissions.", place=Place(str(file))) from error
    for refusal in done.refusals.all():
        print(f"watchword: {file}:{refusal.line}: {refusal.what} {refusal.do}", file=sys.stderr)
    typer.echo(f"{done.new} new, {done.changed} changed, {done.known} known already, {done.refused} refused")
    if done.refused:
        raise typer.Exit(1)


def _taken(table: Table, source: str, size: int) -> Import:
    from watchword.store.imports import new_import, take_in_rows
    from watchword.store.models import Import

    made = new_import(Import.Kind.NOTES, table, source=source, by=BY)
    made.state = Import.State.RUNNING
    made.save()
    with _progress(size) as progress:
        for one in take_in_rows(made, iter(table)):
            progress(table.read_bytes())
            made = one
    return made


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error for long work in front of a person; nothing otherwise."""
    if size < LONG_WORK or not sys.stderr.isatty():
        yield lambda _read: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("taking notes in", total=size)
        yield lambda read: bar.update(task, completed=read)


@app.command()
def connect(
    system: System,
    every: Annotated[
        int | None, typer.Option("--every", min=1, help="Hours after which silence counts as not read.")
    ] = None,
) -> None:
    """Declare a notes system as connected: assessments then say so when it could not be read."""
    open_service()
    from watchword.store.sources import connect as declare

    declare(system, every_hours=every, by=BY)
    typer.echo(f"{system.upper()} is connected.")


@app.command()
def disconnect(system: System) -> None:
    """Declare a notes system as connected no more; its notes stay and count."""
    open_service()
    from watchword.store.sources import disconnect as end

    end(system, by=BY)
    typer.echo(f"{system.upper()} is not connected any more.")


@app.command()
def sources() -> None:
    """The notes systems that are known, and whether each could be read."""
    open_service()
    from django.utils import timezone

    from watchword.store.models import NotesSource
    from watchword.store.sources import failing

    for row in NotesSource.objects.order_by("name"):
        heard = f"{row.heard_at:%Y-%m-%d %H:%M}" if row.heard_at else "never"
        state = failing(row, timezone.now()) or ("read" if row.heard_at else "nothing has come from it yet")
        typer.echo(f"{row.name}\t{'connected' if row.connected else 'not connected'}\t{heard}\t{state}")
