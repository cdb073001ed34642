"""A mailbox is opened only where the server is the right one, and what stands against it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.connectors import mailboxes
from tests.connectors.dovecot import Dovecot
from tests.connectors.following import IN_TIME
from tests.connectors.mailboxes import receiving
from watchword.connectors.imap_open import open_mailbox
from watchword.errors import PermanentFailure
from watchword.settings import Settings

server, no_long_pauses = mailboxes.server, mailboxes.no_long_pauses
pytestmark = pytest.mark.dovecot


@pytest.mark.parametrize("password", ["wrong", "wr\u00f6ng", "wrong\nwrong"], ids=["ascii", "letters", "two-lines"])
def test_a_wrong_password_is_told_and_shown_to_nobody(server: Dovecot, password: str) -> None:
    opening = open_mailbox(server.settings(password=password))
    with pytest.raises(PermanentFailure, match="does not take the user billing") as told, opening:
        pass
    error: BaseException | None = told.value
    while error is not None:  # everything that a traceback would print
        assert password not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_a_wrong_password_ends_it(server: Dovecot, database: Settings) -> None:
    with receiving(server.settings(password="wrong"), database) as running:
        error = running.exception(IN_TIME)
    assert isinstance(error, PermanentFailure)


def test_a_certificate_that_nobody_vouches_for_is_refused(server: Dovecot) -> None:
    with pytest.raises(PermanentFailure, match="not trusted"), open_mailbox(server.settings(ca_file=None)):
        pass
    with pytest.raises(PermanentFailure, match="not trusted"), open_mailbox(server.settings(host="127.0.0.1")):
        pass  # it is another name's


def test_tls_begun_later_is_verified_as_well(server: Dovecot) -> None:
    later = server.settings(port=server.plain, tls="starttls")
    with open_mailbox(later) as opened:
        assert opened.uid_validity
    with pytest.raises(PermanentFailure, match="not trusted"), open_mailbox(replace(later, ca_file=None)):
        pass


def test_a_folder_that_is_not_there_is_named(server: Dovecot) -> None:
    with pytest.raises(PermanentFailure, match="no folder Nowhere"), open_mailbox(server.settings(mailbox="Nowhere")):
        pass
