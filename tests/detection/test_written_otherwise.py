"""The same words as telephones, word processors and transcripts write them are heard as the same."""

from __future__ import annotations

import pytest

from tests.made import call, mail
from watchword.detection.model.reader import shipped_model
from watchword.policy.load import load_policy
from watchword.terms import Assessment, Contact
from watchword.triage.assess import assess

POLICY = load_policy("natera-billing")


def assessed(contact: Contact) -> Assessment:
    return assess(contact, POLICY, None, shipped_model())


def raised(contact: Contact) -> set[str]:
    return {flag.term or flag.kind for flag in assessed(contact).flags}


@pytest.mark.parametrize(
    ("plain", "typographic"),
    [
        (
            "I'm done, that's it. My brother-in-law's drafting something.",
            "I’m done, that’s it. My brother‑in‑law’s drafting something.",
        ),
        ('You said "next week" twice, and I\'ve heard nothing.', "You said “next week” twice, and I’ve heard nothing."),
        ("Still nothing from you.   ", "Still nothing from you. \U0001f620\U0001f620"),
        ("I will sue you - all of you.", "I\u00a0will ｓｕｅ you – all of you."),
    ],
)
def test_typographic_signs_are_heard_as_plain_ones(plain: str, typographic: str) -> None:
    """Telephones and word processors put them in by themselves; each shifted what the network heard by half a bar."""
    model = shipped_model()
    assert len(plain) == len(typographic)
    assert model.by_itself(typographic) == model.by_itself(plain)
    heard, expected = assessed(mail(typographic)), assessed(mail(plain))
    assert [(one.term or one.kind, one.level) for one in heard.flags] == [
        (one.term or one.kind, one.level) for one in expected.flags
    ]
    assert all(piece.quote in typographic for one in heard.flags for piece in one.evidence)


@pytest.mark.parametrize(
    ("plain", "spoken"),
    [
        ("I think my lawyer should see this.", "I, uh, think my lawyer, um, should see this."),
        ("So I want no more calls. None.", "Uhm, so I want, uh... no more calls. Hmm, none."),
    ],
)
def test_fillers_are_not_heard(plain: str, spoken: str) -> None:
    """Some transcripts keep every "uh"; one at each comma cost three of a hundred flags."""
    model = shipped_model()
    assert model.by_itself(spoken) == pytest.approx(model.by_itself(plain), abs=1e-3)
    assert not assessed(call("Uh.", "agent: Yes?", "Um, uh, hmm.")).flags


@pytest.mark.parametrize("answer", ["Uh-huh.", "Uh-uh.", "Mm-hmm."])
def test_an_answer_that_sounds_like_a_filler_is_heard(answer: str) -> None:
    without = answer.lower().replace("uh", "  ").replace("hmm", "   ")
    assert shipped_model().by_itself(answer) != shipped_model().by_itself(without)


def test_what_is_cut_into_turns_while_it_is_said_is_heard_as_one() -> None:
    whole = call("agent: I see your balance.", "well i will let my sister in law's firm look into this bill of yours")
    cut = call(
        "agent: I see your balance.", "well i will let my sister", "in law's firm look into", "this bill of yours"
    )
    assert raised(cut) == raised(whole) == {"attorney"}
    evidence = [piece for flag in assessed(cut).flags for piece in flag.evidence]
    assert all(piece.quote in cut.turns[piece.turn or 0].text for piece in evidence)
    assert {piece.turn for piece in evidence} >= {1, 2}
