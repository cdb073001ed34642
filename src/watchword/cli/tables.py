"""What the commands share that take tables in or print one: the lines that are refused, and how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from watchword.reading.tables import Table
    from watchword.store.models import Import

BY = "command line"
LONG_WORK = 1024 * 1024  # bytes of a table from which progress is shown
File = Annotated[Path, typer.Argument(metavar="FILE", help="A table as CSV, with a header line.")]


def take_in(kind: str, file: Path, source: str) -> None:
    """Take a table in, name each line that cannot be, and say what came of it; exit status 1 when there was one.

    Raises InputError when nothing could be taken in at all.
    """
    from watchword.errors import FileUnreadable, Place
    from watchword.reading.tables import Table
    from watchword.store.imports import came_back

    try:
        with file.open("rb") as opened, closing(Table(opened, file.name)) as table:
            done = _taken(kind, table, source, file.stat().st_size)
    except OSError as error:
        what = f"The file cannot be read ({error.strerror})."
        raise FileUnreadable(what, do="Check its name and its permissions.", place=Place(str(file))) from error
    for refusal in done.refusals.all():
        print(f"watchword: {file}:{refusal.line}: {refusal.what} {refusal.do}", file=sys.stderr)
    typer.echo(f"{done.new} new, {done.changed} changed, {done.known} known already, {done.refused} refused")
    if back := came_back(done):
        is_back, where = ("is", "its line") if back == 1 else ("are", "their lines")
        told = f"{back} of the new had been withdrawn and {is_back} in force again: see {where} above"
        typer.echo(f"{told}, or the page of the register, From “brought back by imports”")
    if done.refused:
        raise typer.Exit(1)


def _taken(kind: str, table: Table, source: str, size: int) -> Import:
    from watchword.store.imports import new_import, take_in_rows
    from watchword.store.models import Import

    made = new_import(kind, table, source=source, by=BY, say_so="Say so with --source")
    made.state = Import.State.RUNNING
    made.save()
    with progress(f"taking {kind} in", size, is_long=size >= LONG_WORK) as show:
        for one in take_in_rows(made, iter(table)):
            show(table.read_bytes())
            made = one
    return made


@contextmanager
def progress(what: str, total: int, *, is_long: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error for long work in front of a person; nothing otherwise."""
    if not is_long or not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
