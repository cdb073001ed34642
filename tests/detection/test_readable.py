"""What nobody here can judge is said, not taken for harmless."""

from __future__ import annotations

import pytest

from tests.made import call, mail
from watchword.detection.readable import unread
from watchword.policy.load import load_policy
from watchword.reading.own_words import passages
from watchword.terms import Outcome
from watchword.triage.assess import assess

POLICY = load_policy("natera-billing")


@pytest.mark.parametrize(
    "said",
    [
        "你好，我想问一下我的账单为什么这么高。",
        "Здравствуйте, почему мне снова пришёл счёт?",
        "مرحبا، لماذا الفاتورة مرتفعة جدا؟",
        "청구서에 대해 문의하고 싶습니다.",
    ],
)
def test_other_scripts_are_named(said: str) -> None:
    assert unread(passages(call("Hello there", said))) == ("Not read: turn 1, which is not in Latin letters.",)


@pytest.mark.parametrize(
    "said",
    [
        "Voy a llamar a mi abogado porque esta factura es una estafa y no la voy a pagar.",
        "Je vous ai déjà écrit trois fois et personne ne me répond, merci de me rappeler.",
        "Ich habe die Rechnung nicht verstanden und möchte mit jemandem sprechen, bitte.",
        "Hindi ko po maintindihan ang bill, bakit ang mahal po ng test?",
    ],
)
def test_other_languages_are_named(said: str) -> None:
    assert unread(passages(call(said))) == ("Not read: turn 0, which does not seem to be English.",)


@pytest.mark.parametrize(
    "said",
    [
        "My name is Nguyen Thi Mai, N G U Y E N.",
        "412 Court Street, apartment 9, New Orleans, Louisiana 70119",
        "pues I told them que no voy a pagar, my lawyer will call you",
        "Señora Ibáñez on the phone, José's bill please",
        "👍👍👍",
        "ok",
        "555-0142",
        "La Quinta Hotel, Las Vegas, El Paso Street",
    ],
)
def test_names_addresses_and_mixtures_are_read(said: str) -> None:
    assert unread(passages(call(said))) == ()


def test_what_was_not_read_is_for_a_person_and_never_clear() -> None:
    found = assess(call("Hello.", "Voy a demandar porque esta factura es una estafa para mi."), POLICY)
    assert found.outcome is Outcome.CLARIFY
    assert found.needs_person == ("Not read: turn 1, which does not seem to be English.",)
    assert found.flags == ()


@pytest.mark.parametrize("said", ["😡😡😡", "???", "12345", "   "])
def test_a_contact_without_a_word_is_for_a_person(said: str) -> None:
    found = assess(mail(said), POLICY)
    assert found.needs_person == ("No words of the customer's own were found in it.",)
