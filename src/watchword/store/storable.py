"""Texts and plain values as every database can keep them, with each character still in its place."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

# PostgreSQL keeps no NUL, and no database a lone surrogate. One character for one: places of evidence stay right.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """The text with every character that a database cannot keep replaced by one that says so."""
    return UNSTORABLE.sub(REPLACEMENT, text)


def storable_or_none(text: str | None) -> str | None:
    """The same for what may be missing."""
    return None if text is None else storable(text)


def plain(value: Any) -> Any:
    """A value as JSON that every database can keep."""
    match value:
        case str():
            return storable(value)
        case Mapping():
            return {storable(str(key)): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case datetime() | date():
            return value.isoformat()
        case float() if value != value or value in (float("inf"), float("-inf")):
            return str(value)  # JSON has no word for it
        case _:
            return value


def canonical(value: Any) -> str:
    """The one way to write a value down as JSON: what hashes are taken over."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def fingerprint(value: Any) -> str:
    """SHA-256 over a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()
