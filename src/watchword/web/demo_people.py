"""What the demo begins with: the sample mails, some of the sample calls as they would be weeks later, and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from watchword import terms
from watchword.reading.files import read_contacts
from watchword.settings import Settings
from watchword.store.notes import take_note
from watchword.web.in_force import in_force
from watchword.wiring import take_in

SOURCE = "demo"
EVERY = 3  # each third call is there from the beginning; all of them can be played


def keep_samples(where: Path, settings: Settings) -> int:
    """Record them all, and give their number."""
    opened = in_force()
    count = 0
    for contact in _chosen(where, settings):
        take_in(contact, opened.policy, opened.decide, source=SOURCE, actor=SOURCE)
        count += 1
    return count


def _chosen(where: Path, settings: Settings) -> Iterator[terms.Contact]:
    """Every mail, and each third call under an id of its own, for it may be played too."""
    calls = 0
    for one in read_contacts([str(where)], settings=settings):
        if not isinstance(one, terms.Contact):
            continue
        for note in one.history.notes if one.history else ():
            take_note(one.person, note)
        if one.channel is terms.Channel.EMAIL:
            yield one
        elif one.turns:
            calls += 1
            if calls % EVERY == 0:
                yield replace(one, id=f"earlier-{one.id}")
