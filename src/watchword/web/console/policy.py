"""The policy page: the guideline as people read it, what is in force, and a box to try a sentence in. Reading only.

Beside it stands what rules on trial raised, with the customers' words: whoever sees that is in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from watchword import terms, wiring
from watchword.errors import InputError, PolicyError, Problem
from watchword.policy.examples import as_live, contact_saying, example_told, examples_of
from watchword.policy.schema import Line, MeaningCondition, Policy, Rule, Status
from watchword.policy.show import RuleTold, rule_told
from watchword.store.chain import saw
from watchword.store.models import Assessment
from watchword.store.policies import used_beside
from watchword.store.trial import COUNTED, raised_on_trial
from watchword.terms import Channel
from watchword.triage.told import aside_told, flag_told, follows_told, words_told
from watchword.web.access import May, needs
from watchword.web.console.common import ROWS, actor, page, refusable
from watchword.web.in_force import in_force

LONGEST_SENTENCE = 2000  # characters tried at a time
GROUPS = (("raise", "Must raise it"), ("ask", "Must ask"), ("leave", "Must leave it"), ("known_gap", "Known gaps"))


@dataclass(frozen=True, slots=True)
class TermShown:
    """One term of a rule: what raises it, and the wordings that its meanings list."""

    term: str | None
    raised_by: list[str]
    wordings: list[
        tuple[str, tuple[str, ...]]
    ]  # under which heading: sounds like, leaves a doubt, means something else


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule as the page shows it."""

    rule: Rule
    told: RuleTold
    terms: list[TermShown]
    examples: list[tuple[str, list[tuple[str, str | None]]]]  # a heading; each example and its reason


@dataclass(frozen=True, slots=True)
class Tried:
    """What a sentence would raise. ``pieces`` is the sentence cut up: text, and "flag", "aside" or nothing."""

    assessment: terms.Assessment
    channel: Channel
    pieces: list[tuple[str, str]]
    flags: list[tuple[str, terms.Flag, str, str]]  # name, flag, its words, and the rule's status unless it is live
    follows: list[tuple[str, str]]  # "do" or "proposed", and what
    asides: list[str]


@dataclass(frozen=True, slots=True)
class FileNow:
    """The policy's file as it stands: whether it says something else than what is in force, and whether it holds."""

    changed: bool
    broken: bool
    problems: list[str]


@needs(May.SEE_POLICY)
@require_GET
@refusable
def policy(request: HttpRequest) -> HttpResponse:
    """The guideline in force, rule by rule."""
    return page(request, "policy", _values())


@needs(May.SEE_POLICY)
@require_GET
@refusable
def trial(request: HttpRequest) -> HttpResponse:
    """What the rules on trial raised, the newest of each: nothing follows from it, and no other list has it."""
    rules = [rule for rule in in_force().policy.rules if rule.status is Status.TRIAL]
    shown = [(rule, raised_on_trial(rule.rule, rule.term_rank, ROWS)) for rule in rules]
    saw(actor(request), "trial seen", "policy")
    return page(request, "trial", {"rules": shown, "counted": COUNTED})


@needs(May.SEE_POLICY)
@require_POST
@refusable
def try_(request: HttpRequest) -> HttpResponse:
    """What a sentence would raise and what would follow. Nothing is stored, and nothing of it is logged."""
    sentence = request.POST.get("sentence", "").strip()
    by_mail = request.POST.get("channel") == Channel.EMAIL.value
    channel = Channel.EMAIL if by_mail else Channel.PHONE
    values: dict[str, object] = {"tried": None, "sentence": sentence, "by_mail": by_mail, "refused": None}
    try:
        values["tried"] = tried(sentence, channel)
    except InputError as error:
        values["refused"] = f"{error.what} {error.do}"
    if getattr(request, "htmx", False):
        return render(request, "console/policy_answer.html", values)
    return render(request, "console/policy.html", {**_values(), **values})


def tried(sentence: str, channel: Channel) -> Tried:
    """The assessment of a sentence, with rules that are drafts or on trial taken as live. Raises InputError."""
    if not sentence:
        raise InputError("Nothing was written.", do="Write what a customer might say.")
    if len(sentence) > LONGEST_SENTENCE:
        raise InputError("This is too long to be tried here.", do=f"Write at most {LONGEST_SENTENCE} characters.")
    opened = in_force()
    assessment = opened.decide(contact_saying(sentence, channel), as_live(opened.policy), None)
    return Tried(
        assessment=assessment,
        channel=channel,
        pieces=list(_pieces(sentence, assessment)),
        flags=[
            (flag_told(flag, opened.policy), flag, words_told(flag, placed=False), _status(flag))
            for flag in assessment.flags
        ],
        follows=list(follows_told(assessment.actions, opened.policy)),
        asides=[aside_told(aside, placed=False) for aside in assessment.set_aside],
    )


def _status(flag: terms.Flag) -> str:
    status = in_force().policy.rule(flag.kind).status
    return "" if status is Status.LIVE else status.value


def _pieces(sentence: str, assessment: terms.Assessment) -> Iterator[tuple[str, str]]:
    """The sentence, cut where words were noticed or set aside; of what overlaps the first is marked."""
    marks = [(piece.start, piece.end, "flag") for flag in assessment.flags for piece in flag.evidence]
    marks += [(aside.start, aside.end, "aside") for aside in assessment.set_aside]
    at = 0
    for start, end, mark in sorted(marks):
        if start >= at:
            yield sentence[at:start], ""
            yield sentence[start:end], mark
            at = end
    yield sentence[at:], ""


def _values() -> dict[str, object]:
    opened = in_force()
    in_use = opened.policy
    now = _now(opened.settings.policy, in_use)
    return {
        "policy": in_use,
        "rules": [_rule(in_use, rule) for rule in in_use.rules],
        "lines": [(line, _instead(in_use, line)) for line in in_use.lines.values()],
        "since": _first_used(in_use.hash),
        "model_off": opened.settings.model == "off",
        "unheard": list(_unheard(in_use)) if opened.settings.model == "off" else [],
        "now": now,
        "beside": used_beside(in_use, opened.opened_at),
        "gaps": sum(len(rule.examples.known_gap) for rule in in_use.rules),
        "channels": list(Channel),
        "longest": LONGEST_SENTENCE,
    }


def _rule(in_use: Policy, rule: Rule) -> RuleShown:
    told = rule_told(in_use, rule)
    by_term = {term: TermShown(term, [], []) for term, _ in told.raised_by}
    for condition, (term, words) in zip(rule.when, told.raised_by, strict=True):
        by_term[term].raised_by.append(words)
        if isinstance(condition, MeaningCondition):
            meaning = in_use.meanings[condition.meaning]
            heads = (
                ("sounds like", meaning.like),
                ("leaves a doubt", meaning.doubtful),
                ("means something else", meaning.unlike),
            )
            by_term[term].wordings.extend((head, phrases) for head, phrases in heads if phrases)
    return RuleShown(rule, told, list(by_term.values()), _examples(rule))


def _unheard(in_use: Policy) -> Iterator[str]:
    """The meanings that list no wording, each with its rule: without the model nothing hears them."""
    for rule in in_use.rules:
        for condition in rule.when if rule.status is not Status.RETIRED else ():
            if isinstance(condition, MeaningCondition) and not in_use.meanings[condition.meaning].has_wordings:
                yield f"{rule.title}: {in_use.meanings[condition.meaning].means}"


def _instead(in_use: Policy, line: Line) -> str:
    """The ticket that is filed when the line is not reached."""
    return in_use.tickets[line.not_reached.ticket].type if line.not_reached else ""


def _examples(rule: Rule) -> list[tuple[str, list[tuple[str, str | None]]]]:
    listed: dict[str, list[tuple[str, str | None]]] = {group: [] for group, _ in GROUPS}
    for group, _, example in examples_of(rule):
        should = f"should {example.should or 'raise'}" if group == "known_gap" else example.because
        listed[group].append((example_told(example), should))
    return [(heading, listed[group]) for group, heading in GROUPS if listed[group]]


def _first_used(hash: str) -> datetime | None:
    """When the first assessment was made under this policy."""
    return Assessment.objects.filter(policy_hash=hash).order_by("made_at").values_list("made_at", flat=True).first()


def _now(name: str, in_use: Policy) -> FileNow:
    """What the policy's file says by now, and what is wrong with it as it stands."""
    try:
        hash, problems = wiring.check_again(name)
    except PolicyError as error:
        return FileNow(changed=True, broken=True, problems=[f"{error.what} {error.do}"])
    broken = any(problem.severity == "error" for problem in problems)
    return FileNow(hash != in_use.hash, broken, [_told(problem) for problem in problems])


def _told(problem: Problem) -> str:
    """A problem with its line and how grave it is, as the check prints it, without the file."""
    line = f"Line {problem.place.line}: " if problem.place.line else ""
    return f"{line}{problem.severity}: {problem.what} {problem.do}"
