"""What must hold of every count, whatever the notes say."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from watchword.history.count import count_contacts
from watchword.policy.schema import ContactsCount
from watchword.terms import Channel, Contact, Count, History, Note, Person, Speaker, Turn

SOURCES = ("LIMS", "AMD", "CRM")
NOW = datetime(2025, 3, 4, 15, 2, tzinfo=UTC)
TEXTS = (
    "Pt called re INV-20391, disputes 350",
    "patient emailed again about the bill",
    "OB call to pt - LVM",
    "internal: sent to coding",
    "Aetna rep called re claim",
    "pt called for results",
    "called pt back, explained EOB",
    "Pt called re inv 777",
    "",
    "upset, wants sup",
    "Emailed itemized bill",
)
OUTBOUND = ("OB call to pt - LVM", "Called pt re INV-777, no answer", "Letter mailed", "Emailed patient a reminder")

ids = st.sampled_from([f"n{number}" for number in range(12)])
moments = st.none() | st.builds(
    lambda minutes: NOW - timedelta(minutes=minutes), st.integers(-3000, 90_000) | st.integers(-20, 120)
)
texts = st.sampled_from(TEXTS) | st.text(max_size=60)
issues = st.sampled_from([None, "INV-20391", "INV-777", "20391", "refund"])
notes = st.builds(
    Note,
    ids,
    st.sampled_from([*SOURCES, "lims", "Zendesk", ""]),
    texts,
    st.none() | st.sampled_from(Channel),
    moments,
    issues,
)
contacts = st.builds(
    Contact,
    st.just("c"),
    st.sampled_from(Channel),
    st.none() | st.just(NOW),
    st.just(Person("P-1001", "Dana Reyes", "+16505550142")),
    issues,
    st.lists(st.builds(Turn, st.sampled_from(Speaker), texts), max_size=3).map(tuple),
    st.none() | texts,
    st.none() | texts,
)
conditions = st.builds(
    ContactsCount,
    at_least=st.just(3),
    about=st.sampled_from(get_args(ContactsCount.model_fields["about"].annotation)),
    through=st.sampled_from([tuple(Channel), (Channel.PHONE,), (Channel.EMAIL,)]),
    within=st.sampled_from(["any time", "30 days"]),
)


def counted(contact: Contact, some: list[Note], condition: ContactsCount) -> Count:
    return count_contacts(contact, History(tuple(some), SOURCES), condition, SOURCES)


@settings(max_examples=150, deadline=None)
@given(contacts, st.lists(notes, max_size=10), conditions)
def test_every_note_stands_in_one_place_and_the_count_says_how_many(
    contact: Contact, some: list[Note], condition: ContactsCount
) -> None:
    got = counted(contact, some, condition)
    placed = Counter(got.counted) + Counter(got.doubtful) + Counter(id for id, _ in got.left_out)
    assert placed == Counter(note.id for note in some)
    assert got.contacts_on_this_issue == 1 + len(got.counted)
    assert all(reason.strip() for _, reason in got.left_out)


@settings(max_examples=150, deadline=None)
@given(contacts, st.lists(notes, max_size=8), conditions, st.randoms(use_true_random=False))
def test_the_order_of_notes_is_no_matter(
    contact: Contact, some: list[Note], condition: ContactsCount, random: Random
) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)
    assert counted(contact, shuffled, condition) == counted(contact, some, condition)


@settings(max_examples=150, deadline=None)
@given(contacts, st.lists(notes, max_size=8), conditions, st.sampled_from(OUTBOUND), notes)
def test_an_outbound_note_of_ours_changes_nothing(
    contact: Contact, some: list[Note], condition: ContactsCount, text: str, like: Note
) -> None:
    ours = Note("ours", like.source, text, like.channel, like.at, like.issue)
    before, after = counted(contact, some, condition), counted(contact, [*some, ours], condition)
    assert (after.contacts_on_this_issue, after.counted, after.doubtful) == (
        before.contacts_on_this_issue,
        before.counted,
        before.doubtful,
    )
    assert set(after.left_out) - {("ours", dict(after.left_out)["ours"])} == set(before.left_out)


@settings(max_examples=100, deadline=None)
@given(contacts, st.lists(notes, max_size=8), conditions)
def test_handing_the_notes_over_twice_counts_no_contact_twice(
    contact: Contact, some: list[Note], condition: ContactsCount
) -> None:
    once, twice = counted(contact, some, condition), counted(contact, [*some, *some], condition)
    assert twice.contacts_on_this_issue == once.contacts_on_this_issue
