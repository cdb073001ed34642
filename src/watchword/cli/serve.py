"""`watchword serve`: the service's pages and its API, on one address."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

EXAMPLES = """
Examples:

  watchword serve

  WATCHWORD_TLS=on WATCHWORD_HOSTS=watchword.example.org \\
    watchword serve --port 8000 --processes 4
"""
CLEAR = "Passwords travel in the clear: put TLS before this address, and set WATCHWORD_TLS=on."
LOCAL = ("127.0.0.1", "::1", "localhost")
ENDING_SECONDS = 5  # how long open pages keep a server that stops
SILENT_SECONDS = 60  # after which a process that gives no sign of life is replaced


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen at.")] = 8000,
    processes: Annotated[
        int, typer.Option("--processes", min=1, help="How many processes share the work: up to one a core.")
    ] = 1,
) -> None:
    """Serve the pages and the API until stopped with Ctrl-C or SIGTERM.

    A process uses one core. With several, one that ends is replaced, and each needs the memory of one.
    """
    from watchword.web.listening import claimed, let_many_in

    let_many_in()  # in the processes that come of this one, too
    if processes > 1:  # before all else is imported here: both take their time
        from watchword.web.ahead import import_ahead

        import_ahead()
    from watchword import wiring
    from watchword.settings import read_settings

    wiring.check_installed()
    from watchword.store.upgrade import check_up_to_date
    from watchword.web.in_force import in_force, put_in_force
    from watchword.web.log_lines import log_to_stderr
    from watchword.web.project import open_project

    log_to_stderr()
    settings = read_settings()
    open_project(settings)
    check_up_to_date()
    with claimed(host, port):  # before anybody is told that the service is there
        in_force()  # what cannot be opened is told now, and not to the first caller
        if processes > 1:
            put_in_force(None)  # each opens its own
        if host not in LOCAL and not settings.tls:
            typer.echo(CLEAR, err=True)
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"Watchword is at http://{shown}:{port}/ . Stop it with Ctrl-C.", err=True)
        _run(host, port, processes)


def _run(host: str, port: int, processes: int) -> None:
    import uvicorn

    from watchword.web.processes import run_several
    from watchword.web.stepping_back import Replaceable

    config = uvicorn.Config(
        "watchword.web.asgi:make_application",
        factory=True,
        host=host,
        port=port,
        workers=processes,
        timeout_worker_healthcheck=SILENT_SECONDS,
        lifespan="on",
        log_config=None,  # its log is the program's own: a line for each thing, and no words of an error
        log_level="warning",
        access_log=False,  # addresses hold people's keys
        server_header=False,
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
    if processes > 1:
        run_several(config, host, port)
        return
    server = Replaceable(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(uvicorn.config.STARTUP_FAILURE)
