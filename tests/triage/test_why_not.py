"""Why a flag was not raised."""

from __future__ import annotations

import pytest

from tests.made import call, mail, notes
from watchword.policy.schema import Policy
from watchword.terms import Contact, History
from watchword.triage.assess import assess
from watchword.triage.why_not import named, names_of, names_told, why_not


def reasons(name: str, contact: Contact, policy: Policy) -> str:
    return " ".join(why_not(name, contact, assess(contact, policy), policy))


def test_every_rule_and_term_can_be_asked_about(policy: Policy) -> None:
    assert {"keyword", "repeated_contact", "frustration", "do_not_contact", "attorney", "ceo"} <= set(names_of(policy))


@pytest.mark.parametrize("asked", ["bbb", "BBB", "Bbb", " bbb "])
def test_a_term_by_its_name_and_as_people_read_it(policy: Policy, asked: str) -> None:
    assert named(asked, policy) == "bbb"
    assert named("Legal Action", policy) == named("legal_action", policy) == "legal_action"
    assert named("Better Business Bureau", policy) is None
    said = policy.model_copy(update={"terms": {"bbb": "Better Business  Bureau", "attorney": "Court"}})
    assert named("better business bureau", said) == "bbb"
    assert named("Court", said) == "court"  # a name goes first
    assert "It was raised: keyword, BBB, level" in reasons("bbb", call("I will tell the BBB about you."), policy)


def test_names_stand_with_what_people_read(policy: Policy) -> None:
    assert {"keyword", "attorney", "bbb (BBB)", "ceo (CEO)"} <= set(names_told(policy))


def test_an_unknown_name(policy: Policy) -> None:
    with pytest.raises(KeyError):
        reasons("nonsense", call("x"), policy)


def test_a_word_that_was_set_aside(policy: Policy) -> None:
    assert "“Court” (turn 1) was set aside: part of an address" in reasons(
        "court", call("I live at 9 Court Street."), policy
    )


def test_after_words_that_were_set_aside_only_the_others_are_missing(policy: Policy) -> None:
    said = reasons("court", call("I live at 9 Court Street."), policy)
    assert "Nothing else of these listed words was found" in said
    assert "No other wording of these was found" in said


def test_a_word_that_is_not_there(policy: Policy) -> None:
    said = reasons("attorney", call("Hello."), policy)
    assert "not found, in any form, in the customer's own words: attorney" in said
    assert "bringing_an_attorney" in said


def test_a_rule_of_the_other_channel(policy: Policy) -> None:
    assert "by phone only, and this contact came by email" in reasons("frustration", mail("I am fed up."), policy)


def test_contacts_that_were_not_counted(policy: Policy) -> None:
    history = notes("Outbound call to pt, LVM", "Pt called re bill")
    said = reasons("repeated_contact", call("Hello.", issue="INV-20391", history=history), policy)
    assert "3 contacts about the same issue are needed; 2 were counted" in said
    assert "The note n1 was not counted" in said


def test_notes_that_could_not_be_read(policy: Policy) -> None:
    said = reasons("repeated_contact", call("Hello.", history=History((), (), ("AMD",))), policy)
    assert "No notes system was read." in said
    assert "The notes in AMD could not be read" in said


def test_a_flag_that_was_raised_after_all(policy: Policy) -> None:
    assert "It was raised: keyword, attorney" in reasons("attorney", call("My attorney will call."), policy)
