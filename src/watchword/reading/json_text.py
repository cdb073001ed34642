"""JSON text into values, more strictly than the standard reader and without a way to crash it."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from watchword.errors import ContactInvalid, Place
from watchword.reading.shape import shown

DEEPEST = 200  # levels of lists and objects; what is deeper could not be written out again safely
UTF8_MARK = b"\xef\xbb\xbf"
_MEND = "Mend it where the file is made; the other contacts are still read."


class Refused(ValueError):
    """A value that is JSON by its letter but cannot be taken for what it says."""


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(f"The key {_first_repeated(pairs)} stands twice in one object; only one of the two can be meant.")
    return found


def _first_repeated(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return shown(key)
        seen.add(key)
    return "of an object"


def _no_constant(name: str) -> NoReturn:
    raise Refused(f"{name} is no JSON number.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Refused("A number is too large to be kept.")
    return number


# strict=False lets raw tabs and NUL bytes stand inside texts: sloppy exports have them, and they change no meaning.
DECODER = json.JSONDecoder(
    object_pairs_hook=_no_key_twice, parse_constant=_no_constant, parse_float=_finite, strict=False
)


def parse_json(text: str | bytes, *, place: Place) -> Any:
    """The one JSON value that ``text`` holds, as UTF-8 where it is bytes. A byte order mark in front is passed over.

    Raises ContactInvalid for text that is not JSON, a key that stands twice in an object, NaN and infinite numbers,
    numbers of more digits than Python reads, and lists or objects nested deeper than DEEPEST.
    """
    letters = decoded(text, place) if isinstance(text, bytes) else text
    try:
        value = DECODER.decode(letters.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise not_json(error, place) from None
    except (ValueError, RecursionError) as error:
        raise refused(error, place) from None
    check_depth(value, letters, place)
    return value


def decoded(raw: bytes, place: Place) -> str:
    """The bytes as UTF-8 text. Raises ContactInvalid, naming the first byte that is none."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise ContactInvalid(
            f"Byte {error.start + 1} is not UTF-8 text.", do="Save it as UTF-8.", place=place
        ) from None


def not_json(error: json.JSONDecodeError, place: Place) -> ContactInvalid:
    """The error for text that is not JSON, with the column; ``place`` may name the line the text starts on."""
    line = (place.line or 1) + error.lineno - 1
    where = Place(place.file, line, error.colno)
    return ContactInvalid(f"This is not JSON: {error.msg.removesuffix(':')}.", do=_MEND, place=where)


def refused(error: ValueError | RecursionError, place: Place) -> ContactInvalid:
    """The error for JSON that cannot be taken for what it says."""
    what = str(error) if isinstance(error, Refused) else "A number has too many digits."
    if isinstance(error, RecursionError):
        what = "Lists or objects are nested too deeply."
    return ContactInvalid(what, do=_MEND, place=place)


def check_depth(value: Any, text: str, place: Place) -> None:
    """Raise ContactInvalid for a value nested deeper than DEEPEST. ``text`` is where the value was read from."""
    if text.count("{") + text.count("[") <= DEEPEST:
        return
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise refused(RecursionError(), place)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    return [inner for inner in value if isinstance(inner, dict | list)] if isinstance(value, list) else []
