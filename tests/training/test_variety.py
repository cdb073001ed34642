"""Variety made while training: the same by the same seed, and nothing that changes what a text says."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from training.corpus import UNKNOWN, Item
from training.variety import HEARD, JOINED, LONGEST, _joined, heard, varied

from tests.training.made import item, learnt
from watchword.detection.model.labels import LABELS
from watchword.terms import Channel, Scope

SOME = 3000


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("I'll see you in Court, Mr. O'Neil!", "i'll see you in court mr o'neil"),
        ("It's $40.50 -- again?!", "it's 40 50 again"),
        ("caller: Hello. agent: Yes?", "caller hello agent yes"),
        ("…", ""),
    ],
)
def test_as_speech_recognition_writes_it(written: str, spoken: str) -> None:
    assert heard(written) == spoken


def test_the_same_seed_gives_the_same_and_another_gives_another() -> None:
    one, two = (varied(learnt()[:SOME], random.Random(3), 0.6) for _ in range(2))
    assert one == two
    assert one != varied(learnt()[:SOME], random.Random(4), 0.6)


def test_every_text_stays_in_its_place_and_most_stay_as_they_are() -> None:
    found = varied(learnt()[:SOME], random.Random(3), 0.0)
    assert [one.id for one in found] == [one.id for one in learnt()[:SOME]]
    assert [one.channel for one in found] == [one.channel for one in learnt()[:SOME]]
    same = sum(one == other for one, other in zip(found, learnt()[:SOME], strict=True)) / SOME
    assert 1 - JOINED - HEARD < same < 0.85


def test_a_text_that_grew_fits_into_a_window_and_loses_no_label() -> None:
    grown = 0
    for seed in range(5):
        for one, other in zip(varied(learnt()[:SOME], random.Random(seed), 0.0), learnt()[:SOME], strict=True):
            if len(one.text) > len(other.text):
                grown += 1
                assert len(one.text) <= LONGEST
                assert other.text in one.text
                assert all(label >= was for label, was in zip(one.labels, other.labels, strict=True))
    assert grown > 1000


@pytest.mark.parametrize(
    ("one", "other", "label", "doubt"),
    [(0.5, 0.0, 0.5, 1.0), (0.5, 0.5, 0.5, 1.0), (0.5, 1.0, 1.0, 0.0), (1.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 0.0)],
)
def test_of_a_doubt_and_a_threat_a_threat_remains(one: float, other: float, label: float, doubt: float) -> None:
    for first, second in ((one, other), (other, one)):
        joined = _joined(item("A.", attorney=first), item("B.", attorney=second), random.Random(1))
        assert max(joined.labels) == label
        assert max(joined.doubts) == doubt


def test_texts_are_joined_within_their_channel() -> None:
    phone = [item(f"p{number}") for number in range(200)]
    mails = [item(f"m{number}", channel="email") for number in range(200)]
    for one in varied(phone + mails, random.Random(1), 0.0):
        assert {word[0] for word in one.text.split()} == ({"p"} if one.channel == Channel.PHONE else {"m"})


def joined(one: Item, other: Item) -> list[Item]:
    return [_joined(one, other, random.Random(seed)) for seed in range(20)]


def test_two_texts_are_read_in_either_order_and_carry_what_both_carry() -> None:
    lawyer, doubt = item("My lawyer.", attorney=1.0), item("A scam?", scam=0.5, attorney=0.5)
    found = joined(lawyer, doubt)
    assert {one.text for one in found} == {"My lawyer. A scam?", "A scam? My lawyer."}
    named = dict(zip((label.value for label in LABELS), found[0].labels, strict=True))
    assert {label: level for label, level in named.items() if level} == {"attorney": 1.0, "scam": 0.5}


def test_what_stood_before_one_of_them_keeps_standing_just_before_it() -> None:
    answer = item("Yes, and a good one.", before="agent: A lawyer?", attorney=1.0)
    for found in (*joined(answer, item("Bye.")), *joined(item("Bye."), answer)):
        assert (found.before, found.text) == ("agent: A lawyer?", "Yes, and a good one. Bye.")


def test_texts_that_both_hang_on_something_are_never_joined() -> None:
    both = [item(f"answer {number}", before="agent: Well?") for number in range(300)]
    found = varied(both, random.Random(1), 0.0)
    assert {one.text for one in found} == {one.text for one in both}


def test_a_reason_and_a_scope_are_told_only_where_they_hold_for_both() -> None:
    calls, mail = (tuple(float(scope is one) for scope in Scope) for one in (Scope.CALLS, Scope.MAIL))
    wish, other = item("Stop.", scopes=calls, do_not_contact=1.0), item("No letters.", scopes=mail, do_not_contact=1.0)
    name, plain = item("Sue Miller.", reason=0), item("Hello.", reason=11)
    assert {one.scopes for one in joined(wish, other)} == {None}
    assert {one.scopes for one in joined(wish, plain)} == {calls}
    assert {one.reason for one in joined(name, plain)} == {0}
    assert {one.reason for one in joined(name, wish)} == {UNKNOWN}


def test_a_turn_that_came_alone_is_set_amid_a_call_and_no_mail_is() -> None:
    reply = item("Thanks.", before="agent: It was paid in May.", reason=11)
    threat = replace(item("Yes.", before="agent: A court?", court=1.0), id="threat")
    alone = [item(f"alone {number}") for number in range(50)]
    mails = [item(f"mail {number}", channel="email") for number in range(50)]
    found = varied([reply, threat, *alone, *mails], random.Random(2), 1.0)
    for one in found[2:]:
        if one.channel == Channel.EMAIL:
            assert one.before == ""
        elif not one.before.startswith("agent: "):  # else it was joined with one that had something before it
            assert one.before.startswith("caller: ")
            assert one.before.endswith("agent: It was paid in May.")  # never a reply that a label hangs on
    amid = [one for one in found if one.before.startswith("caller: ")]
    assert len(amid) > 30
    assert not any(any(one.labels) for one in amid if one.text.startswith("alone") and " " not in one.text[6:])


def test_nothing_is_set_amid_a_call_unless_that_is_asked_for() -> None:
    alone = [item(f"alone {number}") for number in range(200)]
    assert {one.before for one in varied(alone, random.Random(2), 0.0)} == {""}
