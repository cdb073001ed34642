"""Open calls as this process knew them last, so that one more turn does not read the whole call again.

They are used only to write what is checked against the call's version in the database, in the transaction that writes
it; whatever does not write, or is refused, is looked up there first.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from watchword import terms
from watchword.detection.so_far import SoFar
from watchword.store.calls import call_as_kept
from watchword.store.contacts import contact_of

MOST_CALLS = 2000


@dataclass(frozen=True, slots=True)
class Known:
    """A call at one version.

    ``assessment`` is the one recorded for it; None when there is none, or it was not read: ``recorded`` is its hash.
    """

    row: int
    version: int
    is_open: bool
    contact: terms.Contact
    assessment: terms.Assessment | None = None
    recorded: str = ""
    so_far: SoFar = field(default_factory=SoFar)


_lock = Lock()
_kept: OrderedDict[str, Known] = OrderedDict()


def remembered(key: str) -> Known | None:
    """The call as this process knew it last."""
    with _lock:
        return _kept.get(key)


def read(key: str, before: Known | None = None) -> Known:
    """The call as the database has it now; what was found in it ``before`` still holds. Raises NotRecorded."""
    row, turns, recorded = call_as_kept(key)
    so_far = before.so_far if before is not None else SoFar()
    return Known(row.pk, row.version, row.is_open, contact_of(row, turns), recorded=recorded, so_far=so_far)


def remember(key: str, known: Known) -> None:
    """Keep what was just written, for the next turn; the call longest unheard is forgotten for it."""
    with _lock:
        if known.is_open:
            _kept[key] = known
            _kept.move_to_end(key)
        else:
            _kept.pop(key, None)
        while len(_kept) > MOST_CALLS:
            _kept.popitem(last=False)


def forget_all() -> None:
    """Begin anew, as a process does that was just started."""
    with _lock:
        _kept.clear()
