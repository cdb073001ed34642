"""Labelled contacts: a contact with the flags that careful people expect of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchword.errors import Place
from watchword.reading.contacts import contact_from_json
from watchword.terms import Contact

FlagName = tuple[str, str | None]  # kind and term
HERE = Path(__file__).parent
BENCHMARK = HERE / "contacts"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A contact, the flags expected of it with their levels, and those that count neither way."""

    contact: Contact
    expected: dict[FlagName, str]
    optional: frozenset[FlagName]
    scope: tuple[str, ...]  # of a wish for no contact
    number: int | None  # of contacts, as the customer says it
    signs: tuple[str, ...]  # of frustration
    hard: str | None
    place: str


def read_labelled(folder: Path) -> Iterator[Labelled]:
    """Every labelled contact of the .jsonl files in a folder."""
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            expected = row.pop("expected")
            flags = expected["flags"]
            yield Labelled(
                contact=contact_from_json(row, place=Place(str(file), number)),
                expected={_name(flag): flag["level"] for flag in flags},
                optional=frozenset(_name(flag) for flag in expected.get("optional") or ()),
                scope=tuple(scope for flag in flags for scope in flag.get("scope") or ()),
                number=next((flag["number"] for flag in flags if flag.get("number")), None),
                signs=tuple(sign for flag in flags for sign in flag.get("signs") or ()),
                hard=expected.get("hard"),
                place=f"{file.name}:{number}",
            )


def _name(flag: dict[str, Any]) -> FlagName:
    return flag["kind"], flag.get("term")
