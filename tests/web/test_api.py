"""Contacts, decisions, the register and escalations over the API; and that every error has one shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests.recorded import ANA, NO_MORE, SUES, a_call, a_mail, keep
from watchword.escalation.states import StepState
from watchword.escalation.steps import StepKind
from watchword.settings import Settings
from watchword.store import models
from watchword.store.keys import revoke_key
from watchword.store.models import Step
from watchword.store.people import know_by, person_for
from watchword.store.register import enter_by_hand
from watchword.terms import Person, Scope
from watchword.web.access import KeyScope
from watchword.web.api.doors import api

Connect = Callable[..., Client]
API = "/api/v1"
CALL = {
    "id": "c-1",
    "channel": "phone",
    "person": {"name": ANA.name, "patient_id": "P-1001"},
    "turns": [{"speaker": "caller", "text": SUES}],
    "own": {"kept": True},
}


def post(browser: Client, path: str, given: Any) -> tuple[int, Any]:
    answer = browser.post(f"{API}{path}", json.dumps(given), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_contact_is_recorded_once(machine: Connect) -> None:
    crm = machine()
    status, told = post(crm, "/contacts", CALL)
    assert status == 201
    assert told["assessment"]["outcome"] == "escalate"
    assert [step["kind"] for step in told["escalation"]["steps"]] == ["warm_transfer", "ticket"]
    assert post(crm, "/contacts", CALL) == (200, told | {"new": False})
    assert models.Contact.objects.get().extra == {"own": {"kept": True}}
    status, told = post(crm, "/contacts", CALL | {"turns": [{"speaker": "caller", "text": "Other words."}]})
    assert status == 409
    assert set(told) == {"what", "do"}


def test_assessing_keeps_nothing(machine: Connect) -> None:
    status, told = post(machine(KeyScope.ASSESS), "/assess", CALL)
    assert (status, told["outcome"], told["flags"][0]["term"]) == (200, "escalate", "attorney")
    assert not models.Contact.objects.exists()


def test_a_key_opens_its_scopes_and_nothing_after_it_was_revoked(machine: Connect) -> None:
    crm = machine(KeyScope.ASSESS)
    assert post(crm, "/assess", CALL)[0] == 200
    status, told = post(crm, "/contacts", CALL)
    assert status == 403
    assert "contacts" in told["what"]
    revoke_key("crm", by="test")
    assert post(crm, "/assess", CALL)[0] == 401


@pytest.mark.parametrize(
    "shown", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}, {"authorization": ""}]
)
def test_no_key_is_401(web: Settings, shown: dict[str, str]) -> None:
    status, told = post(Client(headers=shown), "/assess", CALL)
    assert status == 401
    assert set(told) == {"what", "do"}


def test_only_the_hash_of_a_key_is_kept(machine: Connect) -> None:
    crm = machine()
    key = crm.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    kept = models.AccessKey.objects.get()
    assert key not in json.dumps([kept.hash, kept.name, kept.scopes])
    assert len(kept.hash) == 64


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "{}",
        '{"id": 1}',
        '{"id": "c", "channel": "fax"}',
        '{"id": "", "channel": "phone", "turns": []}',
        "\x00",
        "[" * 5000,
    ],
)
def test_what_does_not_fit_is_told_in_one_shape(machine: Connect, body: str) -> None:
    answer = machine().post(f"{API}/contacts", body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.content
    told = answer.json()
    assert told["what"]
    assert told["do"]
    assert set(told) <= {"what", "do", "places"}


def test_nothing_at_an_address_and_a_wrong_method_are_errors_without_a_trace(machine: Connect) -> None:
    crm = machine()
    assert crm.get(f"{API}/nothing").status_code == 404
    assert set(crm.get(f"{API}/nothing").json()) == {"what", "do"}
    assert crm.get(f"{API}/contacts").status_code == 405


def test_a_request_too_large_is_413(machine: Connect, settings_limit: None) -> None:
    status, told = post(machine(), "/contacts", CALL | {"own": "x" * 5000})
    assert status == 413
    assert set(told) == {"what", "do"}


@pytest.fixture
def settings_limit() -> Any:
    from django.test import override_settings

    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=4000):
        yield


def test_a_step_is_confirmed_and_dismissed(machine: Connect) -> None:
    keep(a_call(SUES))
    transfer = Step.objects.get(kind=StepKind.WARM_TRANSFER).key
    ticket = Step.objects.get(kind=StepKind.TICKET).key
    crm = machine(KeyScope.DECIDE)
    assert post(crm, f"/steps/{transfer}/confirm", {"by": "ana"})[1]["state"] == "planned"
    assert post(crm, f"/steps/{transfer}/confirm", {"by": "ana"})[0] == 200
    assert post(crm, f"/steps/{ticket}/dismiss", {"by": "ana"})[0] == 422  # a reason is asked for
    assert post(crm, f"/steps/{ticket}/dismiss", {"by": "ana", "reason": "a neighbour"})[1]["state"] == "cancelled"
    assert post(crm, f"/steps/{ticket}/confirm", {"by": "ana"})[0] == 409
    assert post(crm, "/steps/nothing:here/confirm", {"by": "ana"})[0] == 404
    assert models.Decision.objects.filter(by="ana by key crm").count() == 2


def test_what_was_raised_since_is_not_called_off_unseen(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1", "turns": [{"number": 0, "speaker": "caller", "text": SUES}]})
    told = crm.get(f"{API}/calls/c-1").json()
    shown, raised = told["escalation"], told["assessment"]["flags"][0]
    assert shown["assessed"] == 1
    assert shown["owner"] is None
    post(crm, "/calls/c-1/turns", {"turns": [{"number": 1, "speaker": "caller", "text": NO_MORE}]})
    flag = {"kind": raised["kind"], "term": raised["term"], "by": "ana", "reason": "a neighbour", "seen": 1}
    assert post(crm, f"/steps/{shown['steps'][0]['key']}/dismiss", {"by": "ana", "reason": "no", "seen": 1})[0] == 409
    assert post(crm, "/contacts/c-1/flags/dismiss", flag)[0] == 409
    assert post(crm, "/contacts/c-1/flags/dismiss", flag | {"seen": -1})[0] == 422
    now = crm.get(f"{API}/calls/c-1").json()["escalation"]["assessed"]
    assert post(crm, "/contacts/c-1/flags/dismiss", flag | {"seen": now})[0] == 200


def test_who_decides_and_why_is_said_in_words_and_only_a_post_has_its_own(machine: Connect) -> None:
    keep(a_call())
    crm = machine()
    ticket = Step.objects.get(kind="ticket")
    flag = {"kind": "keyword", "term": "attorney", "by": "ana", "reason": "a neighbour"}
    for blank in ({"by": " "}, {"reason": " \u00a0\n"}):
        assert post(crm, f"/steps/{ticket.key}/dismiss", {"by": "ana", "reason": "no", **blank})[0] == 422
        assert post(crm, "/contacts/c-1/flags/dismiss", flag | blank)[0] == 422
    assert post(crm, f"/steps/{ticket.key}/confirm", {"by": "\t"})[0] == 422
    assert post(crm, "/contacts/c-1/flags/confirm", flag | {"by": " "})[0] == 422
    status, told = post(crm, f"/steps/{ticket.key}/confirm", {"by": "ana", "text": "My own words."})
    assert (status, told["what"]) == (409, "Only a chatter post has words that can be left in another way.")
    assert {(step.state, step.text) for step in Step.objects.filter(kind="ticket")} == {(ticket.state, ticket.text)}
    assert not models.Decision.objects.exists()


def test_a_flag_dismissed_calls_off_what_it_alone_demands(machine: Connect) -> None:
    keep(a_call(SUES, NO_MORE))
    crm = machine(KeyScope.DECIDE)
    flag = {"kind": "keyword", "term": "attorney", "by": "ana", "reason": "her own attorney"}
    status, told = post(crm, "/contacts/c-1/flags/dismiss", flag)
    assert (status, told["steps"]) == (200, 2)
    states = dict(Step.objects.values_list("name", "state"))
    assert states["warm_transfer"] == "cancelled"
    assert states["ticket-do-not-contact-me"] == "waits for agent"
    status, told = post(crm, "/contacts/c-1/flags/confirm", {"kind": "do_not_contact", "by": "ana"})
    assert (status, told["steps"]) == (200, 2)
    assert post(crm, "/contacts/c-1/flags/confirm", {"kind": "keyword", "term": "ceo", "by": "ana"})[0] == 404
    assert models.Event.objects.filter(action__startswith="flag ").count() == 2


def test_a_flag_dismissed_calls_off_what_goes_beyond_what_has_gone(machine: Connect) -> None:
    """No calls any more, entered already; then no letters either, which is a step of its own."""
    crm = machine()
    post(crm, "/calls", {"id": "c-1", "turns": [{"number": 0, "speaker": "caller", "text": "Stop calling me."}]})
    Step.objects.update(state=StepState.CONFIRMED, tries=1, try_at=None)
    more = "Never contact me again, no letters, no texts."
    post(crm, "/calls/c-1/turns", {"turns": [{"number": 1, "speaker": "caller", "text": more}]})
    further = Step.objects.filter(name__endswith=".messages-mail")
    assert [step.state for step in further] == [StepState.WAITS] * 2
    flag = {"kind": "do_not_contact", "by": "ana", "reason": "he meant the pharmacy"}
    assert post(crm, "/contacts/c-1/flags/dismiss", flag) == (200, {"steps": 2})
    assert [step.state for step in further.all()] == [StepState.CANCELLED] * 2


def test_do_not_contact_one_and_many(machine: Connect) -> None:
    keep(a_call("Hello."))
    enter_by_hand(models.Person.objects.get(), [Scope.CALLS], by="test", origin="a letter")
    dialer = machine(KeyScope.DO_NOT_CONTACT)
    told = dialer.get(f"{API}/do-not-contact", {"kind": "phone", "value": "(650) 555-1212"}).json()
    assert (told["closed"], told["may_contact"]) == (["calls"], False)
    asked = [{"kind": "phone", "value": "+16505551212"}, {"kind": "email", "value": "someone@example.org"}]
    status, told = post(dialer, "/do-not-contact/check", {"ask": asked})
    assert status == 200
    assert [one["may_contact"] for one in told["answers"]] == [False, True]
    assert post(dialer, "/do-not-contact/check", {"ask": []})[0] == 422


def test_a_way_that_a_doubt_closes_is_closed_with_the_reason(machine: Connect) -> None:
    """Her mail asked; the record of the patient has the address, and is another row."""
    by_mail, patient = Person(name="Dora Lind", email="dora@example.com"), Person("P-D", "Dora Lind", "+16505550199")
    enter_by_hand(person_for(by_mail), [Scope.CALLS], by="test", origin="a mail")
    know_by(person_for(patient), models.IdentityKind.EMAIL, "dora@example.com")
    dialer = machine(KeyScope.DO_NOT_CONTACT)
    for kind, value, doubtful in (("patient_id", "P-D", True), ("email", "dora@example.com", False)):
        told = dialer.get(f"{API}/do-not-contact", {"kind": kind, "value": value}).json()
        assert (told["closed"], told["may_contact"]) == (["calls"], False)
        assert (told["why"] is not None and "may be somebody who asked" in told["why"]) is doubtful
        assert post(dialer, "/do-not-contact/check", {"ask": [{"kind": kind, "value": value}]})[1]["answers"] == [told]


UNREAD = (
    ("phone", "anonymous"),
    ("phone", "   "),
    ("phone", "call me"),
    ("phone", "650-555-010"),
    ("phone", "212-555-0177, 212-555-0178"),
    ("email", "nobody"),
    ("email", "a@example.org, b@example.org"),
    ("patient_id", "  "),
)


def test_what_cannot_be_read_is_never_free_to_be_contacted(machine: Connect) -> None:
    dialer = machine(KeyScope.DO_NOT_CONTACT)
    for kind, value in UNREAD:
        answer = dialer.get(f"{API}/do-not-contact", {"kind": kind, "value": value})
        assert answer.status_code == 422, value
        assert answer.json()["places"][0].startswith("value: value holds no"), value
    asked = [{"kind": kind, "value": value} for kind, value in (*UNREAD, ("email", "Zoe <zoe@example.com>"))]
    status, told = post(dialer, "/do-not-contact/check", {"ask": asked})
    *unread, zoe = told["answers"]
    assert status == 200
    for one in unread:
        assert (one["may_contact"], one["closed"]) == (False, ["calls", "mail", "messages"]), one
        assert one["why"].startswith("value holds no"), one
    assert (zoe["may_contact"], zoe["closed"], zoe["why"]) == (True, [], None)


@pytest.mark.parametrize("value", ["+4930123456", "tel:+4930123456", "(+49)30123456", "%20+4930123456"])
def test_a_plus_that_was_not_encoded_is_never_another_number(machine: Connect, value: str) -> None:
    dialer = machine(KeyScope.DO_NOT_CONTACT)
    answer = dialer.get(f"{API}/do-not-contact?kind=phone&value={value}")
    assert answer.status_code == 422
    assert "encode + as %2B" in answer.json()["places"][0]
    for encoded in ("%2B4930123456", "%20%2B4930123456", "650%20555%201212", "(650)+555-1212"):
        assert dialer.get(f"{API}/do-not-contact?kind=phone&value={encoded}").json()["may_contact"], encoded
    assert dialer.get(f"{API}/do-not-contact?kind=patient_id&value=+P-7").status_code == 200


def test_a_value_of_the_wrong_size_or_kind_is_answered_in_its_place(machine: Connect) -> None:
    keep(a_call("Hello.", person=Person(patient_id="1001", phone=ANA.phone)))
    enter_by_hand(models.Person.objects.get(), [Scope.CALLS], by="test", origin="a letter")
    dialer = machine(KeyScope.DO_NOT_CONTACT)
    number = "650-555-0100"
    odd = (("phone", ""), ("phone", None), ("patient_id", ""), ("email", "x" * 401), ("patient_id", "7" * 401))
    odd = (*odd, ("phone", number + " " * 400 + "x"), ("phone", " " * 400 + number))
    asked = [{"kind": kind, "value": value} for kind, value in (*odd, ("patient_id", 1001), ("phone", 6505550100))]
    status, told = post(dialer, "/do-not-contact/check", {"ask": asked})
    assert status == 200
    *unread, patient, free = told["answers"]
    assert [one["value"] for one in unread] == [value or "" for _, value in odd]
    for one in unread:
        assert (one["may_contact"], one["closed"]) == (False, ["calls", "mail", "messages"]), one
        assert one["why"].startswith("value "), one
    assert (patient["value"], patient["closed"], patient["why"]) == ("1001", ["calls"], None)
    assert free["may_contact"]
    for value in (True, 1.5, ["1001"], {}):
        assert post(dialer, "/do-not-contact/check", {"ask": [{"kind": "patient_id", "value": value}]})[0] == 422


def test_advice_is_fit_for_whoever_makes_the_request(machine: Connect) -> None:
    crm = machine()
    call = '{"id": "c-1", "id": "c-2", "channel": "phone", "turns": [{"speaker": "caller", "text": "a"}]}'
    turns = '{"turns": [], "turns": [{"number": 0, "speaker": "caller", "text": "a"}]}'
    twice = {
        "/contacts": call,
        "/assess": call,
        "/calls": call,
        "/calls/c-1/turns": turns,
        "/notes": '{"notes": [], "notes": []}',
    }
    for path, given in twice.items():
        answer = crm.post(f"{API}{path}", given, content_type="application/json")
        assert (answer.status_code, answer.json()["do"]) == (422, "Mend the request, and send it again."), path
    status, told = post(crm, "/contacts", {"id": " ", "channel": "phone", "turns": []})
    assert (status, told["do"]) == (422, "Mend the request, and send it again.")
    for answer in (crm.get(f"{API}/none"), crm.get("/api/v2/contacts")):
        assert answer.status_code == 404
        assert "openapi.json" in answer.json()["do"]


def test_escalations_page_by_page(machine: Connect) -> None:
    for number in range(5):
        keep(a_call(SUES, id=f"c-{number}"))
    keep(a_mail())
    crm = machine(KeyScope.ESCALATIONS)
    seen: list[str] = []
    after: str | None = None
    while True:
        told = crm.get(
            f"{API}/escalations", {"limit": 2, "channel": "phone"} | ({"cursor": after} if after else {})
        ).json()
        seen += [one["contact"] for one in told["escalations"]]
        after = told["next"]
        if after is None:
            break
    assert seen == ["c-4", "c-3", "c-2", "c-1", "c-0"]
    assert len(crm.get(f"{API}/escalations", {"state": "waits for agent"}).json()["escalations"]) == 5
    assert crm.get(f"{API}/escalations", {"state": "asleep"}).status_code == 422
    for cursor in ("x", "eA==", "MjAyNXw=", "\u00e9"):
        assert crm.get(f"{API}/escalations", {"cursor": cursor}).status_code == 422
    key = models.Escalation.objects.first().key  # type: ignore[union-attr]
    assert crm.get(f"{API}/escalations/{key}").json()["key"] == key
    assert crm.get(f"{API}/escalations/none").status_code == 404


def test_what_a_webhook_names_can_be_looked_up(machine: Connect) -> None:
    for number in range(2):
        keep(a_call(SUES, id=f"c-{number}"))
    keep(a_mail(id="<a/b@c>"))
    keep(a_mail("Thank you.", id="m-clear"))
    crm = machine(KeyScope.ESCALATIONS)
    for contact in ("c-1", "<a/b@c>"):
        (one,) = crm.get(f"{API}/escalations", {"contact": contact}).json()["escalations"]
        told = crm.get(f"{API}/contacts/{quote(contact, safe='')}").json()
        assert (told["id"], told["channel"]) == (contact, one["channel"])
        assert told["assessment"]["flags"][0]["term"] == "attorney"
        assert told["escalation"] == one
        assert models.Event.objects.filter(action="contact read", subject=f"contact {contact}").count() == 1
    assert crm.get(f"{API}/contacts/m-clear").json()["escalation"] is None
    assert crm.get(f"{API}/contacts/none").status_code == 404
    assert crm.get(f"{API}/escalations", {"contact": "none"}).json()["escalations"] == []


def test_a_key_may_read_the_description(machine: Connect) -> None:
    crm = machine(KeyScope.NOTES)
    assert crm.get(f"{API}/openapi.json").json()["info"]["title"] == "Watchword"
    stranger = Client(headers={"authorization": "Bearer ww_wrong"})
    answer = stranger.get(f"{API}/openapi.json")
    assert (answer.status_code, set(answer.json())) == (401, {"what", "do"})
    revoke_key("crm", by="test")
    assert crm.get(f"{API}/openapi.json").status_code == 401


def test_the_description_says_what_a_build_needs_to_know() -> None:
    described = api.get_openapi_schema()
    schemas, paths = described["components"]["schemas"], described["paths"]
    for shape in ("RecordedOut", "CallOut", "ContactOut"):
        assert "AssessmentOut" in json.dumps(schemas[shape]["properties"]["assessment"])
    assert schemas["AssessmentOut"]["properties"]["flags"]["items"] == {"$ref": "#/components/schemas/FlagOut"}
    stream = paths["/api/v1/calls/{id}/events"]["get"]
    assert [one["name"] for one in stream["parameters"] if one["in"] == "header"] == ["Last-Event-ID"]
    assert stream["security"] == [{"Keyed": ["read-calls"]}]
    assert "`read-calls`" in stream["description"]
    for methods in paths.values():
        for operation in methods.values():
            assert operation["security"] in ([{"TwilioSigned": []}], *([{"Keyed": [one.value]}] for one in KeyScope))


def test_an_assessment_leaves_as_it_is_kept(machine: Connect) -> None:
    keep(a_call(SUES))
    old = models.Assessment.objects.get()
    as_it_was = {name: value for name, value in old.record.items() if name not in ("model", "trial")}
    models.Assessment.objects.update(record={**as_it_was, "newer": {"kept": True}})
    told = machine().get(f"{API}/calls/c-1").json()["assessment"]
    assert told == {**as_it_was, "newer": {"kept": True}}


def test_the_description_names_every_operation(signed_in: Callable[..., Client]) -> None:
    from watchword.web.access import Role

    told = signed_in(Role.AGENT).get(f"{API}/openapi.json").json()
    assert {"/api/v1/contacts", "/api/v1/calls/{id}/turns", "/api/v1/do-not-contact/check"} <= set(told["paths"])
