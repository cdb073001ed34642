"""The bytes of one text part as text: its encoding, its character set, its soft line breaks."""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from email.errors import InvalidBase64CharactersDefect, InvalidBase64LengthDefect
from email.message import Message
from typing import Any, TypeAlias

DAMAGED = "A part of the mail was damaged on its way (base64); some of its words may be missing."
MISFIT = "Some characters of the mail do not fit its character set and are shown as \ufffd."
UNKNOWN = 'The mail names a character set that is not known ("{name}"); it was read as {read_as}.'

SCRAMBLED = "The mail's text is encoded in a way that it does not name, and could not be read."

BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
PADDED_BREAK = re.compile(r"=[ \t]+(?=\r?\n)")  # servers on the way pad lines; the parser would keep the mark
UNPRINTED = re.compile(r"[\0-\x08\x0e-\x1f\x7f]")
SURELY_NO_WORD = 100  # letters without a blank
UNDECLARED = frozenset({"", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "8bit", "binary", "none"})
READ_AS = {  # what mail programs write and mean
    "iso-8859-1": "cp1252",  # as every browser reads it, for the sake of its quotation marks
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "cp-1252": "cp1252",
    "utf8mb4": "utf-8",
}
NO_CHARACTER_SETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
NAME = re.compile(r"[a-z0-9_.:()+-]{1,40}")
IN_HTML = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
SURROGATE = re.compile("[\ud800-\udfff]")
BASE64_DEFECTS = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect)

Part: TypeAlias = "Message[Any, Any]"


def text_of(part: Part) -> tuple[str, tuple[str, ...]]:
    """The text of a part as the client shows it or renders it, and what could not be read of it, in sentences."""
    raw, trouble = _octets(part)
    declared = _declared(part)
    if declared in UNDECLARED and part.get_content_type() == "text/html" and (found := IN_HTML.search(raw[:4096])):
        declared = found[1].decode("ascii").lower()
    text, complaint = decode(raw, declared)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if _is(part, "format", "flowed"):
        text = unflow(text, drop_space=_is(part, "delsp", "yes"))
    return SURROGATE.sub("\ufffd", text), (*trouble, *([complaint] if complaint else []))


def decode(raw: bytes, declared: str) -> tuple[str, str | None]:
    """Bytes as text by the character set they are declared in, and a sentence where that could not be done."""
    if declared in UNDECLARED:
        return _guessed(raw)[0], None
    codec = _codec(READ_AS.get(declared, declared))
    if codec is None:
        text, read_as = _guessed(raw)
        return text, UNKNOWN.format(name=declared if NAME.fullmatch(declared) else "?", read_as=read_as)
    if codec == "cp1252":  # programs that write UTF-8 declare this too; other words are never UTF-8 by chance
        return _guessed(raw)[0], None
    for name in (codec, "utf-8"):
        try:
            return raw.decode(name), None
        except UnicodeError:
            continue
    return raw.decode(codec, errors="replace"), MISFIT


def unflow(text: str, *, drop_space: bool) -> str:
    """The lines of "format=flowed" as the paragraphs they were: a blank at a line's end is a soft line break."""
    shown: list[str] = []
    pieces: list[str] = []
    open_depth = -1  # of the paragraph that still goes on; -1 when none does
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if depth != open_depth or content == "-- ":
            if pieces:
                shown.append("".join(pieces))
            pieces = [">" * depth + " " * (depth > 0)]
        flows = content.endswith(" ") and content != "-- "
        pieces.append(content[:-1] if flows and drop_space else content)
        open_depth = depth if flows else -1
    shown.append("".join(pieces))
    return "\n".join(shown)


def is_base64(part: Part) -> bool:
    """Whether a part travelled as base64."""
    return _encoding(part) == "base64"


def _encoding(part: Part) -> str:
    return str(part.get("content-transfer-encoding", "")).strip().lower()


def encoded(part: Part) -> str | None:
    """A part as it travelled, or None for a part that holds parts."""
    try:
        payload = part.get_payload()
    except (LookupError, UnicodeError, TypeError):  # a character set that is none, in a part that is not even ASCII
        return ""
    return payload if isinstance(payload, str) else None


def _octets(part: Part) -> tuple[bytes, tuple[str, ...]]:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    if not is_base64(part):
        travelled = encoded(part) or ""
        if _encoding(part) == "quoted-printable" and PADDED_BREAK.search(travelled):
            raw = quopri.decodestring(PADDED_BREAK.sub("=", travelled).encode("ascii", "surrogateescape"))
        return _undeclared_base64(raw)
    travelled = encoded(part) or ""
    is_damaged = any(isinstance(defect, BASE64_DEFECTS) for defect in part.defects)
    if not is_damaged and "=" not in travelled.rstrip("=\r\n\t "):
        return raw, ()
    return b"".join(_from_base64(piece) for piece in travelled.split("=")), (DAMAGED,)


def _undeclared_base64(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """What a part holds that is all base64 and does not say so: its text, else what cannot be read of it."""
    if raw.translate(None, BASE64):
        return raw, ()
    letters = raw.translate(None, b"\r\n")
    try:
        found = binascii.a2b_base64(letters, strict_mode=True)
        text = found.decode()
        if len(text.split()) > 1 and not UNPRINTED.search(text):
            return found, ()
    except ValueError:  # neither base64 nor UTF-8 after all
        pass
    return raw, (SCRAMBLED,) if len(letters) >= SURELY_NO_WORD else ()


def _from_base64(piece: str) -> bytes:
    """What can be had of a damaged stretch of base64: all that makes whole characters."""
    letters = re.sub(r"[^A-Za-z0-9+/]", "", piece)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))


def _declared(part: Part) -> str:
    try:
        return (part.get_content_charset() or "").strip().lower()
    except (LookupError, UnicodeError, ValueError, TypeError, AttributeError):  # a parameter that is broken itself
        return ""


def _is(part: Part, parameter: str, value: str) -> bool:
    given = part.get_param(parameter, "")
    return isinstance(given, str) and given.strip().lower() == value


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
        b"x".decode(found)  # "rot13" and its like are codecs, but of no text
    except UnicodeError:
        pass
    except (LookupError, ValueError):
        return None
    return None if found.replace("-", "_") in NO_CHARACTER_SETS else found


def _guessed(raw: bytes) -> tuple[str, str]:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace"), "UTF-16"
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _western(raw), "Windows-1252"


def _western(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
