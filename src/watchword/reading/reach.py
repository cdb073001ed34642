"""Telephones, addresses and patient ids as people and systems write them, each made comparable."""

from __future__ import annotations

import re
import unicodedata

from watchword.policy.phone import dialled, grouped

# What people write beside a number. Other letters are no number: a library would dial them as keys of a telephone.
BESIDE = r"(?:\(?(?:home|work|office|mobile|cell|phone|telephone|tel|landline|main)\b[.:)]*\s*)*"
NUMBER = re.compile(rf"{BESIDE}(?P<number>[^a-z]+?(?:(?:ext|x)[^a-z]+?)?){BESIDE}", re.I)
ABROAD = re.compile(r"^00\s*(?=[1-9])")  # how most of the world dials another country; no number here begins so
ALONE = re.compile(r"[\d+(). /-]+")  # a number with nothing beside it that would be lost
WHOLE = re.compile(r"\+1(?!(\d)\1{9}$)\d{10}|\+[2-9]\d+")  # with its area code, and no row of one digit for "none"
PLAIN = r"[^\s<>()\[\],;:@\"]"
ADDRESS = re.compile(rf"(?P<name>[^<>]*<)?\s*(?P<address>{PLAIN}+@{PLAIN}+\.{PLAIN}*[^\W\d_])\s*(?(name)>)")
LONGEST = 400  # characters; no telephone or address is longer, and longer nonsense would take long to read
HYPHEN = re.compile(r"\s*[-\u2010-\u2015\u2043\u2212\ufe58\ufe63]\s*")  # and what a word processor makes of one
NO_TELEPHONE = "holds no telephone number that can be dialled"
NO_ADDRESS = "holds no single address, such as zoe@example.com"


def telephone(written: str) -> str:
    """The one number that is written here, in E.164; empty when it is none that anybody could dial, or are several."""
    found = NUMBER.fullmatch(written.strip()) if len(written) <= LONGEST else None
    if found is None:
        return ""
    try:
        number = dialled(ABROAD.sub("+", found["number"].strip())) or ""
    except ValueError:
        return ""
    return number if WHOLE.fullmatch(number) else ""


def telephone_read(written: str) -> str:
    """A telephone as people read it, in groups; as it is written where it is no number alone."""
    number = telephone(written) if ALONE.fullmatch(written) else ""
    return grouped(number) if number else written


def address(written: str) -> str:
    """The one address that is written here, without the name before it; empty when it is none, or are several."""
    found = ADDRESS.fullmatch(written.strip()) if len(written) <= LONGEST else None
    return found["address"].casefold() if found else ""


def patient_id(written: str) -> str:
    """A patient id as a keyboard writes it: with a document's hyphens, blanks and digits it is no other."""
    seen = "".join(one for one in unicodedata.normalize("NFKC", written) if unicodedata.category(one) != "Cf")
    return HYPHEN.sub("-", seen).strip()
