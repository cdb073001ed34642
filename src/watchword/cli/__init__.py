"""The command line: `watchword assess`, `explain`, `policy …`, and for the service `demo`, `migrate`, `serve`, `work`,
`receive`, `user …`, `key …`, `webhook …`, `notes …`, `register …` and `audit …`.
"""

from __future__ import annotations

import io
import logging
import sys
from typing import Annotated

import typer

from watchword.cli import assess, audit, demo, explain, notes, people, policy, receive, register, serve, webhooks, work
from watchword.cli.options import as_typed
from watchword.errors import PolicyError, StoreError, WatchwordError

EXAMPLES = """
Examples:

  watchword assess samples/calls.jsonl

  watchword assess samples/inbox.mbox --format jsonl > assessed.jsonl

  watchword explain samples/calls.jsonl --contact call-03 --why-not attorney

  watchword policy try "I'll see what my lawyer says"
"""
app = typer.Typer(
    help="Sees the red flags that a contact centre's guideline names, says why, and says what must follow.",
    epilog=as_typed(EXAMPLES),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("assess", epilog=as_typed(assess.EXAMPLES))(assess.run)
app.command("explain", epilog=as_typed(explain.EXAMPLES))(explain.run)
app.add_typer(policy.app, name="policy")
app.command("migrate", epilog=as_typed(work.MIGRATE_EXAMPLES))(work.migrate)
app.command("serve", epilog=as_typed(serve.EXAMPLES))(serve.serve)
app.command("demo", epilog=as_typed(demo.EXAMPLES))(demo.demo)
app.add_typer(people.users, name="user")
app.add_typer(people.keys, name="key")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(notes.app, name="notes")
app.add_typer(register.app, name="register")
app.add_typer(audit.app, name="audit")
app.command("work", epilog=as_typed(work.WORK_EXAMPLES))(work.work)
app.command("receive", epilog=as_typed(receive.EXAMPLES))(receive.receive)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"watchword {version('watchword')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Options that stand before a command."""


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 some input could not be read or a test failed, 2 wrong use."""
    _print_whatever_it_is()
    _name_who_warns()
    try:
        app()
    except PolicyError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        _give_up(error)
    except WatchwordError as error:
        _give_up(error)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough; Python would complain about the closed pipe at exit
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        foreseen = _foreseen(error)
        if foreseen is None:
            raise
        _give_up(foreseen)


def _print_whatever_it_is() -> None:
    """A terminal or pipe that cannot show a character gets its number instead: nothing ends over it or is lost."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _name_who_warns() -> None:
    """Have what a command warns of begin as its errors do; the service's programs write a log of their own."""
    if logging.lastResort:
        logging.lastResort.setFormatter(logging.Formatter("watchword: %(message)s"))


def _foreseen(error: Exception) -> WatchwordError | None:
    """What is wrong with the machine and not with the program, in a sentence; None for what nobody thought of."""
    if isinstance(error, PermissionError):
        file = f"the file {error.filename}" if error.filename else "a file"
        return StoreError(f"This user may not use {file}.", do="Run it as the user who owns that, or give it over.")
    if isinstance(error, OSError) and error.filename:
        what = f"The file {error.filename} cannot be used ({error.strerror})."
        return StoreError(what, do="See that it is there and has room.")
    if "django.db" not in sys.modules:
        return None
    from django.db import DatabaseError, InterfaceError

    from watchword.store.trouble import trouble

    return trouble(error) if isinstance(error, DatabaseError | InterfaceError) else None


def _give_up(error: WatchwordError) -> None:
    print(f"watchword: {error}", file=sys.stderr)
    sys.exit(2)
