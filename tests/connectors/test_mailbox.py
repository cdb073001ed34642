"""Mails read from a real Dovecot: each one once, none lost, whatever goes down in between."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.connectors import mailboxes
from tests.connectors.dovecot import USER, Dovecot
from tests.connectors.following import IN_TIME
from tests.connectors.mailboxes import keys, letters, receiving, wait_until
from tests.connectors.mails import letter
from watchword.connectors import mailbox
from watchword.connectors.imap import Mailbox
from watchword.connectors.imap_open import open_mailbox
from watchword.settings import MailIntake, Settings
from watchword.store import models

server, no_long_pauses = mailboxes.server, mailboxes.no_long_pauses
pytestmark = pytest.mark.dovecot


def test_a_mail_is_recorded_with_its_steps_and_its_bytes(server: Dovecot, database: Settings) -> None:
    server.deliver(letter(1))
    with receiving(server.settings(), database):
        wait_until(lambda: keys() == letters(1))
    contact = models.Contact.objects.get()
    assert (contact.outcome, contact.source, contact.person.name) == ("escalate", "mail", "Ana Brook")
    assert letter(1) in bytes(contact.original.raw).replace(b"\r\n", b"\n")
    assert contact.original.whence == "INBOX, UID 1"
    assert models.Step.objects.count() == 2
    assert server.mails() == 1
    assert not list((server.folder / "mail" / USER / "cur").glob("*:2,*S*")), "it was left unread"


def test_idle_wakes_at_once(server: Dovecot, database: Settings) -> None:
    with receiving(server.settings(), database):
        wait_until(lambda: models.MailSource.objects.exists())
        time.sleep(1)  # it is waiting by now
        server.deliver(letter(1))
        sent = time.monotonic()
        wait_until(lambda: keys() == letters(1))
        assert time.monotonic() - sent < mailbox.LOOK_AGAIN_SECONDS / 3, "it was the look after a while that found it"


def test_it_goes_on_where_it_stopped(server: Dovecot, database: Settings) -> None:
    server.deliver(letter(1), letter(2))
    with receiving(server.settings(), database):
        wait_until(lambda: keys() == letters(1, 2))
    server.deliver(letter(3))
    events = models.Event.objects.count()
    with receiving(server.settings(), database):
        wait_until(lambda: keys() == letters(1, 2, 3))
    assert models.Event.objects.count() == events + 1
    assert models.MailSource.objects.get().uid == 3


def test_a_server_killed_in_the_middle_and_started_again(server: Dovecot, database: Settings) -> None:
    server.deliver(letter(1))
    with receiving(server.settings(), database):
        wait_until(lambda: keys() == letters(1))
        server.stop()
        wait_until(lambda: "does not answer" in models.MailSource.objects.get().trouble)
        server.start()
        server.deliver(letter(2))
        wait_until(lambda: keys() == letters(1, 2))
        wait_until(lambda: models.MailSource.objects.get().trouble == "")


def test_a_mailbox_numbered_anew_brings_nothing_twice(server: Dovecot, database: Settings) -> None:
    without_id = letter(9).replace(b"Message-ID: <letter-9@example.com>\n", b"")
    server.deliver(letter(1), letter(2), without_id)
    with receiving(server.settings(), database):
        wait_until(lambda: len(keys()) == 3)
    before, validity = keys(), models.MailSource.objects.get().uid_validity
    server.stop()
    server.number_anew()
    time.sleep(1.1)  # a UIDVALIDITY is a time in seconds
    server.start()
    server.deliver(letter(3))
    with receiving(server.settings(), database):
        wait_until(lambda: len(keys()) == 4)
    assert keys() == sorted(before + letters(3))
    assert models.MailSource.objects.get().uid_validity != validity
    assert models.Escalation.objects.count() == 4


def test_recorded_mails_are_moved_by_setting(server: Dovecot, database: Settings) -> None:
    server.deliver(*(letter(number) for number in range(1, 6)))
    with receiving(server.settings(processed="Processed"), database):
        wait_until(lambda: server.mails("Processed") == 5)
        server.deliver(letter(6))
        wait_until(lambda: server.mails("Processed") == 6)
    assert server.mails() == 0
    assert keys() == letters(1, 2, 3, 4, 5, 6)


DIES = """
import os, sys
from watchword.connectors import imap
def dies(*_):
    if _[1]:
        os._exit(9)
imap.Mailbox.move = dies
sys.argv = ["watchword", "receive"]
from watchword.cli import main
main()
"""


def environment(settings: Settings, intake: MailIntake) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHWORD_")}
    kept |= {"WATCHWORD_DATA": str(settings.folder), "WATCHWORD_SECRET": "test", "WATCHWORD_MODEL": "off"}
    kept |= {"WATCHWORD_IMAP_HOST": intake.host or "", "WATCHWORD_IMAP_PORT": str(intake.port)}
    kept |= {"WATCHWORD_IMAP_USER": intake.user, "WATCHWORD_IMAP_PASSWORD": intake.password}
    kept |= {"WATCHWORD_IMAP_CA": str(intake.ca_file), "WATCHWORD_IMAP_PROCESSED": intake.processed or ""}
    return kept | ({"DATABASE_URL": settings.database_url} if settings.database_url else {})


def test_killed_between_recording_and_moving(server: Dovecot, database: Settings) -> None:
    """The process dies at that very instant; its successor moves what it left, and records nothing twice."""
    server.deliver(letter(1), letter(2))
    intake = server.settings(processed="Processed")
    killed = subprocess.run([sys.executable, "-c", DIES], env=environment(database, intake), timeout=IN_TIME)
    assert killed.returncode == 9
    assert keys() == letters(1, 2)
    assert (server.mails(), server.mails("Processed")) == (2, 0)
    server.deliver(letter(3))
    with receiving(intake, database):
        wait_until(lambda: server.mails("Processed") == 3)
    assert keys() == letters(1, 2, 3)
    assert models.Escalation.objects.count() == 3
    assert models.OriginalMail.objects.count() == 3


def test_what_cannot_be_recorded_is_read_again(
    server: Dovecot, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database fails in the middle of the transaction: nothing of the mail is there, and it comes once."""
    from django.db import OperationalError

    failed = []

    def fails_once(*_: object, **__: object) -> None:
        if not failed:
            failed.append(True)
            raise OperationalError("gone")
        real(*_, **__)  # type: ignore[arg-type]

    from watchword.store import mails

    real = mails._advance
    monkeypatch.setattr(mails, "_advance", fails_once)
    server.deliver(letter(1), letter(2))
    with receiving(server.settings(), database):
        wait_until(lambda: keys() == letters(1, 2))
    assert failed
    assert models.MailSource.objects.get().uid == 2


def test_a_mail_too_large_is_left_where_it_is_and_a_person_is_told(server: Dovecot, database: Settings) -> None:
    server.deliver(letter(1, "My attorney. " * 2000), letter(2))
    with receiving(server.settings(largest=20_000, processed="Processed"), database):
        wait_until(lambda: keys() == letters(1, 2))
        wait_until(lambda: server.mails("Processed") == 1)
    large = models.Contact.objects.get(key="letter-1@example.com")
    assert (large.needs_person, large.subject, server.mails()) == (True, "Bill 1", 1)
    assert large.unread == ["The mail is larger than 20000 bytes and was not read. It lies in the mailbox, as UID 1."]
    assert len(large.original.raw) < 2000


def test_a_mail_that_has_gone_is_passed_over(server: Dovecot) -> None:
    server.deliver(letter(1))
    with open_mailbox(server.settings()) as opened:
        assert opened.original(1, largest=1000)
        assert opened.original(2, largest=1000) is None


def test_where_the_server_cannot_move_each_mail_is_copied_once(
    server: Dovecot, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Mailbox.select

    def select(self: Mailbox) -> None:
        real(self)
        self._capabilities -= {"MOVE", "UIDPLUS"}

    monkeypatch.setattr(Mailbox, "select", select)
    monkeypatch.setattr(mailbox, "LOOK_AGAIN_SECONDS", 0.2)
    server.deliver(letter(1), letter(2))
    with receiving(server.settings(processed="Processed"), database):
        wait_until(lambda: server.mails("Processed") == 2)
        first = models.MailSource.objects.get().looked_at
        wait_until(lambda: models.MailSource.objects.get().looked_at > first)
        server.deliver(letter(3))
        wait_until(lambda: server.mails("Processed") >= 3)
    assert (server.mails(), server.mails("Processed")) == (3, 3)
