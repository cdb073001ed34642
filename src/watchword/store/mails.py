"""Keeping mails as they came, with the place up to which their source has been read."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from watchword import terms
from watchword.errors import RecordConflict
from watchword.reading.originals import Original, Position
from watchword.store.models import Contact, MailSource, OriginalMail
from watchword.store.models.mails import LONGEST_SOURCE
from watchword.store.storable import fingerprint, plain, storable


def said_hash(contact: terms.Contact) -> str:
    """SHA-256 over what a mail says, the same however it travelled: who sent it, its words and its attachments."""
    said = [contact.person.email, contact.subject, contact.body, contact.extra.get("attachments", [])]
    return fingerprint(plain(said))


def keep_mail(row: Contact, original: Original, hash: str, position: Position | None) -> None:
    """Keep a mail's bytes with its contact, and that its source was read so far; in the caller's transaction.

    The same mail again changes nothing but the position. Raises RecordConflict when the contact is another mail that
    came under the same id.
    """
    values = {"raw": original.raw, "hash": hash, "whence": storable(original.whence)}
    kept, _ = OriginalMail.objects.defer("raw").get_or_create(contact=row, defaults=values)
    if kept.hash != hash:
        raise RecordConflict("Another mail is recorded under this id.", do="Record this one under an id of its own.")
    if position is not None:
        _advance(position)


def _advance(position: Position) -> None:
    name = _name(position.source)
    MailSource.objects.get_or_create(name=name)
    source = MailSource.objects.select_for_update().get(name=name)
    if source.uid_validity == position.uid_validity and source.uid >= position.uid:
        return  # another one that reads the same mailbox was quicker
    source.uid_validity, source.uid = position.uid_validity, position.uid
    source.save(update_fields=["uid_validity", "uid"])


def position_of(source: str) -> Position | None:
    """How far a source has been read; None when never."""
    found = MailSource.objects.filter(name=_name(source), uid_validity__gt=0).first()
    return Position(source, found.uid_validity, found.uid) if found else None


def heard(source: str, trouble: str = "") -> None:
    """Write down that a source was read to its end, or why it cannot be."""
    with transaction.atomic():
        found, _ = MailSource.objects.get_or_create(name=_name(source))
        found.trouble = storable(trouble)
        if not trouble:
            found.looked_at = timezone.now()
        found.save(update_fields=["trouble", "looked_at"])


def _name(source: str) -> str:
    return storable(source)[:LONGEST_SOURCE]
