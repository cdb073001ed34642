"""What the tests of a call's page share: a call that goes on, and what a click on its page does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.test import Client

from tests.recorded import ANA, a_call
from watchword.store import models
from watchword.terms import Person
from watchword.web import live

FETCH = {"x-requested-with": "fetch"}
PAGE = "/calls/c-1"
FED = "The telephone system writes this call down by itself"


def said(*words: str, id: str = "c-1", person: Person = ANA) -> None:
    """A call that goes on, in which the caller has said this."""
    live.begin(replace(a_call(*words, id=id, person=person), issue="INV-1"), source="test", actor="test")


def do(browser: Client, what: str, key: str = "c-1", /, **given: Any) -> Any:
    """What a click does; a refusal as it is told."""
    answer = browser.post(f"/call/{what}/{key}", given, headers=FETCH)
    return None if answer.status_code == 204 else (answer.status_code, answer.json()["what"])


def step(kind: str = "warm_transfer") -> str:
    return models.Step.objects.get(kind=kind).key


def all_steps() -> list[str]:
    return list(models.Step.objects.values_list("key", flat=True))
