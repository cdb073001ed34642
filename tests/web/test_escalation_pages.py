"""The pages of escalations: what stands there, what people decide, and who has taken one."""

from __future__ import annotations

import re

import pytest

from tests.recorded import SUES, a_call, keep
from tests.web.conftest import SignedIn
from tests.web.test_console import text
from watchword.store import models
from watchword.store.deliveries import Deliveries
from watchword.store.webhooks import add_webhook, topics_named
from watchword.web.access import Role


def test_every_escalation_with_its_steps(signed_in: SignedIn) -> None:
    recorded = keep(a_call(SUES))
    models.Step.objects.filter(kind="ticket").update(state="needs a person", why="Nothing is connected.")
    browser = signed_in(Role.SUPERVISOR)
    page = text(browser, "/escalations")
    for shown in ("Ana Brook", "attorney", "650.412.8715", "Nothing is connected.", "Try again", "Confirm"):
        assert shown in page
    assert "Ana Brook" not in text(browser, "/escalations?state=done")
    one = text(browser, f"/escalations/{recorded.escalation}")
    assert "My attorney" not in one  # evidence is the exact words and no more
    assert "attorney" in one
    assert browser.get("/escalations/none").status_code == 404
    assert browser.get("/escalations?after=x").status_code == 422


def test_a_proposal_is_let_go_by_the_word_that_it_is_meant(signed_in: SignedIn) -> None:
    """As in the inbox and on a call's page: nobody has said yet that it is an order."""
    recorded = keep(a_call("My brother passed the bar last year, maybe I talk to him."))
    browser = signed_in(Role.SUPERVISOR)
    for address in ("/escalations", f"/escalations/{recorded.escalation}"):
        steps = text(browser, address).split('<ul class="steps')[1].split("</ul>")[0]
        assert steps.count(">It is meant</button>") == 2
        assert "Confirm" not in steps
    for step in models.Step.objects.all():
        browser.post(f"/steps/{step.key}/confirm")
    assert "It is meant" not in text(browser, "/escalations")
    assert {one.word for one in models.Decision.objects.all()} == {"confirm"}


def test_what_people_decide(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    browser = signed_in(Role.SUPERVISOR)
    transfer, ticket = models.Step.objects.order_by("position")
    assert (
        browser.post(f"/steps/{transfer.key}/confirm", {"back": "/escalations"}).headers["Location"] == "/escalations"
    )
    away = browser.post(f"/steps/{ticket.key}/confirm", {"back": "https://example.org/"}).headers["Location"]
    assert away.startswith("/escalations/")
    models.Step.objects.filter(pk=ticket.pk).update(state="needs a person", try_at=None)
    browser.post(f"/steps/{ticket.key}/retry")
    assert models.Step.objects.get(pk=ticket.pk).state == "planned"
    models.Step.objects.filter(pk=ticket.pk).update(state="needs a person", try_at=None)
    browser.post(f"/steps/{ticket.key}/settle", {"reference": "SY-17"})
    assert models.Receipt.objects.get().reference == "SY-17"
    browser.post(f"/steps/{transfer.key}/dismiss", {"reason": "she hung up"})
    assert models.Step.objects.get(pk=transfer.pk).state == "cancelled"
    words = list(models.Decision.objects.values_list("word", "by"))
    assert words == [(word, "user supervisor") for word in ("confirm", "confirm", "retry", "settle", "dismiss")]
    refused = browser.post(f"/steps/{transfer.key}/retry", follow=True).content.decode()
    assert "cannot be tried again" in refused


def test_what_was_raised_since_the_page_was_shown_is_not_called_off_unseen(signed_in: SignedIn) -> None:
    doubt = "I have a legal matter to attend to."
    key = keep(a_call(doubt)).escalation
    browser = signed_in(Role.SUPERVISOR)
    seen = re.search(r'name="seen" value="(\d+)"', text(browser, f"/escalations/{key}"))
    assert seen
    keep(a_call(doubt, SUES))
    step = models.Step.objects.order_by("position")[0]
    given = {"reason": "not meant so", "seen": seen[1]}
    answer = browser.post(f"/steps/{step.key}/dismiss", given, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/escalations/{key}"
    assert "Raised since you looked: attorney (escalate)." in page
    assert f'name="seen" value="{int(seen[1]) + 1}"' in page
    assert "cancelled" not in models.Step.objects.values_list("state", flat=True)
    browser.post(f"/steps/{step.key}/dismiss", given | {"seen": str(int(seen[1]) + 1)})
    step.refresh_from_db()
    assert step.state == "cancelled"


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 40, "\u00b2"])
def test_a_number_that_is_none_calls_nothing_off(signed_in: SignedIn, seen: str) -> None:
    keep(a_call(SUES))
    step = models.Step.objects.order_by("position")[0]
    page = signed_in(Role.SUPERVISOR).post(f"/steps/{step.key}/dismiss", {"seen": seen}, follow=True).content.decode()
    assert "It is not said what was shown." in page
    assert models.Step.objects.get(pk=step.pk).state == "waits for agent"


def test_an_agent_cannot_settle_what_needs_a_person(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    models.Step.objects.update(state="needs a person")
    browser = signed_in(Role.AGENT)
    assert "Try again" not in text(browser, "/escalations")
    key = models.Step.objects.order_by("position")[0].key
    assert browser.post(f"/steps/{key}/retry").status_code == 403


def test_an_escalation_is_taken_and_let_go(signed_in: SignedIn) -> None:
    key = keep(a_call(SUES)).escalation
    agent, boss = signed_in(Role.AGENT), signed_in(Role.SUPERVISOR)
    there = f"/escalations/{key}"
    assert "Nobody has it yet" in text(agent, there)
    for _ in range(2):
        assert "You have it" in agent.post(f"{there}/take", follow=True).content.decode()
    assert "agent has it" in text(boss, there)
    assert "agent has it" in text(boss, "/escalations")
    boss.post(f"{there}/take")
    agent.post(f"{there}/take", {"let_go": ""})  # it is no longer theirs to let go
    assert "supervisor has it" in text(agent, there)
    boss.post(f"{there}/take", {"let_go": ""})
    assert "Nobody has it yet" in text(agent, there)
    assert signed_in(Role.AUDITOR).post(f"{there}/take").status_code == 403
    assert agent.post("/escalations/none/take").status_code in (302, 404)
    events = models.Event.objects.filter(action__startswith="escalation ").exclude(action="escalation seen")
    told = [(event.actor, event.action, event.detail) for event in events.order_by("number")]
    assert told == [
        ("user agent", "escalation taken", {}),
        ("user supervisor", "escalation taken", {"from": "agent"}),
        ("user supervisor", "escalation let go", {}),
    ]


def test_what_another_system_was_not_told_is_shown_and_told_again(signed_in: SignedIn) -> None:
    add_webhook("c<r>m", "http://127.0.0.1:9/told", topics_named(["all"]), by="test")
    boss, agent = signed_in(Role.SUPERVISOR), signed_in(Role.AGENT)
    assert "Tell again" not in text(boss, "/escalations")
    keep(a_call(SUES))
    assert Deliveries().plan()
    for lost in Deliveries(each=9).take(9, "w1"):
        Deliveries().needs_person(lost.id, "it answered 404", stop=True)
    page = text(boss, "/escalations")
    assert "it answered 404" in page
    assert "c&lt;r&gt;m is not told of what happens here" in page
    assert "Tell again" not in text(agent, "/escalations")
    assert agent.post("/webhooks/c<r>m/retry").status_code == 403
    assert "is told again" in boss.post("/webhooks/c<r>m/retry", follow=True).content.decode()
    assert "Tell again" not in text(boss, "/escalations")
    assert set(models.Delivery.objects.values_list("state", flat=True)) == {"planned"}
    assert "no webhook called" in boss.post("/webhooks/none/retry", follow=True).content.decode()
