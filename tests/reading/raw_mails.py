"""What the tests of mails share: mails as bytes, and what is read of them."""

from __future__ import annotations

from pathlib import Path

from watchword.errors import Place
from watchword.reading.mail import contact_from_mail
from watchword.settings import Settings
from watchword.terms import Contact

MAILS = Path(__file__).parent / "mails"
HEAD = (
    b"From: Jane <jane@example.com>\nSubject: Bill\nDate: Tue, 4 Mar 2025 10:02:11 -0500\nMessage-ID: <1@example.com>\n"
)
MIXED = HEAD + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="q"\n\n'
ANY = Place("any.eml")


def read(raw: bytes, **settings: int) -> Contact:
    return contact_from_mail(raw, place=ANY, settings=Settings(**settings))


def sample(name: str) -> Contact:
    return contact_from_mail((MAILS / f"{name}.eml").read_bytes(), place=Place(name), settings=Settings())
