"""Who has an escalation: whoever took it sees it to its end, until somebody else does or they let it go."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from watchword.errors import NotRecorded
from watchword.store.chain import append_event
from watchword.store.locked import locked
from watchword.store.models import Escalation
from watchword.store.storable import storable


def take(key: str, user: Any, *, by: str) -> None:
    """Somebody has it from now on, whoever had it before. Said twice it changes nothing. Raises NotRecorded."""
    _given(key, user, "escalation taken", by)


def let_go(key: str, user: Any, *, by: str) -> None:
    """Nobody has it any more. It changes nothing when somebody else has it by now. Raises NotRecorded."""
    _given(key, None, "escalation let go", by, only_of=user)


def _given(key: str, user: Any, action: str, by: str, only_of: Any = None) -> None:
    with transaction.atomic():
        escalation = locked(Escalation).filter(key=storable(key)).first()
        if escalation is None:
            raise NotRecorded("There is no such escalation.", do="Look at the list again.")
        had = escalation.owner
        if had == user or (only_of is not None and had != only_of):
            return
        escalation.owner = user
        escalation.save(update_fields=["owner"])
        before = {"from": had.get_username()} if had is not None and only_of is None else {}
        append_event(by, action, f"escalation {escalation.key}", before)
