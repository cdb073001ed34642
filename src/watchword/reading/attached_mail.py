"""A mail that is attached to a mail, however it was packed, and whose house a mail is from or to."""

from __future__ import annotations

import binascii
import email
from typing import Any, cast

from watchword.reading.mail_text import Part, is_base64

MOST_CONTAINERS = 200  # parts of parts; the parser calls itself for each


def mail_in(part: Part) -> Part | None:
    """The mail that a part holds; None when it holds none that can be taken apart."""
    payload: Any = part.get_payload()
    if isinstance(payload, list):
        inner = cast("Part", payload[0]) if payload else None
        if inner is None or not is_base64(part):
            return inner
        raw = _from_base64(inner.get_payload())  # forbidden for mails, and yet done
    else:
        decoded = part.get_payload(decode=True)
        raw = decoded if isinstance(decoded, bytes) else b""
    small = raw.lower()
    if small.count(b"multipart/") + small.count(b"message/") > MOST_CONTAINERS:
        return None
    found: Part = email.message_from_bytes(raw, policy=part.policy)
    return found if len(found) else None


def houses_of(mail: Part, header: str) -> frozenset[str]:
    """The domains of the addresses in a header."""
    addresses = getattr(mail[header], "addresses", ())
    return frozenset(address.domain.lower() for address in addresses if address.domain)


def _from_base64(payload: object) -> bytes:
    try:
        return binascii.a2b_base64(payload) if isinstance(payload, str) else b""
    except ValueError:
        return b""
