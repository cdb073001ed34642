"""Every way Watchword can fail, drawn as one tree.

WatchwordError
├── SettingsError        a setting has a value that cannot be used
├── PolicyError          a policy file does not hold; carries every problem at once
│   └── PolicyNotFound   no shipped policy and no file of that name
├── InputError           something handed in cannot be read
│   ├── FileUnreadable   a file is missing, locked, too large or of no known kind
│   └── ContactInvalid   one contact in a file does not fit the contract; the others are still read
├── PatternError         the policy's phrases cannot be compiled into a scan
├── ModelError           the meaning model cannot be loaded or asked
├── StoreError           the database cannot be used, or holds what it must not
│   ├── RecordConflict   a contact of this id is recorded already and says something else
│   ├── NotRecorded      nothing of this key is recorded
│   ├── TurnsRefused     turns of a call that come out of order, or after its end
│   └── ChainBroken      the log of events was changed after it was written
├── WorkerRunning        a worker of this name is at work already
├── AccessRefused        somebody is not known, or may not see or do this
├── MoveRefused          a step cannot make this move from where it stands
├── ConnectorError       another system did not take a step
│   ├── TransientFailure trying again may help
│   └── PermanentFailure trying again will not help; a person must look
└── ServiceError         the service, asked over the network, did not do it
    ├── ServiceUnreachable  nothing came back that could be understood
    └── ServiceRefused   it said why it did not
"""

from __future__ import annotations

from dataclasses import dataclass


def kind_of(error: BaseException) -> str:
    """What kind of error it is, with the database's own name for its reason; its words may be a customer's."""
    for cause in (error, error.__cause__, getattr(error, "orig", None)):
        if name := getattr(cause, "sqlite_errorname", None):
            return f"{type(error).__name__}, {name}"
        if getattr(cause, "sqlstate", None):
            return f"{type(error).__name__}, {type(cause).__name__}"
    return type(error).__name__


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is wrong: a file, and the line and column in it, counted from 1, where known."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class WatchwordError(Exception):
    """Watchword could not do what was asked.

    ``what`` says what is wrong, ``do`` what to do next; both are sentences for people and hold no customer's words.
    """

    def __init__(self, what: str, *, do: str, place: Place | None = None) -> None:
        super().__init__(what, do, place)
        self.what = what
        self.do = do
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.what} {self.do}"


class SettingsError(WatchwordError):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a policy file. ``severity``: "error" (refused) or "warning" (may not mean what you meant)."""

    what: str
    do: str
    place: Place
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.what} {self.do}"


class PolicyError(WatchwordError):
    """A policy file does not hold. ``problems`` lists everything that is wrong with it."""

    def __init__(self, what: str, *, do: str, problems: tuple[Problem, ...] = (), place: Place | None = None) -> None:
        super().__init__(what, do=do, place=place)
        self.problems = problems


class PolicyNotFound(PolicyError):
    """There is no shipped policy and no file of that name."""


class InputError(WatchwordError):
    """Something handed in cannot be read."""


class FileUnreadable(InputError):
    """A file is missing, locked, too large or of no known kind."""


class ContactInvalid(InputError):
    """One contact does not fit the contract; the others in the file are still read."""


class PatternError(WatchwordError):
    """The policy's phrases cannot be compiled into a scan."""


class ModelError(WatchwordError):
    """The meaning model cannot be loaded or asked."""


class StoreError(WatchwordError):
    """The database cannot be used, or holds what it must not."""


class RecordConflict(StoreError):
    """A contact of this id is recorded already and says something else."""


class NotRecorded(StoreError):
    """Nothing of this key is recorded."""


class TurnsRefused(StoreError):
    """Turns out of order, after their call's end, or again with other words. ``expected`` is the next one's number."""

    def __init__(self, what: str, *, do: str, expected: int) -> None:
        super().__init__(what, do=do)
        self.expected = expected


class ChainBroken(StoreError):
    """The log of events was changed after it was written."""


class WorkerRunning(WatchwordError):
    """A worker of this name is at work already."""


class AccessRefused(WatchwordError):
    """Somebody is not known here, or may not see or do this."""


class MoveRefused(WatchwordError):
    """A step cannot make this move from where it stands."""


class ConnectorError(WatchwordError):
    """Another system did not take a step."""


class TransientFailure(ConnectorError):
    """Trying again may help.

    ``may_have_arrived`` is False only when it is certain that the other side took nothing, as when it refused the
    connection; otherwise the next try waits until an answer that is still under way must have come.
    """

    def __init__(self, what: str, *, do: str = "It is tried again by itself.", may_have_arrived: bool = True) -> None:
        super().__init__(what, do=do)
        self.may_have_arrived = may_have_arrived


class PermanentFailure(ConnectorError):
    """Trying again will not help; a person must look."""


class ServiceError(WatchwordError):
    """The service, asked over the network, did not do what it was asked."""


class ServiceUnreachable(ServiceError):
    """Nothing came back that could be understood, however often it was asked."""


class ServiceRefused(ServiceError):
    """The service said why it did not do it. ``status`` is HTTP's; ``expected`` the number of the call's next turn."""

    def __init__(
        self, what: str, *, do: str, status: int, expected: int | None = None, places: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what, do=do)
        self.status = status
        self.expected = expected
        self.places = places

    def __str__(self) -> str:
        return " ".join((super().__str__(), *(f"[{place}]" for place in self.places)))
