"""Contacts assessed under the shipped policy and recorded, in a few words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.made import call, mail
from watchword.escalation.steps import plan_steps
from watchword.policy.load import load_policy
from watchword.policy.schema import Policy
from watchword.store.record import Recorded, record
from watchword.terms import Assessment, Contact, Person
from watchword.triage.assess import assess

ANA = Person("P-1001", "Ana Brook", "+16505551212", "ana@example.org")
SUES = "My attorney will call you tomorrow."
NO_MORE = "Never contact me again. Stop calling me."


@cache
def policy() -> Policy:
    return load_policy("natera-billing")


def assessed(contact: Contact) -> Assessment:
    return assess(contact, policy())


def keep(contact: Contact, *, is_open: bool = False) -> Recorded:
    assessment = assessed(contact)
    return record(contact, assessment, plan_steps(assessment), source="test", is_open=is_open, actor="test")


def a_call(*said: str, id: str = "c-1", person: Person = ANA) -> Contact:
    return replace(call(*(said or (SUES,))), id=id, person=person)


def a_mail(body: str = SUES, id: str = "m-1", person: Person = ANA) -> Contact:
    return replace(mail(body, subject="My bill"), id=id, person=person)
