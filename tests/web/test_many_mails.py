"""Many mails confirmed at once: each for itself, and none that was not picked."""

from __future__ import annotations

import re

from tests.web.conftest import SignedIn
from tests.web.mails import come_in, letter, states, text, waits
from watchword.settings import Settings
from watchword.store import models
from watchword.store.decide import dismiss
from watchword.web.access import Role


def test_many_that_are_handed_in_twice_went(web: Settings, signed_in: SignedIn) -> None:
    rows = come_in(web, letter(1), letter(2))
    browser = signed_in(Role.MAIL_AGENT)
    given = {"picked": [f"{row.pk}:{waits(row)}" for row in rows]}
    for _ in range(2):
        page = browser.post("/inbox/confirm", given, follow=True).content.decode()
        assert "2 mails confirmed" in page
        assert "Not confirmed" not in page


def test_confirming_on_the_second_page_leads_back_to_it(web: Settings, signed_in: SignedIn) -> None:
    rows = come_in(web, *(letter(number) for number in range(27)))
    browser = signed_in(Role.MAIL_AGENT)
    after = re.search(r"after=([\w=-]+)", text(browser, "/inbox"))
    assert after
    page = text(browser, f"/inbox?show=open&after={after[1]}")
    hidden = dict(re.findall(r'<input type="hidden" name="(show|after)" value="(.*?)">', page))
    assert hidden == {"show": "open", "after": after[1]}
    number, seen = re.findall(r'name="picked" value="(\d+):([\d-]+)"', page)[0]
    answer = browser.post("/inbox/confirm", {"one": f"{number}:{seen}", **hidden}, follow=True)
    assert f"after={after[1].replace('=', '%3D')}" in answer.redirect_chain[0][0]
    assert b"1 mail confirmed" in answer.content
    assert answer.content.count(b'class="mail ') == 2
    models.Escalation.objects.filter(contact__in=sorted(rows, key=lambda row: row.at)[:2]).update(state="done")
    emptied = text(browser, f"/inbox?show=open&after={after[1]}")
    assert emptied.count('class="mail ') == 25  # of a page from which everything has gone the newest are shown
    assert 'name="after"' not in emptied


def test_many_at_once_with_a_stale_one(web: Settings, signed_in: SignedIn) -> None:
    rows = come_in(web, *(letter(number, sender=f"Person {number} <p{number}@example.com>") for number in range(1, 6)))
    picked = [f"{row.pk}:{waits(row)}" for row in rows]
    step = models.Step.objects.filter(escalation__contact=rows[2]).first()
    assert step
    dismiss(step.key, by="user ben", reason="settled")
    browser = signed_in(Role.MAIL_AGENT)
    answer = browser.post("/inbox/confirm", {"picked": [*picked, "x", "1:", f"{10**20}:1", ""]}, follow=True)
    page = answer.content.decode()
    assert "4 mails confirmed" in page
    assert "Person 3" in page.split("Not confirmed")[1].split("</p>")[0]
    assert [states(row) for row in rows if row is not rows[2]] == [{"planned"}] * 4
    assert states(rows[2]) == {"cancelled", "waits for agent"}
    assert b"Person 3" not in answer.redirect_chain[0][0].encode()


def test_the_button_of_one_row_confirms_that_one_alone(web: Settings, signed_in: SignedIn) -> None:
    one, other = come_in(web, letter(1), letter(2))
    signed_in(Role.MAIL_AGENT).post("/inbox/confirm", {"one": f"{one.pk}:{waits(one)}"})
    assert (states(one), states(other)) == ({"planned"}, {"waits for agent"})


def test_what_is_picked_goes_and_not_the_row_whose_button_came_along(web: Settings, signed_in: SignedIn) -> None:
    """Enter on a ticked box presses a form's first button: it says nothing of the row in which that button stands."""
    one, other = come_in(web, letter(1), letter(2))
    given = {"one": f"{one.pk}:{waits(one)}", "picked": f"{other.pk}:{waits(other)}"}
    signed_in(Role.MAIL_AGENT).post("/inbox/confirm", given)
    assert (states(one), states(other)) == ({"waits for agent"}, {"planned"})


def test_the_first_button_among_the_boxes_sends_nothing(web: Settings, signed_in: SignedIn) -> None:
    come_in(web, letter(1), letter(2))
    page = text(signed_in(Role.MAIL_AGENT), "/inbox")
    form = re.search(r'<form[^>]*class="mails">.*?</form>', page, re.DOTALL)
    assert form
    assert re.findall(r"<button[^>]*>", form[0])[0] == '<button formmethod="dialog">'
    assert all('form="one"' in button for button in re.findall(r'<button[^>]*name="one"[^>]*>', page))
