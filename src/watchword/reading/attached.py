"""What is attached to a mail: which of it is read as part of the mail, where that stands in the body, what is not read.

Texts, HTML and mails are read. Each stands in the body below a line of its own that names it, ``[In the attachment
letter.txt]``; that line is nobody's words. What else could hold words, a PDF or a picture of a letter, is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from watchword.terms import Contact

HEADING = re.compile(r"^\[In the attachment (.+)\]$\n?", re.MULTILINE)
SAYS_NOTHING = frozenset("application/octet-stream application/download application/x-download".split())
TEXTS = frozenset(".txt .text .md .htm .html .xhtml".split())
DOCUMENTS = frozenset(
    ".pdf .doc .docx .rtf .odt .pages .xls .xlsx .ods .ppt .pptx .zip .rar .7z .jpg .jpeg .png .gif .tif .tiff .bmp"
    " .heic .webp".split()
)
NO_WORDS = frozenset(  # what programs write for programs
    ".ics .vcs .vcf .vcard .asc .sig .key .p7s .csv .tsv .log .xml .json .css .js .url".split()
)
NO_WORDS_TYPES = frozenset(
    "text/calendar text/vcard text/x-vcard text/directory text/rfc822-headers text/x-amp-html text/xml text/csv"
    " text/css application/ics application/pgp-signature application/pgp-keys application/pgp-encrypted application/xml"
    " application/pkcs7-signature application/x-pkcs7-signature application/json application/ld+json"
    " message/delivery-status message/global-delivery-status message/disposition-notification"
    " message/feedback-report".split()
)
RECORDINGS = frozenset(".wav .mp3 .m4a .amr .ogg .opus .wma .3gp".split())
ENVELOPE = re.compile(  # what services put an encrypted mail into, by its name
    r".+\.rpmsg|(?:securedoc|securemessage|encrypted_?message|message_zdm)[\w-]{0,40}\.html?", re.IGNORECASE
)
IN_A_SIGNATURE = re.compile(r"(?:image\d{3}|outlook-\w+)\.\w{2,4}", re.IGNORECASE)  # as Outlook names its pictures


def label_of(attachment: Mapping[str, Any]) -> str:
    """How an attachment is told to people: by its name, else by its type."""
    return " ".join(str(attachment.get("name") or attachment.get("type") or "without a name").split())


def heading_of(attachment: Mapping[str, Any]) -> str:
    """The line above an attachment's words in a body."""
    return f"[In the attachment {label_of(attachment)}]"


def attachments_of(contact: Contact) -> list[Mapping[str, Any]]:
    """The attachments that a contact names, whatever else it may carry there."""
    named = contact.extra.get("attachments")
    found = [{"name": one} if isinstance(one, str) else one for one in named] if isinstance(named, list) else []
    return [one for one in found if isinstance(one, Mapping)]


def texts_of(contact: Contact) -> Iterator[tuple[int, int, str | None]]:
    """Where in the body the mail's own text stands, and where that of each attachment, with how it is told.

    A line that names no attachment of this mail is the customer's, whatever it looks like.
    """
    body, known = contact.body or "", {label_of(one) for one in attachments_of(contact)}
    start, name = 0, None
    for heading in HEADING.finditer(body) if known else ():
        if heading[1] in known:
            yield start, heading.start(), name
            start, name = heading.end(), heading[1]
    yield start, len(body), name


def not_read(contact: Contact) -> list[str]:
    """The attachments that could hold the customer's words and were not read, as they are told to people."""
    return [label_of(one) for one in attachments_of(contact) if not one.get("read") and _may_hold_words(one)]


def is_text(kind: str, name: str | None) -> bool:
    """Whether an attachment is plain text or HTML, by its type, or by its name where its type says nothing."""
    ending = ending_of(name)
    if kind in ("text/plain", "text/html", "application/xhtml+xml"):
        return ending not in NO_WORDS and ending not in DOCUMENTS
    return ending in TEXTS and (kind in SAYS_NOTHING or kind.startswith("text/"))


def is_mail(kind: str, name: str | None) -> bool:
    """Whether an attachment is a mail."""
    return kind in ("message/rfc822", "message/global") or (ending_of(name) == ".eml" and not kind.startswith("image/"))


def ending_of(name: object) -> str:
    """The ending of a file's name, with its dot, in small letters."""
    return PurePath(name).suffix.lower() if isinstance(name, str) else ""


def _may_hold_words(attachment: Mapping[str, Any]) -> bool:
    kind, name = str(attachment.get("type") or "").lower(), str(attachment.get("name") or "")
    if attachment.get("inline") or kind in NO_WORDS_TYPES or ending_of(name) in NO_WORDS:
        return False
    return not IN_A_SIGNATURE.fullmatch(name)
