"""Keeping mails as they came, with the place up to which their source has been read."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from watchword import terms
from watchword.errors import NotRecorded, RecordConflict
from watchword.reading.attached import attachments_of
from watchword.reading.originals import Original, Position
from watchword.store.chain import append_event
from watchword.store.models import Contact, MailSource, OriginalMail
from watchword.store.models.mails import LONGEST_SOURCE
from watchword.store.record import Recorded, as_it_is
from watchword.store.storable import fingerprint, plain, storable

SHORT = 12  # digits of a hash that tell two mails of one Message-ID apart
Read = Callable[[Original], terms.Contact]


def said_hash(contact: terms.Contact) -> str:
    """SHA-256 over what a mail says, the same however it travelled: who sent it, its words and its attachments."""
    attached = [{key: one.get(key) for key in ("name", "type", "size")} for one in attachments_of(contact)]
    return fingerprint(plain([contact.person.email, contact.subject, contact.body, attached]))


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


def kept_already(contact: terms.Contact, hash: str, position: Position | None, read: Read) -> Recorded | None:
    """What was recorded of this very mail before, and that its source was read so far; None when nothing was.

    One that was recorded when mails were read in another way, with less of what is attached for instance, says the same
    once its bytes are read as mails are read now, by ``read``.
    """
    with transaction.atomic():
        ids = [storable(id) for id in (contact.id, id_of_another(contact, hash))]
        kept = list(OriginalMail.objects.defer("raw").select_related("contact").filter(contact__key__in=ids))
        said = (one for one in kept if said_hash(read(Original(bytes(one.raw), one.whence))) == hash)
        known = next((one for one in kept if one.hash == hash), None) or next(said, None)
        if known is not None and position is not None:
            _advance(position)
        return None if known is None else as_it_is(known.contact)


def id_of_another(contact: terms.Contact, hash: str) -> str:
    """The id of a mail under whose Message-ID another one is recorded."""
    return f"{contact.id}#{hash[:SHORT]}"


def _advance(position: Position) -> None:
    name = _name(position.source)
    MailSource.objects.get_or_create(name=name)
    source = MailSource.objects.select_for_update().get(name=name)
    if source.uid_validity == position.uid_validity and source.uid >= position.uid:
        return  # another one that reads the same mailbox was quicker
    source.uid_validity, source.uid = position.uid_validity, position.uid
    source.looked_at, source.trouble = timezone.now(), ""  # a full mailbox takes long until it is read to its end
    source.save(update_fields=["uid_validity", "uid", "looked_at", "trouble"])


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


def forget_source(number: int, *, by: str) -> None:
    """Expect no more mails from a source. Should it be read again, that begins anew, and nothing is recorded twice.

    Raises NotRecorded.
    """
    with transaction.atomic():
        found = MailSource.objects.filter(pk=number).first()
        if found is None:
            raise NotRecorded("It is not known any more where these mails came from.", do="Look at the list again.")
        found.delete()
        append_event(by, "mail source forgotten", f"mails from {found.name}")


def _name(source: str) -> str:
    return storable(source)[:LONGEST_SOURCE]
