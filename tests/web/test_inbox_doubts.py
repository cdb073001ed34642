"""A doubt in the inbox is asked about, and never goes with the orders beside it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.recorded import SUES
from tests.web.conftest import SignedIn
from tests.web.mails import DOUBT, come_in, letter, states, text
from watchword.settings import Settings
from watchword.store import models
from watchword.web.access import Role

BOTH = f"{SUES} I get too many calls."
STOP_CONTACTING = "Do you want us to stop contacting you altogether"
PROPOSED, ORDERED = {"level": "clarify"}, {"level": "escalate"}


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.MAIL_AGENT)


def asked_in(row: models.Contact) -> str:
    return str(models.Assessment.objects.get(contact=row).record["flags"][0]["ask"])


def shown(browser: Client, row: models.Contact) -> str:
    """The mail's row in the list."""
    rows = text(browser, "/inbox").split('<li class="mail ')[1:]
    return next(one.split("</li>")[0] for one in rows if f'href="/inbox/{row.pk}?' in one)


def given(row: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([\d:-]+)"', row)
    assert found
    return found[1]


def of(row: models.Contact, **wanted: str) -> set[str]:
    return set(models.Step.objects.filter(escalation__contact=row, **wanted).values_list("state", flat=True))


def test_the_list_asks_about_a_doubt_and_orders_nothing(web: Settings, agent: Client) -> None:
    doubt, order = come_in(web, letter(1, DOUBT), letter(2))
    row = shown(agent, doubt)
    assert asked_in(doubt) in row
    assert "It is meant" in row
    assert "Confirm" not in row
    assert 'name="picked"' not in row
    assert "data-meant" in row
    assert "Confirm" in shown(agent, order)
    assert 'name="picked"' in shown(agent, order)
    page = agent.post("/inbox/confirm", {"meant": given(row, "meant")}, follow=True).content.decode()
    assert "1 mail confirmed" in page
    assert states(doubt) == {"planned"}
    assert states(order) == {"waits for agent"}


def test_what_is_picked_takes_no_doubt_along(web: Settings, agent: Client) -> None:
    doubt, order = come_in(web, letter(1, DOUBT), letter(2))
    rows = shown(agent, doubt), shown(agent, order)
    picked = [given(rows[0], "meant"), given(rows[1], "picked")]
    page = agent.post("/inbox/confirm", {"picked": picked}, follow=True).content.decode()
    assert "1 mail confirmed" in page
    assert (states(doubt), states(order)) == ({"waits for agent"}, {"planned"})


def test_a_doubt_beside_an_order_waits_for_a_word_of_its_own(web: Settings, agent: Client) -> None:
    (mail,) = come_in(web, letter(1, BOTH))
    row = shown(agent, mail)
    assert STOP_CONTACTING in row
    agent.post("/inbox/confirm", {"picked": given(row, "picked")})
    assert (of(mail, **ORDERED), of(mail, **PROPOSED)) == ({"planned"}, {"waits for agent"})
    row = shown(agent, mail)
    assert STOP_CONTACTING in row
    assert "It is meant" in row
    agent.post("/inbox/confirm", {"meant": given(row, "meant")})
    assert states(mail) == {"planned"}


def test_the_page_of_a_mail_confirms_orders_first_and_then_asks(web: Settings, agent: Client) -> None:
    mail, _ = come_in(web, letter(1, BOTH), letter(2))
    page = text(agent, f"/inbox/{mail.pk}")
    assert 'data-press="c">Confirm' in page
    post = models.Step.objects.get(kind="chatter_post", escalation__contact=mail).text
    sent = {"seen": given(page, "seen"), "post": post}
    answer = agent.post(f"/inbox/{mail.pk}/confirm", sent)
    assert answer["Location"].startswith(f"/inbox/{mail.pk}?")  # something of it waits still
    assert (of(mail, **ORDERED), of(mail, **PROPOSED)) == ({"planned"}, {"waits for agent"})
    page = text(agent, f"/inbox/{mail.pk}")
    assert 'data-press="y">It is meant' in page
    assert 'data-press="c"' not in page
    answer = agent.post(f"/inbox/{mail.pk}/confirm", {"seen": given(page, "seen")})
    assert not answer["Location"].startswith(f"/inbox/{mail.pk}?")
    assert states(mail) == {"planned"}


def test_a_doubt_called_off_is_asked_about_no_more(web: Settings, agent: Client) -> None:
    (mail,) = come_in(web, letter(1, BOTH))
    for step in models.Step.objects.filter(**PROPOSED):
        models.Step.objects.filter(pk=step.pk).update(state="cancelled")
    assert STOP_CONTACTING not in shown(agent, mail)
