"""Labelled contacts as the model meets them, heard by the model that ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from training.bars import NAME
from training.calibrate import UNHEARD, WORDINGS, Tunable, loudness, members
from training.contacts import (
    ACT,
    ASK,
    DEVELOPMENT,
    EITHER,
    NONE,
    Case,
    cases,
    groups,
    labelled,
    plain_cases,
    statements,
)
from training.options import SHIPPED

from tests.training.made import row
from watchword.detection import weigh
from watchword.detection.model.reader import ShippedModel
from watchword.policy.load import load_policy
from watchword.terms import Channel

POLICY = load_policy("natera-billing")
ADDS_NOTHING = dict.fromkeys(WORDINGS, 0.0)
NO_BAR = -30.0  # of gate and sieve: everything is read


@pytest.fixture(scope="module")
def tunable() -> Tunable:
    return Tunable(SHIPPED, NAME, NO_BAR, NO_BAR)


@pytest.fixture(scope="module")
def model(tunable: Tunable) -> ShippedModel:
    return tunable.weighing(1.0)


def flag(kind: str, level: str = ACT, term: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "term": term, "level": level}


def folder(tmp_path: Path, *rows: dict[str, Any]) -> tuple[Path]:
    (tmp_path / "some.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return (tmp_path,)


def call(
    *said: str, flags: tuple[dict[str, Any], ...] = (), optional: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    turns = [{"speaker": "caller", "text": text} for text in said]
    return {
        "id": "c-1",
        "channel": "phone",
        "received_at": "2025-02-03T14:11:40Z",
        "issue": "INV-1",
        "turns": turns,
        "expected": {"flags": list(flags), "optional": list(optional)},
    }


def heard(found: list[Case]) -> dict[str, Case]:
    return {case.group: case for case in found}


def test_a_labelled_contact_says_what_careful_people_expect(tmp_path: Path) -> None:
    flags = flag("keyword", ACT, "attorney"), flag("frustration", ASK)
    ((contact, expected),) = labelled(folder(tmp_path, call("Hello.", flags=flags, optional=(flag("do_not_contact"),))))
    assert (contact.id, len(contact.turns)) == ("c-1", 1)
    assert expected == {"attorney": ACT, "frustration": ASK, "do_not_contact": EITHER}


def test_every_meaning_of_the_channel_is_a_case_and_the_one_that_was_said_is_loudest(
    tmp_path: Path, model: ShippedModel
) -> None:
    said = "I have a lawyer and he will be in touch about this bill."
    found = heard(cases(POLICY, model, folder(tmp_path, call(said, flags=(flag("keyword", ACT, "attorney"),)))))
    assert set(found) == set(groups(POLICY, Channel.PHONE))
    assert {group: case.expected for group, case in found.items() if case.expected != NONE} == {"attorney": ACT}
    loud = {group: loudness(case.heard, ADDS_NOTHING) for group, case in found.items()}
    assert max(loud, key=lambda group: loud[group]) == "attorney"
    (place,) = found["attorney"].heard
    assert place.wording in weigh.IN_SO_MANY_WORDS
    assert place.by_itself is not None  # for it is short


def test_what_was_taken_back_counts_as_not_said(tmp_path: Path, model: ShippedModel) -> None:
    threat = "My attorney is going to write to you about this bill."
    sorted_out = "So I've called my attorney off, there's nothing to fight about any more, you've put it right."
    said = heard(cases(POLICY, model, folder(tmp_path, call(threat))))["attorney"].heard
    taken_back = heard(cases(POLICY, model, folder(tmp_path, call(threat, sorted_out))))["attorney"].heard
    assert (len(said), len(taken_back)) == (1, 0)


def test_long_turns_have_no_bars_for_few_words(tmp_path: Path, model: ShippedModel) -> None:
    said = "I have a lawyer and he will be in touch with you about " + "this very long and old and tiresome bill " * 4
    (place,) = heard(cases(POLICY, model, folder(tmp_path, call(said))))["attorney"].heard
    assert place.by_itself is None


def test_what_is_raised_by_mail_alone_or_by_phone_alone_is_asked_about_there_alone() -> None:
    by_phone, by_mail = groups(POLICY, Channel.PHONE), groups(POLICY, Channel.EMAIL)
    assert {"ceo", "file_complaint", "frustration"} <= set(by_phone) - set(by_mail)
    assert set(by_mail) < set(by_phone)
    assert set(members(POLICY)) == set(by_phone)


@pytest.mark.parametrize(("earlier", "wanted"), [(1, ACT), (2, EITHER)])
def test_where_the_notes_alone_raise_it_nothing_had_to_be_said(
    tmp_path: Path, model: ShippedModel, earlier: int, wanted: str
) -> None:
    told = call("I have called and called.", flags=(flag("repeated_contact"),))
    told["history"] = [
        {"id": f"n{at}", "source": "LIMS", "channel": "phone", "at": f"2025-01-1{at}T10:00:00Z", "issue": "INV-1"}
        | {"note": "Patient called about the bill."}
        for at in range(earlier)
    ]
    assert heard(cases(POLICY, model, folder(tmp_path, told)))["repeated_contact"].expected == wanted


def test_a_statement_is_a_call_after_what_stood_before_or_a_mail(tmp_path: Path) -> None:
    (where,) = folder(
        tmp_path,
        row(1, text="Yes.", agent="Is it a lawyer?", labels={"attorney": ACT}, hard=None),
        row(2, text="Stop writing to me.", channel="email", labels={"do_not_contact": ASK}, hard=None),
    )
    (one, expected), (two, asked) = statements(POLICY, where)
    assert [(turn.speaker.value, turn.text) for turn in one.turns] == [("agent", "Is it a lawyer?"), ("caller", "Yes.")]
    assert expected == {"attorney": ACT}
    assert (two.channel, two.body, asked) == (Channel.EMAIL, "Stop writing to me.", {"do_not_contact": ASK})


def test_of_two_signs_of_one_rule_the_surer_is_expected(tmp_path: Path) -> None:
    labels = {"anger": ACT, "urgency": ASK}
    for given in (labels, dict(reversed(labels.items()))):
        ((_, expected),) = statements(POLICY, *folder(tmp_path, row(1, labels=given, hard=None)))
        assert expected == {"frustration": ACT}


def test_plain_statements_are_heard_as_contacts_are(tmp_path: Path, model: ShippedModel) -> None:
    (where,) = folder(tmp_path, row(1, text="This is a scam.", labels={"scam": ACT}, hard=None))
    found = heard(plain_cases(POLICY, model, where))
    assert found["scam"].expected == ACT
    assert loudness(found["scam"].heard, ADDS_NOTHING) > 0 > loudness(found["bankruptcy"].heard, ADDS_NOTHING) > UNHEARD


def test_the_words_weigh_as_much_as_they_are_told_to(tmp_path: Path, tunable: Tunable) -> None:
    where = folder(tmp_path, call("My attorney will call."))
    none, one, two = (
        heard(cases(POLICY, tunable.weighing(grams), where))["attorney"].heard[0].odds for grams in (0.0, 1.0, 2.0)
    )
    assert one != none
    assert two - one == pytest.approx(one - none)


def test_a_gate_that_lets_nothing_through_leaves_what_is_listed(tmp_path: Path) -> None:
    shut = Tunable(SHIPPED, NAME, 30.0, NO_BAR).weighing(1.0)
    rows = call("He practises and is drafting something for you."), call("My attorney will call.") | {"id": "c-2"}
    unlisted, listed = [case for case in cases(POLICY, shut, folder(tmp_path, *rows)) if case.group == "attorney"]
    assert unlisted.heard == ()
    assert listed.heard


def test_all_that_is_measured_on_reads() -> None:
    found = list(labelled(DEVELOPMENT))
    assert len({contact.id for contact, _ in found}) == len(found) >= 500
    levels = {level for _, expected in found for level in expected.values()}
    assert levels == {ACT, ASK, EITHER}
    assert {name for _, expected in found for name in expected} <= set(groups(POLICY, Channel.PHONE))
    assert len(list(statements(POLICY))) >= 1300
