"""Each rule counts in its own way, and two systems that call a note alike are told apart."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.made import NOW, call, mail
from watchword.policy.load import parse_policy
from watchword.policy.schema import Policy
from watchword.terms import Channel, History, Level, Note, Outcome
from watchword.triage.assess import assess, replanned
from watchword.triage.record import as_record, count_of
from watchword.triage.why_not import why_not

HOTEL = """\
policy: hotel
title: Guests who need somebody now
version: 1
in_force_from: "2025-01-01"
owner: Front office
last_update: {by: Mara Quint, at: "2025-01-01"}
notes_from: [LIMS, AMD, PMS]
tickets:
  case: {type: Guest Case, system: PMS}
queues:
  desk: {name: Front Desk}
chatter:
  why: {must_state: [which rule, earlier contacts], asks: Please answer today.}
rules:
  - rule: many_contacts
    title: Many contacts
    means: Five contacts about whatever within a month.
    status: STATUS
    when: [contacts: {at_least: 5, about: any issue, within: 30 days}]
    then: {phone: [ticket: case], email: [chatter_post: why]}
    examples: {raise: [], leave: []}
  - rule: asked_before
    title: Asked before
    means: The third time on the same booking.
    status: live
    when: [contacts: {at_least: 3}]
    then: {phone: [ticket: case], email: [queue_transfer: desk, chatter_post: why]}
    examples: {raise: [], leave: []}
if_several_rules_apply: {order: [many_contacts, asked_before]}
"""


def hotel(status: str) -> Policy:
    return parse_policy(HOTEL.replace("STATUS", status), "hotel.yaml")[0]


def note(id: str, days: int, issue: str | None = "BKG-1001", source: str = "PMS", text: str = "Guest called.") -> Note:
    return Note(id, source, text, Channel.PHONE, NOW - timedelta(days=days), issue)


LAST_AUTUMN = History((note("1", 150), note("2", 120)), ("PMS",))
OTHER_BOOKINGS = History((note("1", 9, "BKG-7777"), note("2", 6, "BKG-8888")), ("PMS",))
A_BUSY_MONTH = History(tuple(note(str(number), number, f"BKG-{number}000") for number in range(2, 6)), ("PMS",))


@pytest.mark.parametrize("status", ["retired", "draft", "trial", "live"])
def test_what_another_rule_counts_is_no_matter(status: str) -> None:
    policy = hotel(status)
    old = assess(call("Hello.", issue="BKG-1001", history=LAST_AUTUMN), policy)
    assert [flag.kind for flag in old.flags] == ["asked_before"]
    assert (old.count.counted, old.count.left_out) == (("1", "2"), ())
    others = assess(call("Hello.", issue="BKG-1001", history=OTHER_BOOKINGS), policy)
    assert (others.outcome, others.flags) == (Outcome.CLEAR, ())


@pytest.mark.parametrize(("status", "raised"), [("retired", []), ("draft", []), ("live", ["many_contacts"])])
def test_each_rule_raises_by_its_own_count(status: str, raised: list[str]) -> None:
    found = assess(call("Hello.", issue="BKG-1001", history=A_BUSY_MONTH), hotel(status))
    assert [flag.kind for flag in found.flags] == raised
    assert found.count.contacts_on_this_issue == (5 if raised else 1)


def test_why_not_tells_the_rules_own_count() -> None:
    policy, contact = hotel("live"), call("Hello.", issue="BKG-1001", history=A_BUSY_MONTH)
    said = " ".join(why_not("asked_before", contact, assess(contact, policy), policy))
    assert "1 were counted, this one included" in said
    assert "The note 2 was not counted: about another issue (BKG-2000)." in said


SAME_IDS = History(
    (
        note("1", 12, source="LIMS", text="Guest called re the bill."),
        note("2", 11, source="LIMS", text="Guest called re the bill again."),
        note("1", 50, "BKG-5555", "AMD", "Guest called about BKG-5555"),
        note("2", 46, source="AMD", text="Outbound call to guest, no answer"),
    ),
    ("LIMS", "AMD"),
)


def test_evidence_and_post_tell_of_the_notes_that_counted() -> None:
    found = assess(mail("Hello.", issue="BKG-1001", history=SAME_IDS), hotel("retired"))
    (flag,) = found.flags
    assert [piece.quote for piece in flag.evidence] == [note.note for note in SAME_IDS.notes[:2]]
    assert flag.why.count("(LIMS)") == 2
    assert "(AMD)" not in flag.why
    (post,) = [action.text or "" for action in found.actions if action.kind == "chatter_post"]
    assert "phone, LIMS: Guest called re the bill again." in post
    assert "BKG-5555" not in post
    assert "Outbound" not in post


def test_the_record_names_the_system_where_ids_do_not_tell() -> None:
    policy, contact = hotel("retired"), mail("Hello.", issue="BKG-1001", history=SAME_IDS)
    found = assess(contact, policy)
    record = json.loads(json.dumps(as_record(found)))["history"]
    assert (record["counted"], record["counted_from"]) == (["1", "2"], ["LIMS", "LIMS"])
    assert [(one["note"], one["source"]) for one in record["left_out"]] == [("1", "AMD"), ("2", "AMD")]
    assert count_of(record) == found.count
    assert replanned(found, contact, policy, SAME_IDS) == found
    plain = as_record(assess(mail("Hello.", issue="BKG-1001", history=LAST_AUTUMN), policy))["history"]
    assert plain.keys().isdisjoint({"counted_from", "doubtful_from"})


def test_doubtful_notes_are_told_apart_too() -> None:
    unclear = History(
        (note("1", 9, "BKG-7777"), note("1", 8, None, "LIMS", "Called, upset, wants sup"), note("2", 3)), ("PMS",)
    )
    policy = hotel("retired")
    found = assess(call("Hello.", issue="BKG-1001", history=unclear), policy)
    assert [(flag.level, [piece.quote for piece in flag.evidence]) for flag in found.flags] == [
        (Level.CLARIFY, ["Called, upset, wants sup", "Guest called."])
    ]
    assert (found.count.doubtful, found.count.doubtful_from) == (("1",), ("LIMS",))


def test_one_contact_is_told_as_one() -> None:
    history = History((note("1", 6, None), note("2", 3, None)), ("PMS",))
    (flag,) = assess(call("Hello.", issue="BKG-1001"), hotel("draft"), history).flags
    assert flag.why.startswith("1 contact about BKG-1001 by the records, this one included, and 2 that may be")


def test_a_policy_that_names_no_system_counts_the_notes_of_all() -> None:
    policy = parse_policy(HOTEL.replace("STATUS", "live").replace("notes_from: [LIMS, AMD, PMS]\n", ""), "hotel.yaml")[
        0
    ]
    found = assess(call("Hello.", issue="BKG-1001", history=LAST_AUTUMN), policy)
    assert (found.count.counted, found.count.left_out) == (("1", "2"), ())


def test_two_records_of_one_id_in_one_system_are_both_shown() -> None:
    twice = History((note("1", 9, text="Guest called re the bill."), note("1", 5, text="Guest called.")), ("PMS",))
    (flag,) = assess(call("Hello.", issue="BKG-1001", history=twice), hotel("retired")).flags
    assert [piece.quote for piece in flag.evidence] == ["Guest called re the bill.", "Guest called."]


def test_the_reasons_name_the_system_where_ids_do_not_tell() -> None:
    policy, contact = hotel("retired"), call("Hello.", issue="BKG-9999", history=SAME_IDS)
    said = " ".join(why_not("asked_before", contact, assess(contact, policy), policy))
    assert "The note AMD 2 was not counted: our own outbound call" in said
