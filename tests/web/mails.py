"""Mails taken in by the path that all mails take, under a policy that has an agent confirm them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from tests.connectors.mails import letter
from watchword.policy.load import parse_policy
from watchword.policy.schema import Policy
from watchword.reading.originals import Original
from watchword.receiving import MailDesk
from watchword.settings import Settings
from watchword.store import models
from watchword.triage.assess import assess

DOUBT = "What happens if I cannot pay by the date? I do not want to have to go to court over it."
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


__all__ = ["CALM", "DOUBT", "agents_policy", "come_in", "confirmed_by_agents", "letter"]
