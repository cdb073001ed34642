"""Contacts and notes in a few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watchword.terms import Channel, Contact, History, Note, Person, Speaker, Turn

NOW = datetime(2025, 3, 4, 15, 2, tzinfo=UTC)


def call(*said: str, issue: str | None = None, history: History | None = None) -> Contact:
    """A call in which the caller says these turns; a turn after "agent:" is the agent's."""
    turns = tuple(
        Turn(Speaker.AGENT, words.removeprefix("agent:").strip())
        if words.startswith("agent:")
        else Turn(Speaker.CALLER, words)
        for words in said
    )
    return Contact("c-1", Channel.PHONE, NOW, Person(name="Ana Brook"), issue, turns, history=history)


def mail(body: str, subject: str | None = None, history: History | None = None, issue: str | None = None) -> Contact:
    """A mail."""
    return Contact("m-1", Channel.EMAIL, NOW, Person(name="Ana Brook"), issue, (), subject, body, history)


def notes(*texts: str, issue: str | None = "INV-20391", source: str = "LIMS") -> History:
    """Notes of earlier calls, three days apart."""
    made = tuple(
        Note(f"n{number}", source, text, Channel.PHONE, NOW - timedelta(days=3 * number), issue)
        for number, text in enumerate(texts, 1)
    )
    return History(made, (source,))
