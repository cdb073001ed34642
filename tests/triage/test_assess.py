"""From a contact to flags, actions, words to say and reasons, as the guideline's table demands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.made import call, mail, notes
from watchword.policy.schema import Policy, Status
from watchword.terms import Assessment, Contact, Field, History, Level, Outcome, Scope
from watchword.triage import assess as assess_module
from watchword.triage.assess import assess
from watchword.triage.record import as_record

Assessed = Callable[[Contact], Assessment]
TRANSFER = ("warm_transfer", "Natera Billing Escalation Calls")
RESOLUTIONS = ("warm_transfer", "Natera Resolutions")
EXECUTIVE = ("ticket", "Executive Escalation Keywords")
SOS = ("ticket", "Patient SOS")
DO_NOT_CONTACT = ("ticket", "Do Not Contact Me")
BILL_REVIEW = ("queue_transfer", "Bill Review")
CHATTER = ("chatter_post", None)


def steps(assessment: Assessment, level: Level | None = None) -> list[tuple[str, str | None]]:
    return [(a.kind, a.to or a.type) for a in assessment.actions if level in (None, a.level)]


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (call("My attorney will call you."), [TRANSFER, EXECUTIVE]),
        (call("This is the fourth time I am calling about this."), [RESOLUTIONS, SOS]),
        (call("I was promised a call back and heard nothing."), [RESOLUTIONS, SOS]),
        (call("Please never contact me again."), [DO_NOT_CONTACT]),
        (mail("My attorney will write to you."), [BILL_REVIEW, CHATTER]),
        (mail("I have called you four times about this."), [BILL_REVIEW, CHATTER]),
        (mail("I was promised a call back and heard nothing."), []),
        (mail("Please never contact me again."), [DO_NOT_CONTACT]),
        (mail("Put me through to the CEO, I want to file a complaint."), []),
        (call("Thank you, goodbye."), []),
    ],
)
def test_what_follows(assessed: Assessed, contact: Contact, expected: list[tuple[str, str | None]]) -> None:
    assert steps(assessed(contact)) == expected


def test_one_transfer_and_every_ticket_once(assessed: Assessed) -> None:
    found = assessed(
        call("I am fed up, this is the fourth time I am calling, my attorney will call, never call me again.")
    )
    assert steps(found) == [TRANSFER, EXECUTIVE, SOS, DO_NOT_CONTACT]


def test_a_mail_is_moved_once_with_one_post(assessed: Assessed) -> None:
    found = assessed(mail("My attorney says this is fraud. I have called you four times."))
    assert steps(found) == [BILL_REVIEW, CHATTER]


def test_the_line_is_dialled_in_full(assessed: Assessed) -> None:
    assert assessed(call("I will sue you.")).actions[0].phone == "+16504128715"


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("I will sue you.", "I understand this situation may be stressful"),
        ("This is the fourth time I am calling.", "I understand that you’ve already reached out"),
        ("I am fed up.", "I completely understand how frustrating"),
        ("Never contact me again.", "I understand your request, and I’m sorry"),
    ],
)
def test_the_script_is_the_guidelines(assessed: Assessed, said: str, begins: str) -> None:
    assert (assessed(call(said)).say or "").startswith(begins)


@pytest.mark.parametrize("said", ["I will sue you.", "I have called you four times about this."])
def test_a_mail_has_no_script_for_a_call(assessed: Assessed, said: str) -> None:
    assert assessed(mail(said)).say is None


def test_a_mail_has_the_do_not_contact_script(assessed: Assessed) -> None:
    assert (assessed(mail("Never contact me again.")).say or "").startswith("I understand your request")


def test_the_first_flags_script_is_said_first(assessed: Assessed) -> None:
    found = assessed(call("My attorney will call. And never contact me again."))
    assert (found.say or "").startswith("I understand this situation may be stressful")
    assert [script[:24] for script in found.also_say] == ["I understand your reques"]


def test_evidence_points_to_the_exact_words(assessed: Assessed) -> None:
    contact = call("agent: Hello, how can I help?", "Well, my  lawyer’s on it.")
    (piece,) = assessed(contact).flags[0].evidence
    assert (piece.field, piece.turn) == (Field.TURN, 1)
    assert contact.turns[1].text[piece.start : piece.end] == piece.quote == "lawyer’s"


def test_the_agents_words_raise_nothing_and_are_shown(assessed: Assessed) -> None:
    found = assessed(call("agent: Our attorney could call you, or is it fraud?", "Oh no, all fine."))
    assert found.outcome is Outcome.CLEAR
    assert {aside.because for aside in found.set_aside} == {"said by the agent"}


def test_a_listed_word_that_means_something_else_is_shown_with_its_reason(assessed: Assessed) -> None:
    found = assessed(call("I live at 9 Court Street."))
    assert found.outcome is Outcome.CLEAR
    assert [(aside.term, aside.quote, aside.because) for aside in found.set_aside] == [
        ("court", "Court", "part of an address")
    ]


def test_doubt_asks_and_proposes(assessed: Assessed) -> None:
    found = assessed(call("Should I get a lawyer?"))
    assert found.outcome is Outcome.CLARIFY
    assert found.flags[0].ask == "Is the attorney you mentioned helping you with this bill?"
    assert steps(found, Level.CLARIFY) == [TRANSFER, EXECUTIVE]
    assert found.say is None


def test_what_is_sure_goes_before_what_is_in_doubt(assessed: Assessed) -> None:
    found = assessed(call("Should I get a lawyer? I am fed up."))
    assert found.outcome is Outcome.ESCALATE
    assert [flag.kind for flag in found.flags] == ["frustration", "keyword"]
    assert steps(found, Level.ESCALATE) == [RESOLUTIONS, SOS]
    assert steps(found, Level.CLARIFY) == [EXECUTIVE]


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        ("Stop calling me.", (Scope.CALLS,)),
        ("Stop sending me letters.", (Scope.MAIL,)),
        ("Stop texting me and stop calling me.", (Scope.CALLS, Scope.MESSAGES)),
        ("Do not contact me again.", (Scope.CALLS, Scope.MESSAGES, Scope.MAIL)),
    ],
)
def test_the_scope_of_a_do_not_contact_request(assessed: Assessed, said: str, scope: tuple[Scope, ...]) -> None:
    found = assessed(call(said))
    assert found.flags[0].scope == scope
    assert found.actions[0].scope == scope
    assert found.actions[0].register == "do-not-contact"


def test_three_contacts_by_the_records(assessed: Assessed) -> None:
    history = notes("Pt called re bill", "Pt called re bill again")
    found = assessed(call("Hello, about my bill.", issue="INV-20391", history=history))
    assert [flag.kind for flag in found.flags] == ["repeated_contact"]
    assert found.count.contacts_on_this_issue == 3
    assert {piece.note for piece in found.flags[0].evidence} == {"n1", "n2"}
    assert all(piece.field is Field.HISTORY for piece in found.flags[0].evidence)


def test_two_contacts_are_not_three(assessed: Assessed) -> None:
    history = notes("Pt called re bill")
    assert assessed(call("Hello, about my bill.", issue="INV-20391", history=history)).outcome is Outcome.CLEAR


def test_records_and_claim_are_kept_apart(assessed: Assessed) -> None:
    history = notes("Pt called re bill", "Pt called re bill again")
    found = assessed(call("This is the fifth time I am calling.", issue="INV-20391", history=history))
    (flag,) = found.flags
    assert flag.number == 5
    assert {piece.field for piece in flag.evidence} == {Field.TURN, Field.HISTORY}
    assert "3 contacts" in flag.why
    assert "number 5" in flag.why


def test_a_notes_system_that_failed_is_never_silence(assessed: Assessed) -> None:
    found = assessed(call("Hello.", history=History((), ("LIMS",), ("AMD",))))
    assert found.outcome is Outcome.CLARIFY
    assert found.needs_person == ("The notes in AMD could not be read.",)
    assert found.actions == ()


def test_history_handed_in_goes_before_that_of_the_contact(policy: Policy) -> None:
    contact = call("Hello, about my bill.", issue="INV-20391", history=notes("Pt called re bill", "Pt called re bill"))
    assert assess(contact, policy, History()).outcome is Outcome.CLEAR


def test_what_was_not_read_needs_a_person(assessed: Assessed) -> None:
    contact = Contact("c-1", call("x").channel, unread=("The call has no words.",))
    found = assessed(contact)
    assert found.outcome is Outcome.CLARIFY
    assert found.needs_person == ("The call has no words.",)


def test_a_part_that_breaks_is_named_and_the_rest_stands(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(assess_module, "count_contacts", broken)
    found = assess(call("My attorney will call.", history=notes("Pt called")), policy)
    assert found.needs_person == ("The earlier contacts could not be assessed (ZeroDivisionError).",)
    assert [flag.term for flag in found.flags] == ["attorney"]


def test_the_log_of_a_part_that_breaks_holds_no_customers_words(
    policy: Policy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("secret words of the customer")

    monkeypatch.setattr(assess_module, "count_contacts", broken)
    assess(call("My attorney will call.", history=notes("Pt called")), policy)
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_a_rule_on_trial_is_shown_and_does_nothing(policy: Policy) -> None:
    rules = tuple(
        rule.model_copy(update={"status": Status.TRIAL}) if rule.rule == "frustration" else rule
        for rule in policy.rules
    )
    changed = Policy.model_validate(policy.model_copy(update={"rules": rules}).model_dump(by_alias=True))
    found = assess(call("I am fed up."), changed)
    assert found.outcome is Outcome.CLEAR
    assert found.actions == ()
    assert [flag.kind for flag in found.trial] == ["frustration"]


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_a_rule_that_is_not_in_force_raises_nothing(policy: Policy, status: str) -> None:
    rules = tuple(
        rule.model_copy(update={"status": Status(status)}) if rule.rule == "frustration" else rule
        for rule in policy.rules
    )
    changed = Policy.model_validate(policy.model_copy(update={"rules": rules}).model_dump(by_alias=True))
    assert assess(call("I am fed up."), changed).outcome is Outcome.CLEAR


def test_the_chatter_post_explains(assessed: Assessed) -> None:
    history = notes("Pt called re bill, disputes 420", "Pt called re bill again")
    found = assessed(mail("Hello. My lawyer will write to you. Bye.", issue="INV-20391", history=history))
    post = next(action.text for action in found.actions if action.kind == "chatter_post") or ""
    assert "What was said: “My lawyer will write to you.”" in post
    assert "Rule: Key Words, attorney" in post
    assert "Earlier contacts on this issue: 2, with this one 3." in post
    assert "2025-02-26, phone, LIMS: Pt called re bill again" in post
    assert "What is asked: Please review this bill" in post
    assert "INV-20391" in post


def test_a_mail_without_own_words_needs_a_person(assessed: Assessed) -> None:
    found = assessed(mail("> My attorney will call you.\n> Ana\n", subject="Fwd: my bill"))
    assert found.outcome is Outcome.CLARIFY
    assert found.needs_person == ("No words of the customer's own were found in it.",)
    assert found.flags == ()


def test_the_chatter_post_of_an_html_mail_holds_no_markup(assessed: Assessed) -> None:
    body = "<p>Hello.</p><p>My law&shy;yer&rsquo;s <b>attorney</b> &amp; friend will sue&nbsp;you.</p><p>Bye</p>"
    found = assessed(mail(body))
    post = next(action.text for action in found.actions if action.kind == "chatter_post") or ""
    assert "attorney & friend will sue you." in post
    assert "<" not in post


def test_what_is_set_aside_in_html_is_quoted_as_given(assessed: Assessed) -> None:
    body = "<p>I am not going to <b>s</b>ue anybody.</p>"
    (aside,) = assessed(mail(body)).set_aside
    assert body[aside.start : aside.end] == aside.quote


def test_quotes_in_html_are_those_of_the_body_as_given(assessed: Assessed) -> None:
    body = "<p>Hello,</p><p>my <b>law</b>yer&nbsp;will see you in&nbsp;<i>court</i>.</p>"
    found = assessed(mail(body))
    pieces = [piece for flag in found.flags for piece in flag.evidence]
    assert {flag.term for flag in found.flags} >= {"court"}
    assert all(body[piece.start : piece.end] == piece.quote for piece in pieces)


def test_the_record_is_the_contracts(assessed: Assessed) -> None:
    record = as_record(assessed(call("My attorney will call you.")))
    assert json.loads(json.dumps(record)) == record
    assert list(record)[:9] == ["id", "channel", "outcome", "flags", "actions", "say", "set_aside", "history", "policy"]
    (flag,) = record["flags"]
    assert flag["evidence"] == [{"turn": 0, "field": "turn", "start": 3, "end": 11, "quote": "attorney"}]
    assert {key: flag[key] for key in ("kind", "term", "level", "ask")} == {
        "kind": "keyword",
        "term": "attorney",
        "level": "escalate",
        "ask": None,
    }
    assert record["actions"][0] == {
        "kind": "warm_transfer",
        "to": "Natera Billing Escalation Calls",
        "phone": "+16504128715",
        "level": "escalate",
        "confirm": "agent",
    }
    assert record["policy"]["name"] == "natera-billing"


def test_the_same_contact_gets_the_same_answer(policy: Policy) -> None:
    contact = call("My attorney will call, I am fed up.", "And it is fraud.")
    assert as_record(assess(contact, policy)) == as_record(assess(contact, policy))
