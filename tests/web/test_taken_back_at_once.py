"""Two people take a wrong patient id back in the same moment: one does it, the other is told who was quicker."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Lock
from typing import Any

import pytest
from django.test import Client

from tests.databases import close
from tests.recorded import NO_MORE, SUES
from tests.store.test_struck_meanwhile import apart, done_or_waiting
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said
from tests.web.test_call_back import carried
from tests.web.test_call_not_theirs import DORA, HELLO, NOTES, PHONE, WRONG, call, counted, known_by, whose
from tests.web.test_console import text
from watchword.store import mistaken, models, taught
from watchword.store.chain import verify_events
from watchword.store.notes import take_note
from watchword.store.struck import strike_named
from watchword.web import live
from watchword.web.access import Role

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite one writes at a time
DONE = "patient id taken back"


@pytest.fixture
def both(signed_in: SignedIn) -> tuple[Client, Client]:
    """An agent and a supervisor of a centre that knows Dora; Rosa calls, and the id of Dora was typed."""
    for note in NOTES:
        take_note(DORA, note)
    return signed_in(Role.AGENT), signed_in(Role.SUPERVISOR)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither writes before both have read the call, each on a connection of its own."""
    barrier, seen, lock = Barrier(2), set[Any](), Lock()

    def take_back(of: mistaken.Mistaken, *args: Any, **more: Any) -> bool:
        with lock:
            first = more["actor"] not in seen
            seen.add(more["actor"])
        if first:
            barrier.wait(30)
        return mistaken.take_back(of, *args, **more)

    monkeypatch.setattr(live, "take_back", take_back)
    yield
    assert len(seen) == 2, "both had read the call"


def at_once(both: tuple[Client, Client], *keys: str) -> list[Any]:
    """What each of them is told."""

    def act(browser: Client, key: str) -> Any:
        try:
            return do(browser, "not-theirs", key, patient_id="P-1")
        finally:
            close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(act, both, keys))


def check_told(answers: list[Any]) -> None:
    """One of them did it, and the other was told who did."""
    done = models.Event.objects.get(action=DONE)
    agent_did = done.actor == "user agent"
    refused = (409, f"The patient id was taken back already, by {done.actor}.")
    assert answers == ([None, refused] if agent_did else [refused, None])
    verify_events()


@pytest.mark.usefixtures("together")
def test_one_does_it_and_the_other_is_told(both: tuple[Client, Client]) -> None:
    said(HELLO, person=WRONG)
    check_told(at_once(both, "c-1", "c-1"))
    row = call()
    assert (row.given_person["patient_id"], row.not_theirs) == (None, ["p-1"])
    assert (counted(), row.outcome, row.version) == ([], "clear", 3)
    assert models.Assessment.objects.count() == 2
    assert models.Person.objects.count() == 2
    assert (known_by(row.person), known_by(whose("p-1"))) == ({PHONE}, {"p-1", "dora@example.com"})
    lapsed = models.Event.objects.filter(action="step moved", detail__to="cancelled").values_list("subject", flat=True)
    assert len(lapsed) == len(set(lapsed))
    assert not models.Step.objects.filter(state="waits for agent").exists()
    assert "A patient id was taken back" in text(both[0], PAGE)


@pytest.mark.usefixtures("together")
def test_so_it_is_of_a_call_that_has_ended(both: tuple[Client, Client]) -> None:
    said(HELLO, person=WRONG)
    do(both[0], "end")
    check_told(at_once(both, "c-1", "c-1"))
    assert (counted(), call().outcome, call().is_open) == ([], "clear", False)


@pytest.mark.usefixtures("together")
def test_a_wish_that_was_heard_goes_over_once(both: tuple[Client, Client]) -> None:
    said(NO_MORE, person=WRONG)
    do(both[0], "confirm", step=all_steps())
    carried()
    check_told(at_once(both, "c-1", "c-1"))
    entry = models.RegisterEntry.objects.get()
    assert (entry.person, entry.withdrawn_at) == (call().person, None)
    assert models.Event.objects.filter(action="person known by more", detail__entries=[entry.pk]).count() == 1


@pytest.mark.usefixtures("together")
def test_of_two_calls_that_were_taken_for_hers_each_is_taken_off(both: tuple[Client, Client]) -> None:
    said(SUES, person=WRONG)
    said(SUES, id="c-2", person=replace(WRONG, name="Rosa Maye"))
    assert at_once(both, "c-1", "c-2") == [None, None]
    assert {call("c-1").person, call("c-2").person}.isdisjoint({whose("p-1")})
    assert known_by(whose("p-1")) == {"p-1", "dora@example.com"}
    assert models.Identity.objects.filter(value=PHONE).count() == 1, "one person has it, as when it is done in turn"
    assert call("c-1").person == call("c-2").person
    assert models.Event.objects.filter(action=DONE).count() == 2
    verify_events()


def test_so_it_is_of_a_call_and_a_note_that_were_taken_for_hers(
    both: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call hands on to the note what it taught, and the note is struck out at that moment."""
    said(HELLO, person=WRONG)
    take_note(replace(DORA, phone=PHONE), replace(NOTES[0], id="n3", issue="INV-7"))
    hand_on, striking = taught._hand_on, list[Future[None]]()

    def beside(*given: Any) -> None:
        monkeypatch.setattr(taught, "_hand_on", hand_on)
        striking.append(pool.submit(apart, lambda: strike_named("LIMS", "n3", by="user sam", why="not hers")))
        done_or_waiting(striking[0])
        hand_on(*given)

    monkeypatch.setattr(taught, "_hand_on", beside)
    with ThreadPoolExecutor(1) as pool:
        assert do(both[0], "not-theirs", patient_id="P-1") is None
    striking[0].result()
    assert known_by(whose("p-1")) == {"p-1", "dora@example.com"}
    verify_events()


def test_pressed_again_by_whoever_did_it_nothing_is_refused(both: tuple[Client, Client]) -> None:
    said(HELLO, person=WRONG)
    agent, supervisor = both
    assert [do(agent, "not-theirs", patient_id="P-1") for _ in range(2)] == [None, None]
    refused = do(supervisor, "not-theirs", patient_id="P-1")
    assert refused == (409, "The patient id was taken back already, by user agent.")
    assert models.Event.objects.filter(action=DONE).count() == 1
    told = supervisor.post("/call/not-theirs/c-1", {"patient_id": "P-1"}, follow=True).content.decode()
    assert "The patient id was taken back already, by user agent." in told
