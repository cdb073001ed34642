"""A database as it is after years: people, calls and mails with what was said, decided, carried out and logged.

The same for the same seed and number. Three contacts of twenty were escalated; nearly all of that is long done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from benchmarks.load.talk import AGENT, CALLER
from benchmarks.pages.tables import Table, quickly, settle
from watchword import terms
from watchword.store import models
from watchword.store.chain import HEAD, hash_of

BEGUN = datetime(2021, 1, 4, 8, tzinfo=UTC)
YEARS = 4
AT_ONCE = 20_000
FIRST = (
    "Ana Ben Cleo Dan Eve Finn Gail Hugo Ida Jon Kim Lou Mia Ned Ola Pam Quin Rex Sue Tom Uma Vic Wes Yan Zoe".split()
)
LAST = "Brook Dale Field Grove Heath Hill Lake Marsh Meadow Moor Pond Reed Ridge Shore Stone Vale Wells Wood".split()
STATES = (["done"] * 88) + (["waits for agent"] * 4) + (["needs a person"] * 2) + ["under way"] + (["dismissed"] * 5)
STEP_OF = {
    "done": "confirmed",
    "waits for agent": "waits for agent",
    "needs a person": "needs a person",
    "under way": "planned",
    "dismissed": "cancelled",
}
TYPES = ("Executive Escalation Keywords", "Patient SOS", "Do Not Contact Me")
SOURCES = ("telephony", "mail", "crm")
GIVEN = json.dumps(asdict(terms.Person()))
QUOTE = "my attorney will call you"
FLAG = {
    "kind": "keyword",
    "term": "attorney",
    "level": "escalate",
    "why": "The listed word “attorney” is used.",
    "ask": None,
    "evidence": [{"turn": 1, "field": "turn", "start": 0, "end": 25, "quote": QUOTE}],
}


def fill(contacts: int, seed: int = 1) -> None:
    """Fill an empty, migrated database."""
    quickly()
    made = _Made(contacts, seed)
    for start in range(0, contacts, AT_ONCE):
        with transaction.atomic():
            made.write(range(start, min(contacts, start + AT_ONCE)))
    made.finish()
    settle()


class _Made:
    """What is made, in stretches. Numbers of rows are given here, so that nothing has to be asked for."""

    def __init__(self, contacts: int, seed: int) -> None:
        self.chance = Random(seed)
        self.people = max(1, contacts * 2 // 5)
        self.step = timedelta(days=365 * YEARS) / max(1, contacts)
        self.known = 0  # people so far
        self.escalated = 0
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.tables = {
            "person": Table(models.Person, "id", "name", "name_key"),
            "identity": Table(models.Identity, "person_id", "kind", "value", "shown"),
            "contact": Table(
                models.Contact,
                *("id", "key", "channel", "source", "received_at", "at", "recorded_at", "ended_at", "person_id"),
                *("given_person", "issue", "issue_key", "subject", "body", "outcome"),
            ),
            "turn": Table(models.Turn, "contact_id", "number", "speaker", "text"),
            "note": Table(models.Note, "source", "external_id", "person_id", "channel", "at", "issue", "text"),
            "assessment": Table(
                models.Assessment,
                *("id", "contact_id", "number", "made_at", "outcome", "policy_name", "policy_version", "policy_hash"),
                *("record", "hash"),
            ),
            "flag": Table(models.Flag, "contact_id", "kind", "term", "level", "at"),
            "escalation": Table(
                models.Escalation,
                *("id", "key", "contact_id", "assessment_id", "channel", "outcome", "contact_at", "state"),
                *("opened_at", "changed_at"),
            ),
            "step": Table(
                models.Step,
                *("id", "escalation_id", "name", "key", "kind", "position", "level", "confirm", "state"),
                *("to", "type", "planned_at", "changed_at"),
            ),
            "receipt": Table(models.Receipt, "step_id", "system", "reference", "settled", "at"),
            "queue": Table(models.Queue, "id", "name"),
            "ticket": Table(
                models.Ticket,
                *("id", "key", "type", "queue_id", "contact_id", "subject", "body", "state"),
                *("created_at", "changed_at"),
            ),
            "chatter": Table(models.Chatter, "key", "ticket_id", "text", "by", "at"),
            "entry": Table(
                models.RegisterEntry, "key", "register", "person_id", "calls", "origin", "contact_id", "since"
            ),
            "event": Table(models.Event, "number", "at", "actor", "action", "subject", "detail", "previous", "hash"),
        }
        self.chain = models.ChainHead.objects.get(pk=HEAD)
        self._put("queue", 1, "Bill Review")

    def _put(self, table: str, *row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def write(self, numbers: range) -> None:
        """Make these contacts and everything around them."""
        for number in numbers:
            self._contact(number + 1)
        for name, rows in self.rows.items():
            self.tables[name].write(rows)
        self.rows = {}

    def finish(self) -> None:
        """Let the numbers go on from here."""
        for table in self.tables.values():
            table.catch_up()
        self.chain.save()

    def _person(self, at: str) -> int:
        """Somebody new, or somebody who was here before."""
        if self.known and (self.known >= self.people or self.chance.random() > 0.4):
            return self.chance.randint(1, self.known)
        self.known += 1
        one = self.known
        name = f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"
        self._put("person", one, name, name.casefold())
        for kind, value in (
            ("patient_id", f"p-{one}"),
            ("phone", f"+1555{one:07}"),
            ("email", f"p{one}@example.com"),
        ):
            self._put("identity", one, kind, value, value)
        if one % 3 == 0:
            self._put(
                "note", "LIMS", f"n-{one}", one, "phone", at, f"INV-{one}", "Pt called re bill, sent to insurance."
            )
        if one % 50 == 0:
            self._put("entry", f"entry-{one}", "Do Not Contact", one, True, "by hand", None, at)
        return one

    def _contact(self, one: int) -> None:
        at = _moment(BEGUN + one * self.step)
        person, mail = self._person(at), one % 10 < 3
        escalated = self.chance.random() < 0.15
        channel, outcome, issue = "email" if mail else "phone", "escalate" if escalated else "clear", f"INV-{person}"
        words = ("My bill", f"{QUOTE} about it." if escalated else CALLER[one % len(CALLER)]) if mail else (None, None)
        self._put(
            "contact", one, f"c-{one}", channel, "api", at, at, at, at, person, GIVEN, issue, issue, *words, outcome
        )
        if not mail:
            said = (AGENT[one % len(AGENT)], QUOTE if escalated else CALLER[one % len(CALLER)], "I see.", "Thank you.")
            for number, text in enumerate(said):
                self._put("turn", one, number, "caller" if number % 2 else "agent", text)
        record = _record(one, channel, outcome, escalated)
        self._put("assessment", one, one, 1, at, outcome, "natera-billing", "1", "0" * 64, record, f"{one:064x}")
        self._event(at, f"key {SOURCES[one % 3]}", "contact recorded", f"contact c-{one}", {"outcome": outcome})
        if escalated:
            self._put("flag", one, "keyword", "attorney", "escalate", at)
            self._escalation(one, channel, at, mail)

    def _escalation(self, contact: int, channel: str, at: str, mail: bool) -> None:
        self.escalated += 1
        one, state = self.escalated, self.chance.choice(STATES)
        key = f"{one:032x}"
        self._put("escalation", one, key, contact, contact, channel, "escalate", at, state, at, at)
        kinds = ("queue_transfer", "chatter_post") if mail else ("warm_transfer", "ticket")
        for position, kind in enumerate(kinds):
            step, to = one * 2 + position, "Bill Review" if position == 0 else None
            of_type = TYPES[one % 3] if kind == "ticket" else None
            self._put(
                "step",
                *(step, one, kind, f"{key}:{kind}", kind, position, "escalate", "agent", STEP_OF[state]),
                *(to, of_type, at, at),
            )
            if state == "done":
                self._put("receipt", step, "desk", f"D-{one}", True, at)
                self._event(at, "worker w-1", "step confirm", f"step {key}:{kind}", {"from": "sent"})
        if state == "done":
            ticket_state = "open" if self.chance.random() < 0.1 else "closed"
            filed = ("Email", 1) if mail else (TYPES[one % 3], None)
            subject = "My bill" if mail else f"{TYPES[one % 3]}: somebody"
            self._put("ticket", one, f"{key}:ticket", *filed, contact, subject, "Why: attorney", ticket_state, at, at)
            if mail:
                self._put("chatter", f"{key}:post", one, "Moved because of: attorney", "Watchword", at)

    def _event(self, at: str, actor: str, action: str, subject: str, detail: dict[str, str]) -> None:
        event = models.Event(
            number=self.chain.number + 1,
            at=f"{at.replace(' ', 'T')}+00:00",
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            previous=self.chain.hash,
        )
        event.hash = self.chain.hash = hash_of(event)
        self.chain.number = event.number
        row = (event.number, event.at, actor, action, subject, json.dumps(detail), event.previous, event.hash)
        self._put("event", *row)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _record(one: int, channel: str, outcome: str, escalated: bool) -> str:
    return json.dumps(
        {
            "id": f"c-{one}",
            "channel": channel,
            "outcome": outcome,
            "flags": [FLAG] if escalated else [],
            "actions": [],
            "say": None,
            "set_aside": [],
            "history": {
                "contacts_on_this_issue": 1,
                "counted": [],
                "doubtful": [],
                "left_out": [],
                "sources_read": [],
                "sources_failed": [],
            },
            "policy": {"name": "natera-billing", "version": "1", "hash": "0" * 64},
            "also_say": [],
            "trial": [],
            "needs_person": [],
            "model": "watchword-meaning 8",
        }
    )


def counted() -> Iterator[tuple[str, int]]:
    """How many rows of each kind there are."""
    told = (models.Contact, models.Person, models.Turn, models.Escalation, models.Step, models.Ticket, models.Event)
    for model in told:
        yield f"{model.__name__.lower()} rows", model.objects.count()
