"""`watchword webhook …`: which other systems are told what happens, and whether it reaches them."""

from __future__ import annotations

from typing import Annotated

import typer

from watchword.cli.options import as_typed
from watchword.cli.people import Name, NewName, open_service

app = typer.Typer(help="Other systems that are told what happens.", no_args_is_help=True, rich_markup_mode=None)
BY = "command line"
EXAMPLE = """
Example:

  watchword webhook add crm --url https://crm.example.org/watchword \\
    --event step.needs_person
"""


@app.command(epilog=as_typed(EXAMPLE))
def add(
    name: NewName,
    url: Annotated[str, typer.Option("--url", help="The address that is told.")],
    event: Annotated[
        list[str], typer.Option("--event", help="What it is told of: escalation.opened, …, or all; may be given again.")
    ],
) -> None:
    """Tell an address from now on what happens, and print the secret that signs it: it is shown this once."""
    open_service()
    from watchword.store.webhooks import add_webhook, topics_named

    typer.echo(add_webhook(name, url, topics_named(event), by=BY))


@app.command("list")
def list_webhooks() -> None:
    """The webhooks, how much waits for each and how much needs a person."""
    open_service()
    from watchword.store.webhooks import webhooks

    for one in webhooks():
        last = f"last {one.last:%Y-%m-%d %H:%M}" if one.last else "nothing yet"
        state = f"{one.waiting} waiting, {one.needs_person} need a person, {last}"
        typer.echo("\t".join((one.name, one.url, ", ".join(one.topics), state, one.why)).rstrip())


@app.command()
def test(name: Name) -> None:
    """Send it a delivery of the type webhook.test now, and say whether it arrived."""
    open_service()
    from watchword import wiring
    from watchword.errors import TransientFailure
    from watchword.settings import read_settings

    try:
        wiring.try_webhook(name, read_settings())
    except TransientFailure as error:  # what a worker sends is tried again by itself, and a test is not
        raise TransientFailure(error.what, do="See to the other side, and give the command once more.") from error
    typer.echo(f"{name} took it.")


@app.command()
def retry(name: Name) -> None:
    """Have everything tried again that needs a person or waits."""
    open_service()
    from watchword.store.webhooks import retry_webhook

    typer.echo(f"{retry_webhook(name, by=BY)} deliveries are tried again.")


@app.command()
def remove(name: Name) -> None:
    """Tell it nothing more; what was on its way is dropped."""
    open_service()
    from watchword.store.webhooks import remove_webhook

    typer.echo(f"{name} is told nothing more; {remove_webhook(name, by=BY)} deliveries were dropped.")
