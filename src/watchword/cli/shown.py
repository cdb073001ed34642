"""An assessment as people read it on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from watchword.cli.paper import Paper, counted
from watchword.policy.schema import Policy
from watchword.terms import Assessment, Flag
from watchword.triage.told import aside_told, flag_told, follows_told, words_told

NO_NOTES: Mapping[str, str] = {}


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
            (counted(sum(self._outcomes.values()), "contact"), "strong"),
            f": {outcomes}; {counted(self._set_aside, 'word')} set aside, {self._needs_person} for a person to look at",
        )


def show(
    paper: Paper, assessment: Assessment, policy: Policy, notes: Mapping[str, str] = NO_NOTES, *, placed: bool = True
) -> None:
    """Print one assessment under a policy as a block. ``notes`` holds what is to be said of a kind of flag.

    ``placed`` is false where the words of a single sentence need no place.
    """
    outcome = assessment.outcome.value
    paper.line((assessment.id, "strong"), "  ", (assessment.channel.value, "dim"), "  ", (outcome, outcome))
    for flag in assessment.flags:
        show_flag(paper, flag, policy, note=notes.get(flag.kind, ""), placed=placed)
    for flag in assessment.trial:
        show_flag(paper, flag, policy, note="on trial, nothing is sent", placed=placed)
    for what, told in follows_told(assessment.actions, policy):
        paper.row(what, told)
    for script in filter(None, (assessment.say, *assessment.also_say)):
        paper.row("say", f"“{script}”")
    for aside in assessment.set_aside:
        paper.row("set aside", (aside_told(aside, placed=placed), "dim"))
    for reason in assessment.needs_person:
        paper.row("for a person", (reason, "warn"))
    paper.gap()


def show_flag(paper: Paper, flag: Flag, policy: Policy, note: str = "", *, placed: bool = True) -> None:
    """Print one flag: its words first, then why, then the question."""
    shown = words_told(flag, placed=placed)
    words: list[str | tuple[str, str]] = [(shown, "strong"), "  "] if shown else []
    paper.row(flag_told(flag, policy), *words, (flag.why, "dim"))
    if note:
        paper.row("", (note, "warn"))
    if flag.ask:
        paper.row("ask", f"“{flag.ask}”")
