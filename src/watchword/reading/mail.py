"""One mail, or a mailbox full of them, into contacts."""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.policy import EmailPolicy, Policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from watchword.errors import ContactInvalid, FileUnreadable, InputError, Place
from watchword.reading.automatic import TELL_AUTOMATIC, automatic_kind
from watchword.reading.mail_parts import TOO_DEEP, Content, content_of
from watchword.reading.mail_text import Part
from watchword.reading.mbox import begins_as_mailbox, mails_in
from watchword.reading.own_words import ANSWERS_OR_FORWARDS
from watchword.settings import Settings
from watchword.terms import Channel, Contact, Person

LONGEST_HEADER = 10_000  # characters
CUT = "[cut]"
CUT_SUBJECT = f"The subject is longer than {LONGEST_HEADER} characters; only its beginning was read."
MOST_CONTAINERS = 200  # multiparts and mails within the mail; the standard parser calls itself for each
MOST_PARTS = 1000  # each costs about a millisecond, and whoever reads mails reads one after the other
LONGEST_ID = 250
ON_ITS_WAY = timedelta(minutes=5)  # what an ordinary mail takes from the sender's clock to our server's
MAIL_HEADERS = frozenset(
    "from to cc sender reply-to subject date message-id received return-path mime-version content-type".split()
)
UNREADABLE = "The mail is built in a way that could not be read."
TOO_MANY = f"The mail has more than {MOST_PARTS:,} parts; none of them was read."
CONTAINER = re.compile(rb"^(content-type:\s*)(?=(?:multipart|message)/)", re.IGNORECASE | re.MULTILINE)
MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
ADDRESS = re.compile(r"[^\s<>()\"',;:@]{1,64}@[^\s<>()\"',;:@]{1,255}")


def contact_from_mail(raw: bytes, *, place: Place, settings: Settings) -> Contact:
    """One RFC 5322 message as a contact; the body is its plain text as a client shows it, else its HTML as given.

    Texts and mails that are attached are read with it. What could hold the customer's words and cannot be read is named
    in ``unread``; attachments are named in ``extra["attachments"]``. Raises FileUnreadable for a mail larger than the
    setting, ContactInvalid for what is no mail at all.
    """
    if len(raw) > settings.largest_mail:
        raise _too_large(settings.largest_mail, place)
    message, content = read_mail(raw.lstrip(b"\xef\xbb\xbf\r\n \t"))
    if MAIL_HEADERS.isdisjoint(name.lower() for name in message):
        raise ContactInvalid(
            "This is no mail: it has no headers.", do="Save the mail as a file with the ending .eml.", place=place
        )
    name, address = _sender(message)
    subject = _header(message, "subject")
    is_cut = subject is not None and subject.endswith(CUT) and len(subject) > LONGEST_HEADER // 10
    return Contact(
        id=_id(message, raw),
        channel=Channel.EMAIL,
        received_at=_received_at(message),
        person=Person(name=name, email=address),
        subject=subject,
        body=content.body,
        unread=(*content.unread, CUT_SUBJECT) if is_cut else content.unread,
        extra=_extra(message, content),
    )


def contacts_from_mbox(path: Path, settings: Settings) -> Iterator[Contact | InputError]:
    """Each mail of a mailbox as a contact, or the error for one that cannot be read; memory stays flat.

    Raises FileUnreadable for a file that is no mailbox, and OSError for one that cannot be opened.
    """
    place = Place(str(path))
    if not begins_as_mailbox(path):
        raise FileUnreadable(
            'This is no mailbox: it does not begin with a "From " line.', do="Export it as mbox.", place=place
        )
    with path.open("rb") as opened:
        for began, raw in mails_in(opened, place, largest=settings.largest_mail):
            yield _contact_or_error(raw, began, settings)


def _contact_or_error(raw: bytes | None, place: Place, settings: Settings) -> Contact | InputError:
    if raw is None:
        return _too_large(settings.largest_mail, place)
    try:
        return contact_from_mail(raw, place=place, settings=settings)
    except InputError as error:
        return error


def _too_large(largest: int, place: Place) -> FileUnreadable:
    return FileUnreadable(
        f"The mail is larger than {largest} bytes.",
        do="Raise WATCHWORD_LARGEST_MAIL, or have a person read it.",
        place=place,
    )


class _Lenient(EmailPolicy):
    """The standard policy, with headers cut at a length that can be parsed and broken ones taken as they stand."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if len(value) > LONGEST_HEADER:
            value = f"{value[:LONGEST_HEADER]} {CUT}"
        return name, _repaired(value)

    def header_fetch_parse(self, name: str, value: str) -> Any:
        try:
            return super().header_fetch_parse(name, value)
        except Exception:  # the parser raises anything from IndexError to RecursionError
            return " ".join(value.split())


class _TooManyPartsError(Exception):
    pass


class _Parts:
    """Makes the parts of one mail for the standard parser, which would go on as long as there are any."""

    def __init__(self) -> None:
        self.many = 0

    def __call__(self, policy: Policy[Message[str, str]]) -> Message[str, str]:
        self.many += 1
        if self.many > MOST_PARTS:
            raise _TooManyPartsError
        return EmailMessage(policy)


def read_mail(raw: bytes) -> tuple[Part, Content]:
    """The parsed mail and what it holds. Of too many containers the later ones are left closed."""
    raw, is_cut = _with_fewer_containers(raw)
    try:
        message: Part = email.message_from_bytes(raw, policy=_Lenient(message_factory=_Parts()))
        content = content_of(message)
    except Exception as error:  # the standard parser has its limits; the mail goes to a person, not to a stack trace
        message = email.message_from_bytes(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0], policy=_Lenient())
        why = {RecursionError: TOO_DEEP, _TooManyPartsError: TOO_MANY}.get(type(error), UNREADABLE)
        return message, Content("", (), (why,))
    if is_cut and TOO_DEEP not in content.unread:
        content = Content(content.body, content.attachments, (*content.unread, TOO_DEEP))
    return message, content


def _with_fewer_containers(raw: bytes) -> tuple[bytes, bool]:
    small = raw.lower()
    if small.count(b"multipart/") + small.count(b"message/") <= MOST_CONTAINERS:
        return raw, False
    found = [match.end() for match in CONTAINER.finditer(raw)]
    if len(found) <= MOST_CONTAINERS:
        return raw, False
    first = found[MOST_CONTAINERS]
    return raw[:first] + b"x-" + CONTAINER.sub(rb"\1x-", raw[first:]), True


def _repaired(value: str) -> str:
    """Bytes that stand in a header undeclared, as most mail programs mean them."""
    if value.isascii():
        return value
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _header(message: Part, name: str) -> str | None:
    value = message[name]
    return None if value is None else _clean(str(value))


def _sender(message: Part) -> tuple[str | None, str | None]:
    """Name and address of From. Reply-To is ignored: it may name anybody."""
    addresses = getattr(message["from"], "addresses", ())
    if addresses and addresses[0].domain:
        return _clean(addresses[0].display_name) or None, _clean(addresses[0].addr_spec)
    written = _header(message, "from") or ""
    found = ADDRESS.search(written)
    return _clean(written.partition("<")[0].strip("\"' ")) or None, found[0] if found else None


def _clean(text: str) -> str:
    """On one line, with the letters joined that a mail program cut between two encoded words."""
    joined = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(joined.replace("\0", "").split())


def _id(message: Part, raw: bytes) -> str:
    found = MESSAGE_ID.search(_header(message, "message-id") or "")
    if found and len(found[1]) <= LONGEST_ID and found[1].isprintable():
        return found[1]
    return f"mail-{hashlib.sha256(raw).hexdigest()[:16]}"


def _received_at(message: Part) -> datetime | None:
    """When our own mail server took it, by the Received line on top; the sender's Date where it says much the same.

    A sender's clock may show anything. None when nothing tells, or only what is still to come.
    """
    received = _moment((_header(message, "received") or "").rpartition(";")[2])
    sent = _moment(_header(message, "date"))
    if received is None or (sent is not None and timedelta() <= received - sent <= ON_ITS_WAY):
        return sent
    return received


def _moment(written: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(written or "")
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at <= datetime.now(UTC) else None


def _extra(message: Part, content: Content) -> dict[str, Any]:
    answered = MESSAGE_ID.findall(_header(message, "in-reply-to") or "")
    found: dict[str, Any] = {
        "in_reply_to": answered[0] if answered else None,
        "references": MESSAGE_ID.findall(_header(message, "references") or ""),
        "auto_submitted": automatic_kind(
            message.get_content_type(), {name: _header(message, name) or "" for name in TELL_AUTOMATIC}
        ),
        "attachments": list(content.attachments),
    }
    known = {key: value for key, value in found.items() if value}
    if not answered and not found["references"] and ANSWERS_OR_FORWARDS.match(_header(message, "subject") or ""):
        known["in_reply_to"] = None  # that it says "Re:" and answers nothing tells whose words the subject is
    return known
