"""`watchword receive`: mails that come in by themselves, from a folder or a mailbox."""

from __future__ import annotations

import signal
from threading import Event

import typer

EXAMPLES = """
Examples:

  WATCHWORD_MAIL_FOLDER=/srv/mails watchword receive

  WATCHWORD_IMAP_HOST=mail.example.org WATCHWORD_IMAP_USER=billing \\
    WATCHWORD_IMAP_PASSWORD_FILE=/run/secrets/mail watchword receive
"""


def receive() -> None:
    """Take mails in from the drop folder and the mailbox of the settings, until stopped with Ctrl-C or SIGTERM.

    Each mail is assessed and recorded once, with everything that follows and as it came, whatever is killed or
    restarted meanwhile.
    """
    from watchword import receiving, wiring
    from watchword.settings import read_settings
    from watchword.web.log_lines import log_to_stderr

    wiring.check_installed()
    log_to_stderr()
    settings = read_settings()
    stop = Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    receiving.receive(settings, stop, begun=_tell)


def _tell(source: str) -> None:
    typer.echo(f"Mails are received from {source}. Stop it with Ctrl-C.", err=True)
