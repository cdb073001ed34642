"""`watchword policy …`: check, test, try and show a policy."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from watchword.cli import options
from watchword.settings import DEFAULT_POLICY
from watchword.terms import Channel

if TYPE_CHECKING:
    from watchword.cli.paper import Paper
    from watchword.policy.examples import Tried
    from watchword.policy.removal import Removal
    from watchword.policy.schema import Policy
    from watchword.settings import Settings

app = typer.Typer(help="Check, test, try and show a policy.", no_args_is_help=True, rich_markup_mode=None)
Which = Annotated[
    str,
    typer.Argument(help="Name of a shipped policy, or a policy file.", envvar="WATCHWORD_POLICY", metavar="NAME|FILE"),
]


@app.command(epilog=options.as_typed("Example:\n\n  watchword policy check my-policy.yaml"))
def check(policy: Which = DEFAULT_POLICY) -> None:
    """Is the policy well formed? Every problem at once, with its line and what to do."""
    from watchword import wiring
    from watchword.cli.paper import counted

    problems = wiring.check(policy)
    for problem in problems:
        typer.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    typer.echo(f"{policy}: {counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}")
    if errors:
        raise typer.Exit(1)


@app.command("test", epilog=options.as_typed("Example:\n\n  watchword policy test my-policy.yaml"))
def run_tests(
    policy: Which = DEFAULT_POLICY,
    removal: Annotated[bool, typer.Option(help="Also try what could be deleted unnoticed.")] = True,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 also when a removal goes unnoticed.")] = False,
) -> None:
    """Does each example get the answer written beside it, and what could be deleted without any of them noticing?"""
    from watchword import wiring
    from watchword.cli.paper import Paper, counted
    from watchword.settings import read_settings

    settings = read_settings()
    opened = wiring.open_policy(policy, settings)
    paper = Paper()
    tried = wiring.run_examples(opened, settings)
    wrong = _show_tried(paper, opened, tried)
    _show_unseen(paper, wiring.run_unseen(opened, settings))
    missed = _removals(opened, settings) if removal else []
    for one in missed:
        paper.line(
            ("  ! ", "warn"), f"{one.what} could be deleted and no example would notice: add one that uses only it"
        )
    unnoticed = f"; {counted(len(missed), 'change')} unnoticed" if removal else ""
    file = f", from {policy}" if policy != opened.policy else ""
    paper.line(f"{len(tried)} examples, {wrong} wrong{unnoticed} ({opened.policy}, version {opened.version}{file})")
    if wrong or (strict and missed):
        raise typer.Exit(1)


def _show_tried(paper: Paper, policy: Policy, tried: list[Tried]) -> int:
    """Print each rule's figures and its wrong examples; gives the number of wrong ones."""
    from watchword.cli.paper import counted

    wrong = 0
    for rule in policy.rules:
        own = [one for one in tried if one.rule == rule.rule and not one.known_gap]
        gaps = [one for one in tried if one.rule == rule.rule and one.known_gap]
        still_open = [one for one in gaps if not one.right]
        failed = [one for one in own if not one.right]
        dots = "." * max(3, 40 - len(rule.rule))
        known = f", {counted(len(still_open), 'known gap')} still open" if gaps else ""
        paper.line(f"{rule.rule} {dots} {len(own) - len(failed)} of {len(own)} examples right{known}")
        for one in failed:
            paper.line(("  ✗ ", "wrong"), one.text)
            paper.line(f"    you wrote: {one.written}   answer: {one.got}   because: {one.because}")
        for one in gaps:
            if one.right:
                paper.line(("  ! ", "warn"), f"the known gap now gets the right answer, move it up: {one.text}")
        wrong += len(failed)
    return wrong


def _show_unseen(paper: Paper, tried: list[Tried]) -> None:
    """How well the examples of a meaning that is learnt from them teach one another; a hint, not a failure."""
    for rule in dict.fromkeys(one.rule for one in tried):
        own = [one for one in tried if one.rule == rule]
        right = sum(one.right for one in own)
        paper.line(f"{rule}: learnt from examples; {right} of {len(own)} would get their answer from the others alone")
        for one in own:
            if not one.right:
                paper.line(("  ? ", "warn"), f"more like this would help: {one.text}")


def _removals(policy: Policy, settings: Settings) -> list[Removal]:
    from watchword import wiring

    if not sys.stderr.isatty():
        return wiring.run_removals(policy, settings)
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("trying removals", total=wiring.count_removals(policy))
        return wiring.run_removals(policy, settings, lambda: bar.advance(task))


@app.command("try", epilog=options.as_typed('Example:\n\n  watchword policy try "I\'ll see what my lawyer says"'))
def try_(
    sentence: Annotated[str, typer.Argument(help="What a customer might say.")],
    channel: Annotated[Channel, typer.Option(help="Said by phone or by email.")] = Channel.PHONE,
    policy: options.Policy = DEFAULT_POLICY,
) -> None:
    """What would this sentence raise, because of which words, and what would follow?

    Rules that are drafts or on trial are taken as live, and said to be.
    """
    from watchword import wiring
    from watchword.cli.paper import Paper
    from watchword.cli.shown import show
    from watchword.policy.examples import as_live, contact_saying
    from watchword.policy.schema import Status
    from watchword.settings import read_settings

    opened = wiring.open_policy(policy, read_settings())
    quiet = {rule.rule: f"{rule.status}: nothing is sent yet" for rule in opened.rules if rule.status != Status.LIVE}
    show(Paper(), wiring.assess(contact_saying(sentence, channel), as_live(opened)), opened, quiet, placed=False)


@app.command(epilog=options.as_typed("Example:\n\n  watchword policy show natera-billing --rule keyword"))
def show(
    policy: Which = DEFAULT_POLICY,
    rule: Annotated[str | None, typer.Option(help="Only this rule.")] = None,
    file: Annotated[bool, typer.Option("--file", help="The file itself, to begin one of your own from.")] = False,
) -> None:
    """The policy as people read it: what is listened for, what follows, what is said."""
    from watchword import wiring
    from watchword.policy.load import read_policy_text
    from watchword.policy.show import policy_lines, rule_lines
    from watchword.settings import read_settings

    if file:
        sys.stdout.buffer.write(read_policy_text(policy)[0].encode("utf-8"))  # whatever the terminal can show
        return
    opened = wiring.open_policy(policy, read_settings())
    if rule is None:
        lines = policy_lines(opened)
    elif rule in (known := [one.rule for one in opened.rules]):
        lines = rule_lines(opened, opened.rule(rule))
    else:
        raise typer.BadParameter(f"The policy has no rule {rule}. Use one of: {', '.join(known)}.")
    for line in lines:
        typer.echo(line)
