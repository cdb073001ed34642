"""Reading a mailbox on and on: each mail once, from where it was left, whatever happens to the server or to us."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from threading import Event

from watchword.connectors.imap import Mailbox, open_mailbox
from watchword.connectors.intake import Intake, kept_up
from watchword.errors import TransientFailure
from watchword.reading.originals import Original, Position
from watchword.settings import MailIntake

log = logging.getLogger(__name__)
LOOK_AGAIN_SECONDS = 30.0  # a mailbox is read anew after this long, though the server told of nothing
TRIES = 3  # for a mail that the server does not hand out; many servers end the connection over it
Refused = Counter[tuple[int, int]]  # how often a mail was not handed out or not moved, by UIDVALIDITY and UID


def follow_mailbox(settings: MailIntake, intake: Intake, stop: Event) -> None:
    """Take in every mail of a mailbox until ``stop`` is set. Raises PermanentFailure for a setting that is wrong."""
    source = name_of(settings)
    refused: Refused = Counter()

    def read(all_read: Callable[[], None]) -> None:
        with open_mailbox(settings) as mailbox:
            while not stop.is_set():
                _take_new(mailbox, source, settings, intake, refused, stop)
                if settings.processed:
                    _tidy(mailbox, source, settings, intake, refused)
                all_read()
                mailbox.wait(LOOK_AGAIN_SECONDS, stop)

    kept_up(source, intake, read, stop)


def name_of(settings: MailIntake) -> str:
    """What the mailbox is called, for people and as what its position is kept under."""
    return f"{settings.mailbox} of {settings.user} at {settings.host}"


def _take_new(
    mailbox: Mailbox, source: str, settings: MailIntake, intake: Intake, refused: Refused, stop: Event
) -> None:
    for uid in mailbox.arrived(_read_so_far(mailbox, source, intake)):
        if stop.is_set():
            return
        original = _original(mailbox, uid, settings, refused)
        if original is not None:
            intake.take(original, Position(source, mailbox.uid_validity, uid))


def _original(mailbox: Mailbox, uid: int, settings: MailIntake, refused: Refused) -> Original | None:
    """A mail, or after some tries what stands for it: one that cannot be had must not keep back all that follow.

    Raises TransientFailure after each try, for a new connection, with a pause before it, may bring the mail.
    """
    this = mailbox.uid_validity, uid
    if refused[this] >= TRIES:
        return mailbox.kept_back(uid)
    try:
        return mailbox.original(uid, largest=settings.largest)
    except TransientFailure as error:
        refused[this] += 1
        raise TransientFailure(f"{error.what} It was asked for the mail of UID {uid}.") from error


def _read_so_far(mailbox: Mailbox, source: str, intake: Intake) -> int:
    """The UID up to which all is recorded; none when the server numbers its mails anew, and then all are met again."""
    position = intake.position(source)
    return position.uid if position and position.uid_validity == mailbox.uid_validity else 0


def _tidy(mailbox: Mailbox, source: str, settings: MailIntake, intake: Intake, refused: Refused) -> None:
    """Move away what is recorded, also what a process that was killed had recorded and not yet moved.

    What was too large to be kept, or was not handed out, stays: the mailbox is the only place where it is.
    """
    left = mailbox.left(_read_so_far(mailbox, source, intake), largest=settings.largest)
    movable = [uid for uid in left if refused[mailbox.uid_validity, uid] < TRIES]
    for uid in mailbox.move(movable, settings.processed or ""):
        log.warning("%s: the mail of UID %d is not moved.", source, uid)
        refused[mailbox.uid_validity, uid] = TRIES
