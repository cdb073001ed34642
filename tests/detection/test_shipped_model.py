"""The model that ships: what it hears, that it always says the same, and what it makes of bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib import resources
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.made import call, mail
from watchword.detection.model.encoder import open_encoder
from watchword.detection.model.gate import open_gate
from watchword.detection.model.labels import LABELS, NO_REASON, REASONS
from watchword.detection.model.reader import ShippedModel, open_shipped, shipped_model
from watchword.detection.model.sieve import open_sieve
from watchword.errors import ModelError
from watchword.policy.load import load_policy
from watchword.policy.schema import Lean
from watchword.terms import Assessment, Contact, Level, Outcome, Scope
from watchword.triage.assess import assess
from watchword.triage.record import as_record

POLICY = load_policy("natera-billing")
SHIPPED = resources.files("watchword.detection.model").joinpath("shipped")
CONTACTS = [
    call("agent: What can I do for you?", "My brother-in-law practises and he is drafting something for you people."),
    call("I moved to Court Street and I need the bill sent there, please."),
    call("I was told on Monday somebody would ring me.", "agent: I see.", "It's Friday. Nobody has."),
    mail("Please take me off every list you have, I do not want to hear from you again, by phone or by post."),
    mail("Thank you for the quick answer. I have paid the forty dollars online."),
    call("uh yeah so i called monday i called wednesday and now im calling again for the same bill"),
]


def assessed(contact: Contact) -> Assessment:
    return assess(contact, POLICY, None, shipped_model())


def record(contact: Contact) -> str:
    return json.dumps(as_record(assessed(contact)), sort_keys=True)


def named(contact: Contact) -> set[str]:
    return {flag.term or flag.kind for flag in assessed(contact).flags}


CALM = (
    "I moved to the new house in June, and the mail comes to the old one still.",
    "The card ends in 4402 and the copy of my insurance card is attached. We had a lovely summer, by the way.",
)
PLAIN = {
    "social_media": "I'm posting this whole mess on my channel tonight.",
    "bbb": "The Better Business Bureau has my letter already.",
    "state_law": "What you do is against the law in this state.",
}


@pytest.mark.parametrize("term", PLAIN)
def test_a_plain_sentence_is_heard_between_calm_ones(term: str) -> None:
    said = " ".join([CALM[0], PLAIN[term], CALM[1]])
    assert named(call("agent: How can I help you?", said)) == {term}
    assert named(mail(f"Hello,\n\n{said}\n\nThanks,\nPat")) == {term}
    assert named(mail(f"Hello,\n\n{' '.join(CALM)}\n\nThanks,\nPat")) == set()


@pytest.mark.parametrize(
    "calm", ["My doctor's office said that you bill the insurance first.", "Is that before or after tax?"]
)
def test_calm_talk_of_the_field_is_kept_from_the_encoder_though_the_gate_lets_it_through(calm: str) -> None:
    model = open_shipped(SHIPPED)
    assess(call(calm), POLICY, None, model)
    assert model.looked == 0
    model.calibration = replace(model.calibration, sieve=float("-inf"))
    assess(call(calm), POLICY, None, model)
    assert model.looked == 1


def test_the_sieve_reads_words_in_their_order_however_many_there_are() -> None:
    sieve, encoder = open_sieve(SHIPPED), open_encoder(SHIPPED)

    def score(text: str) -> float:
        return sieve.score(encoder.tokens(text))

    assert score("Somebody at my brother's office drafts these for a living.") > score(
        "My brother drafts at the office."
    )
    assert score("you bill me first, not my insurance") != score("you first bill my insurance, not me")
    assert score("word " * 5000) == score("word " * 192)
    assert score("") == score(" ") == sieve.score([])


def test_it_hears_what_nobody_listed_and_leaves_what_only_looks_like_it() -> None:
    assert "attorney" in named(CONTACTS[0])
    assert named(CONTACTS[1]) == set()
    assert "frustration" in named(CONTACTS[2])
    assert "do_not_contact" in named(CONTACTS[3])
    assert named(CONTACTS[4]) == set()


def test_the_answer_is_the_same_alone_and_among_others() -> None:
    alone = [record(contact) for contact in CONTACTS]
    fresh = open_shipped(SHIPPED)
    assert [json.dumps(as_record(assess(one, POLICY, None, fresh)), sort_keys=True) for one in CONTACTS[::-1]] == alone[
        ::-1
    ]


def test_the_answer_is_the_same_in_threads() -> None:
    alone = [record(contact) for contact in CONTACTS]
    fresh = open_shipped(SHIPPED)
    found: dict[int, list[str]] = {}

    def work(number: int) -> None:
        found[number] = [json.dumps(as_record(assess(one, POLICY, None, fresh)), sort_keys=True) for one in CONTACTS]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[number] == alone for number in range(4))


def test_the_answer_is_the_same_in_another_process() -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert list(pool.map(record, CONTACTS)) == [record(contact) for contact in CONTACTS]


def test_a_call_that_grows_is_not_read_again_from_the_start() -> None:
    model = open_shipped(SHIPPED)
    turns = ["My lawyer has the bill.", "He will sue you over it.", "Now I want the CEO."]
    for end in range(1, len(turns) + 1):
        assess(call(*turns[:end]), POLICY, None, model)
        assert model.looked == end


def test_evidence_is_an_exact_stretch_of_what_was_said() -> None:
    for contact in CONTACTS:
        for flag in assessed(contact).flags:
            for piece in flag.evidence:
                text = contact.turns[piece.turn].text if piece.turn is not None else contact.body or ""
                assert text[piece.start : piece.end] == piece.quote
                assert piece.quote.strip()


def test_every_sign_of_frustration_is_named_with_its_words() -> None:
    (flag,) = [flag for flag in assessed(CONTACTS[2]).flags if flag.kind == "frustration"]
    assert all(piece.sign for piece in flag.evidence)
    assert "Sign:" in flag.why


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   \n",
        "😡🤬😡",
        "🙂",
        "?!" * 500,
        "yes",
        "0000 0000",
        "1 2 3 " * 100,
        "\x00\x07",
        "a" * 100_000,
        "The weather was nice and we paid the bill online. " * 2000,
        "\u202eabc\u202c",
        "half a character \ud800 in it",
    ],
)
def test_odd_input_is_no_error_and_no_false_escalation(said: str) -> None:
    for contact in (call(said), mail(said)):
        found = assessed(contact)
        assert found.outcome is not Outcome.ESCALATE
        assert found.flags == ()


def test_a_flag_in_a_very_long_turn_is_still_seen() -> None:
    long = "So I went to the shop and bought some bread and milk. " * 900
    found = assessed(call(f"{long} My attorney will sue you over this bill. {long}"))
    assert "attorney" in {flag.term for flag in found.flags}  # at least asked about (decision 16)
    assert len(found.flags) <= 3


@pytest.mark.parametrize("plain", ["I will see you in court.", "I will report you to the BBB.", "I will sue you."])
def test_a_plain_threat_is_heard_beside_a_greeting_a_name_or_another_sentence(plain: str) -> None:
    contacts = (
        mail(f"Hello,\n\n{plain}"),
        mail(f"{plain}\n\nPat"),
        mail(f"Good morning,\n\nYour bill is wrong and nobody fixes it. {plain}\n\nRegards,\nPat Jones"),
        call(f"Hello. {plain} Goodbye."),
        call(f"{plain} Never contact me again."),
    )
    for contact in contacts:
        assert any(flag.term for flag in assessed(contact).flags), contact


@pytest.mark.parametrize(
    "plain",
    [
        "I will sue you.",
        "If this is not gone by April I will sue you.",
        "I'll take you to court before I pay that charge.",
        "Fine, then I'll see you in court.",
        "You withdrew money without permission, which is theft.",
        "Fix this by Friday or I post the bill everywhere.",
        "My father would like you not to contact him anymore, please.",
    ],
)
def test_a_plain_threat_is_acted_on_in_a_call_that_went_on_calmly_until_then(plain: str) -> None:
    before = (
        "agent: Thank you for holding, I have your account open now.",
        "We moved in April, so the letter probably went to the old place.",
        "agent: That claim was sent to the plan on the 11th of April.",
    )
    assert Level.ESCALATE in {flag.level for flag in assessed(call(*before, plain)).flags}
    assert not assessed(call(*before)).flags


def test_other_scripts_and_mixed_languages_are_said_not_guessed() -> None:
    found = assessed(call("你好，我想问一下我的账单，我要找律师。"))
    assert found.flags == ()
    assert found.needs_person
    mixed = assessed(call("pues I told them que no voy a pagar, gracias, just send the bill again"))
    assert mixed.outcome is not Outcome.ESCALATE


def test_scope_is_heard() -> None:
    (flag,) = assessed(mail("Stop sending letters to my house.")).flags
    assert flag.scope == (Scope.MAIL,)


@pytest.mark.parametrize(
    ("said", "term"),
    [
        ("Do people usually get somebody with a law degree to look at a bill like mine?", "attorney"),
        ("Is this bill even real? I never heard of your laboratory.", "scam"),
        ("Would it be the kind of thing a person puts in front of a judge, or does nobody do that?", "court"),
        ("What happens to your bill if somebody goes through chapter seven?", "bankruptcy"),
    ],
)
def test_an_honest_doubt_is_asked_about(said: str, term: str) -> None:
    (flag,) = assessed(call(said)).flags
    assert (flag.term, flag.level) == (term, Level.CLARIFY)


@pytest.mark.parametrize(
    "said",
    [
        "So I've called my attorney off, there's nothing to fight about any more, you've put it right.",
        "I've torn up the letter to my attorney, you were right and I was wrong, I'm sorry.",
    ],
)
def test_a_threat_that_is_taken_back_later_is_asked_about(said: str) -> None:
    threat = "My attorney is going to write to you about this bill."
    (before,) = assessed(call(threat)).flags
    (since,) = assessed(call(threat, "agent: I have taken the second charge off, it was our mistake.", said)).flags
    assert [(flag.term, flag.level) for flag in (before, since)] == [
        ("attorney", Level.ESCALATE),
        ("attorney", Level.CLARIFY),
    ]
    assert since.why.endswith("In doubt: something was taken back since.")


def test_a_reason_is_told_where_it_is_likely_and_none_is_made_up() -> None:
    told = {
        said: [(aside.quote, aside.because) for aside in assessed(call(said)).set_aside]
        for said in (
            "I'm an attorney, I never get sick days.",
            "I'm going to report you to the Better Business Bureau.",
        )
    }
    assert list(told.values()) == [[("attorney", REASONS["occupation"])], [("report you", NO_REASON)]]


def test_leans_only_move_the_bars() -> None:
    measured = shipped_model().calibration
    for bars in (measured.bars, measured.few_words):
        assert set(bars) == {label.value for label in LABELS}
        for by_lean in bars.values():
            assert by_lean[Lean.CATCH_MORE].act <= by_lean[Lean.EVEN].act <= by_lean[Lean.FEWER_FALSE_ALARMS].act
            assert all(bar.ask <= bar.act for bar in by_lean.values())
    assert [measured.few_listed[lean] for lean in Lean] == sorted(measured.few_listed.values())


@pytest.mark.parametrize(
    "missing",
    ["meaning.onnx", "tokenizer.json", "gate.bin", "sieve.onnx", "grams.bin", "calibration.json", "background.bin"],
)
def test_a_model_that_is_not_whole_says_what_to_do(tmp_path: Path, missing: str) -> None:
    for file in SHIPPED.iterdir():
        if file.name != missing:
            (tmp_path / file.name).symlink_to(str(file))
    with pytest.raises(ModelError, match="Install Watchword again"):
        open_shipped(tmp_path)


def test_a_broken_network_and_a_short_gate_are_refused(tmp_path: Path) -> None:
    (tmp_path / "meaning.onnx").write_bytes(b"no network")
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "gate.bin").write_bytes(b"0.1 0.2\nshort")
    with pytest.raises(ModelError):
        open_encoder(tmp_path)
    with pytest.raises(ModelError):
        open_gate(tmp_path)


def test_the_shipped_files_are_small_enough_for_the_wheel() -> None:
    assert sum(len(file.read_bytes()) for file in SHIPPED.iterdir()) < 30_000_000


def test_the_model_is_one_object() -> None:
    assert isinstance(shipped_model(), ShippedModel)
    assert shipped_model() is shipped_model()


@pytest.mark.parametrize("asked", ["shipped_model().by_itself('No.')", "made_by()"])
def test_a_program_that_uses_the_library_leaves_nothing_to_be_told_to_the_makers_of_the_runtime(
    tmp_path: Path, asked: str
) -> None:
    told = f"from watchword.detection.model.reader import made_by, shipped_model; print({asked})"
    silenced_by = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")
    environment = {name: value for name, value in os.environ.items() if name not in silenced_by}
    done = subprocess.run([sys.executable, "-c", told], env=environment | {"HOME": str(tmp_path)}, capture_output=True)
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []  # where onnxruntime keeps what it has to tell
