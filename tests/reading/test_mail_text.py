"""One text part: its character set, its encoding, its soft line breaks."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from watchword.errors import Place
from watchword.reading.mail import contact_from_mail
from watchword.reading.mail_text import unflow
from watchword.settings import Settings
from watchword.terms import Contact

MAILS = Path(__file__).parent / "mails"
HEAD = b"From: Jane <jane@example.com>\nSubject: Bill\n"


def read(raw: bytes) -> Contact:
    return contact_from_mail(raw, place=Place("any.eml"), settings=Settings())


def text(raw: bytes, charset: str | None = None, encoding: str = "8bit") -> Contact:
    kind = b"Content-Type: text/plain" + (f"; charset={charset}".encode() if charset else b"")
    return read(HEAD + kind + f"\nContent-Transfer-Encoding: {encoding}\n\n".encode() + raw)


def sample(name: str) -> Contact:
    return read((MAILS / f"{name}.eml").read_bytes())


@pytest.mark.parametrize(
    ("charset", "raw", "body"),
    [
        (None, b"don\xe2\x80\x99t", "don’t"),
        (None, b"don\x92t", "don’t"),
        ("us-ascii", b"caf\xe9", "café"),
        ("iso-8859-1", b"I\x92ll sue", "I’ll sue"),
        ("iso-8859-1", b"\x81", "\x81"),
        ("iso-8859-1", "I won’t pay".encode(), "I won’t pay"),
        ("windows-1252", "café – déjà".encode(), "café – déjà"),
        (None, "I’ll sue".encode("utf-16"), "I’ll sue"),
        ("utf-16", "sue".encode("utf-16"), "sue"),
        ("windows-1251", "суд".encode("cp1251"), "суд"),
        ("gb2312", "镕".encode("gb18030"), "镕"),
        ("shift_jis", "①".encode("cp932"), "①"),
        ("windows-1251", "don’t".encode(), "donвЂ™t"),
        ("koi8-r", "суд".encode("koi8-r"), "суд"),
        ("utf-8", b"a\0b\r\nc\rd", "ab\nc\nd"),
        ("utf-8", b"\xef\xbb\xbfHi", "Hi"),
        ("utf-7", b"+2AA-", "\ufffd"),
    ],
)
def test_character_sets(charset: str | None, raw: bytes, body: str) -> None:
    contact = text(raw, charset)
    assert (contact.body, contact.unread) == (body, ())


@pytest.mark.parametrize("charset", ["x-unheard-of", "rot13", "idna", "unicode_escape", "zlib"])
def test_an_unknown_character_set_is_guessed_and_that_is_said(charset: str) -> None:
    contact = text(b"caf\xc3\xa9 \\u0041", charset)
    assert contact.body == "café \\u0041"
    assert contact.unread == (f'The mail names a character set that is not known ("{charset}"); it was read as UTF-8.',)


def test_what_does_not_fit_its_character_set_is_said() -> None:
    contact = sample("broken_quoted_printable")
    assert contact.body == "I owe =nothing=ZZ and 100=% of this is wrong \ufffd\nMy attorney’s name is on the letter"
    assert contact.unread == ("Some characters of the mail do not fit its character set and are shown as \ufffd.",)


def test_html_may_name_its_character_set_itself() -> None:
    raw = HEAD + b"Content-Type: text/html\n\n<meta charset='windows-1251'>" + "суд".encode("cp1251")
    assert (read(raw).body or "").endswith("суд")


def test_other_scripts() -> None:
    contact = sample("iso_2022_jp")
    assert (contact.subject, contact.person.name) == ("請求書について", "山田花子")
    assert contact.body == "弁護士に相談しました。\n返金してください。"


def test_damaged_base64_gives_what_it_can() -> None:
    contact = sample("broken_base64")
    assert contact.body == "The first half of my letter.\nAnd the second: my lawyer will write."
    assert contact.unread == ("A part of the mail was damaged on its way (base64); some of its words may be missing.",)
    assert text(base64.b64encode(b"my lawyer calls")[:-3], encoding="base64").body == "my lawyer ca"
    assert text(b"bXkg!!bGF3\neWVy", encoding="base64").body == "my lawyer"


@pytest.mark.parametrize("said", ["I will sue you.", "My lawyer’s letter\nis on its way.\n" * 20])
@pytest.mark.parametrize(
    "headers", [b"", b"Content-Transfer-Encoding: 7bit\n", b"Content-Type: text/plain; charset=utf-8\n"]
)
def test_base64_that_does_not_say_so_is_read(said: str, headers: bytes) -> None:
    contact = read(HEAD + headers + b"\n" + base64.encodebytes(said.encode()) + b"\n")
    assert ((contact.body or "").strip(), contact.unread) == (said.strip(), ())


def test_what_is_scrambled_and_no_text_is_said() -> None:
    scrambled = base64.encodebytes(bytes(range(256)))
    contact = read(HEAD + b"\n" + scrambled)
    assert (contact.body or "").strip() == scrambled.decode().strip()
    assert contact.unread == ("The mail's text is encoded in a way that it does not name, and could not be read.",)


@pytest.mark.parametrize(
    "said",
    [
        "Yes",
        "attorney",
        "Unsubscribe",
        "call\nattorney",
        "https://example.com/" + "a1" * 60,
        "SSBhbSBub3Q= a word",
        "A" * 99,
    ],
)
def test_words_are_no_base64(said: str) -> None:
    contact = read(HEAD + b"\n" + said.encode() + b"\n")
    assert ((contact.body or "").strip(), contact.unread) == (said, ())


def test_a_word_that_is_broken_over_padded_lines_is_whole() -> None:
    contact = text(b"My law= \nyer=E2=80=\t\r\n=99s letter = end\n", "utf-8", "quoted-printable")
    assert (contact.body or "").strip() == "My lawyer’s letter = end"


def test_soft_line_breaks_are_joined() -> None:
    assert (sample("thunderbird_flowed").body or "").startswith(
        "On 3/9/25 17:40, Natera Billing wrote:\n> We have sent the refund to the card that ends in 4471.\n\nThat card"
    )
    assert unflow("a \nb\n-- \nJane \nDoe", drop_space=False) == "a b\n-- \nJane Doe"
    assert unflow("a \nb", drop_space=True) == "ab"
    assert unflow(">> a \n> b \nc", drop_space=False) == ">> a \n> b \nc"
    assert unflow("", drop_space=False) == ""
