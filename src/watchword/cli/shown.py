"""An assessment as people read it on a terminal."""

from __future__ import annotations

from collections import Counter

from watchword.cli.paper import Paper
from watchword.terms import Action, Assessment, Evidence, Flag, Level, SetAside

MOST_QUOTES = 4


class Tally:
    """Counts outcomes, for the closing line."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._set_aside = 0
        self._needs_person = 0

    def add(self, assessment: Assessment) -> None:
        """Count one assessment."""
        self._outcomes[assessment.outcome.value] += 1
        self._set_aside += len(assessment.set_aside)
        self._needs_person += bool(assessment.needs_person)

    def show(self, paper: Paper) -> None:
        """Print the closing line."""
        outcomes = ", ".join(f"{self._outcomes[name]} {name}" for name in ("escalate", "clarify", "clear"))
        paper.line(
            (f"{sum(self._outcomes.values())} contacts", "strong"),
            f": {outcomes}; {self._set_aside} words set aside, {self._needs_person} for a person to look at",
        )


def show(paper: Paper, assessment: Assessment) -> None:
    """Print one assessment as a block."""
    outcome = assessment.outcome.value
    paper.line((assessment.id, "strong"), "  ", (assessment.channel.value, "dim"), "  ", (outcome, outcome))
    for flag in assessment.flags:
        show_flag(paper, flag)
    for flag in assessment.trial:
        show_flag(paper, flag, note="on trial, nothing is sent")
    if assessment.actions:
        surely = assessment.actions[0].level is Level.ESCALATE
        paper.row("do" if surely else "proposed", "; ".join(described(action) for action in assessment.actions))
    for script in filter(None, (assessment.say, *assessment.also_say)):
        paper.row("say", f"“{script}”")
    for aside in assessment.set_aside:
        paper.row("set aside", (_aside(aside), "dim"))
    for reason in assessment.needs_person:
        paper.row("for a person", (reason, "warn"))
    paper.gap()


def show_flag(paper: Paper, flag: Flag, note: str = "") -> None:
    """Print one flag: its words first, then why, then the question."""
    name = (flag.term or flag.kind).replace("_", " ")
    quotes = [_quoted(piece) for piece in flag.evidence]
    shown = ", ".join(quotes[:MOST_QUOTES]) + (
        f" and {len(quotes) - MOST_QUOTES} more" if len(quotes) > MOST_QUOTES else ""
    )
    in_doubt = "?" if flag.level is Level.CLARIFY else ""
    words: list[str | tuple[str, str]] = [(shown, "strong"), "  "] if shown else []
    paper.row(name + in_doubt, *words, (flag.why, "dim"))
    if note:
        paper.row("", (note, "warn"))
    if flag.ask:
        paper.row("ask", f"“{flag.ask}”")


def _quoted(piece: Evidence) -> str:
    place = f"turn {piece.turn}" if piece.turn is not None else piece.note or piece.field.value
    return f"“{piece.quote}” ({place})"


def _aside(aside: SetAside) -> str:
    place = f"turn {aside.turn}" if aside.turn is not None else aside.field.value
    return f"“{aside.quote}” ({place}): {aside.because}"


def described(action: Action) -> str:
    """An action in a few words."""
    match action.kind:
        case "warm_transfer":
            return f"warm transfer to {action.to}{f', {action.phone}' if action.phone else ''}"
        case "ticket":
            scope = f" ({', '.join(action.scope)})" if action.scope else ""
            return f"ticket “{action.type}”{scope} in {action.system}"
        case "queue_transfer":
            return f"move the ticket to “{action.to}”"
        case _:
            return "chatter post"
