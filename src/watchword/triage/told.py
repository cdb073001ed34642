"""An assessment in words: the same on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterator

from watchword.policy.phone import shown
from watchword.policy.schema import Policy
from watchword.reading.html_text import words_shown
from watchword.terms import Action, Evidence, Flag, Level, SetAside, turn_told

MOST_QUOTES = 4


def name_told(name: str, policy: Policy) -> str:
    """A term or a kind as people read it: as the policy has it read, or else its name as words."""
    return policy.terms.get(name) or name.replace("_", " ")


def flag_told(flag: Flag, policy: Policy) -> str:
    """A flag's name: its term, or its kind; with a question mark while it is in doubt."""
    return name_told(flag.term or flag.kind, policy) + ("?" if flag.level is Level.CLARIFY else "")


def words_told(flag: Flag, *, placed: bool = True) -> str:
    """The words that raised a flag, each with its place; nothing for a flag without any.

    ``placed`` is false where a single sentence was tried, and its place tells nothing.
    """
    quotes = [_quoted(piece, piece.note or place_told(piece), placed) for piece in flag.evidence]
    more = f" and {len(quotes) - MOST_QUOTES} more" if len(quotes) > MOST_QUOTES else ""
    return ", ".join(quotes[:MOST_QUOTES]) + more


def _quoted(piece: Evidence | SetAside, place: str, placed: bool) -> str:
    return f"“{words_shown(piece.quote)}”" + (f" ({place})" if placed else "")


def place_told(piece: Evidence | SetAside) -> str:
    """Where in a contact words stand."""
    return place_of(piece.field.value, piece.turn, piece.attachment)


def place_of(field: str, turn: int | None = None, attachment: str | None = None, **_: object) -> str:
    """The same of words as a record keeps them."""
    if attachment is not None:
        return f"in the attachment {attachment}"
    return turn_told(turn) if turn is not None else field


def aside_told(aside: SetAside, *, placed: bool = True) -> str:
    """A word that was set aside, where it stands and why."""
    return f"{_quoted(aside, place_told(aside), placed)}: {aside.because}"


def action_told(action: Action, policy: Policy) -> str:
    """An action in a few words; a number as the policy writes it."""
    match action.kind:
        case "warm_transfer":
            line = policy.line_named(action.to)
            number = shown(line.phone if line else None, action.phone)
            return f"warm transfer to {action.to}{f', {number}' if number else ''}"
        case "ticket":
            scope = f" ({', '.join(action.scope)})" if action.scope else ""
            return f"ticket “{action.type}”{scope} in {action.system}"
        case "queue_transfer":
            return f"move the ticket to “{action.to}”"
        case _:
            return "chatter post"


def follows_told(actions: tuple[Action, ...], policy: Policy) -> Iterator[tuple[str, str]]:
    """What is to be done, and what is proposed while a question is open, in words."""
    for level, what in ((Level.ESCALATE, "do"), (Level.CLARIFY, "proposed")):
        told = [action_told(action, policy) for action in actions if action.level is level]
        if told:
            yield what, "; ".join(told)
