"""What is no contact is refused: every problem with its place, and none of the customer's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reading.test_contacts import CALL, MAIL, changed, refusal, with_note, without


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
