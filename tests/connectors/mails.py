"""Mails as bytes, in a few words."""

from __future__ import annotations

from email.message import EmailMessage

SUES = "My attorney will call you tomorrow."


def letter(number: int = 1, body: str = SUES, sender: str = "Ana Brook <ana@example.com>", **headers: str) -> bytes:
    """A plain mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "billing@example.org", f"Bill {number}"
    mail["Date"] = "Tue, 04 Mar 2025 15:02:11 +0000"
    mail["Message-ID"] = f"<letter-{number}@example.com>"
    for name, value in headers.items():
        del mail[name]
        mail[name] = value
    mail.set_content(body)
    return mail.as_bytes()
