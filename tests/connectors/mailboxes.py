"""What the tests of mailboxes share: a real Dovecot, its mailbox followed, and what was recorded of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager

import pytest

from tests.connectors.dovecot import Dovecot, dovecot
from tests.connectors.following import IN_TIME, following
from tests.recorded import policy
from watchword.connectors import intake as waiting
from watchword.connectors.mailbox import follow_mailbox
from watchword.receiving import MailDesk
from watchword.settings import MailIntake, Settings
from watchword.store import models
from watchword.triage.assess import assess


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as started:
        yield started


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(waiting, "LONGEST_PAUSE", 0.5)


def receiving(settings: MailIntake, service: Settings) -> AbstractContextManager[Future[None]]:
    """The mailbox is followed until the block ends, or cannot be."""
    return following(lambda stop: follow_mailbox(settings, MailDesk(service, policy(), assess), stop))


def wait_until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + IN_TIME
    while not true():
        assert time.monotonic() < ends, "not in time"
        time.sleep(0.05)


def keys() -> list[str]:
    return sorted(models.Contact.objects.values_list("key", flat=True))


def letters(*numbers: int) -> list[str]:
    return sorted(f"letter-{number}@example.com" for number in numbers)
