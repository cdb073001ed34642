"""Mails read from a real Dovecot: each one once, none lost, whatever goes down in between."""

from __future__ import annotations

import imaplib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from tests.connectors.dovecot import USER, Dovecot, dovecot
from tests.connectors.following import IN_TIME, following
from tests.connectors.mails import letter
from tests.recorded import policy
from watchword.connectors import intake as waiting
from watchword.connectors import mailbox
from watchword.connectors.imap import Mailbox
from watchword.connectors.imap_open import open_mailbox
from watchword.connectors.mailbox import follow_mailbox
from watchword.errors import PermanentFailure, StoreError
from watchword.reading.originals import Original, Position
from watchword.receiving import MailDesk
from watchword.settings import MailIntake, Settings
from watchword.store import models
from watchword.triage.assess import assess

pytestmark = pytest.mark.dovecot


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as started:
        yield started


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(waiting, "LONGEST_PAUSE", 0.5)


def receiving(settings: MailIntake, service: Settings) -> AbstractContextManager[Future[None]]:
    """The mailbox is followed until the block ends, or cannot be."""
    return following(lambda stop: follow_mailbox(settings, MailDesk(service, policy(), assess), stop))


def wait_until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + IN_TIME
    while not true():
        assert time.monotonic() < ends, "not in time"
        time.sleep(0.05)


def keys() -> list[str]:
    return sorted(models.Contact.objects.values_list("key", flat=True))


def letters(*numbers: int) -> list[str]:
    return sorted(f"letter-{number}@example.com" for number in numbers)


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


def test_mails_that_follow_a_damaged_one_are_read_once(
    server: Dovecot, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = [], Mailbox.original

    def original(self: Mailbox, uid: int, *, largest: int) -> Original | None:
        asked.append(uid)
        return real(self, uid, largest=largest)

    monkeypatch.setattr(Mailbox, "original", original)
    server.deliver(letter(1), letter(2), letter(3))
    server.damage("Bill 1")
    with receiving(server.settings(), database):
        wait_until(lambda: models.Contact.objects.count() == 3)
        wait_until(lambda: models.MailSource.objects.get().uid == 3)
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
    server.deliver(letter(1), letter(2), letter(3))
    server.damage("Bill 1")
    with receiving(server.settings(), database):
        wait_until(lambda: models.Contact.objects.count() == 3)
        wait_until(lambda: models.MailSource.objects.get().uid == 3)
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
