"""What the encoder made of windows, kept in a file for processes that begin anew: opening a call again asks it nothing.

Numbers alone are kept, each window's under a digest of its words that nobody can make without the service's secret. The
file never grows: a window's place follows from its digest, and what comes later takes the place of what came earlier.
Several processes read and write it without waiting for each other; what was half written, or by somebody else, does not
fit its own digest and counts as not there. Losing it, or a part of it, at any time costs time and nothing else. It is
not mapped: a process that touches a mapped place which is cut off, or for which the disk has no room, ends at once.
"""

from __future__ import annotations

import hashlib
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import finalize

from watchword.detection.model.labels import LABELS, REASONS, SCOPES

Numbers = Any  # an array of numpy, which is imported only where the encoder runs

PLACES = 16384  # windows
SIZE = 2048  # bytes of one
DIGEST = 32
ODDS, WHY, DOUBTS = len(LABELS) + len(SCOPES), len(REASONS), len(LABELS)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What is asked of a window, but for its embedding."""

    odds: Numbers  # log-odds of each label, then of each scope, float32
    reasons: Numbers  # log-odds of each reason why words that tempt mean nothing, float32
    doubts: Numbers  # log-odds of an honest doubt about each label, float32
    weights: Numbers  # for each label and scope, how much it looked at each sentence, float64


class Glimpses:
    """The file. Safe to share between threads and processes."""

    def __init__(self, opened: int, secret: bytes) -> None:
        self._opened = opened
        self._secret = secret
        finalize(self, os.close, opened)

    def find(self, before: str, text: str) -> Glimpse | None:
        """What is kept of a window; None when nothing is."""
        import numpy

        digest = self._digest(before, text)
        kept = b""
        with suppress(OSError):
            kept = os.pread(self._opened, SIZE, self._place(digest))
        if kept[:DIGEST] != digest:
            return None
        size = int.from_bytes(kept[2 * DIGEST : 2 * DIGEST + 2], "big")
        content = kept[2 * DIGEST + 2 : 2 * DIGEST + 2 + size]
        if kept[DIGEST : 2 * DIGEST] != self._seal(digest, content):
            return None
        numbers = numpy.frombuffer(content, dtype="<f4", count=ODDS + WHY + DOUBTS)
        weights = numpy.frombuffer(content, dtype="<f8", offset=numbers.nbytes).reshape(ODDS, -1)
        odds, reasons, doubts = numpy.split(numbers, (ODDS, ODDS + WHY))
        return Glimpse(odds, reasons, doubts, weights)

    def keep(self, before: str, text: str, seen: Glimpse) -> None:
        """Keep it, unless it is of so many sentences that it has no room, or the disk has none."""
        import numpy

        numbers = numpy.concatenate([seen.odds, seen.reasons, seen.doubts]).astype("<f4").tobytes()
        content = numbers + seen.weights.astype("<f8").tobytes()
        digest = self._digest(before, text)
        whole = digest + self._seal(digest, content) + len(content).to_bytes(2, "big") + content
        if len(whole) <= SIZE:
            with suppress(OSError):  # a disk that is full
                os.pwrite(self._opened, whole, self._place(digest))

    def _digest(self, before: str, text: str) -> bytes:
        words = f"{len(before)} {before}{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(words, digest_size=DIGEST, key=self._secret, person=b"window").digest()

    def _seal(self, digest: bytes, content: bytes) -> bytes:
        return hashlib.blake2b(digest + content, digest_size=DIGEST, key=self._secret, person=b"content").digest()

    def _place(self, digest: bytes) -> int:
        return int.from_bytes(digest[:8], "big") % PLACES * SIZE


def open_glimpses(file: Path, secret: bytes, made_by: bytes) -> Glimpses | None:
    """The file for what a network makes of windows, made when there is none; None where it cannot be opened.

    ``made_by`` stands for everything that the numbers follow from: with another, nothing that was kept is found.
    """
    key = hashlib.blake2b(made_by, digest_size=DIGEST, key=secret).digest()
    try:
        opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        kept = Glimpses(opened, key)
        os.fchmod(opened, 0o600)  # one that was there may be open to others, or somebody else's
    except OSError as error:
        log.warning("what the meaning model saw is not kept (%s): a restart takes longer", type(error).__name__)
        return None
    return kept
