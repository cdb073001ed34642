"""The policy page: the guideline as people read it, which one is in force, and a box to try a sentence in."""

from __future__ import annotations

import logging
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from tests.recorded import SUES, a_call, keep, policy
from tests.web.conftest import SignedIn
from tests.web.test_console import EVIL
from watchword import wiring
from watchword.escalation.steps import plan_steps
from watchword.policy.load import parse_policy, read_policy_text
from watchword.policy.schema import Policy, Status
from watchword.policy.show import rule_told
from watchword.policy.source import Source
from watchword.settings import Settings
from watchword.store import models
from watchword.store.record import record
from watchword.triage.assess import assess
from watchword.web.access import Role
from watchword.web.in_force import InForce, in_force, put_in_force


def text(browser: Client, address: str = "/policy") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def tried(browser: Client, sentence: str, channel: str = "phone") -> str:
    answer = browser.post("/policy/try", {"sentence": sentence, "channel": channel}, headers={"hx-request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_what_nothing_hears_while_the_model_is_off(signed_in: SignedIn) -> None:
    browser, opened = signed_in(Role.POLICY_OWNER), in_force()
    assert opened.settings.model == "off"
    page = text(browser)
    assert "The meaning model is switched off" in page
    assert "Nothing hears these" not in page
    meanings = {**opened.policy.meanings}
    name = next(name for name, meaning in meanings.items() if meaning.has_wordings)
    meanings[name] = meanings[name].model_copy(update={"like": (), "doubtful": ()})
    put_in_force(replace(opened, policy=opened.policy.model_copy(update={"meanings": meanings})))
    assert f": {meanings[name].means}" in text(browser).split("Nothing hears these", 1)[1].split("</ul>", 1)[0]
    put_in_force(replace(opened, settings=replace(opened.settings, model="shipped")))
    assert "switched off" not in text(browser)


def test_the_guideline_stands_there_word_for_word(signed_in: SignedIn) -> None:
    page = text(signed_in(Role.POLICY_OWNER))
    shown = policy()
    for script in shown.scripts.values():
        assert script in page
    for rule in shown.rules:
        told = rule_told(shown, rule)
        assert rule.title in page
        assert rule.means in page
        for way in told.channels:
            assert all(step in page for step in way.steps)
        assert all(words in page for _, words in told.raised_by)
        assert all(exception in page for exception in told.not_for)
        for example in (*rule.examples.raise_, *rule.examples.leave, *rule.examples.known_gap):
            assert (example.phone or example.email or ", ".join(example.history or ())) in page
            assert (example.because or "") in page
    for question in shown.open_questions:
        assert question.ask in page
    assert shown.hash in page
    assert "LIMS, AMD, CRM" in page
    assert page.count("not reached: ticket “Callback Requested”") == len(shown.lines)


def test_since_when_it_is_in_force(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    assert "No contact has been assessed under it yet" in text(browser)
    keep(a_call(SUES))
    first = models.Assessment.objects.get()
    keep(a_call(SUES, id="c-2"))
    assert first.made_at.strftime("%Y-%m-%d %H:%M") in text(browser)
    assert "No contact has been assessed" not in text(browser)


def test_a_sentence_is_tried(signed_in: SignedIn) -> None:
    browser = signed_in(Role.POLICY_OWNER)
    answer = unescape(tried(browser, "My attorney will ring you. I live on Court Street."))
    assert "<html" not in answer
    assert '<mark class="flag">attorney</mark>' in answer
    assert '<mark class="aside">Court</mark>' in answer
    for told in ("escalate", "warm transfer to Natera Billing Escalation Calls", "part of an address"):
        assert told in answer
    assert "<b>“attorney”</b>" in answer
    assert "“Court”: part of an address" in answer
    assert policy().scripts["handled_by_the_right_team"] in answer
    answer = unescape(tried(browser, "I want to file a complaint.", "email"))
    assert "in an email" in answer or "listed for phone only" in answer
    assert "warm transfer" not in answer
    assert "clarify" in tried(browser, "I will take this further.")
    whole = browser.post("/policy/try", {"sentence": SUES}).content.decode()  # without a script
    assert "<html" in whole
    assert '<mark class="flag">attorney</mark>' in whole


def test_what_cannot_be_tried_is_said(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    assert "Nothing was written." in tried(browser, "   ")
    assert "too long" in tried(browser, "x" * 2001)
    assert "No rule is raised" in tried(browser, "Thank you, bye.")
    assert browser.get("/policy/try").status_code == 405


def test_nothing_of_what_is_tried_is_kept_or_run(signed_in: SignedIn, caplog: pytest.LogCaptureFixture) -> None:
    browser = signed_in(Role.SUPERVISOR)
    caplog.set_level(logging.DEBUG)
    answer = tried(browser, f"Zanzibar {SUES} {EVIL}")
    assert "<script>" not in answer
    assert "&lt;script&gt;" in answer
    assert not models.Contact.objects.exists()
    assert not models.Event.objects.exclude(action="signed in").exists()
    assert "Zanzibar" not in caplog.text


def test_a_draft_says_so(signed_in: SignedIn) -> None:
    opened = in_force()
    rules = [rule.model_copy(update={"status": Status.DRAFT}) for rule in opened.policy.rules]
    drafted = type(opened.policy).model_validate(
        opened.policy.model_copy(update={"rules": tuple(rules)}).model_dump(by_alias=True)
    )
    put_in_force(InForce(opened.settings, drafted, assess))
    browser = signed_in(Role.POLICY_OWNER)
    assert "draft: nothing is sent yet" in tried(browser, SUES)
    assert '<span class="state waits">draft</span>' in browser.get("/policy").content.decode()


CHANGED = "The policy’s file says something else by now."
BROKEN = "The policy’s file does not hold as it stands: whatever is started now refuses it."


def own_file(web: Settings, folder: Path) -> tuple[Path, str]:
    """A file of the policy in force that a test may change, and what it says."""
    file, written = folder / "mine.yaml", read_policy_text("natera-billing")[0]
    file.write_text(written, encoding="utf-8")
    put_in_force(InForce(replace(web, policy=str(file)), in_force().policy, assess))
    return file, written


def test_a_file_that_says_something_else_by_now(web: Settings, signed_in: SignedIn, tmp_path: Path) -> None:
    file, written = own_file(web, tmp_path)
    browser = signed_in(Role.POLICY_OWNER)
    assert CHANGED not in text(browser)
    file.write_text(written.replace("title: Key Words", "title: Keys"), encoding="utf-8")
    assert CHANGED in text(browser)
    assert BROKEN not in text(browser)
    broken = written.replace("ticket: patient_sos", "ticket: patient_soss")
    file.write_text(broken, encoding="utf-8")
    page = text(browser)
    assert page.index(BROKEN) < page.index("Try a sentence")
    line = broken[: broken.index("patient_soss")].count("\n") + 1
    assert f'Line {line}: error: There is no "patient_soss" under tickets. Did you mean "patient_sos"?' in page
    file.write_text("version: [", encoding="utf-8")
    assert "This is not well-formed YAML" in text(browser)
    file.unlink()
    page = text(browser)
    assert BROKEN in page
    assert "There is no policy" in page


BESIDE = "Another part of the service goes by version"


def test_a_part_of_the_service_that_goes_by_another_policy_is_told_while_it_does(
    web: Settings, signed_in: SignedIn
) -> None:
    """As a receiver that was started again alone, or a process that took another one's place."""
    browser = signed_in(Role.POLICY_OWNER)
    keep(a_call(SUES))
    models.Assessment.objects.update(policy_hash="b" * 64, policy_version="7", made_at=in_force().opened_at)
    assert BESIDE not in text(browser)  # by whatever was in force before
    models.Assessment.objects.update(made_at=timezone.now())
    keep(a_call(SUES, id="c-2"))  # by this process
    page = text(browser)
    assert f"{BESIDE} 7, hash <code>bbbbbbbbbbbb</code>: a contact was assessed by it" in page
    put_in_force(replace(in_force(), opened_at=timezone.now()))  # everything was started again
    assert BESIDE not in text(browser)


def test_a_policys_text_is_parsed_once_until_it_changes(
    web: Settings, signed_in: SignedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def spy(text: str, file: str) -> tuple[Policy, Source]:
        parsed.append(text)
        return parse_policy(text, file)

    monkeypatch.setattr(wiring, "parse_policy", spy)
    file, written = own_file(web, tmp_path)
    browser = signed_in(Role.POLICY_OWNER)
    assert CHANGED not in text(browser)
    assert CHANGED not in text(browser)
    assert len(parsed) == 1
    another = written.replace("title: Key Words", "title: Keys")
    file.write_text(another, encoding="utf-8")
    assert CHANGED in text(browser)
    assert CHANGED in text(browser)
    assert parsed == [written, another]
    broken = written.replace("ticket: patient_sos", "ticket: patient_soss")
    file.write_text(broken, encoding="utf-8")
    for _ in range(2):
        assert 'Did you mean "patient_sos"?' in text(browser)
    file.write_text(written, encoding="utf-8")
    assert CHANGED not in text(browser)
    assert parsed == [written, another, broken]


def test_only_so_many_texts_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    written = read_policy_text("natera-billing")[0]
    for number in range(2 * wiring.TEXTS_REMEMBERED):
        file.write_text(f"{written}\n# {number}\n", encoding="utf-8")
        assert wiring.check_again(str(file))[0] == policy().hash
    assert wiring.checked.cache_info().currsize == wiring.TEXTS_REMEMBERED


def on_trial(kind: str) -> Policy:
    """The policy in force with one rule on trial, put in force."""
    opened = in_force()
    rules = [
        rule.model_copy(update={"status": Status.TRIAL}) if rule.rule == kind else rule for rule in opened.policy.rules
    ]
    changed = Policy.model_validate(opened.policy.model_copy(update={"rules": tuple(rules)}).model_dump(by_alias=True))
    put_in_force(replace(opened, policy=changed))
    return changed


def test_what_a_rule_on_trial_raised_is_shown(signed_in: SignedIn) -> None:
    browser = signed_in(Role.POLICY_OWNER)
    assert "/policy/trial" not in text(browser)
    assert "No rule is on trial." in text(browser, "/policy/trial")
    by = on_trial("frustration")
    assert "Nothing yet." in text(browser, "/policy/trial")
    for number, said in enumerate(
        ("I am fed up with all of this.", f"{SUES} I am fed up with this too.", "Thank you.")
    ):
        contact = a_call(said, id=f"c-{number}")
        found = assess(contact, by)
        record(contact, found, plan_steps(found), source="test", actor="test")
    assert 'href="/policy/trial"' in text(browser)
    page = text(browser, "/policy/trial")
    assert "2 flags" in page
    assert page.count("<q>fed up</q>") == 2
    assert "/contacts/" not in page  # for the policy owner sees no people
    numbers = models.Contact.objects.order_by("pk").values_list("pk", flat=True)
    supervisors = text(signed_in(Role.SUPERVISOR), "/policy/trial")
    assert [f'href="/contacts/{number}' in supervisors for number in numbers] == [True, True, False]
    assert models.Event.objects.filter(action="trial seen").count() == 2
    contacts_page = text(signed_in(Role.AUDITOR), f"/contacts/{numbers[0]}")
    assert "on trial: nothing follows from it" in contacts_page


def test_whoever_may_not_see_escalations_sees_no_policy(signed_in: SignedIn) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert browser.get("/policy").status_code == 403
    assert browser.post("/policy/try", {"sentence": SUES}).status_code == 403
