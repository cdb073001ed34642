"""`watchword explain`: everything about one contact, and why a flag was not raised."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from watchword.cli import options
from watchword.settings import DEFAULT_POLICY

if TYPE_CHECKING:
    from watchword.cli.paper import Paper
    from watchword.policy.schema import Policy
    from watchword.terms import Assessment, Contact

EXAMPLES = """
Examples:

  watchword explain samples/calls.jsonl --contact call-03

  watchword explain samples/mails/two-prices.eml --why-not attorney
"""


def run(
    files: options.Files,
    contact: Annotated[str | None, typer.Option(help="The contact's id; the first of the files if not given.")] = None,
    why_not: Annotated[
        str | None,
        typer.Option(
            "--why-not",
            help="A rule or term, by its name or as people read it: say why it was not raised.",
            metavar="NAME",
        ),
    ] = None,
    policy: options.Policy = DEFAULT_POLICY,
) -> None:
    """Explain one contact: its words with whose they are, what was noticed, counted, set aside, and what follows."""
    from watchword import wiring
    from watchword.cli.paper import Paper
    from watchword.cli.shown import show
    from watchword.errors import InputError
    from watchword.settings import read_settings
    from watchword.triage.why_not import named, names_told

    settings = read_settings()
    opened = wiring.open_policy(policy, settings)
    asked = named(why_not, opened) if why_not is not None else None
    if why_not is not None and asked is None:
        raise typer.BadParameter(f"The policy has no {why_not}. Use one of: {', '.join(names_told(opened))}.")
    for result in wiring.assess_files(files, opened, settings, stdin=sys.stdin.buffer):
        if isinstance(result, InputError):
            print(f"watchword: {result}", file=sys.stderr)
        elif contact in (None, result[0].id):
            paper = Paper()
            _show_words(paper, result[0])
            show(paper, result[1], opened)
            _show_count(paper, result[1])
            if asked is not None:
                _show_why_not(paper, asked, *result, opened)
            return
    wanted = f"no contact {contact}" if contact else "no contact that could be read"
    print(f"watchword: There is {wanted} in the files. Check the id and the file names.", file=sys.stderr)
    raise typer.Exit(1)


def _show_words(paper: Paper, contact: Contact) -> None:
    """The words as they were read, each passage with whose words it holds."""
    from watchword.reading.own_words import passages
    from watchword.terms import turn_told

    for passage in passages(contact):
        place = f"{turn_told(passage.turn)} {passage.zone.value}" if passage.turn is not None else passage.zone.value
        paper.row(place, (passage.text, "" if passage.zone.value == "own" else "dim"), indent=0, width=14)
    paper.gap()


def _show_count(paper: Paper, assessment: Assessment) -> None:
    from watchword.history.count import told_apart

    count = assessment.count
    paper.row("contacts", f"{count.contacts_on_this_issue} on this issue, this one included")
    paper.row("notes read", ", ".join(count.sources_read) or "none")
    left_out = told_apart([note for note, _ in count.left_out], count.left_out_from)
    for note, (_, reason) in zip(left_out, count.left_out, strict=True):
        paper.row("not counted", (f"{note}: {reason}", "dim"))
    for note in told_apart(count.doubtful, count.doubtful_from):
        paper.row("doubtful", (f"{note}: may belong to the same issue", "dim"))
    stamp = assessment.policy
    paper.row("policy", (f"{stamp.name}, version {stamp.version}, {stamp.hash[:12]}", "dim"))


def _show_why_not(paper: Paper, name: str, contact: Contact, assessment: Assessment, policy: Policy) -> None:
    from watchword.triage.told import name_told
    from watchword.triage.why_not import why_not as reasons

    paper.gap()
    paper.line((f"Why not {name_told(name, policy)}?", "strong"))
    for reason in reasons(name, contact, assessment, policy):
        paper.line("- ", reason, indent=2)
