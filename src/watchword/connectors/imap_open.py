"""Opening a mailbox: the connection, whom it trusts, the sign-in, and what is wrong with a setting in a sentence.

Behind it is imap-tools, which verifies no certificate unless it is given a context that does; so it is.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import imap_tools
from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError

from watchword.connectors.imap import GONE_WRONG, Mailbox, failure
from watchword.errors import ConnectorError, PermanentFailure
from watchword.settings import MailIntake

ANSWER_SECONDS = 60.0  # the longest wait for any answer


@contextmanager
def open_mailbox(settings: MailIntake) -> Iterator[Mailbox]:
    """Sign in and open the folder. Raises PermanentFailure for a wrong setting, TransientFailure for a server gone."""
    opened = _connected(settings)
    try:
        try:
            _sign_in(opened, settings)
            mailbox = Mailbox(opened, settings.mailbox)
            mailbox.select()
            if settings.processed:
                mailbox.make(settings.processed)
        except GONE_WRONG as error:
            raise _refused(error, settings) from error
        except ValueError:  # a control character; the error's own words may hold the password
            raise _refused(MailboxLoginError(("NO", []), "OK"), settings) from None
        yield mailbox
    finally:
        with suppress(*GONE_WRONG):
            opened.logout()
        with suppress(*GONE_WRONG):
            opened.client.shutdown()


def _sign_in(opened: imap_tools.BaseMailBox, settings: MailIntake) -> None:
    """By LOGIN, which knows printable ASCII alone, or else by PLAIN."""
    if (settings.user + settings.password).isascii() and (settings.user + settings.password).isprintable():
        opened.login(settings.user, settings.password, initial_folder=None)
        return
    try:
        opened.login_utf8(settings.user, settings.password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise MailboxLoginError(("NO", []), "OK") from error


def _connected(settings: MailIntake) -> imap_tools.BaseMailBox:
    host, port = settings.host or "", settings.port
    try:
        if settings.tls == "off":
            return imap_tools.MailBoxUnencrypted(host, port, timeout=ANSWER_SECONDS)
        kind = imap_tools.MailBoxStartTls if settings.tls == "starttls" else imap_tools.MailBox
        return kind(host, port, timeout=ANSWER_SECONDS, ssl_context=_trust(settings))
    except GONE_WRONG as error:
        raise _refused(error, settings) from error


def _trust(settings: MailIntake) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    if settings.ca_file:
        try:
            trust.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise PermanentFailure(
                "The file of WATCHWORD_IMAP_CA cannot be read as certificates.", do="Give it certificates in PEM form."
            ) from error
    return trust


def _refused(error: Exception, settings: MailIntake) -> ConnectorError:
    """What went wrong while a mailbox was opened, as a sentence; the server's own words may hold anything."""
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return PermanentFailure(
            f"The certificate of the mail server {where} is not trusted ({error.verify_message}).",
            do="Check WATCHWORD_IMAP_HOST, or name whom to trust in WATCHWORD_IMAP_CA.",
        )
    if isinstance(error, MailboxLoginError):
        return PermanentFailure(
            f"The mail server {where} does not take the user {settings.user} with this password.",
            do="Check WATCHWORD_IMAP_USER and WATCHWORD_IMAP_PASSWORD.",
        )
    if isinstance(error, MailboxFolderSelectError):
        return PermanentFailure(
            f"The mailbox has no folder {settings.mailbox} that can be read.", do="Check WATCHWORD_IMAP_FOLDER."
        )
    return failure(error, where)
