"""Reading a folder that mails are dropped into: each file once it has come to rest, then set aside, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from watchword.connectors.intake import Intake, kept_up
from watchword.errors import PermanentFailure, TransientFailure
from watchword.reading.originals import originals_in
from watchword.settings import MailIntake

LOOK_SECONDS = 1.0  # a file that did not change from one look to the next is complete
TELL_EVERY = 30  # looks, or mails of one file
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
DONE, APART = "done", "for a person"
Seen = dict[Path, tuple[int, int]]


def follow_folder(settings: MailIntake, intake: Intake, stop: Event) -> None:
    """Take in every file of the drop folder until ``stop`` is set. Raises PermanentFailure for a folder of no use."""
    folder = settings.folder or Path()

    def read(all_read: Callable[[], None]) -> None:
        _prepared(folder)
        seen: Seen = {}
        look = 0
        while not stop.is_set():
            before, seen = seen, _at_rest_or_not(folder)
            for file in _complete(before, seen):
                if stop.is_set():
                    return
                _take(file, settings, intake, stop)
            if look % TELL_EVERY == 0:
                all_read()
            look += 1
            stop.wait(LOOK_SECONDS)

    kept_up(_name(folder), intake, read, stop)


def _name(folder: Path) -> str:
    return f"the folder {folder}"


def _prepared(folder: Path) -> None:
    try:
        for inside in (DONE, APART):
            (folder / inside).mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise PermanentFailure(
            f"The folder {folder} cannot be used ({error.strerror}).",
            do="Make it, let this user write into it, or set WATCHWORD_MAIL_FOLDER.",
        ) from error


def _at_rest_or_not(folder: Path) -> Seen:
    """Every file that may be a mail, with its size and the time of its last change."""
    try:
        return dict(_files(folder))
    except OSError as error:
        raise TransientFailure(f"The folder {folder} cannot be read ({error.strerror}).") from error


def _files(folder: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    for file in folder.iterdir():
        if file.name.startswith(".") or file.name.lower().endswith(UNFINISHED):
            continue
        try:
            found = file.lstat()
        except FileNotFoundError:
            continue  # it was taken away again
        if file.is_file() and not file.is_symlink():  # a link could lead to any file that this user may read
            yield file, (found.st_size, found.st_mtime_ns)


def _complete(before: Seen, now: Seen) -> list[Path]:
    rested = [file for file, seen in now.items() if before.get(file) == seen]
    return sorted(rested, key=lambda file: (now[file][1], file.name))


def _take(file: Path, settings: MailIntake, intake: Intake, stop: Event) -> None:
    """Record every mail of a file, then set the file aside. Killed in between, all are met again and change nothing."""
    to = DONE
    try:
        for number, original in enumerate(originals_in(file, largest=settings.largest), 1):
            if stop.is_set():
                return
            intake.take(original, None)
            if number % TELL_EVERY == 0:
                intake.heard(_name(file.parent))  # a large mailbox takes long, and is read all the same
            if original.trouble:
                to = APART  # the file is the only place where the whole of it is
    except FileNotFoundError:
        return
    try:
        file.rename(_free_name(file.parent / to / file.name))
    except OSError as error:
        raise TransientFailure(f"A file of {file.parent} cannot be set aside ({error.strerror}).") from error


def _free_name(wanted: Path) -> Path:
    """A name that nothing has yet: a file is never put over another."""
    number, found = 1, wanted
    while found.exists():
        number += 1
        found = wanted.with_name(f"{wanted.stem}.{number}{wanted.suffix}")
    return found
