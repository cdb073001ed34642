"""A mail as it came, made fit to be looked at: its headers, its HTML part or its plain text, and nothing opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from watchword.reading.mail import read_mail
from watchword.reading.mail_text import Part, text_of

HEADERS = ("From", "Sender", "Reply-To", "To", "Cc", "Date", "Subject", "Message-ID")
LONGEST_SHOWN = 1_000_000  # characters of a text
LONGEST_HEADER = 500
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class ShownMail:
    """What there is to see of a mail. Texts are as the stranger wrote them: HTML is not safe to show."""

    headers: tuple[tuple[str, str], ...]
    html: str | None
    text: str
    is_cut: bool


def shown_mail(raw: bytes) -> ShownMail:
    """The mail for people to look at; what cannot be taken apart is shown as the text it came as. Never raises."""
    try:
        message, _ = read_mail(raw)
        headers = tuple(_headers(message))
        texts = [(part.get_content_type(), text_of(part)[0]) for part in _text_parts(message, 1)]
    except Exception:  # whatever it is, it is shown as it came
        return _as_it_came(raw)
    html = "\n<hr>\n".join(text for kind, text in texts if kind == "text/html")
    plain = "\n\n".join(text for kind, text in texts if kind != "text/html")
    if not headers or not (html or plain):
        return _as_it_came(raw)
    is_cut = max(len(html), len(plain)) > LONGEST_SHOWN
    return ShownMail(headers, html[:LONGEST_SHOWN] or None, plain[:LONGEST_SHOWN], is_cut)


def _headers(message: Part) -> Iterator[tuple[str, str]]:
    for name in HEADERS:
        for value in message.get_all(name, [])[:1]:
            cleaned = " ".join(str(value).encode("utf-8", "replace").decode().replace("\0", "").split())
            yield name, cleaned[:LONGEST_HEADER]


def _text_parts(part: Part, depth: int) -> Iterator[Part]:
    """The texts of a mail, those of mails within it too; it calls itself, but never deeper than DEEPEST."""
    if part.is_multipart():
        if depth < DEEPEST:
            for inner in part.get_payload():
                if isinstance(inner, Message):
                    yield from _text_parts(inner, depth + 1)
    elif part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
        yield part


def _as_it_came(raw: bytes) -> ShownMail:
    text = raw[:LONGEST_SHOWN].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return ShownMail((), None, text, len(raw) > LONGEST_SHOWN)
