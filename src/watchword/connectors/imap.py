"""One open mailbox on a mail server: what is new in it, its mails as they came, waiting for more, and moving them away.

Behind it is imap-tools. It takes the end of a connection during IDLE for silence; and where the server cannot move, it
expunges what others deleted. Both are mended here.
"""

from __future__ import annotations

import imaplib
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import Any

import imap_tools
from imap_tools.errors import ImapToolsError

from watchword.errors import PermanentFailure, TransientFailure
from watchword.reading.originals import HEAD, Original, not_handed_out, too_large

LOOK_SECONDS = 1.0  # how often a wait looks whether it should end
UID = re.compile(rb"[( ]UID (\d+)")  # a server may tell other things between the two, and in any order
SIZE = re.compile(rb"[( ]RFC822\.SIZE (\d+)")
GONE_WRONG = (imaplib.IMAP4.error, ImapToolsError, OSError)


class Mailbox:
    """A folder of a mailbox, open for reading. Every method may raise TransientFailure."""

    def __init__(self, opened: imap_tools.BaseMailBox, folder: str) -> None:
        self._opened = opened
        self._folder = folder
        self._capabilities: frozenset[str] = frozenset()
        self.uid_validity = 0

    def select(self) -> None:
        """Open the folder, and learn what the server can do, which many tell only after the sign-in."""
        self._opened.folder.set(self._folder)
        validity = self._opened.client.response("UIDVALIDITY")[1]
        if not validity or not validity[0]:
            raise PermanentFailure("The mail server gives no UIDVALIDITY.", do="Use a server that follows RFC 3501.")
        self.uid_validity = int(validity[0])
        _, told = self._opened.client.capability()
        self._capabilities = frozenset(told[0].decode("ascii", "replace").upper().split())

    def arrived(self, after: int) -> list[int]:
        """The UIDs above ``after``, in the order in which the mails arrived."""
        with _told():
            self._opened.client.response("EXISTS")  # what was told before is seen by this search
            found = (int(uid) for uid in self._opened.uids(f"UID {after + 1}:*", charset=None))
            return sorted(uid for uid in found if uid > after)  # "*" is the newest mail, even when that is an old one

    def left(self, up_to: int, *, largest: int) -> list[int]:
        """The UIDs up to one that are still there, of mails no larger than that; none that is marked as deleted."""
        with _told():
            small = f"UID 1:{up_to} UNDELETED SMALLER {largest + 1}"
            return sorted(int(uid) for uid in self._opened.uids(small, charset=None)) if up_to else []

    def original(self, uid: int, *, largest: int) -> Original | None:
        """A mail as it came, and left as unread as it was; None when it is gone. Of one too large, its head."""
        with _told():
            size = self._size(uid)
            if size is None:
                return None
            whence = self._whence(uid)
            if size <= largest:
                return Original(self._fetched(uid, "(BODY.PEEK[])"), whence)
            head = self._fetched(uid, f"(BODY.PEEK[HEADER]<0.{HEAD}>)")
            return Original(head, whence, too_large(largest, f"in the mailbox, as UID {uid}"), f"{whence} {size}")

    def kept_back(self, uid: int) -> Original:
        """What stands for a mail that the server keeps to itself."""
        whence = self._whence(uid)
        return Original(b"", whence, not_handed_out(f"the mailbox as UID {uid}"), f"{whence} of {self.uid_validity}")

    def wait(self, seconds: float, stop: Event) -> None:
        """Until something is new, ``stop`` is set, or the time has passed."""
        with _told():
            if "IDLE" not in self._capabilities:
                stop.wait(seconds)
                return
            # What the server says in one breath with its consent to IDLE is not seen before IDLE is left. So it is left
            # soon the first time; what came while we were reading has been told by then.
            for lasting in (LOOK_SECONDS, seconds - LOOK_SECONDS):
                if self._opened.client.untagged_responses.get("EXISTS"):
                    return
                with self._opened.idle:  # leaving it raises when the connection has ended
                    if self._idle(lasting, stop):
                        return

    def move(self, uids: Sequence[int], to: str) -> list[int]:
        """Move mails to another folder. Gives those that the server does not move; one such stops the others."""
        with _told():
            if not uids or self._moved(uids, to):
                return []
            return [uid for uid in uids if not self._moved([uid], to)]

    def make(self, folder: str) -> None:
        """Make a folder of the mailbox if it is not there. Raises PermanentFailure when it cannot be made."""
        if self._opened.folder.exists(folder):
            return
        try:
            self._opened.folder.create(folder)
        except ImapToolsError as error:
            raise PermanentFailure(
                f"The mailbox has no folder {folder}, and none can be made.", do="Set WATCHWORD_IMAP_PROCESSED."
            ) from error

    def _idle(self, seconds: float, stop: Event) -> bool:
        """Whether the wait ended because of something."""
        ends = time.monotonic() + seconds
        while not stop.is_set() and time.monotonic() < ends:
            began = time.monotonic()
            if self._opened.idle.poll(LOOK_SECONDS) or time.monotonic() - began < LOOK_SECONDS / 2:
                return True  # something came; or nothing at once, which is how the end of a connection looks
        return stop.is_set()

    def _moved(self, uids: Sequence[int], to: str) -> bool:
        """Whether the server did it. Where it cannot move in one, mails are copied first."""
        named = ",".join(str(uid) for uid in uids)
        in_one = "MOVE" in self._capabilities
        if self._opened.client.uid("MOVE" if in_one else "COPY", named, _quoted(to))[0] != "OK":
            return False
        if not in_one:
            self._ordered("STORE", named, "+FLAGS.SILENT", r"(\Deleted)")
            if "UIDPLUS" in self._capabilities:  # a plain EXPUNGE would remove what others deleted too
                self._ordered("EXPUNGE", named)
        return True

    def _whence(self, uid: int) -> str:
        return f"{self._folder}, UID {uid}"

    def _size(self, uid: int) -> int | None:
        """A mail's size; None when it is gone: an answer that we cannot read is no proof of that."""
        for line in self._ordered("FETCH", str(uid), "(UID RFC822.SIZE)"):
            if not isinstance(line, bytes):
                continue
            told, size = UID.search(line), SIZE.search(line)
            if told and size and int(told[1]) == uid:
                return int(size[1])
        if str(uid) in self._opened.uids(f"UID {uid}", charset=None):
            raise TransientFailure("The mail server does not tell the size of a mail.")
        return None

    def _fetched(self, uid: int, part: str) -> bytes:
        for line in self._ordered("FETCH", str(uid), part):
            if isinstance(line, tuple):
                return bytes(line[1])
        raise TransientFailure(
            "The mail server hands nothing out."
        )  # NIL; or the mail has just gone, as the next try shows

    def _ordered(self, *words: str) -> list[Any]:
        answer, lines = self._opened.client.uid(*words)
        if answer != "OK":
            raise TransientFailure(f"The mail server refused {words[0]}.")
        return lines or []


def failure(error: Exception, where: str = "") -> TransientFailure:
    """What went wrong with an answer, by its kind alone: the server's own words may hold anything."""
    return TransientFailure(f"The mail server {where} does not answer ({type(error).__name__}).".replace("  ", " "))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except GONE_WRONG as error:
        raise failure(error) from error


def _quoted(folder: str) -> str:
    from imap_tools.utils import encode_folder

    encoded: bytes = encode_folder(folder)
    return encoded.decode("ascii")
