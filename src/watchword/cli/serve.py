"""`watchword serve`: the service's pages and its API, on one address."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

EXAMPLES = """
Examples:

  watchword serve

  WATCHWORD_TLS=on WATCHWORD_HOSTS=watchword.example.org watchword serve --host 0.0.0.0 --port 8000
"""
LOCAL = ("127.0.0.1", "::1", "localhost")
ENDING_SECONDS = 5  # how long open pages keep a server that stops


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen at.")] = 8000,
) -> None:
    """Serve the pages and the API until stopped with Ctrl-C or SIGTERM."""
    from watchword import wiring
    from watchword.settings import read_settings

    wiring.check_installed()
    import uvicorn

    from watchword.store.upgrade import check_up_to_date
    from watchword.web.asgi import application_for
    from watchword.web.in_force import in_force
    from watchword.web.project import open_project

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = read_settings()
    open_project(settings)
    check_up_to_date()
    in_force()  # what cannot be opened is told now, and not to the first caller
    if host not in LOCAL and not settings.tls:
        typer.echo("Passwords travel in the clear: put TLS before this address, and set WATCHWORD_TLS=on.", err=True)
    typer.echo(f"Watchword is at http://{host}:{port}/ . Stop it with Ctrl-C.", err=True)
    uvicorn.run(
        application_for(settings.largest_body),
        host=host,
        port=port,
        lifespan="off",
        log_level="warning",
        access_log=False,  # addresses hold people's keys
        server_header=False,
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
