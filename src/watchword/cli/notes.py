"""`watchword notes …`: notes of earlier contacts taken in from tables, and the systems that they come from."""

from __future__ import annotations

from typing import Annotated

import typer

from watchword.cli.options import as_typed
from watchword.cli.people import open_service
from watchword.cli.tables import BY, File, take_in

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
    file: File,
    source: Annotated[
        str, typer.Option("--source", help="The notes system, where the table has no column “source”.")
    ] = "",
) -> None:
    """Take notes in from a table. A note is known again by its source and id, so the same table may come again.

    Lines that cannot be taken are named on standard error with their reason, the rest is taken in, and the exit
    status is 1. With wrong columns nothing is taken, and the exit status is 2.
    """
    open_service()
    from watchword.store.models import Import

    take_in(Import.Kind.NOTES, file, source)


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
