"""Mails that come in, by whatever way: read, assessed and recorded on one path, with their bytes as they came."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cache, partial
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from watchword.errors import RecordConflict, SettingsError, StoreError
from watchword.policy.examples import Assess
from watchword.policy.schema import Policy
from watchword.reading.originals import Original, Position, contact_of_mail, question
from watchword.settings import Settings
from watchword.terms import Contact
from watchword.wiring import assess_by, open_policy, open_store, take_in

if TYPE_CHECKING:
    from watchword.store.record import Recorded

log = logging.getLogger(__name__)
Found = TypeVar("Found")


def take_mail(
    original: Original,
    contact: Contact,
    policy: Policy,
    decide: Assess,
    settings: Settings,
    *,
    source: str,
    position: Position | None = None,
    actor: str = "system",
) -> Recorded:
    """Assess a mail and record it with what follows, its bytes, and the position of its source, all or nothing.

    The same mail again changes nothing, however it came. Another mail under the same Message-ID is recorded under that
    id with a part of its hash.
    """
    from watchword.store.mails import id_of_another, keep_mail, kept_already, said_hash

    hash = said_hash(contact)
    if known := kept_already(contact, hash, position, partial(contact_of_mail, settings=settings)):
        return known
    keep = partial(keep_mail, original=original, hash=hash, position=position)
    given = partial(take_in, policy=policy, decide=decide, source=source, actor=actor, alongside=keep)
    try:
        _, recorded = given(contact)
    except RecordConflict:
        _, recorded = given(replace(contact, id=id_of_another(contact, hash)))
    return recorded


@dataclass(frozen=True, slots=True)
class MailDesk:
    """Takes in what the ways in bring."""

    settings: Settings
    policy: Policy
    decide: Assess
    begun: Callable[[str], None] = lambda _source: None  # told of a source, again and again, once it can be read

    def take(self, original: Original, position: Position | None) -> None:
        """Record a mail. One that cannot be recorded as it was read is recorded for a person. Raises StoreError."""
        record = partial(
            take_mail,
            original,
            policy=self.policy,
            decide=self.decide,
            settings=self.settings,
            source="mail",
            position=position,
            actor="mail",
        )
        contact = contact_of_mail(original, self.settings)
        try:
            _in_store(partial(record, contact))
        except Exception as error:  # whatever a stranger sends must not keep the next mail from being read
            if isinstance(error, StoreError) and not isinstance(error, RecordConflict):
                raise
            log.error("a mail was recorded for a person to read: %s", type(error).__name__)
            why = f"The mail could not be recorded as it was read ({type(error).__name__}). It was kept as it came."
            _in_store(partial(record, question(original, why)))

    def position(self, source: str) -> Position | None:
        """How far a source was read. Raises StoreError."""
        from watchword.store.mails import position_of

        known = _in_store(partial(position_of, source))
        self.begun(source)  # who asks has opened it: the first time it may be long until it is read to its end
        return known

    def heard(self, source: str, trouble: str = "") -> None:
        """Write down that a source was read, or why it cannot be. Raises StoreError."""
        from watchword.store.mails import heard

        _in_store(partial(heard, source, trouble))
        if not trouble:
            self.begun(source)


def _in_store(act: Callable[[], Found]) -> Found:
    """Do something in the database. Raises StoreError when it does not answer."""
    from django.db import DatabaseError, InterfaceError

    from watchword.store.moving import fresh_connection
    from watchword.store.writable import not_done

    try:
        fresh_connection()
        return act()
    except (DatabaseError, InterfaceError) as error:
        if down := not_done(error, again="It is tried again by itself."):
            raise down from error
        raise


def receive(settings: Settings, stop: Event, *, begun: Callable[[str], None] = lambda _source: None) -> None:
    """Take in mails until ``stop`` is set; ``begun`` is told of each source once, when it could be read.

    Raises SettingsError, PermanentFailure for a setting that is wrong.
    """
    intake = settings.intake
    if intake.folder is None and intake.host is None:
        raise SettingsError(
            "There is nowhere to receive mails from.", do="Set WATCHWORD_MAIL_FOLDER or WATCHWORD_IMAP_HOST."
        )
    open_store(settings)
    from watchword.connectors.drop_folder import follow_folder
    from watchword.connectors.mailbox import follow_mailbox
    from watchword.store.policies import tell_of_change
    from watchword.store.upgrade import check_up_to_date

    check_up_to_date()
    once = cache(begun)  # for each source
    policy = open_policy(settings.policy, settings)
    tell_of_change(policy)
    desk = MailDesk(settings, policy, assess_by(settings), once)
    ways = [follow_folder] if intake.folder else []
    ways += [follow_mailbox] if intake.host else []
    with ThreadPoolExecutor(len(ways), thread_name_prefix="mail") as threads:
        running = [threads.submit(_until_stopped, partial(way, intake, desk, stop)) for way in ways]
        wait(running, return_when=FIRST_EXCEPTION)
        stop.set()  # one that cannot go on ends the others
        wait(running)
    for one in running:
        one.result()


def _until_stopped(follow: Callable[[], None]) -> None:
    from django.db import connections

    try:
        follow()
    finally:
        connections.close_all()
