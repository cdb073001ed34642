"""Tables handed in and out by people: shown first, taken in by pieces, and no cell ever runs."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.recorded import NO_MORE, a_call, keep
from tests.store.test_imports import HEADER, LINES, table
from tests.web.conftest import SignedIn
from tests.web.test_console import EVIL, text
from watchword.store import models
from watchword.store.people import person_for
from watchword.store.register import FROM_CONTACT, enter_by_hand, withdraw
from watchword.terms import Person, Scope
from watchword.web.access import Role


def hand_in(browser: Client, content: bytes, kind: str = "notes", **more: str) -> tuple[int, str]:
    given = {"file": SimpleUploadedFile("notes.csv", content), "source": "LIMS", **more}
    answer = browser.post(f"/imports/{kind}/hand-in", given)
    return answer.status_code, answer.headers.get("Location", "") or answer.content.decode()


def test_a_table_is_shown_and_then_taken_in(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    assert "Import notes" in text(browser, "/people")
    status, address = hand_in(browser, table())
    assert (status, address) == (302, "/imports/1")
    page = text(browser, address)
    for told in ("Take 3 in", "line 4", "line 5", "clerk", "Pt called re bill", "3 can be taken, 2 cannot"):
        assert told in page
    assert not models.Note.objects.exists()
    assert browser.post(f"{address}/begin").status_code == 302
    assert "0 of 5 lines" in text(browser, address)
    part = browser.post(f"{address}/go-on", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "done" in part
    assert browser.post(f"{address}/go-on").status_code == 302  # once more changes nothing
    page = text(browser, address)
    assert "<dt>new</dt><dd>3</dd>" in page
    assert "<dt>refused</dt><dd>2</dd>" in page
    assert "notes.csv" in text(browser, "/imports/notes")
    assert models.Import.objects.get().by == "user supervisor"


def test_who_looked_at_a_table_is_in_the_log_and_on_its_page_who_took_it_in(signed_in: SignedIn) -> None:
    browser, another = signed_in(Role.SUPERVISOR), Client()
    another.force_login(User.objects.create(username="kim"))
    User.objects.get(username="kim").groups.add(Group.objects.get(name=Role.SUPERVISOR.value))
    _, address = hand_in(browser, table())
    for _ in range(2):
        assert "Pt called re bill" in text(another, address)
    seen = models.Event.objects.get(action="import seen")
    assert (seen.actor, seen.subject) == ("user kim", "import 1")
    assert "handed in" in text(another, address)
    assert "by user supervisor" in text(another, address)
    another.post(f"{address}/begin")
    page = text(browser, address)
    assert "taken in by user kim" in page
    assert "user supervisor" not in page.partition('<p class="lead">')[2].partition("</p>")[0]


def test_what_is_shown_without_its_page_is_seen_too(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    _, address = hand_in(browser, table())
    part = browser.post(f"{address}/go-on", headers={"hx-request": "true"}).content.decode()
    assert "Pt called re bill" in part
    assert models.Event.objects.filter(action="import seen", actor="user supervisor").count() == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"id,patint_id,note\n1,2,3\n", "Did you mean “patient_id”?"),
        (b"", "The file is empty."),
        (b"\x00\x01\x02", "The column “id” is missing."),
        (b"id;patient_id;text\n", "Did you mean “note”?"),
    ],
)
def test_a_wrong_table_is_refused_on_the_same_page(signed_in: SignedIn, content: bytes, told: str) -> None:
    status, page = hand_in(signed_in(Role.SUPERVISOR), content)
    assert status == 422
    assert told in page
    assert "Show what is in it" in page
    assert not models.Import.objects.exists()


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [("notes", HEADER, "Notes system"), ("register", "patient_id\n", "Where the wishes were expressed")],
)
def test_where_a_table_comes_from_is_asked_for_by_the_field_of_the_page(
    signed_in: SignedIn, kind: str, header: str, field: str
) -> None:
    status, page = hand_in(signed_in(Role.SUPERVISOR), header.encode(), kind, source="")
    assert status == 422
    assert f"Choose the file again and fill in “{field}”, or give the table a column" in page
    assert f"<label>{field}, where the table has no column" in page
    assert "command line" not in page


def test_no_file_and_no_import(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    assert browser.post("/imports/notes/hand-in", {"source": "LIMS"}).status_code == 422
    assert browser.post("/imports/recipes/hand-in").status_code == 404
    assert browser.get("/imports/recipes").status_code == 404
    assert browser.get("/imports/77").status_code == 404
    for act in ("begin", "go-on"):
        assert browser.post(f"/imports/77/{act}").status_code == 404


def test_a_table_is_let_go(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    _, address = hand_in(browser, table())
    browser.post(f"{address}/drop")
    assert "stopped after 0 of 5 lines" in text(browser, address)
    assert not models.ImportContent.objects.exists()


def test_an_agent_hands_nothing_in_and_takes_nothing_out(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    assert hand_in(browser, table())[0] == 403
    assert browser.get("/register.csv").status_code == 403
    assert "Import" not in text(browser, "/register")


def test_html_in_every_cell_is_shown_and_never_run(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    row = io.StringIO()
    csv.writer(row).writerow([EVIL] * 4 + ["", EVIL, EVIL, EVIL])
    _, address = hand_in(browser, HEADER.encode() + row.getvalue().encode() * 2 + b"n9\n", source=EVIL)
    pages = [text(browser, address), text(browser, "/imports/notes")]
    browser.post(f"{address}/begin")
    browser.post(f"{address}/go-on")
    pages += [text(browser, address), text(browser, "/imports/notes"), text(browser, "/events")]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert models.Note.objects.get().text == EVIL


def rows_out(browser: Client, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"/register.csv{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def entries() -> None:
    keep(a_call(NO_MORE))
    contact = models.Contact.objects.get()
    evidence = [{"quote": "Never contact me again", "turn": 0, "field": "turn", "start": 0, "end": 22}]
    made = enter_by_hand(contact.person, list(Scope), by="test", origin=FROM_CONTACT)
    models.RegisterEntry.objects.filter(pk=made.pk).update(contact=contact, evidence=evidence)
    zoe = person_for(Person(None, "=cmd|' /C calc'!A0", "+16505550100"))
    enter_by_hand(zoe, [Scope.CALLS], by="test", origin="@letter")
    ben = person_for(Person("P-2", "Ben Lake"))
    withdraw(enter_by_hand(ben, [Scope.MAIL], by="test", origin="a fax").pk, by="sam", why="-he asked")


def test_the_register_as_a_table_that_cannot_run(signed_in: SignedIn) -> None:
    entries()
    auditor = signed_in(Role.AUDITOR)
    zoe, ana = rows_out(auditor)
    assert (zoe["name"], zoe["phone"], zoe["origin"]) == ("'=cmd|' /C calc'!A0", "'+16505550100", "'@letter")
    assert (zoe["calls"], zoe["messages"], zoe["mail"]) == ("yes", "no", "no")
    assert (ana["patient_id"], ana["evidence"], ana["contact"]) == ("P-1001", "Never contact me again", "c-1")
    assert [row["patient_id"] for row in rows_out(auditor, "?withdrawn=1")] == ["P-2"]
    assert rows_out(auditor, "?withdrawn=1")[0]["withdrawn_why"] == "'-he asked"
    assert [row["name"] for row in rows_out(auditor, "?find=ana")] == ["Ana Brook"]
    assert models.Event.objects.filter(action="register taken out", actor="user auditor").count() == 4


def test_no_cell_runs_where_a_semicolon_separates_them(signed_in: SignedIn) -> None:
    bob = Person("P-3", "Bob;=HYPERLINK(A1)", "+16505550103")
    enter_by_hand(person_for(bob), [Scope.CALLS], by="test", origin="a letter\n@SUM(A1)\t-1")
    browser = signed_in(Role.SUPERVISOR)
    whole = browser.get("/register.csv").content
    (row,) = rows_out(browser)
    assert (row["name"], row["origin"]) == ("Bob;'=HYPERLINK(A1)", "a letter\n'@SUM(A1)\t'-1")
    models.RegisterEntry.objects.all().delete()
    _, address = hand_in(browser, whole, "register")
    browser.post(f"{address}/begin")
    browser.post(f"{address}/go-on")
    assert browser.get("/register.csv").content == whole
    entry = models.RegisterEntry.objects.get()
    assert (entry.person.name, entry.origin) == ("Bob;=HYPERLINK(A1)", "a letter\n@SUM(A1)\t-1")


def test_a_register_taken_out_and_in_again_is_known(signed_in: SignedIn) -> None:
    entries()
    browser = signed_in(Role.SUPERVISOR)
    whole = browser.get("/register.csv").content
    status, address = hand_in(browser, whole, "register")
    assert status == 302
    browser.post(f"{address}/begin")
    browser.post(f"{address}/go-on")
    made = models.Import.objects.get()
    assert (made.new, made.known, made.refused) == (0, 2, 0)
    assert models.RegisterEntry.objects.count() == 3


def test_what_asked_for_an_entry_comes_in_again_with_it(signed_in: SignedIn) -> None:
    entries()
    browser = signed_in(Role.SUPERVISOR)
    whole = browser.get("/register.csv").content
    models.RegisterEntry.objects.all().delete()
    _, address = hand_in(browser, whole, "register")
    browser.post(f"{address}/begin")
    browser.post(f"{address}/go-on")
    assert browser.get("/register.csv").content == whole
    assert "<q>Never contact me again</q>" in text(browser, "/register")


def test_a_name_that_a_great_many_have_leaves_nobody_out(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchword.web.console.register.MOST_FOUND", 2)
    for number in range(5):
        enter_by_hand(person_for(Person(f"P-{number}", f"Ana {number}")), [Scope.CALLS], by="test", origin="a letter")
    enter_by_hand(person_for(Person("P-9", "Ben", "+16505550100")), [Scope.CALLS], by="test", origin="a letter")
    browser = signed_in(Role.SUPERVISOR)
    assert len(rows_out(browser, "?find=ana")) == 5
    assert text(browser, "/register?find=ana").count('class="row"') == 5
    assert [row["name"] for row in rows_out(browser, "?find=650 555 0100")] == ["Ben"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"phone": "anonymous"}, "phone holds no telephone number that can be dialled."),
        ({"patient_id": "P-1", "email": "nobody"}, "email holds no single address"),
    ],
)
def test_an_entry_by_hand_that_nobody_could_ask_for_is_refused(
    signed_in: SignedIn, given: dict[str, str], told: str
) -> None:
    browser = signed_in(Role.SUPERVISOR)
    answer = browser.post("/register/add", {"origin": "a letter", "way": "calls", **given})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not models.RegisterEntry.objects.exists()


def test_the_register_is_sifted_and_shows_the_words(signed_in: SignedIn) -> None:
    entries()
    browser = signed_in(Role.SUPERVISOR)
    page = text(browser, "/register")
    number = models.Contact.objects.get().pk
    assert f'href="/contacts/{number}#turn-0"><q>Never contact me again</q>' in page
    assert 'id="turn-0"' in text(browser, f"/contacts/{number}")
    for query, names in (
        ("?way=mail", {"Ana Brook"}),
        ("?way=calls&origin=other", {"cmd"}),
        ("?origin=contact", {"Ana Brook"}),
        ("?find=%2B1 650 555 0100", {"cmd"}),
        ("?find=ana@example.org", {"Ana Brook"}),
        ("?withdrawn=1", {"Ben Lake"}),
        ("?way=pigeon", {"Ana Brook", "cmd"}),
    ):
        page = text(browser, f"/register{query}")
        assert {name for name in ("Ana Brook", "cmd", "Ben Lake") if name in page} == names, query
    assert "No entry fits." in text(browser, "/register?find=nobody")


def test_who_searches_the_register_keeps_what_was_chosen_before(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    page = text(browser, "/register?find=ana&way=mail&origin=contact&withdrawn=1")
    search, sift = (form.split("</form>")[0] for form in page.split("<form ")[1:] if 'action="/register"' in form)
    for name, value in (("way", "mail"), ("origin", "contact"), ("withdrawn", "1")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in search
    for name, value in (("find", "ana"), ("withdrawn", "1")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in sift
    assert 'type="hidden"' not in text(browser, "/register").split('role="search"')[1].split("</form>")[0]


def test_an_import_of_the_command_line_is_shown(signed_in: SignedIn) -> None:
    made = models.Import.objects.create(kind="notes", state="running", file="lims.csv", by="command line", taken=50)
    page = text(signed_in(Role.SUPERVISOR), f"/imports/{made.pk}")
    assert "50 lines so far" in page
    assert "go-on" not in page


def test_lines_are_told_by_number(signed_in: SignedIn) -> None:
    assert LINES  # the same rows as the store's own tests
    browser = signed_in(Role.SUPERVISOR)
    wrong = "".join(f"n{number},,,phone,,,x,\n" for number in range(130))
    _, address = hand_in(browser, table(wrong))
    page = text(browser, address)
    assert "line 101" in page
    assert "line 102" not in page
    assert "line 131" in text(browser, f"{address}?after=101")
    assert "disabled" in page  # nothing can be taken
