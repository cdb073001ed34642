"""One contact from JSON: what is read, what is kept for a person's look, what is refused and in which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import ContactInvalid, Place
from watchword.reading.contacts import contact_from_json, contact_from_line
from watchword.terms import Channel, Contact, History, Note, Person, Speaker, Turn

PLACE = Place("calls.jsonl", 3)
CALL: dict[str, Any] = {
    "id": "c-1",
    "channel": "phone",
    "received_at": "2025-03-04T15:02:11Z",
    "person": {"patient_id": "P-1001", "name": "Ana Ruiz", "phone": "+12025550101", "email": "ana@example.com"},
    "issue": "INV-20391",
    "turns": [{"speaker": "agent", "text": "Billing."}, {"speaker": "caller", "text": "Hello."}],
    "history": [
        {
            "id": "n1",
            "source": "LIMS",
            "channel": "phone",
            "at": "2025-03-01T09:00:00Z",
            "issue": "INV-20391",
            "note": "Called.",
        }
    ],
}
MAIL: dict[str, Any] = {"id": "m-1", "channel": "email", "subject": "Bill", "body": "<p>Hello</p>"}


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**deepcopy(base), **changes}


def without(base: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in deepcopy(base).items() if name != key}


def read(raw: Any) -> Contact:
    return contact_from_json(raw, place=PLACE)


def outcome(reader: Callable[..., Contact], raw: Any) -> Contact | ContactInvalid:
    try:
        return reader(raw, place=PLACE)
    except ContactInvalid as error:
        return error


def refusal(raw: Any) -> str:
    with pytest.raises(ContactInvalid) as caught:
        read(raw)
    return str(caught.value)


def line_refusal(line: bytes | str) -> ContactInvalid:
    with pytest.raises(ContactInvalid) as caught:
        contact_from_line(line, place=PLACE)
    return caught.value


def with_note(**changes: Any) -> dict[str, Any]:
    note = {**CALL["history"][0], **changes}
    return changed(CALL, history=[{key: value for key, value in note.items() if value is not ...}])


def test_a_call_is_read_whole() -> None:
    assert read(CALL) == Contact(
        id="c-1",
        channel=Channel.PHONE,
        received_at=datetime(2025, 3, 4, 15, 2, 11, tzinfo=UTC),
        person=Person("P-1001", "Ana Ruiz", "+12025550101", "ana@example.com"),
        issue="INV-20391",
        turns=(Turn(Speaker.AGENT, "Billing."), Turn(Speaker.CALLER, "Hello.")),
        history=History(
            notes=(Note("n1", "LIMS", "Called.", Channel.PHONE, datetime(2025, 3, 1, 9, tzinfo=UTC), "INV-20391"),),
            sources_read=("LIMS",),
        ),
    )


def test_an_email_is_read_as_it_stands() -> None:
    mail = read(MAIL)
    assert (mail.channel, mail.subject, mail.body, mail.turns) == (Channel.EMAIL, "Bill", "<p>Hello</p>", ())
    assert mail.unread == ()


@pytest.mark.parametrize(("given", "expected"), [(20391, "20391"), (7.5, "7.5"), ("x", "x")])
def test_a_number_becomes_a_text_where_a_name_is_meant(given: object, expected: str) -> None:
    raw = changed(CALL, id=given, issue=given, person={"patient_id": given, "phone": given})
    raw["history"][0] |= {"id": given, "issue": given}
    contact = read(raw)
    assert contact.history is not None
    names = {contact.id, contact.issue, contact.person.patient_id, contact.person.phone}
    assert names | {contact.history.notes[0].id, contact.history.notes[0].issue} == {expected}


@pytest.mark.parametrize("id", ["", "  ", None, True, [], {}, "a\0b", "\ud800", float("nan")])
def test_an_id_that_names_nothing_is_refused(id: object) -> None:
    assert "calls.jsonl:3: id " in refusal(changed(CALL, id=id))


def test_an_id_of_too_many_digits_is_refused() -> None:
    assert "id is a number of too many digits." in refusal(changed(CALL, id=10**5000))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2025-03-04T15:02:11Z", datetime(2025, 3, 4, 15, 2, 11, tzinfo=UTC)),
        ("2025-03-04T15:02:11", datetime(2025, 3, 4, 15, 2, 11, tzinfo=UTC)),
        ("2025-03-04T10:02:11-05:00", datetime(2025, 3, 4, 10, 2, 11, tzinfo=timezone(timedelta(hours=-5)))),
        (None, None),
    ],
)
def test_a_moment_without_a_zone_is_utc(given: str | None, expected: datetime | None) -> None:
    moment = read(changed(CALL, received_at=given)).received_at
    assert moment == expected
    assert moment is None or moment.tzinfo is not None


@pytest.mark.parametrize("given", ["yesterday", "", 1741100531, True, [], "2025-13-01T00:00:00Z"])
def test_a_moment_that_is_none_is_refused(given: object) -> None:
    assert "received_at is" in refusal(changed(CALL, received_at=given))


@pytest.mark.parametrize("key", ["received_at", "person", "issue", "history"])
def test_what_may_be_missing_may_be_null(key: str) -> None:
    assert read(changed(CALL, **{key: None})) == read(without(CALL, key))


@pytest.mark.parametrize("part", ["patient_id", "name", "phone", "email"])
def test_each_part_of_a_person_may_be_null(part: str) -> None:
    person = read(changed(CALL, person={**CALL["person"], part: None})).person
    assert getattr(person, part) is None


def test_nobody_looked_is_not_the_same_as_nothing_found() -> None:
    assert read(without(CALL, "history")).history is None
    assert read(changed(CALL, history=[])).history == History()


def test_the_sources_read_are_those_of_the_notes_unless_named() -> None:
    notes = [{"source": source, "note": ""} for source in ("lims", " AMD", "LIMS")]
    assert read(changed(CALL, history=notes)).history.sources_read == ("AMD", "LIMS")  # type: ignore[union-attr]
    named = read(changed(CALL, history=[], sources_read=["lims", "LIMS", "crm"], sources_failed=["amd"]))
    assert named.history == History(sources_read=("LIMS", "CRM"), sources_failed=("AMD",))
    failed = read(changed(without(CALL, "history"), sources_failed=["LIMS"]))
    assert failed.history == History(sources_failed=("LIMS",))


@pytest.mark.parametrize("at", [..., None, "", "03/04/2025", 1741100531, [], {"year": 2025}])
def test_a_note_without_a_readable_date_is_kept_and_told(at: object) -> None:
    contact = read(with_note(id="n3", at=at))
    assert contact.history is not None
    assert [(note.id, note.at) for note in contact.history.notes] == [("n3", None)]
    assert contact.unread == ("Note n3 has no date that can be read.",)


def test_a_note_without_an_id_is_named_by_its_place() -> None:
    notes = [{"source": "AMD", "note": "x", "at": "2025-01-01"}, {"source": "AMD", "note": "", "id": None}]
    contact = read(changed(CALL, history=notes))
    assert contact.history is not None
    assert [note.id for note in contact.history.notes] == ["n1", "n2"]
    assert contact.unread == ("Note n2 has no date that can be read.",)


@pytest.mark.parametrize(
    ("given", "channel", "extra"),
    [("Phone", Channel.PHONE, {}), (None, None, {}), ("fax", None, {"channel": "fax"}), (4, None, {"channel": 4})],
)
def test_a_note_of_another_channel_is_kept(given: object, channel: Channel | None, extra: dict[str, object]) -> None:
    contact = read(with_note(channel=given))
    assert contact.history is not None
    assert (contact.history.notes[0].channel, dict(contact.history.notes[0].extra)) == (channel, extra)
    assert contact.unread == ()


@pytest.mark.parametrize("turns", [[], [{"speaker": "caller", "text": " \n"}, {"speaker": "agent", "text": ""}]])
def test_a_call_without_words_is_read_and_told(turns: list[Any]) -> None:
    contact = read(changed(CALL, turns=turns))
    assert len(contact.turns) == len(turns)
    assert contact.unread == ("The call has no words.",)


def test_an_email_without_words_is_read_and_told() -> None:
    assert read(changed(MAIL, subject=None, body=" ")).unread == ("The email has no words.",)
    assert read(changed(MAIL, subject="Bill", body="")).unread == ()


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        ({**CALL, "body": "My attorney will sue you."}, ("It has a body, which is not read in a call.",)),
        ({**CALL, "subject": "My attorney will sue"}, ("It has a subject, which is not read in a call.",)),
        ({**MAIL, "turns": CALL["turns"]}, ("It has turns, which are not read in an email.",)),
        (
            {**CALL, "turns": [], "body": "Hello.", "subject": "Hello"},
            (
                "The call has no words.",
                "It has a subject, which is not read in a call.",
                "It has a body, which is not read in a call.",
            ),
        ),
        ({**CALL, "body": " ", "subject": None}, ()),
        ({**MAIL, "turns": [{"speaker": "caller", "text": " "}]}, ()),
        ({**MAIL, "turns": []}, ()),
    ],
)
def test_words_in_a_field_of_the_other_channel_are_for_a_person(contact: dict[str, Any], told: tuple[str, ...]) -> None:
    assert read(contact).unread == told


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (without(CALL, "channel"), "channel is missing."),
        (changed(CALL, channel="fax"), 'channel is "fax"; it must be "phone" or "email".'),
        (without(CALL, "turns"), "turns is missing; a phone contact needs it."),
        (changed(CALL, turns=None), "turns is missing; a phone contact needs it."),
        (changed(CALL, turns={}), "turns is an object; it must be a list."),
        (changed(CALL, turns=[["agent", "x"]]), "turns[0] is a list; it must be an object."),
        (changed(CALL, turns=[{"speaker": "agent"}]), "turns[0].text is missing."),
        (changed(CALL, turns=[{"speaker": "agent", "text": None}]), "turns[0].text is null; it must be a text."),
        (changed(CALL, turns=[{"speaker": "agent", "text": 5}]), "turns[0].text is a number; it must be a text."),
        ({"id": "m", "channel": "email"}, "body is missing; an email needs a body or a subject."),
        (changed(MAIL, body=None, subject=None), "body is missing; an email needs a body or a subject."),
        (changed(MAIL, body=["x"]), "body is a list; it must be a text."),
        (changed(CALL, person="Ana"), "person is a text; it must be an object."),
        (changed(CALL, person={"name": 5}), "person.name is a number; it must be a text."),
        (changed(CALL, issue=True), "issue is true or false; it must be a text or a number."),
        (changed(CALL, history={}), "history is an object; it must be a list."),
        (with_note(source=...), "history[0].source is missing."),
        (with_note(source=" "), "history[0].source is blank; it must name a notes system."),
        (with_note(note=...), "history[0].note is missing."),
        (with_note(note=None), "history[0].note is null; it must be a text."),
        (changed(CALL, sources_read="LIMS"), "sources_read is a text; it must be a list."),
        (changed(CALL, sources_failed=[4]), "sources_failed[0] is a number; it must name a notes system."),
        ([CALL], "The contact is a list; it must be an object."),
        (None, "The contact is null; it must be an object."),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(raw: Any, told: str) -> None:
    assert (
        refusal(raw) == f"calls.jsonl:3: {told} Mend it where the contact is made; the other contacts are still read."
    )


def test_all_problems_stand_in_one_error() -> None:
    told = refusal({"channel": "phone", "received_at": 5, "turns": [{"speaker": "customer", "text": 5}]})
    for problem in ("id is missing.", "received_at is", 'turns[0].speaker is "customer"; it must be', "turns[0].text"):
        assert problem in told


def test_a_long_list_of_problems_is_counted() -> None:
    told = refusal(changed(CALL, turns=[{"speaker": "agent"}] * 5000))
    assert told.count("is missing.") == 10
    assert "There are 4990 more problems." in told


@pytest.mark.parametrize("secret", ["I will call my sister about the bill", "x" * 200, "ana.ruiz@example.com"])
def test_an_error_repeats_none_of_the_customers_words(secret: str) -> None:
    turn = {"speaker": secret, "text": [secret]}
    raw = {"id": [secret], "channel": secret, "turns": [turn], "body": {secret: 1}, "person": {"name": [secret]}}
    told = refusal({**raw, "subject": [secret], "received_at": secret, "history": [{"source": [secret], "note": 5}]})
    assert secret not in told
    assert len(told) < 1500


def test_unknown_keys_are_carried_along_untouched() -> None:
    raw = changed(CALL, queue={"n": [1, None]}, person={**CALL["person"], "plan": "A"})
    raw["turns"][1]["begin_ms"] = 5
    raw["history"][0]["author"] = {"id": 9}
    contact = read(raw)
    assert contact.history is not None
    assert contact.extra == {"queue": {"n": [1, None]}}
    assert contact.person.extra == {"plan": "A"}
    assert [dict(turn.extra) for turn in contact.turns] == [{}, {"begin_ms": 5}]
    assert contact.history.notes[0].extra == {"author": {"id": 9}}


def test_a_person_of_unknown_keys_only_keeps_them() -> None:
    assert read(changed(CALL, person={"plan": "A"})).person == Person(extra={"plan": "A"})
    assert read(changed(CALL, person={})).person == Person()


def test_odd_characters_stay_where_they_are() -> None:
    line = r'{"id": "c", "channel": "email", "body": "a\u0000b \ud800 c", "subject": "' + "x\0\ty" + '"}'
    contact = contact_from_line(line, place=PLACE)
    assert (contact.body, contact.subject) == ("a\0b \ud800 c", "x\0\ty")


def test_a_line_is_read_as_bytes_or_text_with_or_without_a_mark() -> None:
    line = json.dumps(CALL)
    contact = read(CALL)
    for given_line in (line, line.encode(), "\ufeff" + line, b"\xef\xbb\xbf" + line.encode(), f"  {line}\r\n"):
        assert contact_from_line(given_line, place=PLACE) == contact


def head(line: str | bytes) -> str:
    return line_refusal(line).what


def test_a_key_that_stands_twice_is_refused_wherever_it_stands() -> None:
    inner = '{"id": "c", "channel": "phone", "turns": [{"speaker": "agent", "text": "a", "text": "b"}]}'
    assert head(inner) == 'The key "text" stands twice in one object; only one of the two can be meant.'
    assert head('{"I want to speak": 1, "I want to speak": 2}').startswith("The key a text stands twice")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("[" * 100_000, "Lists or objects are nested too deeply."),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "Lists or objects are nested too deeply."),
        ("[" * 300 + "]" * 300, "Lists or objects are nested too deeply."),
        ('{"id": NaN}', "NaN is no JSON number."),
        ('{"id": -Infinity}', "-Infinity is no JSON number."),
        ('{"id": 1e999}', "A number is too large to be kept."),
        ('{"id": ' + "9" * 5000 + "}", "A number has too many digits."),
        (b'{"id": "caf\xe9"}', "Byte 12 is not UTF-8 text."),
        ("", "This is not JSON: Expecting value."),
        ("\0\0\0", "This is not JSON: Expecting value."),
        ('{"id": "c"', "This is not JSON: Expecting ',' delimiter."),
        ('{"id": "c"} {"id": "d"}', "This is not JSON: Extra data."),
        ('{"id": "c', "This is not JSON: Unterminated string starting at."),
    ],
)
def test_hostile_json_is_refused_in_a_sentence(line: str | bytes, what: str) -> None:
    error = line_refusal(line)
    assert error.what == what
    assert error.do
    assert error.place is not None
    assert (error.place.file, error.place.line) == ("calls.jsonl", 3)


def test_broken_json_is_told_with_its_column() -> None:
    assert str(line_refusal('{"id": oops}')).startswith("calls.jsonl:3:8: This is not JSON: Expecting value.")


def test_depth_up_to_the_limit_is_read_even_in_a_wide_contact() -> None:
    deep = "[" * 199 + "]" * 199
    line = '{"id": "c", "channel": "email", "body": "", "wide": [' + "{}," * 300 + '{}], "deep": ' + deep + "}"
    assert "deep" in contact_from_line(line, place=PLACE).extra


def test_a_text_of_twenty_megabytes_is_read() -> None:
    body = "no end of line " * 1_400_000
    assert contact_from_line(json.dumps({**MAIL, "body": body}), place=PLACE).body == body


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
