"""One contact from JSON: what is read, and what is kept for a person's look."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

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


def refusal(raw: Any) -> str:
    with pytest.raises(ContactInvalid) as caught:
        read(raw)
    return str(caught.value)


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
