"""Long lists a page at a time: by a cursor, so that what is added meanwhile moves nothing."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from watchword.errors import InputError

LARGEST_NUMBER = 2**63 - 1
MOST_COUNTED = 1000  # rows; to count millions takes seconds, and nobody acts on the difference


def counted(found: QuerySet[Any]) -> int:
    """How many there are, but for one more than can be counted quickly, which stands for all that is over."""
    return found.order_by()[: MOST_COUNTED + 1].count()


def page(found: QuerySet[Any], by: str, cursor: str | None, most: int) -> tuple[list[Any], str | None]:
    """The rows after a cursor, newest by this field first, and the cursor of the page after; None at the end.

    Raises InputError for what is no cursor.
    """
    if cursor:
        moment, number = place_of(cursor)
        # Said so, and not as "before, or at the same moment and lower", for it is then one stretch of an index.
        found = found.filter(**{f"{by}__lte": moment}).exclude(**{by: moment, "pk__gte": number})
    return upto(most, list(found.order_by(f"-{by}", "-pk")[: most + 1]), by)


def upto(most: int, rows: list[Any], by: str) -> tuple[list[Any], str | None]:
    """So many of the rows, and the cursor of the page after when there are more."""
    if len(rows) <= most:
        return rows, None
    last = rows[most - 1]
    return rows[:most], _cursor(getattr(last, by), last.pk)


def _cursor(moment: datetime, number: int) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{number}".encode("ascii")).decode("ascii")


def place_of(cursor: str) -> tuple[datetime, int]:
    """The moment and the number that a cursor stands for. Raises InputError."""
    try:
        moment_text, _, number_text = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").partition("|")
        given, number = datetime.fromisoformat(moment_text), int(number_text)
        moment = given.astimezone(UTC)
    except (ValueError, OverflowError, binascii.Error, UnicodeError):
        raise _no_cursor() from None
    if given.tzinfo is None or not 0 < number <= LARGEST_NUMBER:
        raise _no_cursor()
    return moment, number


def _no_cursor() -> InputError:
    return InputError("This is no cursor.", do="Use the one that the page before gave.")
