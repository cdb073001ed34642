"""Reading a mailbox on and on: each mail once, from where it was left, whatever happens to the server or to us."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from threading import Event

from watchword.connectors.imap import Mailbox
from watchword.connectors.imap_open import open_mailbox
from watchword.connectors.intake import Intake, Pace, kept_up
from watchword.errors import StoreError, TransientFailure
from watchword.reading.originals import Original, Position
from watchword.settings import MailIntake

log = logging.getLogger(__name__)
LOOK_AGAIN_SECONDS = 30.0  # a mailbox is read anew after this long, though the server told of nothing
TRIES = 3  # for a mail that the server does not hand out; many servers end the connection over it


def follow_mailbox(settings: MailIntake, intake: Intake, stop: Event) -> None:
    """Take in every mail of a mailbox until ``stop`` is set. Raises PermanentFailure for a setting that is wrong."""
    reading = MailboxReading(settings, intake, stop)
    kept_up(reading.source, intake, reading.read, stop, reading.pace)


def name_of(settings: MailIntake) -> str:
    """What the mailbox is called, for people and as what its position is kept under."""
    return f"{settings.mailbox} of {settings.user} at {settings.host}"


class MailboxReading:
    """Reads a mailbox over one connection after the other, and knows which of its mails made trouble before."""

    def __init__(self, settings: MailIntake, intake: Intake, stop: Event) -> None:
        self.source = name_of(settings)
        self.pace = Pace()
        self._settings = settings
        self._intake = intake
        self._stop = stop
        self._begin(0)

    def read(self, all_read: Callable[[], None]) -> None:
        """Take in mails over a new connection, and call ``all_read`` whenever there are no more."""
        with open_mailbox(self._settings) as mailbox:
            if mailbox.uid_validity != self._uid_validity:
                self._begin(mailbox.uid_validity)
            while not self._stop.is_set():
                self._take_new(mailbox)
                if self._settings.processed:
                    self._tidy(mailbox, self._settings.processed)
                all_read()
                mailbox.wait(LOOK_AGAIN_SECONDS, self._stop)

    def _begin(self, uid_validity: int) -> None:
        """Nothing is known of the mails of this UIDVALIDITY."""
        self._uid_validity = uid_validity
        self._refused: Counter[int] = Counter()  # how often a mail was not handed out or not moved, by UID
        self._recorded: set[int] = set()  # what is, above the position, which stands before a mail that was refused
        self._handed_out = 0
        self._before: dict[int, int] = {}  # how many mails were handed out before one was refused first

    def _take_new(self, mailbox: Mailbox) -> None:
        """Take in what is new. A mail that was refused is tried again when those behind it are recorded."""
        uids = mailbox.arrived(self._read_so_far())
        self._recorded.intersection_update(uids)
        waiting = set(uids) - self._recorded
        whole = 0  # so many of the UIDs are recorded, with all before them
        # What was refused often enough comes with the new ones: the server is not asked for it any more.
        for uid in sorted(waiting, key=lambda uid: (self._refused[uid] % TRIES, uid)):
            if self._stop.is_set():
                return
            original = self._original(mailbox, uid)
            self._recorded.add(uid)
            while whole < len(uids) and uids[whole] in self._recorded:
                whole += 1
            if original is not None:
                self._record(original, uid, uids[whole - 1] if whole else None)

    def _record(self, original: Original, uid: int, up_to: int | None) -> None:
        position = Position(self.source, self._uid_validity, up_to) if up_to is not None else None
        try:
            self._intake.take(original, position)
        except StoreError:
            self._recorded.discard(uid)
            raise

    def _original(self, mailbox: Mailbox, uid: int) -> Original | None:
        """A mail, or after some tries what stands for it: one that cannot be had must not keep back all that follow.

        Raises TransientFailure after each try, for a new connection, with a pause before it, may bring the mail.
        """
        if self._refused[uid] >= TRIES:
            return mailbox.kept_back(uid)
        try:
            original = mailbox.original(uid, largest=self._settings.largest)
        except TransientFailure as error:
            self._refuse(uid)
            raise TransientFailure(f"{error.what} It was asked for the mail of UID {uid}.") from error
        self._handed_out += original is not None
        return original

    def _refuse(self, uid: int) -> None:
        """A mail was not handed out. Pauses grow only where it may be the server's trouble and not the mail's own: no
        other mail was handed out since, and those behind it have all been asked for.
        """
        self._refused[uid] += 1
        before = self._before.setdefault(uid, self._handed_out)
        if self._refused[uid] == 1 or self._handed_out > before:
            self.pace.goes_on()

    def _read_so_far(self) -> int:
        """The UID up to which all is recorded; 0 when the server numbers its mails anew, and then all are met again."""
        position = self._intake.position(self.source)
        return position.uid if position and position.uid_validity == self._uid_validity else 0

    def _tidy(self, mailbox: Mailbox, to: str) -> None:
        """Move away what is recorded, also what a process that was killed had recorded and not yet moved.

        What was too large to be kept, or was not handed out, stays: the mailbox is the only place where it is.
        """
        left = mailbox.left(self._read_so_far(), largest=self._settings.largest)
        movable = [uid for uid in left if self._refused[uid] < TRIES]
        for uid in mailbox.move(movable, to):
            log.warning("%s: the mail of UID %d is not moved.", self.source, uid)
            self._refused[uid] = TRIES
