"""Whatever JSON there is, it is a contact or refused, and unknown keys make the round trip."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.test_contacts import CALL, MAIL, PLACE, read
from watchword.errors import ContactInvalid
from watchword.reading.contacts import contact_from_json, contact_from_line
from watchword.terms import Contact


def outcome(reader: Callable[..., Contact], raw: Any) -> Contact | ContactInvalid:
    try:
        return reader(raw, place=PLACE)
    except ContactInvalid as error:
        return error


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()))


JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4))


KEYS = st.sampled_from(sorted({*CALL, *MAIL, "sources_read", "sources_failed", "speaker", "text", "note", "at"}))


@given(JSON | st.dictionaries(KEYS, JSON | st.sampled_from(["phone", "email"])))
def test_any_json_value_is_a_contact_or_refused(raw: Any) -> None:
    found = outcome(contact_from_json, raw)
    assert isinstance(found, Contact) or (found.what and found.do)


PATHS: list[tuple[Any, ...]] = [(key,) for key in (*CALL, "subject", "body", "sources_read", "sources_failed")]
PATHS += [("person", key) for key in CALL["person"]] + [("turns", 1), ("turns", 1, "speaker"), ("turns", 1, "text")]
PATHS += [("history", 0), *(("history", 0, key) for key in CALL["history"][0])]


@given(st.sampled_from(PATHS), JSON)
def test_a_call_with_any_one_value_changed_is_a_contact_or_names_the_place(path: tuple[Any, ...], value: Any) -> None:
    raw = deepcopy(CALL)
    inside: Any = raw
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    found = outcome(contact_from_json, raw)
    assert isinstance(found, Contact) or found.what.startswith(str(path[0]))


UNKNOWN = st.dictionaries(st.text(st.characters(exclude_categories=())).map(lambda key: f"x{key}"), JSON, max_size=4)


@given(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
def test_unknown_keys_make_the_round_trip(top: Any, person: Any, turn: Any, note: Any) -> None:
    raw = {**deepcopy(CALL), **top}
    raw["person"] |= person
    raw["turns"][0] |= turn
    raw["history"][0] |= note
    contact = read(raw)
    assert contact.history is not None
    found = (contact.extra, contact.person.extra, contact.turns[0].extra, contact.history.notes[0].extra)
    for carried, given_keys in zip(found, (top, person, turn, note), strict=True):
        assert dict(carried) == given_keys or repr(dict(carried)) == repr(given_keys)  # NaN is not equal to itself


@given(JSON)
def test_a_line_of_any_json_value_is_a_contact_or_refused(value: Any) -> None:
    found = outcome(contact_from_line, json.dumps(value))
    assert isinstance(found, Contact) or found.place is not None


@given(st.binary() | st.text(st.characters(exclude_categories=())))
def test_a_line_of_anything_is_refused_without_a_crash(line: bytes | str) -> None:
    with pytest.raises(ContactInvalid):
        contact_from_line(line, place=PLACE)
