"""The light way of a turn: however a call is told, its answer is that of the whole call assessed at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from benchmarks.load.talk import Talk
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.databases import close
from tests.recorded import policy
from tests.web.test_api import API, post
from tests.web.test_calls import say, turn
from watchword import wiring
from watchword.detection.so_far import SoFar
from watchword.errors import NotRecorded
from watchword.settings import Settings
from watchword.store import models
from watchword.store.contacts import contact_of
from watchword.store.storable import plain
from watchword.terms import Channel, Contact, Speaker, Turn
from watchword.triage.assess import assess
from watchword.triage.record import as_record
from watchword.web.in_force import InForce, put_in_force
from watchword.web.kept_calls import forget_all, read

Connect = Callable[..., Client]
ODD = ("", "…", "por favor no me llamen más, gracias señorita", "null \x00 too", "x" * 900)


def talk(seed: int, many: int) -> list[dict[str, Any]]:
    """A call's turns: ordinary talk, flags, and what is hard to read."""
    chance, told = Random(seed), Talk(seed, seed, one_in=4)
    found = []
    for number in range(many):
        said = told.next()
        speaker = chance.choice(["agent", "caller"])
        text = chance.choice(ODD) if chance.random() < 0.1 else said.text
        found.append(turn(number, text, speaker))
    return found


def contact(turns: list[dict[str, Any]]) -> Contact:
    said = tuple(Turn(Speaker(one["speaker"]), plain(one["text"])) for one in turns)
    return Contact("c-1", Channel.PHONE, turns=said)


@pytest.mark.parametrize("seed", range(6))
def test_what_was_found_so_far_never_changes_an_answer(seed: int) -> None:
    decide, said, so_far = wiring.assess_by(Settings()), talk(seed, 40), SoFar()
    for upto in range(1, len(said) + 1, 1 + seed):
        whole = contact(said[:upto])
        assert decide(whole, policy(), so_far=so_far) == decide(whole, policy())


def test_what_was_found_in_another_call_is_not_taken_for_this_one() -> None:
    decide, so_far = wiring.assess_by(Settings()), SoFar()
    first, second = talk(1, 20), talk(2, 20)
    for said in (first, second, first[:5] + second[5:], first[:3], first):
        assert decide(contact(said), policy(), so_far=so_far) == decide(contact(said), policy())
    assert assess(contact(first), policy(), so_far=so_far) == assess(contact(first), policy())


def test_a_model_that_fails_does_not_spoil_what_was_found() -> None:
    class Broken:
        name = "broken"

        def read(self, *_given: Any) -> Any:
            raise RuntimeError

    so_far, whole = SoFar(), contact(talk(3, 20))
    expected = assess(whole, policy())
    assert assess(whole, policy(), so_far=so_far) == expected
    assert assess(whole, policy(), model=Broken(), so_far=so_far).needs_person  # type: ignore[arg-type]
    assert assess(whole, policy(), so_far=so_far) == expected


@pytest.mark.parametrize("seed", range(4))
def test_told_turn_by_turn_by_two_processes_it_is_the_whole_call(
    web: Settings, machine: Connect, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process is what it remembers: now one, now the other is told, and now and then one starts anew."""
    put_in_force(InForce(web, policy(), wiring.assess_by(Settings())))
    crm, chance, said = machine(), Random(seed), talk(seed, 30)
    memories: list[dict[str, Any]] = [{}, {}]
    monkeypatch.setattr("watchword.web.kept_calls.MOST_CALLS", 10)
    post(crm, "/calls", {"id": "c-1"})
    while said:
        many = chance.randint(1, 3)
        _in_process(memories, chance.randrange(2), lambda many=many: say(crm, *said[:many]))  # type: ignore[misc]
        del said[:many]
        if chance.random() < 0.1:
            memories[chance.randrange(2)].clear()
    post(crm, "/calls/c-1/end", {})
    _check("c-1", talk(seed, 30))


def test_a_process_that_begins_anew_writes_a_turn_alone_from_which_nothing_follows(
    web: Settings, machine: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_force(InForce(web, policy(), wiring.assess_by(Settings())))
    crm, said = machine(), talk(5, 8)
    post(crm, "/calls", {"id": "c-1"})
    say(crm, *said)
    turn = {"number": len(said), "speaker": "caller", "text": "All right, one moment please."}
    with monkeypatch.context() as changed:
        changed.setattr("watchword.web.live.go_on", lambda *_given, **_more: pytest.fail("all of it was written again"))
        forget_all()
        assert say(crm, turn)[0] == 200
    forget_all()
    assert say(crm, turn | {"number": len(said) + 1, "text": "I will sue you."})[0] == 200
    newest = models.Assessment.objects.order_by("-number").first()
    assert newest is not None
    assert "legal_action" in {flag["term"] for flag in newest.record["flags"]}
    _check("c-1", [*said, turn, turn | {"number": len(said) + 1, "text": "I will sue you."}])


@pytest.mark.parametrize("how", ["a turn", "the end"])
def test_a_call_that_is_remembered_and_was_taken_out_of_the_database_is_unknown(machine: Connect, how: str) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Good morning.", "agent"))
    models.Turn.objects.all().delete()
    models.Contact.objects.all().delete()  # as by a backup that was put back while the service ran
    status, answer = say(crm, turn(1, "I will sue you.")) if how == "a turn" else post(crm, "/calls/c-1/end", {})
    assert status == 404, answer


def _in_process(memories: list[dict[str, Any]], which: int, act: Callable[[], Any]) -> None:
    from watchword.web import kept_calls

    forget_all()
    kept_calls._kept.update(memories[which])
    status, answer = act()
    assert status == 200, answer
    memories[which] = dict(kept_calls._kept)


def _check(key: str, said: list[dict[str, Any]]) -> None:
    """The call is kept as it was said, and its newest assessment is that of the whole."""
    row = models.Contact.objects.get(key=key)
    kept = contact_of(row)
    assert [(one.speaker, one.text) for one in kept.turns] == [(one["speaker"], plain(one["text"])) for one in said]
    whole = replace(kept, history=None)
    expected = plain(as_record(wiring.assess_by(Settings())(whole, policy())))
    newest = row.assessments.order_by("-number").first()
    assert newest is not None
    assert newest.record == expected


def test_many_tell_the_same_call_and_nothing_is_lost(machine: Connect) -> None:
    crm, said = machine(), talk(5, 24)
    post(crm, "/calls", {"id": "c-1"})

    def tell(upto: int) -> int:
        try:
            return say(crm, *said[:upto])[0]
        finally:
            close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(tell, [3, 6, 9, 12, 12, 15, 18, 21, 24, 24])) == {200}
    kept = crm.get(f"{API}/calls/c-1").json()
    assert [one["text"] for one in kept["turns"]] == [plain(one["text"]) for one in said]
    assert kept["assessment"] == plain(as_record(assess(contact(said), policy())))


def test_an_ordinary_turn_takes_few_queries(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello."), turn(1, "I have a question about my bill."))
    say(crm, turn(2, "Yes, of course.", "agent"))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        say(crm, turn(3, "It says ninety dollars."))
    told = [query["sql"] for query in captured if not query["sql"].startswith("PRAGMA")]
    few = {"sqlite": 5, "postgresql": 2}  # the key; the call as it was, one more turn, and the transaction around them
    assert len(told) == few[connection.vendor], told
    assert models.Assessment.objects.count() == 1


def test_a_turn_that_raises_a_flag_takes_few_queries(machine: Connect) -> None:
    """On PostgreSQL each is a way there and back, for which others wait; the first flag opens the escalation."""
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello."), turn(1, "I have a question about my bill."))
    for number, words, few in (
        (2, "I will talk to my attorney.", {"sqlite": 19, "postgresql": 6}),
        (3, "And I will sue you.", {"sqlite": 22, "postgresql": 6}),
    ):
        with CaptureQueriesContext(connection) as captured:
            say(crm, turn(number, words))
        told = [query["sql"] for query in captured]
        assert len(told) == few[connection.vendor], told
    assert models.Step.objects.count() == 2
    assert models.Event.objects.last() is not None


def test_reading_a_call_anew_takes_few_queries(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello."), turn(1, "I have a question about my bill."))
    with CaptureQueriesContext(connection) as captured:
        known = read("c-1")
    # The call, its turns, the hash of its assessment; PostgreSQL is asked for them at once.
    assert len(captured) == {"sqlite": 3, "postgresql": 1}[connection.vendor]
    assert [one.text for one in known.contact.turns] == ["Hello.", "I have a question about my bill."]
    with pytest.raises(NotRecorded):
        read("c-2")


def test_what_is_remembered_is_not_believed_against_the_database(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello."))
    models.Contact.objects.update(is_open=False)  # by another process
    assert say(crm, turn(0, "Hello."))[1]["is_open"] is False
    assert say(crm, turn(1, "Are you there?"))[0] == 409
    assert models.Turn.objects.count() == 1
