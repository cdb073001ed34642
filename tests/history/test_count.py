"""Counting the contacts on an issue: what is counted, what is left out and why, and what stays in doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watchword.history.count import count_contacts
from watchword.policy.schema import ContactsCount
from watchword.terms import RECORDED_HERE, Channel, Contact, Count, History, Note, Person, Speaker, Turn

SOURCES = ("LIMS", "AMD", "CRM")
PHONE, EMAIL = Channel.PHONE, Channel.EMAIL
NOW = datetime(2025, 3, 4, 15, 2, tzinfo=UTC)
THREE = ContactsCount(at_least=3)
BILL = Contact(
    "c-1", PHONE, NOW, Person(name="Dana Reyes"), "INV-20391", (Turn(Speaker.CALLER, "This bill is still wrong."),)
)


def note(
    id: str,
    text: str = "Pt called re bill",
    *,
    days: float | None = 5,
    source: str = "LIMS",
    channel: Channel | None = PHONE,
    issue: str | None = "INV-20391",
    **extra: str,
) -> Note:
    when = None if days is None else NOW - timedelta(days=days)
    return Note(id, source, text, channel, when, issue, extra)


def count(*notes: Note, contact: Contact = BILL, condition: ContactsCount = THREE) -> Count:
    return count_contacts(contact, History(notes, SOURCES), condition, SOURCES)


def test_without_notes_there_is_this_contact_and_what_could_not_be_read() -> None:
    history = History((), ("LIMS",), ("AMD",))
    assert count_contacts(BILL, history, THREE, SOURCES) == Count(1, sources_read=("LIMS",), sources_failed=("AMD",))


def test_a_failed_source_is_passed_on_beside_what_was_counted() -> None:
    got = count_contacts(BILL, History((note("n1"),), ("LIMS",), ("AMD",)), THREE, SOURCES)
    assert (got.contacts_on_this_issue, got.sources_read, got.sources_failed) == (2, ("LIMS",), ("AMD",))


def test_phone_and_email_in_three_systems_count_together_in_time_order() -> None:
    got = count(
        note("n3", days=1, source="CRM"),
        note("n1", days=9),
        note("n2", "rcvd email from pt", days=4, source="AMD", channel=EMAIL),
    )
    assert got == Count(4, ("n1", "n2", "n3"), sources_read=SOURCES)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (note("n", "OB call to pt - LVM"), "our own outbound call"),
        (note("n", "Emailed pt the itemized bill", channel=EMAIL), "our own email"),
        (note("n", "Letter mailed"), "our own letter or statement"),
        (note("n", "internal: sent to coding"), "internal note"),
        (note("n", "Pt called", direction="outbound"), "our own outbound call"),
        (note("n", "Pt called", author="system"), "internal note"),
        (note("n", "Aetna rep called re claim status"), "not from the customer"),
        (note("n", issue="INV-777"), "about another issue (INV-777)"),
        (note("n", "pt called for results", issue=None), "about another matter (results)"),
        (note("n", days=-1), "later than this contact"),
        (note("n", days=-0.005), "this contact itself, already noted"),
        (note("n", days=0.005), "this contact itself, already noted"),
        (note("n", days=-0.005, channel=EMAIL), "later than this contact"),
        (note("n", source="Zendesk"), "from Zendesk, which the policy does not read"),
    ],
)
def test_a_note_is_left_out_with_its_reason(entry: Note, reason: str) -> None:
    assert count(entry) == Count(1, left_out=(("n", reason),), sources_read=SOURCES)


def test_the_record_says_inbound_whatever_the_words_look_like() -> None:
    assert count(note("n", "Called pt", direction="inbound")).counted == ("n",)


def test_a_call_that_was_cut_off_shortly_before_is_a_contact_of_its_own() -> None:
    assert count(note("n", "Pt called re bill, call dropped", days=0.005)).counted == ("n",)


def test_a_contact_is_never_its_own_earlier_one() -> None:
    for days in (None, 0, 5, -5):
        itself = note("c-1", "Patient called.", source=RECORDED_HERE, days=days, direction="inbound")
        got = count(itself)
        assert (got.contacts_on_this_issue, got.left_out) == (1, (("c-1", "this contact itself, already noted"),))
    assert count(note("c-1")).counted == ("c-1",)  # another system may number its notes as we do


def test_other_contacts_recorded_here_are_their_own_however_near() -> None:
    near = [
        note(f"c-{minutes}", "Patient called.", source=RECORDED_HERE, days=minutes / 1440, direction="inbound")
        for minutes in (0, 2, 8)
    ]
    twin = note("c-twin", "Patient called.", source=RECORDED_HERE, days=8 / 1440, direction="inbound")
    later = note("c-5", "Patient called.", source=RECORDED_HERE, days=-1 / 1440, direction="inbound")
    got = count_contacts(BILL, History((*near, twin, later)), THREE, (*SOURCES, RECORDED_HERE))
    assert (got.contacts_on_this_issue, sorted(got.counted)) == (5, ["c-0", "c-2", "c-8", "c-twin"])
    assert got.left_out == (("c-5", "later than this contact"),)


def test_the_same_call_noted_in_two_systems_counts_once() -> None:
    got = count(note("n1", source="AMD"), note("n2", days=4.99))
    assert got == Count(2, ("n2",), left_out=(("n1", "same call as n2, noted in AMD"),), sources_read=SOURCES)


def test_a_double_takes_its_issue_from_the_note_that_names_it() -> None:
    other = count(note("n1", issue="INV-777"), note("n2", "Pt called re bill", source="AMD", issue=None, days=4.99))
    assert {why for _, why in other.left_out} == {"about another issue (INV-777)"}
    same = count(note("n1", issue=None, text="pt called, upset"), note("n2", source="AMD", days=4.99))
    assert same.counted == ("n1",)


def test_what_may_be_about_this_issue_is_a_doubt_and_not_counted() -> None:
    got = count(note("n", "Pt called, upset", issue=None))
    assert (got.contacts_on_this_issue, got.doubtful) == (1, ("n",))


def test_what_may_be_no_contact_is_a_doubt() -> None:
    assert count(note("n", "billing", channel=None)).doubtful == ("n",)


def test_a_note_without_a_date_counts_only_by_its_reference() -> None:
    assert count(note("n", days=None)).counted == ("n",)
    assert count(note("n", days=None, issue=None)).doubtful == ("n",)


def test_the_time_limit_goes_back_whole_days() -> None:
    month = ContactsCount(at_least=3, within="30 days")
    got = count(note("n1", days=30.5), note("n2", days=31), note("n3", days=29), condition=month)
    assert got.counted == ("n1", "n3")
    assert got.left_out == (("n2", "outside the last 30 days"),)
    assert count(note("n", days=None), condition=month).doubtful == ("n",)


def test_without_a_time_of_its_own_the_newest_contact_begins_the_time_limit() -> None:
    contact = Contact("c-1", PHONE, None, issue="INV-20391")
    month = ContactsCount(at_least=3, within="30 days")
    outbound = note("n3", "OB call to pt", days=-40)
    got = count(note("n1", days=40), note("n2", days=1), outbound, contact=contact, condition=month)
    assert got.counted == ("n2",)
    assert dict(got.left_out) == {"n1": "outside the last 30 days", "n3": "our own outbound call"}


def test_only_the_channels_of_the_rule_count() -> None:
    calls = ContactsCount(at_least=3, through=(PHONE,))
    got = count(note("n1", channel=EMAIL), note("n2", days=6, channel=None), note("n3", days=7), condition=calls)
    assert got.counted == ("n3", "n2")
    assert got.left_out == (("n1", "through a channel the rule does not count"),)
    assert count(note("n", "pt upset", channel=None), condition=calls).doubtful == ("n",)


def test_a_fax_is_neither_phone_nor_email() -> None:
    fax = Note("n", "LIMS", "pt disputes charge", None, NOW - timedelta(days=3), "INV-20391", {"channel": "Fax"})
    assert count(fax).left_out == (("n", "through a channel the rule does not count"),)


def test_any_issue_counts_when_the_policy_says_so() -> None:
    every = ContactsCount(at_least=3, about="any issue")
    got = count(note("n1", issue="INV-777"), note("n2", "pt called for results", issue=None, days=2), condition=every)
    assert got.counted == ("n1", "n2")
    assert count(note("n", issue=None, days=None), condition=every).counted == ("n",)


def test_ids_that_two_systems_share_are_both_accounted_for() -> None:
    got = count(note("1", days=9), note("1", days=2, source="AMD", issue="INV-777"))
    assert (got.counted, got.left_out) == (("1",), (("1", "about another issue (INV-777)"),))


def test_times_with_and_without_a_zone_stand_side_by_side() -> None:
    naive = Note("n", "LIMS", "Pt called", PHONE, datetime(2025, 3, 1, 9, 0), "INV-20391")
    assert count(naive).counted == ("n",)
