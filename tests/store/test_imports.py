"""Tables of notes and of wishes taken in: once, a few rows at a time, and with a reason for every row that is not."""

from __future__ import annotations

from itertools import islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.recorded import a_call, keep
from watchword.errors import FileUnreadable, InputError, NotRecorded
from watchword.settings import Settings
from watchword.store import imports
from watchword.store.imports import begin, drop, go_on, hand_in, preview
from watchword.store.models import (
    Event,
    IdentityKind,
    Import,
    ImportContent,
    ImportRefusal,
    Note,
    NotesSource,
    Person,
    RegisterEntry,
)
from watchword.store.register import closed_ways

LEADS_NOWHERE = (
    "phone holds no telephone number that can be dialled. Nothing else tells whose the note is, and no issue number "
    "leads to it."
)
HEADER = "id,patient_id,phone,channel,at,issue,note,clerk\n"
LINES = (
    "n1,P-1,,phone,2025-03-01T10:00:00Z,INV-20391,Pt called re bill,u7\n",
    'n2,P-1,,email,2025-03-02,INV-20391,"=HYPERLINK(""x"")",u7\n',
    "n3,,,phone,2025-03-03,,nobody,u7\n",
    "n4,P-1,,phone,3/4/25,,odd date,u7\n",
    "n5,,'+16505551212,fax,,,'-quoted,u8\n",
)


def table(*lines: str, header: str = HEADER) -> bytes:
    return (header + "".join(lines or LINES)).encode()


def taken(content: bytes, kind: str = "notes", source: str = "lims") -> Import:
    made = hand_in(kind, content, file="notes.csv", source=source, by="user sam")
    begin(made.pk, by="user sam")
    list(go_on(made.pk))
    made.refresh_from_db()
    return made


def counts(of: Import) -> tuple[int, int, int, int]:
    return of.new, of.changed, of.known, of.refused


def test_a_table_is_shown_before_anything_is_taken(database: Settings) -> None:
    made = hand_in("notes", table(), file="notes.csv", source="lims", by="user sam")
    assert (made.rows, made.refused, made.state, made.source) == (5, 2, "shown", "LIMS")
    assert [(one.line, one.what) for one in made.refusals.all()] == [
        (4, "person names nobody who could be recognised: give a patient_id, phone or email."),
        (5, "at is a text; it must be a date and time such as 2025-03-04T15:02:11Z."),
    ]
    shown = preview(made)
    assert shown.columns[0] == ("id", True)
    assert shown.columns[-1] == ("clerk", False)
    assert [row.line for row in shown.rows] == [2, 3, 6]
    assert not Note.objects.exists()
    assert list(go_on(made.pk)) == []  # nobody has said that it may begin


def test_every_row_is_taken_or_refused_and_known_again(database: Settings) -> None:
    made = taken(table())
    assert (made.state, counts(made)) == ("done", (3, 0, 0, 2))
    assert not ImportContent.objects.exists()
    formula = Note.objects.get(external_id="n2")
    assert (formula.text, formula.source, formula.extra, formula.issue_key) == (
        '=HYPERLINK("x")', "LIMS", {"clerk": "u7"}, "20391"
    )  # fmt: skip
    last = Note.objects.get(external_id="n5")
    assert (last.text, last.channel, last.extra) == ("-quoted", None, {"clerk": "u8", "channel": "fax"})
    assert Person.objects.count() == 2
    assert NotesSource.objects.get().name == "LIMS"
    assert counts(taken(table())) == (0, 0, 3, 2)
    changed = table(*LINES[:1], LINES[1].replace("u7", "u9"))
    assert counts(taken(changed)) == (0, 1, 1, 0)
    told = ["table handed in", "import begun", "notes imported"]
    assert list(Event.objects.values_list("action", flat=True))[:3] == told


def test_a_note_that_is_another_persons_is_refused_alone(database: Settings) -> None:
    taken(table())
    made = taken(table("n1,P-2,,phone,,,x,\n", "n9,P-2,,phone,,,y,\n"))
    assert counts(made) == (1, 0, 0, 1)
    assert "another person's" in made.refusals.get().what
    assert not Person.objects.filter(identities__value="p-9").exists()


def test_an_import_that_breaks_off_goes_on_where_it_stopped(database: Settings) -> None:
    lines = [f"n{number},P-{number % 7},,phone,2025-03-01,,text,\n" for number in range(90)]
    made = hand_in("notes", table(*lines), file="notes.csv", source="LIMS", by="user sam")
    begin(made.pk, by="user sam")
    assert [one.taken for one in islice(go_on(made.pk), 2)] == [25, 50]
    first, second = go_on(made.pk), go_on(made.pk)  # two pages are open
    assert next(first).taken == 75
    assert [one.state for one in second] == ["done"]
    assert list(first) == []  # the other one was quicker
    made.refresh_from_db()
    assert (made.rows, made.taken, made.new, made.refused) == (90, 90, 90, 0)
    assert Note.objects.count() == 90


def test_what_was_taken_stays_when_the_rest_is_let_go(database: Settings) -> None:
    lines = [f"n{number},P-1,,phone,,,text,\n" for number in range(60)]
    made = hand_in("notes", table(*lines), file="notes.csv", source="LIMS", by="user sam")
    begin(made.pk, by="user sam")
    next(go_on(made.pk))
    drop(made.pk, by="user sam")
    assert list(go_on(made.pk)) == []
    assert Note.objects.count() == 25
    assert not ImportContent.objects.exists()
    with pytest.raises(NotRecorded):
        preview(made)
    with pytest.raises(NotRecorded):
        begin(999, by="user sam")
    with pytest.raises(NotRecorded):
        list(go_on(999))


def test_a_table_nobody_has_taken_in_is_let_go_after_a_day(database: Settings) -> None:
    old = hand_in("notes", table(), file="old.csv", source="LIMS", by="user sam")
    Import.objects.filter(pk=old.pk).update(made_at=old.made_at - imports.FORGOTTEN * 2)
    hand_in("notes", table(), file="new.csv", source="LIMS", by="user sam")
    old.refresh_from_db()
    assert old.state == "dropped"
    assert ImportContent.objects.get().of.file == "new.csv"
    dropped = Event.objects.get(action="import dropped")
    assert (dropped.actor, dropped.subject) == ("system", f"import {old.pk}")


def test_a_table_stands_in_the_log_from_the_moment_it_is_handed_in(database: Settings) -> None:
    made = hand_in("notes", table(), file="notes.csv", source="lims", by="user sam")
    told = Event.objects.get()
    assert (told.actor, told.action, told.subject) == ("user sam", "table handed in", f"import {made.pk}")
    assert told.detail == {"kind": "notes", "file": "notes.csv", "source": "LIMS", "rows": 5, "refused": 2}


def test_what_an_import_brings_is_the_doing_of_who_let_it_begin(database: Settings) -> None:
    made = hand_in(
        "register", table("P-1\n", header="patient_id\n"), file="old.csv", source="the old list", by="user sam"
    )
    begin(made.pk, by="user kim")
    begin(made.pk, by="user lee")  # it had begun
    list(go_on(made.pk))
    assert list(Event.objects.order_by("number").values_list("action", "actor")) == [
        ("table handed in", "user sam"),
        ("import begun", "user kim"),
        ("register entry made", "user kim"),
        ("register imported", "user kim"),
    ]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("id,patint_id,note\n", "Did you mean “patient_id”?"),
        ("id,patient_id,text\n", "Did you mean “note”?"),
        ("id,patient_id,note,Note\n", "The column “note” is there twice."),
        ("patient_id,note\n", "The column “id” is missing."),
        ("id,note\n", "The column “patient_id” or “phone” or “email” is missing."),
    ],
)
def test_a_wrong_column_is_named(database: Settings, header: str, told: str) -> None:
    with pytest.raises(InputError, match="hand the file in again") as refused:
        hand_in("notes", table(header=header), file="notes.csv", source="LIMS", by="user sam")
    assert told in refused.value.what
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("kind", "header", "told"),
    [("notes", HEADER, "which notes system"), ("register", "patient_id,calls\n", "where the wishes were expressed")],
)
def test_a_table_of_which_nobody_says_whence_it_comes_is_refused_at_once(
    database: Settings, kind: str, header: str, told: str
) -> None:
    with pytest.raises(InputError, match=told) as refused:
        hand_in(kind, table(header=header), file="notes.csv", source="", by="user sam")
    assert refused.value.do.startswith("Say so beside the file, or give the table a column")
    assert not Import.objects.exists()


def test_columns_of_a_systems_own_are_kept_however_they_are_called(database: Settings) -> None:
    header = "id,patient_id,note,created_by,contact,phone_type,email_sent,update\n"
    made = taken(table("n1,P-1,Pt called.,u7,yes,cell,no,none\n", header=header))
    assert counts(made) == (1, 0, 0, 0)
    assert Note.objects.get().extra["created_by"] == "u7"
    for header in ("id,patient_id,emial,note\n", "id,patient_id,note,isue\n", "id,patient_id,note,date\n"):
        with pytest.raises(InputError, match="Did you mean"):
            hand_in("notes", table(header=header), file="notes.csv", source="LIMS", by="user sam")


@pytest.mark.parametrize("begins", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_workbook_is_called_one(database: Settings, begins: bytes) -> None:
    with pytest.raises(FileUnreadable, match="workbook") as refused:
        hand_in("notes", begins + b"\0" * 100, file="notes.xlsx", source="LIMS", by="user sam")
    assert "Save it as CSV" in refused.value.do


def test_a_note_that_nothing_could_lead_to_is_refused(database: Settings) -> None:
    lines = ("n1,,1.21256E+10,phone,2025-03-01,,Pt called,\n", "n2,,anonymous,phone,2025-03-01,INV-7,Pt called,\n")
    found = ("n3,,anonymous,phone,2025-03-01,INV-20391,Pt called,\n", "n4,P-1,anonymous,phone,2025-03-01,,Pt called,\n")
    made = hand_in("notes", table(*lines, *found), file="notes.csv", source="LIMS", by="user sam")
    assert [(one.line, one.what) for one in made.refusals.all()] == [(2, LEADS_NOWHERE), (3, LEADS_NOWHERE)]
    begin(made.pk, by="user sam")
    list(go_on(made.pk))
    made.refresh_from_db()
    assert counts(made) == (2, 0, 0, 2)
    assert Person.objects.count() == 2


@pytest.mark.parametrize("content", [b"", b"\n\n", b'"unclosed'])
def test_what_is_no_table_is_said(database: Settings, content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        hand_in("notes", content, file="notes.csv", source="LIMS", by="user sam")


def test_a_table_with_no_rows_is_done_at_once(database: Settings) -> None:
    made = taken(HEADER.encode())
    assert (made.state, made.rows) == ("done", 0)


WISH_HEADER = "patient_id,name,phone,email,calls,messages,mail,since,origin\n"
WISHES = (
    "P-1001,Ana Brook,+16505551212,,yes,no,no,2025-01-02,a letter\n",
    ",Zoe,'+1 650 555 0100 ; +16505550101,,yes,yes,yes,,\n",
    "P-3,,,,no,no,no,,\n",
    "P-4,,,,perhaps,no,no,,\n",
    ",Nobody,,,yes,,,,\n",
    "P-5,,,,yes,,,one day,\n",
)


def test_wishes_are_entered_once(database: Settings) -> None:
    keep(a_call())
    made = taken(table(*WISHES, header=WISH_HEADER), "register", "the old dialer's list")
    assert counts(made) == (2, 0, 0, 4)
    ana, zoe = RegisterEntry.objects.order_by("pk")
    assert (ana.person, ana.calls, ana.messages, ana.origin) == (Person.objects.first(), True, False, "a letter")
    assert ana.since.year == 2025
    assert (zoe.calls and zoe.messages and zoe.mail, zoe.origin) == (True, "the old dialer's list")
    assert {one.value for one in zoe.person.identities.all()} == {"+16505550100", "+16505550101"}
    assert counts(taken(table(*WISHES, header=WISH_HEADER), "register", "again")) == (0, 0, 2, 4)
    assert [one.what for one in ImportRefusal.objects.filter(of=made)] == [
        "No way is closed: calls, messages and mail are all no.",
        "calls must be yes or no.",
        "Nobody is named who could be recognised: give a patient_id, phone or email.",
        "since must be a date such as 2025-03-04.",
    ]


def test_a_wish_needs_to_be_told_where_it_was_expressed(database: Settings) -> None:
    with pytest.raises(InputError, match="where the wishes were expressed"):
        taken(table("P-1\n", header="patient_id\n"), "register", "")
    made = taken(table("P-1,\n", header="patient_id,origin\n"), "register", "")
    assert "where the wish was expressed" in made.refusals.get().what
    made = taken(table("P-1,2025-01-01\n", header="patient_id,withdrawn_at\n"), "register", "x")
    assert made.refusals.get().what == "The wish was withdrawn."


@pytest.mark.parametrize(
    ("phone", "email", "told"),
    [
        ('"212-555-0177, 212-555-0178"', "", "phone holds no telephone number that can be dialled."),
        ("1.21256E+10", "", "phone holds no telephone number that can be dialled."),
        ("2125550100.0; 212-555-0177", "", "phone holds no telephone number that can be dialled."),
        ("sip:+12125550100@pbx", "", "phone holds no telephone number that can be dialled."),
        ("", '"a@example.org, b@example.org"', "email holds no single address, such as zoe@example.com."),
    ],
)
def test_a_wish_that_nobody_could_ask_for_is_refused(database: Settings, phone: str, email: str, told: str) -> None:
    made = taken(table(f"{phone},{email}\n", header="phone,email\n"), "register", "the old list")
    assert (counts(made), made.refusals.get().what) == ((0, 0, 0, 1), told)
    assert not RegisterEntry.objects.exists()


def test_a_wish_closes_the_number_however_it_is_written(database: Settings) -> None:
    lines = ("(212) 555-0100 mobile,\n", "0044 20 7946 0958,\n", ",Zoe <zoe@example.com>\n")
    assert counts(taken(table(*lines, header="phone,email\n"), "register", "the old list")) == (3, 0, 0, 0)
    phone, email = IdentityKind.PHONE, IdentityKind.EMAIL
    asked = [(phone, "+12125550100"), (phone, "+442079460958"), (email, "zoe@example.com")]
    assert all(closed_ways(asked).values())


def test_a_wish_brings_the_words_that_asked_for_it(database: Settings) -> None:
    keep(a_call())
    header = "patient_id,origin,evidence,contact\n"
    lines = ("P-1001,contact,Stop calling. … No letters.,c-1\n", "P-2,contact,'=never,c-9\n")
    assert counts(taken(table(*lines, header=header), "register", "")) == (2, 0, 0, 0)
    ana, other = RegisterEntry.objects.order_by("pk")
    assert [piece["quote"] for piece in ana.evidence] == ["Stop calling.", "No letters."]
    assert (ana.contact and ana.contact.key, ana.origin) == ("c-1", "contact")
    assert [piece["quote"] for piece in other.evidence] == ["=never"]
    assert (other.contact, other.origin) == (None, "contact, c-9"), "it was recorded elsewhere"


ZEROS = "It was taken in, and its patient id is known here only with other zeros at its front."


def test_an_id_that_lost_its_zeros_is_another_patients_and_is_told_of_once(database: Settings) -> None:
    """A program for tables drops them: nothing is merged, and nobody is left to find it out by themselves."""
    taken(table("n1,00123,,phone,2025-03-01T10:00:00Z,INV-1,Pt called,u7\n"))
    lost = "n2,123,,phone,2025-03-02T10:00:00Z,INV-1,Pt called,u7\n"
    more = "n3,123,,phone,2025-03-03T10:00:00Z,INV-1,Pt called,u7\n"
    other = "n4,1230,,phone,2025-03-03T10:00:00Z,INV-1,Pt called,u7\n"
    made = taken(table(lost, more, other))
    assert counts(made) == (3, 0, 0, 0)
    assert [(one.line, one.what) for one in made.refusals.all()] == [(2, ZEROS)]
    assert Note.objects.get(external_id="n2").person != Note.objects.get(external_id="n1").person
    assert not taken(table(lost, more)).refusals.exists()


def test_nor_is_a_wish_for_an_id_without_its_zeros(database: Settings) -> None:
    header = "patient_id,calls,origin\n"
    taken(table("00123,yes,a letter\n", header=header), kind="register", source="")
    made = taken(table("123,yes,a letter\n", "P-123,yes,a letter\n", header=header), kind="register", source="")
    assert (counts(made)[0], [(one.line, one.what) for one in made.refusals.all()]) == (2, [(2, ZEROS)])


@pytest.mark.parametrize(("kind", "most"), [("register", 6), ("notes", 8)])
def test_of_a_row_that_is_known_nothing_is_asked_twice(database: Settings, kind: str, most: int) -> None:
    """A large table is taken in while people work: what its rows ask, others wait for."""
    header, line = "id,patient_id,phone,email,note\n", "n{0},P-{0},+1650555{0},ana{0}@example.com,Pt called.\n"
    lines = [line.format(1000 + number) for number in range(20)]
    taken(table(*lines, header=header), kind=kind)
    few, many = hand_in_again(kind, header, lines[:10]), hand_in_again(kind, header, lines)
    assert many - few <= most * 10


def hand_in_again(kind: str, header: str, lines: list[str]) -> int:
    """How many queries it takes."""
    with CaptureQueriesContext(connection) as queries:
        assert taken(table(*lines, header=header), kind=kind).known == len(lines)
    return len(queries)
