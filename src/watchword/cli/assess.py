"""`watchword assess`: every contact of the files, its flags and what must follow."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchword.cli import options
from watchword.settings import DEFAULT_POLICY

if TYPE_CHECKING:
    from watchword.policy.schema import Policy as Opened
    from watchword.terms import Assessment

    Writer = Callable[[Assessment], None]

EXAMPLES = """
Examples:

  watchword assess samples/calls.jsonl

  watchword assess mails/ --format jsonl > assessed.jsonl

  cat contacts.jsonl | watchword assess - --policy my-policy.yaml
"""
LONG_WORK = 4 * 1024 * 1024  # bytes of input from which progress is shown


def run(
    files: options.Files,
    policy: options.Policy = DEFAULT_POLICY,
    format: Annotated[
        options.Format, typer.Option("--format", "-f", help="table for people, jsonl for machines.")
    ] = options.Format.TABLE,
) -> None:
    """Assess contacts: which red flags are in them, why, and what must follow.

    Input that cannot be read is named on standard error with its file and line, the rest is still assessed, and the
    exit status is 1.
    """
    from watchword import wiring
    from watchword.errors import InputError
    from watchword.settings import read_settings

    settings = read_settings()
    opened = wiring.open_policy(policy, settings)
    write, finish = _jsonl() if format is options.Format.JSONL else _table(opened)
    unread = 0
    with _progress(files) as progress:
        for result in wiring.assess_files(files, opened, settings, stdin=sys.stdin.buffer, progress=progress):
            if isinstance(result, InputError):
                unread += 1
                sys.stdout.flush()
                print(f"watchword: {result}", file=sys.stderr)
            else:
                write(result[1])
    finish()
    if unread:
        print(f"watchword: {unread} of the inputs could not be read; see above.", file=sys.stderr)
        raise typer.Exit(1)


def _jsonl() -> tuple[Writer, Callable[[], None]]:
    from watchword.triage.record import as_record

    out = sys.stdout.buffer

    def write(assessment: Assessment) -> None:
        line = json.dumps(as_record(assessment), ensure_ascii=False)
        out.write(line.encode("utf-8", "backslashreplace") + b"\n")

    return write, out.flush


def _table(policy: Opened) -> tuple[Writer, Callable[[], None]]:
    from watchword.cli.paper import Paper
    from watchword.cli.shown import Tally, show

    paper = Paper()
    tally = Tally()

    def write(assessment: Assessment) -> None:
        tally.add(assessment)
        show(paper, assessment, policy)

    return write, lambda: tally.show(paper)


@contextmanager
def _progress(files: list[str]) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on standard error for long work in front of a person; nothing otherwise."""
    total = _size(files)
    if total < LONG_WORK or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("assessing", total=total)
        yield lambda read: bar.update(task, completed=read)


def _size(files: list[str]) -> int:
    paths = [Path(file) for file in files if file != "-"]
    every = [inner for path in paths for inner in (path.rglob("*") if path.is_dir() else [path])]
    return sum(path.stat().st_size for path in every if path.is_file())
