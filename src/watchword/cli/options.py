"""Options and arguments that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

Policy = Annotated[
    str,
    typer.Option(
        "--policy",
        "-p",
        help="Name of a shipped policy, or a policy file.",
        envvar="WATCHWORD_POLICY",
        show_default=True,
        metavar="NAME|FILE",
    ),
]
Files = Annotated[
    list[str],
    typer.Argument(
        help="Contacts: .jsonl, .json, .eml, .mbox, .vtt, transcripts of Amazon Contact Lens, Twilio or Genesys, "
        "a folder of these, or - for JSON lines from standard input.",
        metavar="FILE…",
    ),
]


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSONL = "jsonl"


def as_typed(examples: str) -> str:
    """Examples for a command's help, line by line as they are typed: one that is wrapped would be two commands."""
    return "\n\n".join(f"\b\n{paragraph}" for paragraph in examples.strip().split("\n\n"))
