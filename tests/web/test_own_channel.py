"""Who takes calls decides on calls, who works at the inbox on mails; nobody reads a customer's words unlogged."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.recorded import SUES, a_call, keep
from tests.web.conftest import SignedIn
from tests.web.mails import come_in, letter
from tests.web.test_console import text
from watchword.settings import Settings
from watchword.store import models
from watchword.web.access import Role

WAITS = "waits for agent"


@pytest.fixture
def call_step(web: Settings) -> models.Step:
    keep(a_call(SUES))
    return models.Step.objects.filter(state=WAITS).order_by("position")[0]


@pytest.fixture
def mail(web: Settings) -> models.Contact:
    return come_in(web, letter("My attorney will call you about this bill."))[0]


def seen() -> list[str]:
    return list(models.Event.objects.filter(action="contact seen").values_list("subject", flat=True))


def test_a_mail_agent_lets_nothing_of_a_call_go(signed_in: SignedIn, call_step: models.Step) -> None:
    browser = signed_in(Role.MAIL_AGENT)
    for act, told in (("confirm", {}), ("dismiss", {"reason": "It is settled."})):
        assert browser.post(f"/steps/{call_step.key}/{act}", told).status_code == 403
    call_step.refresh_from_db()
    assert call_step.state == WAITS
    for address in ("/escalations", f"/escalations/{call_step.escalation.key}"):
        page = text(browser, address)
        assert f"/steps/{call_step.key}/" not in page


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_who_takes_calls_may(signed_in: SignedIn, call_step: models.Step, role: Role) -> None:
    browser = signed_in(role)
    assert f"/steps/{call_step.key}/confirm" in text(browser, "/escalations")
    assert browser.post(f"/steps/{call_step.key}/confirm").status_code == 302
    call_step.refresh_from_db()
    assert call_step.state == "planned"


def test_a_phone_agent_decides_on_no_mail_and_reads_none_by_a_form(signed_in: SignedIn, mail: models.Contact) -> None:
    browser = signed_in(Role.AGENT)
    step = models.Step.objects.filter(state=WAITS)[0]
    for address, told in (
        (f"/inbox/{mail.pk}/confirm", {"seen": "nonsense"}),
        (f"/inbox/{mail.pk}/dismiss", {"seen": "nonsense", "reason": "It is settled."}),
        (f"/inbox/{mail.pk}/looked", {}),
        ("/inbox/confirm", {"picked": f"{mail.pk}:{step.pk}"}),
        (f"/steps/{step.key}/confirm", {}),
        (f"/steps/{step.key}/dismiss", {"reason": "It is settled."}),
    ):
        answer = browser.post(address, told)
        assert answer.status_code == 403, address
        assert "attorney" not in answer.content.decode(), address
    assert set(models.Step.objects.values_list("state", flat=True)) == {WAITS}


def test_a_mail_shown_again_because_a_form_was_refused_was_seen(signed_in: SignedIn, mail: models.Contact) -> None:
    browser = signed_in(Role.MAIL_AGENT)
    answer = browser.post(f"/inbox/{mail.pk}/confirm", {"seen": "nonsense"})
    assert answer.status_code == 409
    assert "attorney" in answer.content.decode()
    assert seen() == [f"contact {mail.key}"]


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_step_is_called_off_for_a_reason(signed_in: SignedIn, call_step: models.Step, reason: str) -> None:
    browser: Client = signed_in(Role.SUPERVISOR)
    answer = browser.post(f"/steps/{call_step.key}/dismiss", {"reason": reason}, follow=True)
    assert "It is not said why." in answer.content.decode()
    call_step.refresh_from_db()
    assert call_step.state == WAITS
