"""Mails dropped into a folder: each one once, whatever else is dropped there, and nothing is deleted."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.connectors.following import IN_TIME, following
from tests.connectors.mailboxes import keys, letters, wait_until
from tests.connectors.mails import letter
from tests.recorded import policy
from watchword.connectors import drop_folder
from watchword.connectors.drop_folder import follow_folder
from watchword.errors import PermanentFailure, StoreError
from watchword.reading.originals import Original, Position
from watchword.receiving import MailDesk
from watchword.settings import MailIntake, Settings
from watchword.store import models
from watchword.triage.assess import assess

FROM = b"From ana@example.com Tue Mar  4 15:02:11 2025\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(drop_folder, "LOOK_SECONDS", 0.1)
    made = tmp_path / "dropped"
    made.mkdir()
    return made


def receiving(
    folder: Path, service: Settings, desk: MailDesk | None = None, largest: int = 10**6
) -> AbstractContextManager[Future[None]]:
    intake = MailIntake(folder=folder, largest=largest)
    return following(lambda stop: follow_folder(intake, desk or MailDesk(service, policy(), assess), stop))


def drop(folder: Path, name: str, raw: bytes) -> None:
    """As a program does that knows how: written beside, and renamed once it is whole."""
    (folder / f".{name}").write_bytes(raw)
    (folder / f".{name}").rename(folder / name)


def in_folder(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def settled(folder: Path, many: int) -> Callable[[], bool]:
    return lambda: sum(file.startswith(("done", "for a person")) for file in in_folder(folder)) == many


def test_single_mails_mailboxes_and_packed_ones(folder: Path, database: Settings) -> None:
    drop(folder, "one.eml", letter(1))
    drop(folder, "two.eml.gz", gzip.compress(letter(2)))
    drop(folder, "many.mbox", FROM + letter(3) + b"\n" + FROM + letter(4) + b"\n")
    drop(folder, "more.mbox.gz", gzip.compress(FROM + letter(5) + b"\n" + FROM + letter(1) + b"\n"))
    drop(folder, "inbox", FROM + letter(6))
    with receiving(folder, database):
        wait_until(settled(folder, 5))
    assert keys() == letters(1, 2, 3, 4, 5, 6)
    assert {name.partition("/")[0] for name in in_folder(folder)} == {"done"}
    assert bytes(models.Contact.objects.get(key="letter-1@example.com").original.raw) == letter(1)
    third = models.Contact.objects.get(key="letter-3@example.com").original
    assert third.whence == "the file many.mbox, line 1"


def test_the_same_mail_again_by_whatever_way_is_the_same_contact(folder: Path, database: Settings) -> None:
    drop(folder, "one.eml", letter(1))
    drop(folder, "again.eml", b"Received: from elsewhere; Wed, 5 Mar 2025 10:00:00 +0000\r\n" + crlf(letter(1)))
    with receiving(folder, database):
        wait_until(settled(folder, 2))
        drop(folder, "one.eml", letter(1))
        wait_until(settled(folder, 3))
    assert keys() == letters(1)
    assert "done/one.2.eml" in in_folder(folder)


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r\n") + b"\r\n"


def test_another_mail_under_the_same_id_is_not_lost(folder: Path, database: Settings) -> None:
    drop(folder, "1.eml", letter(1))
    drop(folder, "2.eml", letter(1, body="Other words."))
    drop(folder, "3.eml", letter(1, sender="ben@example.com"))
    drop(folder, "4.eml", letter(1, body="Other words."))
    with receiving(folder, database):
        wait_until(settled(folder, 4))
    assert len(keys()) == 3
    assert all(key.startswith("letter-1@example.com") for key in keys())


NO_MAILS = {
    "words.eml": b"These are no headers.\nAnd no mail.\n",
    "empty.eml": b"",
    "random.eml": bytes(range(256)) * 40,
    "picture.pdf": b"%PDF-1.7 nothing",
    "torn.eml.gz": gzip.compress(letter(1) * 50)[:-20],
    "no.mbox": b"Dear sir,\n",
    "notpacked.eml.gz": letter(1),
}


@pytest.mark.parametrize("name", sorted(NO_MAILS))
def test_what_is_no_mail_is_kept_and_a_person_is_told(folder: Path, database: Settings, name: str) -> None:
    drop(folder, name, NO_MAILS[name])
    with receiving(folder, database):
        wait_until(settled(folder, 1))
        drop(folder, "good.eml", letter(7))
        wait_until(settled(folder, 2))
    assert (folder / "done" / name).exists() or (folder / "for a person" / name).exists()
    odd = models.Contact.objects.exclude(key="letter-7@example.com").get()
    assert (odd.needs_person, odd.looked_at) == (True, None)
    assert odd.unread
    assert bytes(odd.original.raw) == NO_MAILS[name]


def test_one_too_large_for_the_table_is_told_and_set_apart(folder: Path, database: Settings) -> None:
    drop(folder, "large.eml", letter(1, "My attorney. " * 2000))
    drop(folder, "large.mbox", FROM + letter(2, "My attorney. " * 2000) + b"\n" + FROM + letter(3))
    with receiving(folder, database, largest=20_000):
        wait_until(settled(folder, 2))
    assert in_folder(folder) == ["for a person/large.eml", "for a person/large.mbox"]
    assert models.Contact.objects.filter(needs_person=True).count() == 2
    assert "letter-3@example.com" in keys()
    assert all("larger than 20000 bytes" in one.unread[0] for one in models.Contact.objects.filter(needs_person=True))


def test_what_is_still_being_written_is_left_alone(folder: Path, database: Settings) -> None:
    (folder / "half.eml.part").write_bytes(letter(1)[:50])
    (folder / "link.eml").symlink_to("/etc/hostname")
    drop(folder, "good.eml", letter(2))
    with receiving(folder, database):
        wait_until(settled(folder, 1))
    assert keys() == letters(2)
    assert (folder / "half.eml.part").exists()
    assert (folder / "link.eml").is_symlink()


def test_stopped_in_a_mailbox_it_goes_on_and_nothing_is_twice(folder: Path, database: Settings) -> None:
    """As when the process is killed between two mails: the file is still there, and is read from its start."""

    class Dies(MailDesk):
        def take(self, original: Original, position: Position | None) -> None:
            if len(keys()) == 2:
                raise ZeroDivisionError
            super().take(original, position)

    drop(folder, "many.mbox", b"\n".join(FROM + letter(number) for number in range(1, 6)))
    with receiving(folder, database, Dies(database, policy(), assess)) as running:
        assert isinstance(running.exception(IN_TIME), ZeroDivisionError)
    assert keys() == letters(1, 2)
    drop(folder, "other.eml", letter(9))
    events = models.Event.objects.count()
    with receiving(folder, database):
        wait_until(settled(folder, 2))
    assert keys() == letters(1, 2, 3, 4, 5, 9)
    assert models.Event.objects.count() == events + 4


def test_while_the_database_is_down_files_wait(folder: Path, database: Settings) -> None:
    class Down(MailDesk):
        def take(self, original: Original, position: Position | None) -> None:
            tried.append(original)
            if len(tried) < 3:
                raise StoreError("The database does not answer.", do="")
            super().take(original, position)

    tried: list[Original] = []
    drop(folder, "one.eml", letter(1))
    with receiving(folder, database, Down(database, policy(), assess)):
        wait_until(settled(folder, 1))
    assert (len(tried), keys()) == (3, letters(1))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, database: Settings) -> None:
    with receiving(tmp_path / "none", database) as running:
        error = running.exception(IN_TIME)
    assert isinstance(error, PermanentFailure)
    assert "cannot be used" in error.what


def test_folders_made_are_for_their_owner_alone(folder: Path, database: Settings) -> None:
    with receiving(folder, database):
        wait_until(lambda: (folder / "for a person").exists())
    assert (folder / "done").stat().st_mode & 0o077 == 0
