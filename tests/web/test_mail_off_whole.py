"""A mail called off whole takes its doubts along: nobody means them who means nothing of it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.conftest import SignedIn
from tests.web.mails import DOUBT, come_in, letter, states, text
from watchword.settings import Settings
from watchword.store import models
from watchword.store.called_off import called_off, name_of
from watchword.store.inbox import waiting_steps
from watchword.terms import FlagName
from watchword.web.access import Role

SURE_AND_IN_DOUBT = f"My attorney will call you.\n\n{DOUBT}\n\nI get too many calls."
DUPLICATE = "It is a duplicate"


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.MAIL_AGENT)


@pytest.fixture
def mail(web: Settings) -> models.Contact:
    """A mail with a flag that is sure, a doubt that demands the same steps, and one that demands others."""
    (row,) = come_in(web, letter(1, SURE_AND_IN_DOUBT))
    demanded = [{tuple(flag) for flag in step.demanded_by} for step in row.escalation.steps.all()]
    assert {flag for flag in flags(row) if flag[2] == "clarify"} - set().union(*demanded)
    return row


def flags(row: models.Contact, level: str = "") -> set[FlagName]:
    found = (name_of(flag) for flag in models.Escalation.objects.get(contact=row).assessment.record["flags"])
    return {name for name in found if level in ("", name[2])}


def off(row: models.Contact) -> set[FlagName]:
    return flags(row) & called_off(models.Escalation.objects.get(contact=row))


def call_off(agent: Client, row: models.Contact) -> None:
    steps = models.Step.objects.filter(escalation__contact=row).order_by("position")
    agent.post(f"/inbox/{row.pk}/dismiss", {"seen": waiting_steps(steps), "because": DUPLICATE})


def test_every_flag_is_called_off_for_the_same_reason(agent: Client, mail: models.Contact) -> None:
    call_off(agent, mail)
    assert states(mail) == {"cancelled"}
    assert off(mail) == flags(mail)
    assert set(models.Decision.objects.values_list("word", "reason")) == {("dismiss", DUPLICATE)}
    page = text(agent, f"/inbox/{mail.pk}?show=done")
    assert page.count(": called off</span>") == len(flags(mail))


def test_taken_back_they_all_stand_again(agent: Client, mail: models.Contact) -> None:
    call_off(agent, mail)
    steps = models.Step.objects.filter(escalation__contact=mail).order_by("position").values_list("key", flat=True)
    agent.post(f"/inbox/{mail.pk}/take-back", {"step": list(steps), "show": "done"})
    assert states(mail) == {"waits for agent"}
    assert off(mail) == set()


def test_a_doubt_stands_where_something_that_it_asks_for_has_gone(agent: Client, mail: models.Contact) -> None:
    before = off(mail)
    models.Step.objects.filter(escalation__contact=mail, kind="queue_transfer").update(state="confirmed")
    call_off(agent, mail)
    assert states(mail) == {"cancelled", "confirmed"}
    assert before == set()
    assert not flags(mail, "escalate") & off(mail)
    assert flags(mail, "clarify") - off(mail)
