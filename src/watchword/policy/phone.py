"""A telephone number as it is written and as it is dialled."""

from __future__ import annotations

import re
from functools import lru_cache

HOME_REGION = "US"  # for numbers written without a country code
# Ten digits, an area code first, as nearly every number here is written: nothing in it is left to interpret.
_AT_HOME = re.compile(r"(?:\+1[ .-]?)?(?:\([2-9][0-9]{2}\)|[2-9][0-9]{2})[ .-]?[0-9]{3}[ .-]?[0-9]{4}")
LENGTH_AT_HOME = len("+12125550100")
MOST_KEPT = 4096  # numbers; whoever contacts us is looked up by one, and there is no end of them


@lru_cache(maxsize=MOST_KEPT)
def dialled(written: str | None) -> str | None:
    """A number in E.164, such as +12125550100; None for a line without one.

    Raises ValueError for what is no possible telephone number; the policy's check refuses such a line first.
    """
    if written is None:
        return None
    if _AT_HOME.fullmatch(written):
        return "+1" + "".join(filter(str.isdigit, written))[-10:]
    import phonenumbers  # imported late: it takes long, and what is written as usual is read without it

    try:
        number = phonenumbers.parse(written, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a telephone number") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a possible telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=MOST_KEPT)
def grouped(number: str) -> str:
    """A number in E.164 in groups, as people here read it; another country's with its code."""
    if number.startswith("+1") and len(number) == LENGTH_AT_HOME:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    import phonenumbers

    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def shown(written: str | None, phone: str | None) -> str:
    """The number that is dialled, in the way a line's is written, which is as people read it; empty for none.

    ``written`` is the policy's: where it is another number by now, nothing is written for this one.
    """
    return written if written and dialled(written) == phone else phone or ""
