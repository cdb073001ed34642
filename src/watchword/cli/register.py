"""`watchword register …`: the do-not-contact register taken in from tables, and printed as one."""

from __future__ import annotations

from typing import Annotated

import typer

from watchword.cli.options import as_typed
from watchword.cli.people import open_service
from watchword.cli.tables import BY, File, progress, take_in
from watchword.terms import Scope

LONG_WORK = 2000  # entries from which progress is shown
IMPORT_EXAMPLES = """
Examples:

  watchword register import old-list.csv --source "the old dialer"

  watchword register import do-not-contact.csv
"""
EXPORT_EXAMPLES = """
Examples:

  watchword register export > do-not-contact.csv

  watchword register export --way calls > do-not-call.csv
"""
app = typer.Typer(help="The do-not-contact register.", no_args_is_help=True, rich_markup_mode=None)


@app.command("import", epilog=as_typed(IMPORT_EXAMPLES))
def import_(
    file: File,
    source: Annotated[
        str, typer.Option("--source", help="Where the wishes were expressed, where the table has no column “origin”.")
    ] = "",
) -> None:
    """Take wishes not to be contacted in from a table. What is closed already is known: the same table may come again.

    Lines that cannot be taken are named on standard error with their reason, the rest is taken in, and the exit
    status is 1. With wrong columns nothing is taken, and the exit status is 2.
    """
    open_service()
    from watchword.store.models import Import

    take_in(Import.Kind.REGISTER, file, source)


@app.command("export", epilog=as_typed(EXPORT_EXAMPLES))
def export(
    way: Annotated[Scope | None, typer.Option("--way", help="Only entries that close this way.")] = None,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Those that were withdrawn, and not those in force.")
    ] = False,
) -> None:
    """Print the entries in force as a table (CSV in UTF-8), newest first, in which no cell runs as a formula.

    It can be taken in again by `import`. Who may be the same person as somebody in it stands in columns of their own
    (…_in_doubt): leave these out of a dialer's list as well.
    """
    open_service()
    from watchword.web.register_table import entries_by, taken_out

    found = entries_by(way=way or "", withdrawn=withdrawn)
    wanted = {"find": "", "way": way or "", "origin": "", "withdrawn": "1" if withdrawn else ""}
    total, out = found.count(), typer.get_binary_stream("stdout")  # the same bytes, whatever a terminal can show
    with progress("taking the register out", total, is_long=total >= LONG_WORK and not out.isatty()) as show:
        for number, line in enumerate(taken_out(found, wanted, by=BY), start=-1):  # after the mark and the header
            out.write(line.encode("utf-8"))
            show(number)
    out.flush()
