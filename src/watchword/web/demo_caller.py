"""The demo caller: plays sample calls turn by turn, as fast as people speak, through the same door as real ones.

It is there only where WATCHWORD_DEMO names the samples.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Thread
from uuid import uuid4

from django.db import connections
from django.utils import timezone

from watchword import terms
from watchword.errors import NotRecorded
from watchword.reading.files import read_contacts
from watchword.settings import Settings
from watchword.web import heard, live
from watchword.web.in_force import in_force

log = logging.getLogger(__name__)
SPOKEN = 17.0  # characters a second
BREATH = 0.6  # seconds between turns
SHORTEST, LONGEST = 1.0, 7.0  # seconds that a turn takes
TITLE = 90  # characters of a sample's title


@dataclass(frozen=True, slots=True)
class Sample:
    """A call that can be played."""

    id: str
    title: str
    contact: terms.Contact


def samples() -> tuple[Sample, ...]:
    """The calls that can be played here; none where no samples are set."""
    settings = in_force().settings
    return _read(settings.demo, settings) if settings.demo else ()


@cache
def _read(where: Path, settings: Settings) -> tuple[Sample, ...]:
    found = [one for one in read_contacts([str(where)], settings=settings) if isinstance(one, terms.Contact)]
    return tuple(Sample(one.id, _title(one), one) for one in found if one.channel is terms.Channel.PHONE and one.turns)


def _title(contact: terms.Contact) -> str:
    """Who it is and how they begin."""
    first = next((turn.text for turn in contact.turns if turn.speaker is terms.Speaker.CALLER), "")
    title = f"{contact.person.name or 'Unnamed person'}: {first}"
    return title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"


def play(id: str, *, actor: str, faster: float = 1.0) -> str:
    """Begin to play a sample, and give the key of the new call. Raises NotRecorded when there is none of this id."""
    sample = next((one for one in samples() if one.id == id), None)
    if sample is None:
        raise NotRecorded("There is no such sample.", do="Choose one that is offered.")
    call = replace(sample.contact, id=f"demo-{sample.id}-{uuid4().hex[:6]}", received_at=timezone.now())
    live.begin(replace(call, turns=()), source="demo", actor=actor)
    Thread(target=_speak, args=(call, actor, faster), name="demo caller", daemon=True).start()
    return call.id


def _speak(call: terms.Contact, actor: str, faster: float) -> None:
    try:
        for number, turn in enumerate(call.turns):
            time.sleep(seconds_for(turn.text) / faster)
            said = replace(turn, extra={**turn.extra, heard.PIECE: f"demo {number}"})  # others may type in between
            if not live.add(call.id, [said], actor=actor).is_open:
                return
    except Exception as error:  # it is a demo: the call stays open, and the log says why nothing more is said
        log.error("the demo caller stopped: %s", type(error).__name__)
    finally:
        connections.close_all()


def seconds_for(text: str) -> float:
    """How long it takes to say this."""
    return BREATH + min(LONGEST, max(SHORTEST, len(text) / SPOKEN))
