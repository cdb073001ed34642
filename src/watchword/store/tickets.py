"""What people do at the desk: post chatter, take a ticket, close it or open it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from watchword.errors import InputError, NotRecorded, RecordConflict
from watchword.store.chain import append_event
from watchword.store.models import Chatter, Ticket
from watchword.store.storable import storable

LONGEST_TOKEN = 64  # characters
# How many tickets wait, each count up to a limit: one statement for all queues, and one for all types of what is in no
# queue. The types are few, and found by steps through the index: in its own order, or PostgreSQL would read all of it.
IN_QUEUES = """
    SELECT name, (SELECT COUNT(*) FROM (
        SELECT 1 FROM store_ticket WHERE queue_id = store_queue.id AND state = 'open' LIMIT %s
    ) AS waiting) FROM store_queue
"""
IN_NO_QUEUE = """
    WITH RECURSIVE found (type) AS (
        SELECT (
            SELECT type FROM store_ticket WHERE queue_id IS NULL AND state = 'open' AND type > ''
            ORDER BY queue_id, state, type LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT type FROM store_ticket WHERE queue_id IS NULL AND state = 'open' AND type > found.type
            ORDER BY queue_id, state, type LIMIT 1
        ) FROM found WHERE type IS NOT NULL
    )
    SELECT type, (SELECT COUNT(*) FROM (
        SELECT 1 FROM store_ticket WHERE queue_id IS NULL AND state = 'open' AND type = found.type LIMIT %s
    ) AS waiting) FROM found WHERE type IS NOT NULL
"""


def waiting_in_queues(most: int) -> list[tuple[str, int]]:
    """Each queue with how many open tickets it has, but for no more than ``most``."""
    return _counted(IN_QUEUES, most)


def waiting_in_no_queue(most: int) -> list[tuple[str, int]]:
    """The same of each type of ticket that is in no queue, in their order."""
    return _counted(IN_NO_QUEUE, most)


def _counted(words: str, most: int) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(words, [most])
        return [(name, many) for name, many in cursor.fetchall()]


def post(number: int, text: str, *, by: str, token: str = "") -> None:
    """Write a post on a ticket. Said twice under one token it is one post; other words need another token.

    Raises NotRecorded, InputError for an empty post, and RecordConflict for other words under a token.
    """
    if not text.strip():
        raise InputError("The post is empty.", do="Write it first.")
    text = storable(text)
    with _locked(number) as ticket:
        key = f"typed {ticket.pk} {storable(token)[:LONGEST_TOKEN]}" if token else None
        before = Chatter.objects.filter(key=key).first() if key else None
        if before is None:
            written = Chatter.objects.create(key=key, ticket=ticket, text=text, by=by[:200])
            append_event(by, "chatter posted", f"ticket {ticket}", {"post": written.pk})
        elif before.text != text:
            raise RecordConflict("This form was posted already, with other words.", do="Post once more to post these.")


def take(number: int, user: Any, *, by: str) -> None:
    """Somebody sees to a ticket from now on. Raises NotRecorded."""
    with _locked(number) as ticket:
        ticket.owner = user
        append_event(by, "ticket taken", f"ticket {ticket}")


def set_state(number: int, state: Ticket.State, *, by: str) -> None:
    """Close a ticket, or open it again. Said twice it changes nothing. Raises NotRecorded."""
    with _locked(number) as ticket:
        if ticket.state == state:
            return
        ticket.state = state
        append_event(by, f"ticket {state}", f"ticket {ticket}")


@contextmanager
def _locked(number: int) -> Iterator[Ticket]:
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).filter(pk=number).first()
        if ticket is None:
            raise NotRecorded("There is no such ticket.", do="Look at the desk again.")
        yield ticket
        ticket.changed_at = timezone.now()
        ticket.save(update_fields=["owner", "state", "changed_at"])
