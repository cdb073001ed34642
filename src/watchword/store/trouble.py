"""What is wrong with a database that fails, in sentences: by the name that it gives the reason itself."""

from __future__ import annotations

from dataclasses import dataclass

from watchword.errors import StoreError, kind_of


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a database fails, and what to do about it."""

    why: str
    do: str


FULL = Reason("the disk is full", "Make room on its disk: what was not recorded is taken when it is sent again.")
ONLY_READ = Reason("it may only be read", "Run this as the user who owns it, and see that nothing else closes it.")
DAMAGED = Reason(
    "it is damaged", "Restore a backup (docs/running.md says how), and delete every file that belonged to this one."
)
NOT_OPENED = Reason(
    "its file cannot be opened", "Run this as the user who owns WATCHWORD_DATA, and see that it is there."
)
FAILING = Reason("its disk fails", "Look what the system's log says of its disk, and back up what can still be read.")
REASONS = {
    "SQLITE_FULL": FULL,
    "DiskFull": FULL,
    "SQLITE_READONLY": ONLY_READ,
    "ReadOnlySqlTransaction": ONLY_READ,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_CANTOPEN": NOT_OPENED,
    "SQLITE_IOERR": FAILING,
}


def reason_of(error: Exception) -> Reason:
    """Why the database failed."""
    known = known_reason(error)
    return known or Reason(kind_of(error), "Check DATABASE_URL and WATCHWORD_DATA, and that the database runs.")


def known_reason(error: BaseException) -> Reason | None:
    """Why the database failed, if it says so itself by a name that is known here."""
    kind = kind_of(error)
    return next((reason for name, reason in REASONS.items() if name in kind), None)


def trouble(error: Exception) -> StoreError:
    """The error as people read it."""
    reason = reason_of(error)
    return StoreError(f"The database cannot be used: {reason.why}.", do=reason.do)


def damaged() -> StoreError:
    """What a check of the whole database found."""
    return StoreError(f"The database cannot be used: {DAMAGED.why}.", do=DAMAGED.do)
