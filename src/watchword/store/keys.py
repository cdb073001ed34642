"""Making, finding and revoking the keys of integrations."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from watchword.errors import NotRecorded, RecordConflict
from watchword.store.chain import append_event
from watchword.store.models import AccessKey

BEGINNING = "ww_"  # so that a key that leaked into a file is recognised as one
KEY_BYTES = 32
IN_FORCE = "SELECT id, name, scopes FROM store_accesskey WHERE hash = %s AND revoked_at IS NULL"


@dataclass(frozen=True, slots=True)
class KeyInForce:
    """A key that somebody shows: its row, whose it is, and what it opens."""

    pk: int
    name: str
    scopes: Sequence[str]


def make_key(name: str, scopes: Sequence[str], *, by: str) -> str:
    """A new key for an integration: shown this once, and kept as a hash. Raises RecordConflict."""
    key = BEGINNING + secrets.token_urlsafe(KEY_BYTES)
    try:
        with transaction.atomic():
            AccessKey.objects.create(name=name, hash=_hash(key), scopes=list(scopes))
            append_event(by, "key made", f"key {name}", {"scopes": list(scopes)})
    except IntegrityError:
        raise RecordConflict(
            f"There is a key called {name} already.", do=f"Choose another name, or:  watchword key revoke {name}"
        ) from None
    return key


def revoke_key(name: str, *, by: str) -> None:
    """End a key at once. Raises NotRecorded."""
    with transaction.atomic():
        if not AccessKey.objects.filter(name=name, revoked_at__isnull=True).update(revoked_at=timezone.now()):
            raise NotRecorded(f"There is no key called {name}.", do="List them:  watchword key list")
        append_event(by, "key revoked", f"key {name}")


def key_in_force(given: str) -> KeyInForce | None:
    """The key that somebody shows, if it is one and was not revoked. Asked for with every request, and so in SQL."""
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, [_hash(given)])
        found = cursor.fetchone()
    return KeyInForce(found[0], found[1], json.loads(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class StillInForce:
    """Asks whether a key that was in force has not been revoked since."""

    key: int  # its row

    def __call__(self) -> bool:
        """Whether it has not."""
        return AccessKey.objects.filter(pk=self.key, revoked_at__isnull=True).exists()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
