"""A contact that is recorded here as a note of it, which is read and counted as notes of other systems are.

It says what the contact was about by number, and nothing else that the customer said: notes are shown, and copied into
posts. Where the contact names no issue either, it is for the count to say that it is a doubt.
"""

from __future__ import annotations

from datetime import datetime

from watchword.history.issue_field import issue_references
from watchword.history.references import Reference, references
from watchword.history.same_issue import own_numbers, own_words
from watchword.reading.automatic import is_automatic
from watchword.terms import RECORDED_HERE, Channel, Contact, Note

TOLD = {Channel.PHONE: "Patient called", Channel.EMAIL: "Patient emailed"}
AUTOMATIC = "An automatic mail came."
LONGEST = 4_000  # characters of the customer's own words in which a number is looked for; they say it early
MOST_NAMED = 20  # of a mail with a whole list of invoices


def named_by(contact: Contact) -> frozenset[Reference]:
    """What a contact is about by number: as its issue field says, or else as the customer does."""
    return issue_references(contact.issue) or references(own_words(contact)[:LONGEST], own_numbers(contact.person))


def note_of_recorded(contact: Contact, at: datetime) -> Note:
    """The note that stands for a contact; ``at`` is when it began."""
    if is_automatic(contact):
        return Note(
            contact.id, RECORDED_HERE, AUTOMATIC, contact.channel, at, contact.issue, {"direction": "automated"}
        )
    told = TOLD[contact.channel]
    if not issue_references(contact.issue):
        said = sorted({one.shown for one in named_by(contact)})[:MOST_NAMED]
        told += f": {', '.join(said)}" if said else ""
    return Note(contact.id, RECORDED_HERE, f"{told}.", contact.channel, at, contact.issue, {"direction": "inbound"})
