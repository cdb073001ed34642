"""What does not run though something waits for it is said: a page must not look calm because nobody is at work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.connectors.mails import letter
from tests.recorded import a_call, keep, policy
from tests.web.conftest import SignedIn
from tests.web.test_console import text
from watchword.reading.originals import Original, Position
from watchword.receiving import MailDesk
from watchword.settings import Settings
from watchword.store import models
from watchword.store.chain import append_event
from watchword.store.mails import heard
from watchword.store.standstill import BEHIND, SILENCE, STILL, UNREAD, standstill
from watchword.store.webhooks import add_webhook, topics_named
from watchword.triage.assess import assess
from watchword.web.access import Role

NO_WORKER = "no worker is running"
A_WHILE = timedelta(seconds=10)


def step_waits_since(ago: timedelta) -> None:
    keep(a_call())
    step = models.Step.objects.order_by("pk")[0]
    models.Step.objects.filter(pk=step.pk).update(state="planned", try_at=timezone.now() - ago)


def worker_heard(ago: timedelta) -> None:
    models.Worker.objects.update_or_create(name="worker-1", defaults={"heard_at": timezone.now() - ago})


def not_read(name: str = "INBOX of billing at mail.example.org") -> models.MailSource:
    heard(name)
    models.MailSource.objects.filter(name=name).update(looked_at=timezone.now() - UNREAD - A_WHILE)
    return models.MailSource.objects.get(name=name)


def health() -> dict[str, str]:
    answer = Client().get("/health")
    assert answer.status_code == 200
    found: dict[str, str] = answer.json()
    return {name: told for name, told in found.items() if name not in ("service", "database")}


def test_nobody_at_work_is_no_trouble_while_nothing_waits(web: Settings) -> None:
    worker_heard(SILENCE + A_WHILE)
    keep(a_call("Thank you."))
    assert not standstill()
    assert health() == {}


def test_a_step_that_waits_for_a_worker_who_is_not_there(web: Settings, signed_in: SignedIn) -> None:
    step_waits_since(SILENCE + A_WHILE)
    assert standstill().no_worker
    worker_heard(SILENCE + A_WHILE)
    assert standstill().no_worker
    assert health() == {"worker": "not heard"}
    assert NO_WORKER in text(signed_in(Role.SUPERVISOR), "/escalations")
    assert NO_WORKER in text(signed_in(Role.MAIL_AGENT), "/inbox")
    assert NO_WORKER not in text(signed_in(Role.AGENT), "/escalations")
    models.Step.objects.filter(try_at__isnull=False).update(
        try_at=timezone.now() - SILENCE - A_WHILE
    )  # pages took time
    worker_heard(A_WHILE)
    assert not standstill()


def test_a_step_that_lies_still_though_a_worker_is_there(web: Settings, signed_in: SignedIn) -> None:
    step_waits_since(STILL - A_WHILE)
    worker_heard(A_WHILE)
    assert not standstill()
    models.Step.objects.filter(try_at__isnull=False).update(try_at=timezone.now() - STILL - A_WHILE)
    assert standstill().lies_since
    assert health() == {"steps": "not carried"}
    assert "though a worker is running" in text(signed_in(Role.SUPERVISOR), "/escalations")
    assert "though a worker is running" in text(signed_in(Role.MAIL_AGENT), "/inbox")
    assert "though a worker is running" not in text(signed_in(Role.AGENT), "/escalations")


def test_a_step_that_is_being_sent_does_not_lie_still(web: Settings) -> None:
    step_waits_since(STILL + A_WHILE)
    worker_heard(A_WHILE)
    models.Step.objects.filter(try_at__isnull=False).update(held_until=timezone.now() + A_WHILE)
    assert not standstill()


def test_a_step_behind_many_others_lies_still_only_after_long(web: Settings) -> None:
    step_waits_since(STILL + A_WHILE)
    worker_heard(A_WHILE)
    append_event("worker w1", "step send", "step another")
    assert not standstill()
    models.Step.objects.filter(try_at__isnull=False).update(try_at=timezone.now() - BEHIND - A_WHILE)
    assert standstill().lies_since


@pytest.mark.parametrize("is_made", [True, False], ids=["planned", "not-planned-yet"])
def test_a_webhook_that_waits_for_a_worker(web: Settings, is_made: bool) -> None:
    add_webhook("crm", "http://127.0.0.1:9/told", topics_named(["all"]), by="sam")
    assert not standstill()
    keep(a_call())
    models.Step.objects.update(try_at=None)
    if is_made:
        head = models.ChainHead.objects.get().number
        models.Webhook.objects.update(told=head)
        long_ago = timezone.now() - SILENCE - A_WHILE
        webhook = models.Webhook.objects.get()
        models.Delivery.objects.create(webhook=webhook, topic="step.sent", body="{}", try_at=long_ago)
    assert standstill().no_worker
    models.Webhook.objects.update(stopped_at=timezone.now())  # that is told by itself
    assert not standstill()


def test_a_mailbox_that_nobody_reads(web: Settings, signed_in: SignedIn) -> None:
    source = not_read()
    heard("the folder /srv/mails")
    assert health() == {"mail": "not read"}
    boss = signed_in(Role.SUPERVISOR)
    for page in (text(boss, "/escalations"), text(signed_in(Role.MAIL_AGENT), "/inbox")):
        assert f"No mail comes in from {source.name}" in page
        assert "/srv/mails" not in page
    heard(source.name)
    assert not standstill()


def test_a_mailbox_that_is_read_on_and_on_without_an_end_is_read(web: Settings) -> None:
    source = not_read()
    MailDesk(web, policy(), assess).take(Original(letter(1), "a test"), Position(source.name, 1, 1))
    assert not standstill()


def test_a_mailbox_that_is_not_to_be_read_any_more(web: Settings, signed_in: SignedIn) -> None:
    source, boss = not_read(), signed_in(Role.SUPERVISOR)
    address = f"/sources/{source.pk}/forget"
    assert address in text(boss, "/escalations")
    assert signed_in(Role.MAIL_AGENT).post(address).status_code == 403
    boss.post(address)
    assert not standstill()
    assert address not in text(boss, "/escalations")
    boss.post(address)
    assert models.Event.objects.filter(action="mail source forgotten", actor__contains="supervisor").count() == 1
