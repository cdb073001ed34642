"""A term is read as the policy has it read, on every page and in a post; what programs are told is its name."""

from __future__ import annotations

from tests.recorded import a_call, a_mail, assessed, keep
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said
from tests.web.test_call_back import carried
from tests.web.test_console import text
from watchword.settings import Settings
from watchword.store import models
from watchword.triage.record import as_record
from watchword.web.access import Role
from watchword.web.console.marks import flag_of

BUREAU = "I will report you to the Better Business Bureau."


def test_on_the_pages(signed_in: SignedIn) -> None:
    said(BUREAU)
    row, browser = models.Contact.objects.select_related("escalation").get(), signed_in(Role.SUPERVISOR)
    pages = [PAGE, "/calls", "/escalations", f"/escalations/{row.escalation.key}"]
    for page in (*pages, f"/people/{row.person_id}", f"/contacts/{row.pk}"):
        shown = text(browser, page)
        assert ">BBB<" in shown, page
        assert ">bbb<" not in shown, page
    assert '<mark class="escalate" title="BBB">' in text(browser, PAGE)
    policy = text(browser, "/policy")
    assert '<b class="term">BBB</b>' in policy
    assert '<b class="term">CEO</b>' in policy
    assert '<b class="term">social media</b>' in policy


def test_in_a_ticket(signed_in: SignedIn) -> None:
    said(BUREAU)
    browser = signed_in(Role.AGENT)
    assert "Why: BBB: " in text(browser, PAGE)
    assert do(browser, "confirm", step=all_steps()) is None
    carried()
    ticket = models.Ticket.objects.get()
    assert "Why: BBB: " in ticket.body
    assert "Why: BBB: " in text(browser, f"/desk/{ticket.pk}")


def test_in_a_ticket_of_what_was_recorded_without_it(signed_in: SignedIn) -> None:
    said(BUREAU)
    row = models.Assessment.objects.get()
    del row.record["flags"][0]["read_as"]
    row.save()
    assert "Why: bbb: " in text(signed_in(Role.AGENT), PAGE)


def test_of_a_flag_that_somebody_decided_about(web: Settings) -> None:
    assert flag_of(["keyword", "bbb", "escalate"]) == "BBB"
    assert flag_of(["repeated_contact", None, "escalate"]) == "repeated contact"


def test_in_a_post_and_not_in_what_programs_read(signed_in: SignedIn) -> None:
    keep(a_mail(BUREAU))
    assert "Rule: Key Words, BBB (" in (models.Step.objects.get(kind="chatter_post").text or "")
    assert ">BBB<" in text(signed_in(Role.MAIL_AGENT), "/inbox")
    assert "bbb" in [flag["term"] for flag in as_record(assessed(a_call(BUREAU)))["flags"]]
