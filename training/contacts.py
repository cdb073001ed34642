"""Whole labelled contacts as the model meets them: for each meaning, how loudly it was heard anywhere in one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchword.detection import weigh
from watchword.detection.lexicon import Entry, lexicon_for
from watchword.detection.meaning import Hit, MeaningModel, Reading
from watchword.detection.notice import notice
from watchword.errors import Place
from watchword.history.count import count_contacts
from watchword.policy.examples import contact_of, examples_of
from watchword.policy.schema import Policy
from watchword.reading.contacts import contact_from_json
from watchword.reading.own_words import passages
from watchword.terms import Channel, Contact, Level, Passage

ROOT = Path(__file__).parents[1]
PLAIN = ROOT / "corpus" / "plain"
DEVELOPMENT = tuple(ROOT / "corpus" / name / "contacts" for name in ("dev", "dev2", "dev3", "dev4", "dev5"))
EXPECTED = {"raise": "escalate", "ask": "clarify", "leave": "none"}  # of a policy's example
NONE, ASK, ACT, EITHER = "none", "clarify", "escalate", "either"  # what careful people expect; either: no matter


@dataclass(frozen=True, slots=True)
class Heard:
    """One place where the model was asked about a meaning: its log-odds, and what the wordings there came to."""

    odds: float
    wording: str
    by_itself: tuple[float, float] | None  # as `weigh.by_itself` tells them, if it holds few words
    doubt: float  # its log-odds of an honest doubt


@dataclass(frozen=True, slots=True)
class Case:
    """One meaning in one contact: everything heard of it, and the level that is expected."""

    group: str
    heard: tuple[Heard, ...]
    expected: str


@dataclass
class Listening:
    """Stands in for the model in a contact's assessment and writes down what it says."""

    model: MeaningModel
    name: str = "listening"
    heard: dict[str, list[Heard]] = field(default_factory=dict)

    def read(
        self, passages: Sequence[Passage], hits: Sequence[Hit], meanings: Sequence[Entry], first: int = 0
    ) -> list[Reading]:
        """What the model reads."""
        return self.model.read(passages, hits, meanings, first)

    def weighed(self, entry: Entry, reading: Reading, wording: str) -> float:
        """Write down."""
        odds = reading.odds(entry)
        # As if neither it nor what stood before had been said; where it is used that counts one level less.
        if reading.taken_back and entry.term is not None:
            self.heard[group_of(entry)] = []
            return odds
        few = weigh.by_itself(reading, entry) if weigh.in_few_words(reading) else None
        self.heard.setdefault(group_of(entry), []).append(Heard(odds, wording, few, reading.doubt(entry)))
        return odds

    def level(self, entry: Entry, odds: float) -> Level | None:
        """Nothing is raised."""
        return None

    def level_in_few_words(self, entry: Entry, odds: float, listed: bool) -> Level | None:
        """Nothing is raised."""
        return None

    def is_doubt(self, odds: float) -> bool:
        """Nothing is raised."""
        return False


def cases(policy: Policy, model: MeaningModel, folders: Sequence[Path] = DEVELOPMENT) -> list[Case]:
    """Every meaning that the policy listens for, in every labelled contact of the folders."""
    found: list[Case] = []
    for contact, expected in labelled(folders):
        found += _cases(contact, expected, policy, model)
    return found


def _cases(contact: Contact, expected: dict[str, str], policy: Policy, model: MeaningModel) -> Iterator[Case]:
    by_group = _heard_in(contact, policy, model)
    for group in groups(policy, contact.channel):
        yield Case(group, tuple(by_group.get(group, ())), _wanted(group, contact, expected, policy))


def _heard_in(contact: Contact, policy: Policy, model: MeaningModel) -> dict[str, list[Heard]]:
    listening = Listening(model)
    notice(passages(contact), contact.channel, lexicon_for(policy), listening)
    return listening.heard


def example_cases(policy: Policy, model: MeaningModel) -> list[Case]:
    """The same for the policy's own examples, each a contact of one sentence."""
    found: list[Case] = []
    for rule in policy.rules:
        for kind, _, example in examples_of(rule):
            contact, _ = contact_of(example)
            if example.history is not None or kind not in EXPECTED:
                continue
            by_group = _heard_in(contact, policy, model)
            for group in groups(policy, contact.channel):
                if group in (example.term, rule.rule) or (kind == "leave" and group in by_group):
                    found.append(Case(group, tuple(by_group.get(group, ())), EXPECTED[kind]))
    return found


def plain_cases(policy: Policy, model: MeaningModel, folder: Path = PLAIN) -> list[Case]:
    """The same for short plain statements: each a call of one turn and what was said before it, or a mail."""
    found: list[Case] = []
    for contact, expected in statements(policy, folder):
        found += _cases(contact, expected, policy, model)
    return found


def statements(policy: Policy, folder: Path = PLAIN) -> Iterator[tuple[Contact, dict[str, str]]]:
    """The texts of a folder of the corpus as contacts, with the level expected of each group."""
    group_by_label = {entry.known: group_of(entry) for entry in lexicon_for(policy).meanings}
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            labels = sorted(row["labels"].items(), key=lambda item: item[1] == ACT)  # of two signs, the surer
            yield _statement(row, Place(str(file), number)), {group_by_label[label]: level for label, level in labels}


def _statement(row: Mapping[str, Any], place: Place) -> Contact:
    turns = list(row.get("before") or ())
    if row["agent"]:
        turns = [{"speaker": "agent", "text": row["agent"]}]
    turns.append({"speaker": "caller", "text": row["text"]})
    said = {"turns": turns} if row["channel"] == Channel.PHONE else {"subject": "", "body": row["text"]}
    return contact_from_json({"id": row["id"], "channel": row["channel"], **said}, place=place)


def labelled(folders: Sequence[Path]) -> Iterator[tuple[Contact, dict[str, str]]]:
    """Contacts with the level expected of each group; optional flags are `either`."""
    for folder in folders:
        for file in sorted(folder.glob("*.jsonl")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                row = json.loads(line)
                expected = row.pop("expected")
                levels = {_name(flag): EITHER for flag in expected.get("optional") or ()}
                levels |= {_name(flag): flag["level"] for flag in expected["flags"]}
                yield contact_from_json(row, place=Place(str(file), number)), levels


def _name(flag: dict[str, str]) -> str:
    return flag.get("term") or flag["kind"]


def group_of(entry: Entry) -> str:
    """The name by which careful people label what an entry raises: its term, or its rule."""
    return entry.term or entry.rule


def groups(policy: Policy, channel: Channel) -> tuple[str, ...]:
    """The groups that can be raised on a channel."""
    return tuple(dict.fromkeys(group_of(one) for one in lexicon_for(policy).meanings if channel in one.channels))


def _wanted(group: str, contact: Contact, expected: dict[str, str], policy: Policy) -> str:
    """The level expected; `either` where the notes alone raise the flag, for then nothing was said."""
    wanted = expected.get(group, NONE)
    if wanted != NONE and group == "repeated_contact" and policy.counting and contact.history:
        count = count_contacts(contact, contact.history, policy.counting, policy.notes_from)
        if count.contacts_on_this_issue + len(count.doubtful) >= policy.counting.at_least:
            return EITHER
    return wanted
