"""What nobody here can judge is said, not taken for harmless."""

from __future__ import annotations

from time import perf_counter

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
        "告你们",
        "मेरी बात सुनो",
        "Please help. 我要起诉你们公司, 我的律师会联系你们的。 Thank you so much",
        "I am calling about my bill and I want to say подам в суд if it is not fixed by the end of the week.",
        "The bill came twice and I paid it. " * 100 + "告你们",
    ],
)
def test_other_scripts_are_named(said: str) -> None:
    assert unread(passages(call("Hello there", said))) == ("Not read: turn 2, which is not in Latin letters.",)


@pytest.mark.parametrize(
    "said",
    [
        "Voy a llamar a mi abogado porque esta factura es una estafa y no la voy a pagar.",
        "Je vous ai déjà écrit trois fois et personne ne me répond, merci de me rappeler.",
        "Ich habe die Rechnung nicht verstanden und möchte mit jemandem sprechen, bitte.",
        "Hindi ko po maintindihan ang bill, bakit ang mahal po ng test?",
        "Los voy a demandar.",
        "los voy a demandar",
        "Voy a llamar a mi abogado mañana.",
        "Voy a llamar a mi abogado mañana.",
        "No me llamen más.",
        "Es una estafa.",
        "Je vais vous poursuivre en justice.",
        "J’ai déjà payé cette facture.",
        "Arrêtez de m'appeler.",
        "Ich werde Sie verklagen, that is all.",
        "Rufen Sie mich nie wieder an.",
        "Vou processar vocês.",
        "Não me liguem mais.",
        "Vi denuncio, questa è una truffa.",
        "Parlerò con il mio avvocato.",
        "Tôi sẽ kiện các ông.",
        "Bakit ang mahal?",
        "No hablo inglés.",
        "Déjenme en paz, no me quiten la casa.",
        "No me llamen más, please.",
        "Es una estafa, thank you.",
        "Hello, la voy a demandar, ok? Yes, thank you very much, bye.",
        "Hi, mi nombre es Rosa Marin, no quiero que me llamen más, voy a demandar a la compañía porque esta factura no "
        "es mía, ok, thank you, bye, it is all.",
        "My daughter speaks English. Mi marido y yo no podemos pagar esta cuenta, los voy a demandar, y no me llamen "
        "mas a la casa.",
        "my daughter speaks english and mi marido y yo no podemos pagar esta cuenta so that is what i wanted to say",
        "The bill came twice and I paid it online. " * 60 + "Los voy a demandar.",
        "the bill came twice and i paid it online " * 60 + "mi abogado los va a demandar porque esto es un fraude",
    ],
)
def test_other_languages_are_named(said: str) -> None:
    assert unread(passages(call(said))) == ("Not read: turn 1, which does not seem to be English.",)


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
        "La Quinta, Las Vegas",
        "Señora García",
        "Señora García. Gracias.",
        "Buenas tardes señora.",
        "Gracias",
        "Muchas gracias, señorita.",
        "Merci, madame. Au revoir!",
        "Guten Tag, Herr Müller.",
        "Is that the café in Curaçao? Zoë and Noël paid there.",
        "I live at 1400 Calle de la Cuenta, San Juan, Puerto Rico.",
        "1400 Avenida de los Reyes, Mi Casa apartments, Des Moines",
        "Banco de la Nación sent it to Société Générale and Deutsche Bank.",
        "I'm Jürgen von der Leyen, and my wife is María de los Ángeles Peña.",
        "It is the El Paso office of La Clínica del Pueblo.",
        "My last name is Dos Santos da Silva.",
        "The abogado said so.",
        "Iglesia de Nuestra Señora",
        "I speak Hindi, some Tagalog and French.",
        "So the dose was 5 µg, and Ω is the sign of it.",
        "I’m sure it’s not mine — it says “final notice”…",
        "I'll sue. I will call my lawyer. Do not call me again.",
        "PO Box 12, Detroit MI. Mon, Tue or Wed. Die on me, no.",
        "C'est la vie, as they say.",
    ],
)
def test_names_addresses_and_mixtures_are_read(said: str) -> None:
    assert unread(passages(call(said))) == ()


def test_short_turns_are_looked_at_together() -> None:
    named = unread(passages(call("Buenas tardes.", "Abogado.", "agent: Sorry?", "ok", "Demanda.", "That is my name.")))
    assert named == ("Not read: turn 2, turn 5, which does not seem to be English.",)
    assert unread(passages(call("Gracias.", "Abogado.", "My name is Luz Cuenta.", "I want to pay the bill."))) == ()


def test_a_call_in_another_language_is_named_turn_by_turn() -> None:
    said = call("Buenas tardes señora.", "Voy a llamar a mi abogado.", "Esto es un fraude, los demando.")
    assert unread(passages(said)) == ("Not read: turn 2, turn 3, which does not seem to be English.",)


def test_what_was_looked_at_before_changes_no_answer() -> None:
    known: dict[str, str] = {}
    said = ["Abogado.", "ok", "Demanda.", "Los voy a demandar."]
    for many in range(len(said) + 1):
        so_far = passages(call(*said[:many]))
        assert unread(so_far, known) == unread(so_far)


@pytest.mark.parametrize("piece", ["que ", "a", "é", "告 ", "que the ", "l'", ". ", "𝐚"])
def test_a_very_long_turn_takes_no_longer_than_its_length_asks_for(piece: str) -> None:
    long = passages(call(piece * (100_000 // len(piece))))
    started = perf_counter()
    unread(long)
    assert perf_counter() - started < 1


def test_what_was_not_read_is_for_a_person_and_never_clear() -> None:
    found = assess(call("Hello.", "Voy a demandar porque esta factura es una estafa para mi."), POLICY)
    assert found.outcome is Outcome.CLARIFY
    assert found.needs_person == ("Not read: turn 2, which does not seem to be English.",)
    assert found.flags == ()


@pytest.mark.parametrize("said", ["😡😡😡", "???", "12345", "   "])
def test_a_contact_without_a_word_is_for_a_person(said: str) -> None:
    found = assess(mail(said), POLICY)
    assert found.needs_person == ("No words of the customer's own were found in it.",)
