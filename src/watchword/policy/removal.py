"""Testing a policy by removal: what could be deleted without any example noticing?

A word that is merely used by some example is not yet tested by it. So each word, wording, exception, channel limit and
number is taken away in turn, and the examples must object. A wording of a meaning is its own example: said by itself it
must be seen, and no longer be seen when it is gone.

A meaning that lists no wording is heard by the model alone, and so are its limits: without the model no example could
notice that they are gone.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from watchword.policy.examples import Assess, Tried, as_live, contact_saying, try_examples
from watchword.policy.schema import ContactsCondition, MeaningCondition, Policy, Rule, Status, WordsCondition
from watchword.terms import Assessment, Channel

Path = tuple[str | int, ...]
PlainWording = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Removal:
    """One change to a policy that its examples must notice."""

    path: Path
    what: str
    change: Callable[[Any], None]  # edits the policy as plain values, in place
    rules: frozenset[str]  # the rules whose examples can notice
    wording: str | None = None  # a meaning's wording, which is an example of itself
    by_model: bool = False  # whether nothing but the model can notice


def unnoticed_removals(
    policy: Policy,
    assess: Assess,
    with_model: Assess,
    plain_wording: PlainWording,
    step: Callable[[], None] = lambda: None,
) -> list[Removal]:
    """The removals that no example notices, in the order of the file. ``step`` is called after each one tried."""
    live = as_live(policy)
    before = {rule.rule: try_examples(live, assess, rule.rule) for rule in live.rules}
    heard = {rule: try_examples(live, with_model, rule) for one in removals(live) if one.by_model for rule in one.rules}
    values = live.model_dump(mode="json", by_alias=True)
    missed = []
    for removal in removals(live):
        changed = _without(values, removal)
        answered, by = (heard, with_model) if removal.by_model else (before, assess)
        noticed = any(_answers(answered[rule]) != _answers(try_examples(changed, by, rule)) for rule in removal.rules)
        alone = removal.wording is not None and not _same_alone(removal, live, changed, assess, plain_wording)
        if not (noticed or alone):
            missed.append(removal)
        step()
    return missed


def _without(values: dict[str, Any], removal: Removal) -> Policy:
    changed = copy.deepcopy(values)
    removal.change(changed)
    return Policy.model_validate(changed)


def _answers(tried: list[Tried]) -> list[str]:
    return [one.got for one in tried]


def _same_alone(removal: Removal, live: Policy, changed: Policy, assess: Assess, plain_wording: PlainWording) -> bool:
    """Whether the wording, said by itself, gets the same answer with and without it."""
    said = plain_wording(removal.wording or "")
    for channel in Channel:
        contact = contact_saying(said, channel)
        if _seen(assess(contact, live, None), removal) != _seen(assess(contact, changed, None), removal):
            return False
    return True


def _seen(assessment: Assessment, removal: Removal) -> list[tuple[str, str | None, str]]:
    return [(flag.kind, flag.term, flag.level) for flag in assessment.flags if flag.kind in removal.rules]


def removals(policy: Policy) -> Iterator[Removal]:
    """Every removal to be tried on a policy."""
    for index, rule in enumerate(policy.rules):
        if rule.status is not Status.RETIRED:
            yield from _of_conditions(policy, rule, ("rules", index))
            yield from _of_exceptions(rule, ("rules", index))
            yield from _of_scopes(rule, ("rules", index))
    yield from _of_meanings(policy)


def _of_conditions(policy: Policy, rule: Rule, path: Path) -> Iterator[Removal]:
    only = frozenset({rule.rule})
    for number, condition in enumerate(rule.when):
        at = (*path, "when", number)
        if isinstance(condition, WordsCondition):
            for which, word in enumerate(condition.words):
                yield Removal((*at, "words", which), f'the word "{word}"', _delete((*at, "words"), which), only)
        unlisted = isinstance(condition, MeaningCondition) and not policy.meanings[condition.meaning].has_wordings
        if set(condition.channels) != set(Channel):
            what, change = f"the limit to {' and '.join(condition.channels)}", _set((*at, "channels"), list(Channel))
            yield Removal((*at, "channels"), what, change, only, by_model=unlisted)
        if isinstance(condition, MeaningCondition) and condition.at_least:
            what, change = "the number in at_least", _set((*at, "at_least"), None)
            yield Removal((*at, "at_least"), what, change, only, by_model=unlisted)
        if isinstance(condition, ContactsCondition):
            yield from _of_count(condition, (*at, "contacts"), only)


def _of_count(condition: ContactsCondition, at: Path, only: frozenset[str]) -> Iterator[Removal]:
    count = condition.contacts
    for number in (count.at_least - 1, count.at_least + 1):
        if number >= 2:
            what = f"at_least {count.at_least} made {number}"
            yield Removal((*at, "at_least"), what, _set((*at, "at_least"), number), only)
    if count.about == "same issue":
        yield Removal((*at, "about"), "the limit to the same issue", _set((*at, "about"), "any issue"), only)
    if len(count.through) > 1:
        for channel in count.through:
            kept = [other for other in count.through if other is not channel]
            yield Removal((*at, "through"), f"{channel} in through", _set((*at, "through"), kept), only)
    if count.days is not None:
        yield Removal((*at, "within"), "the time limit", _set((*at, "within"), "any time"), only)


def _of_exceptions(rule: Rule, path: Path) -> Iterator[Removal]:
    for number, exception in enumerate(rule.unless):
        for which, phrase in enumerate(exception.phrases):
            at = (*path, "unless", number, "phrases")
            yield Removal((*at, which), f'the exception "{phrase}"', _delete(at, which), frozenset({rule.rule}))


def _of_scopes(rule: Rule, path: Path) -> Iterator[Removal]:
    for scope in rule.scopes:
        at = (*path, "scopes")
        yield Removal((*at, scope), f"the scope {scope}", _delete(at, scope.value), frozenset({rule.rule}))


def _of_meanings(policy: Policy) -> Iterator[Removal]:
    for name, meaning in policy.meanings.items():
        users = frozenset(
            rule.rule
            for rule in policy.rules
            for condition in rule.when
            if isinstance(condition, MeaningCondition) and condition.meaning == name
        )
        for group in ("like", "doubtful", "unlike"):
            for number, written in enumerate(getattr(meaning, group)):
                at = ("meanings", name, group)
                own = None if group == "unlike" else written
                yield Removal((*at, number), f'the wording "{written}"', _delete(at, number), users, own)


def _delete(path: Path, key: str | int) -> Callable[[Any], None]:
    """Delete one item; where a condition or an exception would be left without words, delete it as a whole."""

    def change(values: Any) -> None:
        holder = _at(values, path)
        if len(holder) == 1 and path[-1] in ("words", "phrases"):
            del _at(values, path[:-2])[path[-2]]
        else:
            del holder[key]

    return change


def _set(path: Path, value: Any) -> Callable[[Any], None]:
    def change(values: Any) -> None:
        _at(values, path[:-1])[path[-1]] = value

    return change


def _at(values: Any, path: Path) -> Any:
    for part in path:
        values = values[part]
    return values
