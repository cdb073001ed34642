"""The only file that knows every room: it opens policies, checks and tests them, and assesses whole files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from watchword.detection.lexicon import lexicon_for, recall_phrases
from watchword.detection.phrases import compile_phrase, plain_wording
from watchword.errors import InputError, PatternError, PolicyError, Problem
from watchword.policy.check import check_policy
from watchword.policy.examples import Tried, as_live, try_examples
from watchword.policy.load import load_policy, parse_policy, read_policy_text
from watchword.policy.removal import Removal, removals, unnoticed_removals
from watchword.policy.schema import Policy
from watchword.policy.source import Source
from watchword.reading.files import read_contacts
from watchword.settings import Settings
from watchword.terms import Assessment, Contact
from watchword.triage.assess import assess

Result = tuple[Contact, Assessment] | InputError


def open_policy(name: str, settings: Settings) -> Policy:
    """A policy ready to assess by. Raises PolicyError when it has an error, PatternError when it cannot be compiled."""
    policy, source = parse_policy(*read_policy_text(name))
    recall_phrases(policy, settings.cache)
    errors = tuple(problem for problem in _problems(policy, source) if problem.severity == "error")
    if errors:
        raise PolicyError(
            f"{source.file} has {len(errors)} error{'s' * (len(errors) > 1)}.",
            do=f"Run  watchword policy check {name}  and mend them.",
            problems=errors,
            place=errors[0].place,
        )
    lexicon_for(policy, settings.cache)
    return policy


def check(name: str) -> tuple[Problem, ...]:
    """Every problem of a policy, of its shape or of what it says. Raises PolicyNotFound."""
    text, file = read_policy_text(name)
    try:
        policy, source = parse_policy(text, file)
    except PolicyError as error:
        return error.problems
    return _problems(policy, source)


def _problems(policy: Policy, source: Source) -> tuple[Problem, ...]:
    return check_policy(policy, source, _phrase_problem)


def _phrase_problem(phrase: str) -> str | None:
    try:
        compile_phrase(phrase)
    except PatternError as error:
        return f"{error.what} {error.do}"
    return None


def run_examples(policy: Policy, settings: Settings) -> list[Tried]:
    """The policy's examples and the answers they get."""
    lexicon_for(as_live(policy), settings.cache)
    return try_examples(policy, assess)


def count_removals(policy: Policy) -> int:
    """How many removals `run_removals` will try."""
    return sum(1 for _ in removals(as_live(policy)))


def run_removals(policy: Policy, step: Callable[[], None] = lambda: None) -> list[Removal]:
    """What could be deleted from the policy without any example noticing."""
    return unnoticed_removals(policy, assess, plain_wording, step)


def assess_files(
    paths: Iterable[str],
    policy: Policy,
    settings: Settings,
    *,
    stdin: BinaryIO | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Result]:
    """Read and assess every contact of the files, in order; what cannot be read comes as an error in its place."""
    for found in read_contacts(paths, settings=settings, stdin=stdin, progress=progress):
        yield found if isinstance(found, InputError) else (found, assess(found, policy))


__all__ = ["assess", "assess_files", "check", "load_policy", "open_policy", "run_examples", "run_removals"]
