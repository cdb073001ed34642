"""What an integrator has to go by: the description of the API, and what an error advises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.recorded import SUES, a_call, keep
from tests.web.test_api import API, CALL, post
from watchword.web.access import KeyScope
from watchword.web.api.doors import api

Connect = Callable[..., Client]


@pytest.fixture(scope="module")
def described() -> Any:
    return api.get_openapi_schema()


def test_every_field_says_what_it_is(described: Any) -> None:
    fields = {
        f"{name}.{field}": shape
        for name, schema in described["components"]["schemas"].items()
        for field, shape in schema.get("properties", {}).items()
    }
    assert len(fields) > 150
    assert not [field for field, shape in fields.items() if not shape.get("description")]


def test_every_operation_and_its_parameters_say_what_they_are(described: Any) -> None:
    operations = [one for methods in described["paths"].values() for one in methods.values()]
    assert not [one["operationId"] for one in operations if len(one["summary"].split()) < 3]
    parameters = [parameter for one in operations for parameter in one.get("parameters", ())]
    assert len(parameters) > 15
    assert not [one["name"] for one in parameters if not one.get("description")]


@pytest.mark.parametrize("moment", ["2025-01-01T00:00:00+00:00", "2025-01-01T00:00+0200"])
def test_a_plus_that_was_not_encoded_in_a_moment_is_named(machine: Connect, moment: str) -> None:
    keep(a_call(SUES))
    crm = machine(KeyScope.ESCALATIONS)
    refused = crm.get(f"{API}/escalations?since={moment}")
    assert refused.status_code == 422
    assert "encode + as %2B" in refused.json()["places"][0]
    for told in (moment.replace("+", "%2B"), "2025-01-01T00:00:00Z", "2025-01-01%2000:00"):
        assert len(crm.get(f"{API}/escalations?since={told}").json()["escalations"]) == 1, told


MISSPELT = {
    "/notes": {"notes": [], "source_failed": ["LIMS"]},
    "/do-not-contact/check": {"ask": [{"kind": "phone", "value": "+16505550100"}], "way": "calls"},
    "/calls/c-1/turns": {"turns": [{"number": 0, "speaker": "caller", "text": "Hello."}], "ended": True},
    "/contacts/c-1/flags/dismiss": {"kind": "keyword", "term": "attorney", "by": "ana", "reason": "no", "sen": 1},
    "/steps/s-1/confirm": {"by": "ana", "txt": "Other words."},
}


@pytest.mark.parametrize("address", MISSPELT)
def test_a_key_that_would_be_lost_is_refused_by_its_name(machine: Connect, address: str) -> None:
    status, told = post(machine(), address, MISSPELT[address])
    lost = {"source_failed", "way", "ended", "sen", "txt"} & set(MISSPELT[address])
    assert (status, [place.partition(":")[0] for place in told["places"]]) == (422, list(lost))


def test_a_list_is_not_sunk_by_a_dialers_own_keys(machine: Connect) -> None:
    asked = {"ask": [{"kind": "phone", "value": "+16505550100", "lead": 7}]}
    status, told = post(machine(), "/do-not-contact/check", asked)
    assert (status, told["answers"][0]["may_contact"]) == (200, True)


def test_a_condition_that_is_none_is_refused_and_not_left_out(machine: Connect) -> None:
    keep(a_call(SUES))
    refused = machine(KeyScope.ESCALATIONS).get(f"{API}/escalations?contacts=c-2&limit=1")
    assert refused.status_code == 422
    assert refused.json()["places"] == ["contacts: escalations are not narrowed by this"]


def test_a_key_without_the_scope_is_told_how_one_is_made(machine: Connect) -> None:
    status, told = post(machine(KeyScope.ASSESS), "/contacts", CALL)
    assert (status, told["do"]) == (403, "Make one that has it:  watchword key add NAME --scope contacts")


def test_what_is_no_json_is_named(machine: Connect) -> None:
    answer = machine().post(f"{API}/contacts", '{"id": "c-1"', content_type="application/json")
    assert (answer.status_code, answer.json()["what"]) == (400, "The request cannot be read: its body is no JSON.")
