"""Mails that Dovecot does not hand out keep back none that follow, and are a person's to look for."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.connectors import mailboxes
from tests.connectors.dovecot import Dovecot
from tests.connectors.mailboxes import letters, receiving, wait_until
from tests.connectors.mails import letter
from watchword.connectors.imap import Mailbox
from watchword.errors import StoreError
from watchword.reading.originals import Original, Position
from watchword.receiving import MailDesk
from watchword.settings import Settings
from watchword.store import models

server, no_long_pauses = mailboxes.server, mailboxes.no_long_pauses
pytestmark = pytest.mark.dovecot
NOT_HANDED_OUT = "The mail server does not hand this mail out. It came into the mailbox as UID 1."


def test_a_damaged_mail_keeps_back_none_that_follow(server: Dovecot, database: Settings) -> None:
    """Dovecot ends the connection over such a mail, and moves nothing that is to go with it."""
    server.deliver(letter(1), letter(2))
    server.damage("Bill 1")
    with receiving(server.settings(processed="Processed"), database):
        wait_until(lambda: models.Contact.objects.count() == 2)
        wait_until(lambda: server.mails("Processed") == 1)
        wait_until(lambda: models.MailSource.objects.get().trouble == "")
    kept = models.Contact.objects.exclude(key="letter-2@example.com").get()
    assert (kept.needs_person, kept.unread, kept.original.whence) == (True, [NOT_HANDED_OUT], "INBOX, UID 1")
    assert server.mails() == 1
    server.deliver(letter(3))
    with receiving(server.settings(processed="Processed"), database):  # this process has not met the damaged one
        wait_until(lambda: server.mails("Processed") == 2)
        wait_until(lambda: models.MailSource.objects.get().trouble == "")
    assert (models.Contact.objects.count(), server.mails()) == (3, 1)


def pauses(caplog: pytest.LogCaptureFixture) -> list[object]:
    """How long it was to wait after each trouble, in seconds."""
    return [one.args[-1] for one in caplog.records if isinstance(one.args, tuple) and "Tried again" in one.msg]


def test_damaged_mails_in_a_row_keep_back_none_that_follow(
    server: Dovecot, database: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """The good ones come before any of them is tried again: then the trouble is theirs, and not the server's."""
    damaged = range(1, 6)
    server.deliver(*(letter(number) for number in (*damaged, 6, 7)))
    for number in damaged:
        server.damage(f"Bill {number}")
    with receiving(server.settings(processed="Processed"), database):
        wait_until(lambda: models.Contact.objects.count() == 7)
        wait_until(lambda: server.mails("Processed") == 2)
        wait_until(lambda: models.MailSource.objects.get().trouble == "")
    first, second, *others = models.Contact.objects.order_by("pk")
    assert [first.key, second.key] == letters(6, 7)
    assert sorted(one.original.whence for one in others) == [f"INBOX, UID {number}" for number in damaged]
    assert all(one.needs_person for one in others)
    assert (models.MailSource.objects.get().uid, server.mails()) == (7, 5)
    assert pauses(caplog) == [0.1] * 3 * len(damaged)


def test_where_no_mail_is_handed_out_the_pauses_grow(
    server: Dovecot, database: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Then it may be the server that is in trouble: what it hands out again later is read, and no question."""
    server.deliver(letter(1), letter(2), letter(3))
    for number in (1, 2, 3):
        server.damage(f"Bill {number}")
    with receiving(server.settings(), database):
        wait_until(lambda: models.Contact.objects.count() == 3)
    assert pauses(caplog)[:6] == pytest.approx([0.1, 0.1, 0.1, 0.2, 0.4, 0.5])


@contextmanager
def three_read_of_which_one_is_damaged(server: Dovecot, database: Settings) -> Iterator[None]:
    server.deliver(letter(1), letter(2), letter(3))
    server.damage("Bill 1")
    with receiving(server.settings(), database):
        wait_until(lambda: models.Contact.objects.count() == 3)
        wait_until(lambda: models.MailSource.objects.get().uid == 3)
        yield


def test_mails_that_follow_a_damaged_one_are_read_once(
    server: Dovecot, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = [], Mailbox.original

    def original(self: Mailbox, uid: int, *, largest: int) -> Original | None:
        asked.append(uid)
        return real(self, uid, largest=largest)

    monkeypatch.setattr(Mailbox, "original", original)
    with three_read_of_which_one_is_damaged(server, database):
        server.deliver(letter(4))
        wait_until(lambda: models.MailSource.objects.get().uid == 4)
    assert asked == [1, 2, 3, 1, 1, 4]


def test_a_mail_behind_a_damaged_one_that_cannot_be_recorded_comes_again(
    server: Dovecot, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, real = [], MailDesk.take

    def take(self: MailDesk, original: Original, position: Position | None) -> None:
        if original.whence == "INBOX, UID 2" and not failed:
            failed.append(True)
            raise StoreError("The database does not answer.", do="Wait.")
        real(self, original, position)

    monkeypatch.setattr(MailDesk, "take", take)
    with three_read_of_which_one_is_damaged(server, database):
        pass
    assert failed


@pytest.mark.parametrize("answer", ["NO", "BAD", b"1 (UID 1 BODY[] NIL)", b'1 (UID 1 BODY[] "Hello")', None])
def test_a_mail_that_is_not_handed_out_is_a_persons_to_look_for(
    server: Dovecot, database: Settings, monkeypatch: pytest.MonkeyPatch, answer: str | bytes | None
) -> None:
    asked, real = [], imaplib.IMAP4.uid

    def uid(self: imaplib.IMAP4, command: str, *words: str) -> tuple[str, Any]:
        if (command, *words) != ("FETCH", "1", "(BODY.PEEK[])"):
            return real(self, command, *words)
        asked.append(models.MailSource.objects.first())
        if answer == "BAD":
            raise self.error("UID command error: BAD")
        return ("NO", [b"Internal error"]) if answer == "NO" else ("OK", [answer])

    monkeypatch.setattr(imaplib.IMAP4, "uid", uid)
    server.deliver(letter(1), letter(2))
    with receiving(server.settings(), database):
        wait_until(lambda: models.Contact.objects.count() == 2)
    kept = models.Contact.objects.exclude(key="letter-2@example.com").get()
    assert (kept.needs_person, kept.unread) == (True, [NOT_HANDED_OUT])
    assert [None if source is None else "UID 1" in source.trouble for source in asked] == [None, True, True]


SIZES = [
    b"1 (UID 1 FLAGS (\\Seen) RFC822.SIZE 70)",
    b"1 (RFC822.SIZE 70 FLAGS () UID 1)",
    b"1 (RFC822.SIZE NIL UID 1)",
    None,
]


@pytest.mark.parametrize("answer", SIZES)
def test_a_mail_is_not_taken_for_gone_because_of_how_its_size_is_told(
    server: Dovecot, database: Settings, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    real = imaplib.IMAP4.uid

    def uid(self: imaplib.IMAP4, command: str, *words: str) -> tuple[str, Any]:
        if (command, *words) == ("FETCH", "1", "(UID RFC822.SIZE)"):
            return "OK", [answer]
        return real(self, command, *words)

    monkeypatch.setattr(imaplib.IMAP4, "uid", uid)
    server.deliver(letter(1), letter(2))
    with receiving(server.settings(processed="Processed"), database):
        wait_until(lambda: models.Contact.objects.count() == 2)
        read = answer in SIZES[:2]
        wait_until(lambda: server.mails("Processed") == (2 if read else 1))
    by_uid = models.Contact.objects.order_by("original__whence")
    assert [one.unread for one in by_uid] == [[] if read else [NOT_HANDED_OUT], []]
