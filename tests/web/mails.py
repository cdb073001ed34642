"""Mails taken in by the path that all mails take, under a policy that has an agent confirm them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from django.test import Client

from tests.connectors.mails import letter
from watchword.policy.load import parse_policy
from watchword.policy.schema import Policy
from watchword.reading.originals import Original
from watchword.receiving import MailDesk
from watchword.settings import Settings
from watchword.store import models
from watchword.store.inbox import Group, mails_in
from watchword.triage.assess import assess

DOUBT = "What happens if I cannot pay by the date? I do not want to have to go to court over it."
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>{{ 7|add:7 }}\"'"
CALM = "Thank you for sorting out my bill so quickly."


def confirmed_by_agents() -> str:
    """The shipped policy, with mails that wait for an agent's word."""
    text = (files("watchword.policy") / "shipped" / "natera-billing.yaml").read_text(encoding="utf-8")
    assert "email: automatic" in text
    return text.replace("email: automatic", "email: agent")


@cache
def agents_policy() -> Policy:
    return parse_policy(confirmed_by_agents(), "policy.yaml")[0]


def come_in(settings: Settings, *raws: bytes, policy: Policy | None = None) -> list[models.Contact]:
    """Take mails in, and give their rows in the same order."""
    desk = MailDesk(settings, policy or agents_policy(), assess)
    rows = []
    for raw in raws:
        before = set(models.Contact.objects.values_list("pk", flat=True))
        desk.take(Original(raw, "a test"), None)
        rows.append(models.Contact.objects.exclude(pk__in=before).get())
    return rows


def text(browser: Client, address: str) -> str:
    """A page that must be there."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def waits(row: models.Contact) -> str:
    """What of a mail waits for an agent, as its page hands it in."""
    steps = models.Step.objects.filter(escalation__contact=row, state="waits for agent").order_by("position")
    return "-".join(str(step.pk) for step in steps)


def states(row: models.Contact) -> set[str]:
    """How far a mail's steps are."""
    return set(models.Step.objects.filter(escalation__contact=row).values_list("state", flat=True))


def numbers(group: Group) -> set[int]:
    """The mails of a group."""
    return {row.number for source in mails_in(group) for row in source}


__all__ = [
    "CALM",
    "DOUBT",
    "EVIL",
    "agents_policy",
    "come_in",
    "confirmed_by_agents",
    "letter",
    "numbers",
    "states",
    "text",
    "waits",
]
