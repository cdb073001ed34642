"""Reading a mailbox on and on: each mail once, from where it was left, whatever happens to the server or to us."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from watchword.connectors.imap import Mailbox, open_mailbox
from watchword.connectors.intake import Intake, kept_up
from watchword.reading.originals import Position
from watchword.settings import MailIntake

LOOK_AGAIN_SECONDS = 30.0  # a mailbox is read anew after this long, though the server told of nothing


def follow_mailbox(settings: MailIntake, intake: Intake, stop: Event) -> None:
    """Take in every mail of a mailbox until ``stop`` is set. Raises PermanentFailure for a setting that is wrong."""
    source = name_of(settings)

    def read(all_read: Callable[[], None]) -> None:
        with open_mailbox(settings) as mailbox:
            while not stop.is_set():
                _take_new(mailbox, source, settings, intake, stop)
                if settings.processed:
                    _tidy(mailbox, source, settings, intake)
                all_read()
                mailbox.wait(LOOK_AGAIN_SECONDS, stop)

    kept_up(source, intake, read, stop)


def name_of(settings: MailIntake) -> str:
    """What the mailbox is called, for people and as what its position is kept under."""
    return f"{settings.mailbox} of {settings.user} at {settings.host}"


def _take_new(mailbox: Mailbox, source: str, settings: MailIntake, intake: Intake, stop: Event) -> None:
    for uid in mailbox.arrived(_read_so_far(mailbox, source, intake)):
        if stop.is_set():
            return
        original = mailbox.original(uid, largest=settings.largest)
        if original is not None:
            intake.take(original, Position(source, mailbox.uid_validity, uid))


def _read_so_far(mailbox: Mailbox, source: str, intake: Intake) -> int:
    """The UID up to which all is recorded; none when the server numbers its mails anew, and then all are met again."""
    position = intake.position(source)
    return position.uid if position and position.uid_validity == mailbox.uid_validity else 0


def _tidy(mailbox: Mailbox, source: str, settings: MailIntake, intake: Intake) -> None:
    """Move away what is recorded, also what a process that was killed had recorded and not yet moved.

    What was too large to be kept stays: the mailbox is the only place where it is.
    """
    sizes = mailbox.sizes(_read_so_far(mailbox, source, intake))
    mailbox.move([uid for uid, size in sorted(sizes.items()) if size <= settings.largest], settings.processed or "")
