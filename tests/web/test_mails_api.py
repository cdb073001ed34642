"""Mails over the API: on the same path as every other, once, and a clear refusal for what is no mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.test import Client, override_settings

from tests.recorded import policy
from tests.web.mails import come_in, letter
from watchword.settings import MailIntake, Settings
from watchword.store import models
from watchword.terms import Assessment
from watchword.triage.assess import assess
from watchword.web.access import KeyScope
from watchword.web.in_force import InForce, put_in_force

ADDRESS = "/api/v1/mails"
KIND = "message/rfc822"
Connect = Callable[..., Client]


def test_a_mail_is_recorded_once(machine: Connect) -> None:
    crm = machine(KeyScope.CONTACTS)
    answer = crm.post(ADDRESS, letter(1), content_type=KIND)
    told = answer.json()
    assert answer.status_code == 201, told
    assert (told["id"], told["new"], told["assessment"]["outcome"]) == ("letter-1@example.com", True, "escalate")
    assert [step["kind"] for step in told["escalation"]["steps"]] == ["queue_transfer", "chatter_post"]
    again = crm.post(ADDRESS, letter(1), content_type=KIND)
    assert (again.status_code, again.json()["new"]) == (200, False)
    assert bytes(models.OriginalMail.objects.get().raw) == letter(1)
    assert models.Contact.objects.get().source == "api"


def test_a_mail_that_comes_again_under_another_policy_is_not_assessed_anew(web: Settings, machine: Connect) -> None:
    crm = machine()
    other = letter(1, "I have a question about my bill.")
    first = [crm.post(ADDRESS, mail, content_type=KIND).json() for mail in (letter(1), other)]  # of one Message-ID

    def no_more(*_: object, **__: object) -> Assessment:
        raise AssertionError

    put_in_force(InForce(web, policy(), no_more))
    for told, mail in zip(first, (letter(1), other), strict=True):
        again = crm.post(ADDRESS, mail, content_type=KIND)
        assert (again.status_code, again.json()) == (200, told | {"new": False})
    assert models.Contact.objects.count() == models.Assessment.objects.count() == 2


def test_a_mail_that_came_in_otherwise_is_the_same(web: Settings, machine: Connect) -> None:
    (row,) = come_in(web, letter(1), policy=policy())
    answer = machine().post(ADDRESS, letter(1).replace(b"\n", b"\r\n"), content_type=KIND)
    assert (answer.status_code, answer.json()["id"]) == (200, row.key)
    assert models.Contact.objects.count() == 1


@pytest.mark.parametrize("body", [b"\n\n", b"no mail at all", b'{"id": "c-1"}', bytes(range(256)), b"\xff" * 5000])
def test_what_is_no_mail_is_refused(machine: Connect, body: bytes) -> None:
    answer = machine().post(ADDRESS, body, content_type=KIND)
    assert answer.status_code == 422
    assert set(answer.json()) == {"what", "do"}
    assert "file" not in answer.json()["do"]
    assert not models.Contact.objects.exists()


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_what_is_sent_as_something_else_is_refused(machine: Connect, kind: str) -> None:
    answer = machine().post(ADDRESS, letter(1), content_type=kind)
    assert answer.status_code == 415
    assert "message/rfc822" in answer.json()["do"]


@pytest.fixture
def small(web: Settings) -> Iterator[None]:
    put_in_force(InForce(replace(web, intake=MailIntake(largest=2000)), policy(), assess))
    yield
    put_in_force(None)


def test_a_mail_too_large_is_413(machine: Connect, small: None) -> None:
    crm = machine()
    assert crm.post(ADDRESS, letter(1, "My attorney. " * 300), content_type=KIND).status_code == 413
    assert crm.post(ADDRESS, letter(1), content_type=KIND).status_code == 201
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        answer = crm.post(ADDRESS, letter(2), content_type=KIND)
    assert (answer.status_code, set(answer.json())) == (413, {"what", "do"})


def test_it_needs_the_scope_for_contacts(machine: Connect) -> None:
    assert machine(KeyScope.CALLS).post(ADDRESS, letter(1), content_type=KIND).status_code == 403
    assert Client().post(ADDRESS, letter(1), content_type=KIND).status_code == 401


def test_what_can_be_read_only_in_part_is_for_a_person(machine: Connect) -> None:
    mail = letter(1).replace(b"text/plain", b"application/pkcs7-mime")
    told = machine().post(ADDRESS, mail, content_type=KIND).json()
    assert told["assessment"]["needs_person"]
