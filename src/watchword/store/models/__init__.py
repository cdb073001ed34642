"""The tables, a file for each noun."""

from __future__ import annotations

from watchword.store.models.assessments import Assessment, Flag
from watchword.store.models.contacts import Contact, Turn
from watchword.store.models.desk import Chatter, Queue, QueueMove, Ticket, Transfer
from watchword.store.models.escalations import Decision, Escalation, Receipt, Step, Worker
from watchword.store.models.events import ChainHead, Event
from watchword.store.models.imports import Import, ImportContent, ImportRefusal, NotesSource
from watchword.store.models.keys import AccessKey
from watchword.store.models.mails import MailSource, OriginalMail
from watchword.store.models.notes import Note
from watchword.store.models.people import Identity, IdentityKind, Person
from watchword.store.models.register import RegisterEntry
from watchword.store.models.remembered import Remembered
from watchword.store.models.webhooks import Delivery, Webhook

__all__ = [
    "AccessKey",
    "Assessment",
    "ChainHead",
    "Chatter",
    "Contact",
    "Decision",
    "Delivery",
    "Escalation",
    "Event",
    "Flag",
    "Identity",
    "IdentityKind",
    "Import",
    "ImportContent",
    "ImportRefusal",
    "MailSource",
    "Note",
    "NotesSource",
    "OriginalMail",
    "Person",
    "Queue",
    "QueueMove",
    "Receipt",
    "RegisterEntry",
    "Remembered",
    "Step",
    "Ticket",
    "Transfer",
    "Turn",
    "Webhook",
    "Worker",
]
