"""Calls that go on: opened, told turn by turn, and ended.

A turn has a number, counted from 0. Told again it changes nothing; told too early, or after the end, it is refused
with the number that is expected. An open call is assessed once its caller has said something.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from watchword import terms
from watchword.errors import NotRecorded, RecordConflict, TurnsRefused
from watchword.escalation.steps import PlannedStep
from watchword.store.chain import append_event
from watchword.store.contacts import add_turns, check_same, new_row
from watchword.store.models import Contact
from watchword.store.people import person_for
from watchword.store.promptly import promptly
from watchword.store.record import Recorded, write
from watchword.store.storable import plain, storable

# Run with every turn of every call, and so in SQL: putting a query together takes longer than to run it.
AS_IT_WAS = "UPDATE store_contact SET version = version + 1 WHERE id = %s AND version = %s AND is_open"
ONE_MORE = (
    "INSERT INTO store_turn (contact_id, number, speaker, text, extra, recorded_at) VALUES (%s, %s, %s, %s, %s, %s)"
)
Numbered = tuple[int, terms.Turn]


def open_call(contact: terms.Contact, *, source: str, actor: str) -> bool:
    """Write down that a call has begun; False when it was open already. Raises RecordConflict when it has ended."""
    with transaction.atomic():
        kept = Contact.objects.select_for_update().filter(key=storable(contact.id)).first()
        if kept is not None:
            return _opened_already(kept, contact)
        person = person_for(contact.person)
        try:
            with transaction.atomic():
                row = new_row(contact, person, source=source, is_open=True)
                row.save()
        except IntegrityError:  # another was quicker
            return _opened_already(Contact.objects.get(key=storable(contact.id)), contact)
        append_event(actor, "call opened", f"contact {row.key}", {"source": source})
    return True


def _opened_already(kept: Contact, contact: terms.Contact) -> bool:
    check_same(kept, contact)
    if not kept.is_open:
        raise RecordConflict(f"The call {kept.key} has ended.", do="Give every call an id of its own.")
    return False


def find_call(key: str) -> Contact:
    """A call's row with its turns. Raises NotRecorded."""
    found = Contact.objects.prefetch_related("turns").filter(key=storable(key), channel=terms.Channel.PHONE).first()
    if found is None:
        raise NotRecorded("There is no call of this id.", do="Open it first.")
    return found


def news_in(kept: Sequence[terms.Turn], given: Sequence[Numbered], *, is_open: bool) -> tuple[terms.Turn, ...]:
    """Those of the turns that are not kept yet, in order. Raises TurnsRefused, for other words too."""
    so_far = len(kept)
    new: list[terms.Turn] = []
    for number, turn in sorted(given, key=lambda one: one[0]):
        expected = so_far + len(new)
        if number > expected:
            raise TurnsRefused(
                f"Turn {number} came before turn {expected}.", do=f"Send turn {expected} first.", expected=expected
            )
        if number == expected:
            new.append(turn)
            continue
        same = kept[number] if number < so_far else new[number - so_far]
        if (same.speaker, storable(same.text)) != (turn.speaker, storable(turn.text)):
            raise TurnsRefused(
                f"Turn {number} is recorded already, with other words.",
                do=f"Never use a turn's number again: send what is new as turn {so_far}.",
                expected=so_far,
            )
    if new and not is_open:
        raise TurnsRefused("The call has ended.", do="Open another call.", expected=so_far)
    return tuple(new)


def keep_turns(row: int, version: int, so_far: int, turns: Sequence[terms.Turn]) -> bool:
    """Keep turns from which nothing new follows. False, with nothing written, when the call is not what it was.

    ``row`` is the contact's row, ``version`` the one at which it was read with ``so_far`` turns. It does not wait for
    the disk: were the turns lost with the machine's power, the next one would be refused with the number of the first.
    """
    with promptly(), connection.cursor() as cursor:
        cursor.execute(AS_IT_WAS, [row, version])
        if not cursor.rowcount:
            return False
        at = connection.ops.adapt_datetimefield_value(timezone.now())
        for number, turn in enumerate(turns, so_far):
            extra = json.dumps(plain(turn.extra))
            cursor.execute(ONE_MORE, [row, number, turn.speaker.value, storable(turn.text), extra, at])
    return True


def go_on(
    version: int,
    contact: terms.Contact,
    assessment: terms.Assessment | None,
    steps: Sequence[PlannedStep],
    *,
    is_open: bool,
    actor: str,
) -> Recorded | None:
    """Write down how a call went on and what follows from it, all or nothing.

    ``version`` is the call's when it was read to be assessed. None, with nothing written, when it is another by now:
    the call must be assessed again.
    """
    with transaction.atomic():
        row = Contact.objects.select_for_update().get(key=storable(contact.id))
        if row.version != version or row.is_open < is_open:
            return None
        told = plain(contact.unread), plain(contact.extra)
        changed = told != (row.unread, row.extra)
        row.unread, row.extra = told
        if assessment is not None:
            return write(row, contact, assessment, steps, is_open=is_open, actor=actor, changed=changed)
        add_turns(row, contact.turns)
        row.version += 1
        row.save(update_fields=["unread", "extra", "version"])
    return Recorded(row.key, None, new_contact=False, new_assessment=False, version=row.version)
