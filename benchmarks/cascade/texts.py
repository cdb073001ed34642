"""The texts the cascade is measured on: ordinary service talk, and the labelled calls and mails of the benchmark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.sight.labelled import BENCHMARK, Labelled, read_labelled
from watchword.terms import Channel, Contact, Speaker, Turn

PUBLIC = Path(__file__).parents[3] / "shared" / "data" / "customer_turns.jsonl"
CALM = Path(__file__).parents[2] / "corpus" / "dev" / "ordinary"
AGENT = "Thank you. Is there anything else?"
MOST_CALLS = 600


def ordinary_calls() -> list[Contact]:
    """Ordinary calls: public service talk where it is at hand (the half that no training sees), else the benchmark's.

    The agent's turns, which the public text leaves out, are one friendly sentence.
    """
    if PUBLIC.exists():
        return list(_public())[:MOST_CALLS]
    return [row.contact for row in labelled() if row.hard == "plain" and row.contact.channel is Channel.PHONE]


def _public() -> Iterator[Contact]:
    for number, line in enumerate(PUBLIC.read_text(encoding="utf-8").splitlines()[1::2]):
        said = [text for text in json.loads(line)["turns"] if text.strip()]
        turns = tuple(turn for text in said for turn in (Turn(Speaker.CALLER, text), Turn(Speaker.AGENT, AGENT)))
        if turns:
            yield Contact(f"public-{number}", Channel.PHONE, turns=turns)


def labelled() -> list[Labelled]:
    """The labelled contacts of the benchmark."""
    return list(read_labelled(BENCHMARK))


def growing(call: Contact) -> Iterator[tuple[Contact, Turn]]:
    """A call as it is after each turn of the caller, with that turn."""
    for end, turn in enumerate(call.turns, 1):
        if turn.speaker is Speaker.CALLER:
            yield replace(call, turns=call.turns[:end]), turn


def calm_calls() -> list[Contact]:
    """Ordinary talk of the field that no model has read: one turn of a caller each, after the agent's if it has one."""
    calls = []
    for file in sorted(CALM.glob("*.jsonl")):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            before = (Turn(Speaker.AGENT, row["agent"]),) if row["agent"] else ()
            calls.append(Contact(row["id"], Channel.PHONE, turns=(*before, Turn(Speaker.CALLER, row["text"]))))
    return calls
