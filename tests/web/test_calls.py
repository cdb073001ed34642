"""Calls while they go on: turns in any order, twice and too late; transcripts that grow; and what listeners hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client

from tests.databases import close
from tests.recorded import SUES
from tests.web.test_api import API, post
from watchword.errors import RecordConflict
from watchword.store import models
from watchword.store.decide import confirm_all
from watchword.terms import Speaker, Turn
from watchword.web import live
from watchword.web.api.calls import FROM_START, look
from watchword.web.heard import PIECE, TYPED
from watchword.web.listeners import CALLS
from watchword.web.streams import stream

Connect = Callable[..., Client]


def turn(number: int, text: str, speaker: str = "caller") -> dict[str, Any]:
    return {"number": number, "speaker": speaker, "text": text}


def say(crm: Client, *turns: dict[str, Any], id: str = "c-1") -> tuple[int, Any]:
    return post(crm, f"/calls/{id}/turns", {"turns": list(turns)})


def test_from_the_first_word_to_the_last(machine: Connect) -> None:
    crm = machine()
    status, told = post(crm, "/calls", {"id": "c-1", "person": {"name": "Ana Brook"}})
    assert (status, told["is_open"], told["assessment"]) == (201, True, None)
    assert post(crm, "/calls", {"id": "c-1"})[0] == 200
    assert say(crm, turn(0, "Thank you for calling.", "agent"))[1] == {
        "id": "c-1",
        "added": 1,
        "next": 1,
        "is_open": True,
    }
    assert crm.get(f"{API}/calls/c-1").json()["assessment"] is None
    assert say(crm, turn(1, SUES), turn(2, "I see.", "agent"))[1]["next"] == 3
    told = crm.get(f"{API}/calls/c-1").json()
    assert (told["assessment"]["outcome"], told["escalation"]["state"]) == ("escalate", "waits for agent")
    assert post(crm, "/calls/c-1/end", {})[1]["is_open"] is False
    assert post(crm, "/calls/c-1/end", {})[0] == 200
    row = models.Contact.objects.get()
    assert row.ended_at is not None
    assert not row.needs_person


def test_turns_twice_early_late_and_different(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    assert say(crm, turn(1, "b"), turn(0, "a"))[1]["added"] == 2
    assert say(crm, turn(0, "a"), turn(1, "b"))[1]["added"] == 0
    status, told = say(crm, turn(5, "f"))
    assert (status, told["expected"]) == (409, 2)
    status, told = say(crm, turn(1, "other"))
    assert (status, told["expected"]) == (409, 2)  # go on with that number
    assert say(crm, turn(2, "x" * 1_000_001))[0] == 422
    assert say(crm, turn(-1, "a"))[0] == 422
    assert say(crm)[0] == 422
    post(crm, "/calls/c-1/end", {})
    assert say(crm, turn(1, "b"))[0] == 200
    for late in (turn(2, "c"), turn(1, "other"), turn(5, "f")):  # nothing that could be sent in its place is taken
        status, told = say(crm, late)
        assert (status, told["what"]) == (409, "The call has ended.")
    assert say(crm, turn(0, "a"), id="c-404")[0] == 404
    assert models.Turn.objects.count() == 2


def test_a_call_opened_again_need_not_repeat_its_subject(machine: Connect) -> None:
    crm = machine()
    assert post(crm, "/calls", {"id": "c-1", "subject": "Her bill", "body": "As noted."})[0] == 201
    assert post(crm, "/calls", {"id": "c-1"})[0] == 200
    assert post(crm, "/calls", {"id": "c-1", "subject": "Her bill"})[0] == 200
    assert post(crm, "/calls", {"id": "c-1", "subject": "His bill"})[0] == 409
    assert post(crm, "/calls", {"id": "c-1", "body": "Otherwise."})[0] == 409
    row = models.Contact.objects.get()
    assert (row.subject, row.body) == ("Her bill", "As noted.")


def test_a_call_opened_again_with_other_turns_takes_nothing_else_either(machine: Connect) -> None:
    crm = machine()
    said = [{"speaker": "caller", "text": SUES}]
    post(crm, "/calls", {"id": "c-1", "turns": said})
    told: dict[str, Any] = {"id": "c-1", "person": {"name": "Ana Brook", "patient_id": "P-7"}, "issue": "INV-1"}
    status, answer = post(crm, "/calls", told | {"turns": [{"speaker": "caller", "text": "Other."}]})
    assert (status, answer["expected"]) == (409, 1)
    row = models.Contact.objects.get()
    assert (row.issue, row.given_person["name"]) == (None, None)
    assert not models.Event.objects.filter(action="call told more").exists()
    assert post(crm, "/calls", told | {"turns": [*said, {"speaker": "agent", "text": "I see."}]})[1]["next"] == 2
    assert models.Contact.objects.get().issue == "INV-1"


def test_the_names_of_our_own_marks_are_no_integrators(machine: Connect) -> None:
    crm = machine()
    said = {"speaker": "caller", "text": "Hello.", "piece": "typed one"}
    for given in ({"turns": [said]}, {"transcriptions": {"GT1": "runs"}}):
        status, told = post(crm, "/calls", {"id": "c-1", **given})
        assert status == 422
        assert "another name" in told["do"]
    assert not models.Contact.objects.exists()
    post(crm, "/calls", {"id": "c-1"})
    status, told = say(crm, {**said, "number": 0})
    assert (status, "piece" in told["what"]) == (422, True)
    assert not models.Turn.objects.exists()


def test_lines_typed_by_hand_take_no_number_from_whoever_tells_the_turns(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello."))
    typed("She says that she is angry.", "one")
    assert say(crm, turn(1, SUES))[1] == {"id": "c-1", "added": 1, "next": 2, "is_open": True}
    assert say(crm, turn(0, "Hello."), turn(1, SUES), turn(2, "Well."))[1]["added"] == 1
    typed("And that is all.", "two")
    assert say(crm, turn(5, "Late."))[1]["expected"] == 3
    assert say(crm, turn(0, "other"))[1]["expected"] == 3
    assert post(crm, "/calls", {"id": "c-1"})[1]["next"] == 3
    assert post(crm, "/calls/c-1/end", {})[1]["next"] == 3
    texts = ["Hello.", "She says that she is angry.", SUES, "Well.", "And that is all."]
    assert list(models.Turn.objects.order_by("number").values_list("text", flat=True)) == texts


def typed(words: str, token: str) -> None:
    """What an agent types into the page of the call."""
    live.add("c-1", [Turn(Speaker.CALLER, words, {PIECE: TYPED + token})], actor="ana")


def test_a_piece_told_twice_is_one_turn_and_with_other_words_a_conflict(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    typed("One.", "a")
    typed("One.", "a")
    with pytest.raises(RecordConflict):
        typed("Two.", "a")
    assert models.Turn.objects.count() == 1


def test_a_call_without_a_word_is_for_a_person_once_it_has_ended(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    assert not models.Contact.objects.get().needs_person
    post(crm, "/calls/c-1/end", {})
    assert models.Contact.objects.get().needs_person


def test_many_tell_the_same_turns_at_the_same_time(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    said = [turn(number, SUES if number == 7 else f"word {number}") for number in range(10)]

    def tell(upto: int) -> int:
        try:
            return say(crm, *said[:upto])[0]
        finally:
            close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(tell, [2, 4, 6, 8, 10, 10, 9, 3])) == {200}
    told = crm.get(f"{API}/calls/c-1").json()
    assert [one["text"] for one in told["turns"]] == [one["text"] for one in said]
    assert told["assessment"]["outcome"] == "escalate"


def test_only_a_call_can_be_opened(machine: Connect) -> None:
    crm = machine()
    post(crm, "/contacts", {"id": "m-1", "channel": "email", "body": "Hello."})
    assert say(crm, turn(0, "a"), id="m-1")[0] == 404
    assert post(crm, "/calls", {"id": "m-1"})[0] == 409


def test_a_genesys_transcript_grows(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    phrases = [
        {"text": "I was told to wait", "participantPurpose": "external", "startTimeMs": 1},
        {"text": "my attorney will call", "participantPurpose": "external", "startTimeMs": 2},
        {"text": "I am sorry", "participantPurpose": "internal", "startTimeMs": 3},
    ]
    for many in (1, 2, 2, 3, 3):
        if many == 3:
            typed("mumbles something", "one")  # the transcript does not have it
        given = {"conversationId": "c-1", "transcripts": [{"phrases": phrases[:many]}]}
        assert post(crm, "/calls/c-1/platform-events", given)[0] == 200
    told = crm.get(f"{API}/calls/c-1").json()
    heard = [one["text"] for one in told["turns"] if one["text"] != "mumbles something"]
    assert " ".join(heard) == "I was told to wait my attorney will call I am sorry"
    assert len(heard) == len(told["turns"]) - 1
    assert told["assessment"]["outcome"] == "escalate"
    assert post(crm, "/calls/c-1/platform-events", {"no": "event"})[0] == 422


def test_a_transcript_that_has_no_words_yet_marks_nothing(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    given = {"conversationId": "c-1", "transcripts": [{"phrases": []}]}
    assert post(crm, "/calls/c-1/platform-events", given)[0] == 200
    phrases = [{"text": "I was told to wait", "participantPurpose": "external", "startTimeMs": 1}]
    assert post(crm, "/calls/c-1/platform-events", {**given, "transcripts": [{"phrases": phrases}]})[0] == 200
    row = models.Contact.objects.get()
    assert (row.unread, row.needs_person) == ([], False)
    post(crm, "/calls/c-1/end", {})
    more = [*phrases, {"text": SUES, "participantPurpose": "external", "startTimeMs": 2}]
    assert post(crm, "/calls/c-1/platform-events", {**given, "transcripts": [{"phrases": more}]})[0] == 200
    row = models.Contact.objects.get()
    assert (row.outcome, row.unread, row.is_open) == ("escalate", ["Words came after the call's end."], False)


GOOD = "Good morning."
WRONG = "My bill is wrong."
SEE = "/Let me see."  # the agent's
CHANGED = ["The transcript was changed after it was read."]


def version(*said: str) -> dict[str, Any]:
    """A transcript as it is kept at one moment; each text is a phrase."""
    purposes = ("internal" if text.startswith("/") else "external" for text in said)
    phrases = [
        {"text": text.strip("/").lower(), "decoratedText": text.strip("/"), "participantPurpose": purpose,
         "startTimeMs": at} for at, (text, purpose) in enumerate(zip(said, purposes, strict=True))
    ]  # fmt: skip
    return {"conversationId": "c-1", "transcripts": [{"phrases": phrases}]}


@pytest.mark.parametrize(
    ("versions", "kept", "unread"),
    [
        ([["My bill is wrong"], [WRONG, SEE], [WRONG, SEE, SUES]], ["My bill is wrong", SEE[1:], SUES], []),
        ([["my BILL"], [f"My bill, {SUES}"]], ["my BILL", SUES], []),
        ([["My bill ."], ["My bill …"], [f"My bill … {SUES}"]], ["My bill .", SUES], []),
        ([["My bill is wro"], [WRONG], [WRONG, SEE, SUES]], ["My bill is wro", WRONG, SEE[1:], SUES], CHANGED),
        ([[GOOD, WRONG], [GOOD, SUES, WRONG]], [f"{GOOD} {WRONG}", SUES], CHANGED),
        ([[GOOD, WRONG], [GOOD, SUES, WRONG, SEE, "Bye."]], [f"{GOOD} {WRONG}", f"{SUES} {WRONG}", SEE[1:], "Bye."],
         CHANGED),
        ([[GOOD, SEE, WRONG], [GOOD, SEE, SUES, WRONG], [GOOD, SEE, SUES, WRONG, "Bye."]],
         [GOOD, SEE[1:], WRONG, SUES, "Bye."], CHANGED),
        ([["I will call you.", WRONG], ["I will sue you.", WRONG]], [f"I will call you. {WRONG}", "I will sue you."],
         CHANGED),
        ([[GOOD, SUES], [GOOD], [GOOD, SUES]], [f"{GOOD} {SUES}"], []),
        ([[GOOD, SUES, WRONG], [GOOD, WRONG]], [f"{GOOD} {SUES} {WRONG}"], CHANGED),
    ],
    ids=["stop", "comma", "signs", "cut", "late", "late and more", "then more", "other", "shorter", "left out"],
)  # fmt: skip
def test_nothing_of_a_transcript_that_changes_is_lost(
    machine: Connect, versions: list[list[str]], kept: list[str], unread: list[str]
) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    for said in versions:
        for added in (None, 0):  # told again it adds nothing
            status, went = post(crm, "/calls/c-1/platform-events", version(*said))
            assert status == 200
            assert added in (None, went["added"])
    row = models.Contact.objects.get()
    assert list(row.turns.order_by("number").values_list("text", flat=True)) == kept
    assert (row.unread, row.needs_person, row.outcome) == (unread, bool(unread), "escalate")


def test_only_what_is_told_again_is_written_without_waiting_for_the_disk(
    machine: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick: list[bool] = []
    kept = live.keep_turns
    monkeypatch.setattr(
        live, "keep_turns", lambda *a, told_again: quick.append(told_again) or kept(*a, told_again=told_again)
    )
    post(machine(), "/calls", {"id": "c-1"})
    live.say("c-1", [(0, Turn(Speaker.AGENT, "Hello."))], actor="crm")
    typed("Well.", "one")
    live.add("c-1", [Turn(Speaker.AGENT, "I see.", {PIECE: "p"})], actor="ana")
    assert (quick[0], quick[-1]) == (True, False)


def test_who_calls_may_be_told_after_the_first_event(machine: Connect) -> None:
    crm = machine()
    who = {"patient_id": "P-1001", "name": "Ana Brook"}
    at = "2025-02-0{}T10:00:00Z"
    notes = [{"id": f"L-{day}", "source": "LIMS", "channel": "phone", "at": at.format(day), "issue": "INV-20391",
              "person": who, "note": "Patient called."} for day in (1, 2)]  # fmt: skip
    post(crm, "/notes", {"notes": notes, "sources_read": ["LIMS"]})
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello, it is about my bill."))
    assert models.Contact.objects.get().outcome == "clear"
    told = {"id": "c-1", "person": who, "issue": "INV-20391", "received_at": at.format(4), "agent": "u-7"}
    assert post(crm, "/calls", told)[0] == 200
    row = models.Contact.objects.get()
    assert (row.given_person["name"], row.issue, row.extra) == ("Ana Brook", "INV-20391", {"agent": "u-7"})
    assert (row.at, row.person.name) == (row.received_at, "Ana Brook")
    assert {flag.kind for flag in row.flags.all()} == {"repeated_contact"}
    version = row.version
    assert post(crm, "/calls", told)[0] == 200
    assert post(crm, "/calls", {"id": "c-1"})[0] == 200
    assert models.Contact.objects.get().version == version
    assert post(crm, "/calls", {"id": "c-1", "person": {"name": "Ben Lake"}})[0] == 409
    assert post(crm, "/calls", {"id": "c-1", "issue": "INV-2"})[0] == 409
    assert say(crm, turn(1, SUES))[1]["next"] == 2
    assert {flag.kind for flag in models.Contact.objects.get().flags.all()} == {"repeated_contact", "keyword"}
    assert models.Event.objects.filter(action="call told more").count() == 1


def heard(cursor: str = FROM_START) -> list[tuple[str, str]]:
    """What a listener hears until the call has ended."""

    async def listen() -> list[str]:
        answer = stream(lambda since: look("c-1", since), cursor, CALLS, "c-1")
        return [part.decode() async for part in answer.streaming_content]  # type: ignore[union-attr]

    lines = "".join(asyncio.run(listen())).split("\n\n")
    named = [dict(line.split(": ", 1) for line in part.split("\n")) for part in lines if part.startswith("event")]
    return [(one["event"], one["id"]) for one in named]


def test_a_listener_hears_everything_and_can_come_back(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, "Hello."), turn(1, SUES))
    models.Step.objects.update(state="confirmed", try_at=None)
    post(crm, "/calls/c-1/end", {})
    whole = heard()
    assert [event for event, _ in whole] == ["turn", "turn", "assessment", "step", "step", "ended"]
    assert heard(whole[2][1]) == whole[3:]


def test_a_listener_hears_what_is_said_after_it_came(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})

    async def listen() -> list[str]:
        answer = stream(lambda since: look("c-1", since), FROM_START, CALLS, "c-1")
        parts: list[str] = []
        async for part in answer.streaming_content:  # type: ignore[union-attr]
            parts.append(part.decode())
            if len(parts) == 1:
                await asyncio.to_thread(_in_thread, lambda: say(crm, turn(0, SUES)))
            elif "event: step" in parts[-1]:
                break
        return parts

    told = "".join(asyncio.run(listen()))
    assert "event: turn" in told
    assert "attorney" in told


def _in_thread(act: Callable[[], Any]) -> None:
    try:
        act()
    finally:
        close()


def test_a_cursor_that_is_none_begins_at_the_start(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    answer = crm.get(f"{API}/calls/c-1/events", headers={"last-event-id": "'; drop"})
    assert answer["Content-Type"] == "text/event-stream"
    assert crm.get(f"{API}/calls/c-404/events").status_code == 404


def test_what_was_confirmed_stays_when_the_call_goes_on(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    say(crm, turn(0, SUES))
    confirm_all(models.Escalation.objects.get().key, by="ana")
    live.say("c-1", [], actor="test", end=True)
    assert set(models.Step.objects.values_list("state", flat=True)) == {"planned"}
