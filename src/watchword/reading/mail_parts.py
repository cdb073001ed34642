"""The parts of a mail: which of them a client shows as its text, which are attachments, which cannot be read."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any

from watchword.reading.attached import ENVELOPE, RECORDINGS, ending_of, heading_of, is_mail, is_text, label_of
from watchword.reading.attached_mail import houses_of, mail_in
from watchword.reading.html_text import visible_text
from watchword.reading.mail_text import Part, encoded, is_base64, text_of
from watchword.reading.own_words import ANSWERS_OR_FORWARDS

DEEPEST = 50
LONGEST_NAME = 255
LONGEST_ATTACHED = 200_000  # characters
LARGEST_LOGO = 100_000  # bytes; a picture of a letter is larger
SHORT = 500  # characters; a plain part below this may just say that the mail is HTML

TOO_DEEP = "The mail's parts are nested too deep; those below level 50 were not read."
BROKEN_PARTS = "The mail's parts are not told apart as they should be; it was read as one text."
ENCRYPTED = "The mail, or a part of it, is encrypted and could not be read."
SEALED = "The mail's text is wrapped in an S/MIME signature and could not be read."
PACKED = "The mail's text is packed in a winmail.dat of Outlook and could not be read."
ONLY_ATTACHMENTS = "The mail has no text of its own, only attachments, which are not read."
CUT_ATTACHMENT = "Of the attachment {name} only the first {many:,} characters were read."
UNHEARD = "A recording is attached, which was not listened to."
WORD = re.compile(r"\w+")
SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
SHOWN_INSIDE = re.compile(r"\bcid:([^\s\"'<>()]{1,250})", re.IGNORECASE)
PGP_BLOCK = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail holds: its text, its attachments, and what is unread.

    The text is what a client shows, plain or HTML as given, and below it the text of each attachment that was read.
    """

    body: str
    attachments: tuple[dict[str, Any], ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    is_html: bool


def content_of(message: Part) -> Content:
    """Read the parts of a parsed mail."""
    reader = _Reader(houses_of(message, "to"))
    blocks = [block for block in reader.read(message, 1) if block.text.strip()]
    reader.mark_logos()
    if not blocks and not reader.attached and (why := reader.why_empty()):
        reader.say(why)
    if any(not block.is_html and PGP_BLOCK.search(block.text) for block in blocks):
        reader.say(ENCRYPTED)
    texts = [text for text in (_joined(blocks), *reader.attached) if text]
    return Content("\n\n".join(texts), tuple(reader.attachments), tuple(reader.unread))


class _Reader:
    def __init__(self, ours: frozenset[str]) -> None:
        self.ours = ours  # the houses that the mail is sent to
        self.attachments: list[dict[str, Any]] = []
        self.attached: list[str] = []  # the texts of those that were read, each below its heading
        self.content_ids: list[str] = []  # of the attachments
        self.shown_inside: set[str] = set()  # content ids of pictures that the HTML shows
        self.unread: list[str] = []

    def say(self, *sentences: str) -> None:
        self.unread += [sentence for sentence in sentences if sentence not in self.unread]

    def why_empty(self) -> str | None:
        if any(why in self.unread for why in (ENCRYPTED, SEALED, UNHEARD)):
            return None
        if any(_is_packed(attachment) for attachment in self.attachments):
            return PACKED
        return ONLY_ATTACHMENTS if self.attachments else None

    def mark_logos(self) -> None:
        """Mark the small pictures that stand in the text, as signatures have them."""
        for attachment, content_id in zip(self.attachments, self.content_ids, strict=True):
            if content_id in self.shown_inside and (attachment["size"] or 0) <= LARGEST_LOGO:
                attachment["inline"] = True

    def read(self, part: Part, depth: int) -> list[_Block]:
        """The texts of a part in the order shown. It calls itself, but never deeper than DEEPEST."""
        kind = part.get_content_type()
        if depth > DEEPEST:
            self.say(TOO_DEEP)
            return []
        if part.get_content_maintype() == "multipart":
            return self._read_parts(part, kind, depth)
        if kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
            text, trouble = text_of(part)
            self.say(*trouble)
            if kind == "text/html":
                self.shown_inside.update(SHOWN_INSIDE.findall(text))
            return [_Block(text, kind == "text/html")]
        if kind in SMIME:
            self.say(SEALED if part.get_param("smime-type") == "signed-data" else ENCRYPTED)
        self._read_attached(part, kind, depth)
        return []

    def _read_attached(self, part: Part, kind: str, depth: int) -> None:
        attachment, index = _named(part, kind), len(self.attached)
        self.attachments.append(attachment)
        self.content_ids.append(str(part.get("content-id", "")).strip(" <>"))
        text = None
        if part.get_content_maintype() == "audio" or ending_of(attachment["name"]) in RECORDINGS:
            self.say(UNHEARD)
        elif ENVELOPE.fullmatch(attachment["name"] or ""):
            self.say(ENCRYPTED)
        elif is_mail(kind, attachment["name"]):
            text = self._mail_text(part, depth)
        elif is_text(kind, attachment["name"]):
            text, trouble = text_of(part)
            self.say(*trouble)
        if text is not None:
            attachment["read"] = True
            self._attach(index, attachment, text.strip())

    def _mail_text(self, part: Part, depth: int) -> str | None:
        """What a mail within the mail says, with its own attachments; None for ours, which the customer sends back."""
        inner = mail_in(part)
        if inner is None or not self.ours.isdisjoint(houses_of(inner, "from")):
            return None
        subject = " ".join(_plain(str(inner["subject"] or "")).split())
        head = [] if not subject or ANSWERS_OR_FORWARDS.match(subject) else [_Block(f"{subject}\n", is_html=False)]
        blocks = [block for block in self.read(inner, depth + 1) if block.text.strip()]
        return _joined([*head, *blocks])

    def _attach(self, index: int, attachment: dict[str, Any], text: str) -> None:
        if len(text) > LONGEST_ATTACHED:
            self.say(CUT_ATTACHMENT.format(name=label_of(attachment), many=LONGEST_ATTACHED))
        if text:
            self.attached.insert(index, f"{heading_of(attachment)}\n{text[:LONGEST_ATTACHED]}")

    def _read_parts(self, part: Part, kind: str, depth: int) -> list[_Block]:
        if not part.is_multipart():
            self.say(BROKEN_PARTS)
            return [_Block(text_of(part)[0], is_html=False)]
        if kind == "multipart/encrypted":
            self.say(ENCRYPTED)
        options = [self.read(one, depth + 1) for one in part.get_payload() if isinstance(one, Message)]
        if kind == "multipart/alternative":
            return _shown_of(options)
        return [block for blocks in options for block in blocks]


def _shown_of(options: Sequence[list[_Block]]) -> list[_Block]:
    """Of alternatives the plain one, unless it is empty or only says that there is another."""
    filled = [blocks for blocks in options if any(block.text.strip() for block in blocks)]
    plain = next((blocks for blocks in filled if not any(block.is_html for block in blocks)), None)
    rich = next((blocks for blocks in reversed(filled) if any(block.is_html for block in blocks)), None)
    if plain and rich and not _stands_for(plain, rich):
        return rich
    return plain or rich or []


def _stands_for(plain: Sequence[_Block], rich: Sequence[_Block]) -> bool:
    """Whether the plain text says what the HTML says, and not only that one needs a client that shows HTML."""
    if sum(len(block.text) for block in plain) > SHORT:
        return True
    said = {word for block in plain for word in WORD.findall(block.text.casefold())}
    texts = (visible_text(block.text).text for block in rich if block.is_html)
    shown = {word for text in texts for word in WORD.findall(text.casefold())}
    return len(said & shown) * 2 >= len(shown)


def _joined(blocks: Sequence[_Block]) -> str:
    """One body of all texts shown; where one of several is HTML, all become HTML."""
    if len(blocks) == 1 or not any(block.is_html for block in blocks):
        return "\n".join(block.text.rstrip("\n") for block in blocks)
    return "\n".join(
        block.text if block.is_html else f"<pre>{html.escape(block.text, quote=False)}</pre>" for block in blocks
    )


def _plain(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _named(part: Part, kind: str) -> dict[str, Any]:
    name = _plain(str(part.get_filename() or "")[:LONGEST_NAME])
    return {"name": name or None, "type": kind, "size": _size(part)}


def _size(part: Part) -> int | None:
    """The bytes of an attachment, told from its encoded length; None for a mail within the mail."""
    payload = encoded(part)
    if payload is None:
        return None
    if is_base64(part):
        letters = len(payload) - payload.count("\n") - payload.count("\r")
        return letters * 3 // 4 - payload[-4:].count("=")
    return len(payload)


def _is_packed(attachment: dict[str, Any]) -> bool:
    return attachment["type"] in TNEF or str(attachment["name"]).lower() == "winmail.dat"
