"""The client beside the API's own description: whatever a key may ask for can be asked in Python, to the last field."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.databases import close
from tests.recorded import SUES
from tests.web.served import served
from watchword.client import Said, ServiceRefused, Watchword
from watchword.settings import Settings
from watchword.store.keys import make_key
from watchword.web.access import KeyScope
from watchword.web.api.doors import api

NOT_FOR_KEYS = {("POST", "/api/v1/twilio/transcription")}  # Twilio itself asks for it
OF_THE_CONTRACT = ("ContactIn", "CallIn")  # a contact is given whole, as its JSON says
CALL = {"id": "c/1", "channel": "phone", "turns": [{"speaker": "caller", "text": SUES}]}
LETTER = b"From: zoe@example.com\r\nMessage-ID: <l-1@example.com>\r\nSubject: Bill\r\n\r\nThank you.\r\n"
NOTE = {"id": "L-81", "source": "LIMS", "note": "Pt called re bill", "person": {"patient_id": "P-1001"}}
EVERY_METHOD: tuple[Callable[[Watchword], object], ...] = (
    lambda service: service.record(CALL),
    lambda service: service.record(CALL | {"id": "c-3"}),  # two escalations are two pages, each of one
    lambda service: service.record_mail(LETTER),
    lambda service: service.assess(CALL),
    lambda service: service.contact("c/1"),
    lambda service: service.confirm("none", by="ana"),
    lambda service: service.dismiss("none", by="ana", reason="a test"),
    lambda service: service.confirm_flag("c/1", "keyword", "attorney", by="ana"),
    lambda service: service.dismiss_flag("c/1", "keyword", "attorney", by="ana", reason="a test"),
    lambda service: service.may_contact("phone", "+16505550100"),
    lambda service: service.check([("phone", "+16505550100")]),
    lambda service: service.take_notes([NOTE], sources_read=["LIMS"], sources_failed=["AMD"]),
    lambda service: service.strike_note("LIMS", "L-81", reason="deleted in LIMS"),
    lambda service: list(
        service.escalations(
            state="waits for agent", channel="phone", since=datetime.now(UTC), contact="c/1", at_a_time=1
        )
    ),
    lambda service: list(service.escalations(at_a_time=1)),
    lambda service: service.escalation("none"),
    lambda service: service.open_call("c-2"),
    lambda service: service.say("c-2", Said(0, "caller", SUES)),
    lambda service: service.hear("c-2", {}),
    lambda service: service.call("c-2"),
    lambda service: next(service.follow("c-2", after="1.0.0")),
    lambda service: service.end("c-2"),
)


@pytest.fixture
def address(database: Settings) -> Iterator[str]:
    close()
    with served(database) as found:
        yield found


def described() -> dict[tuple[str, str], set[str]]:
    """Every operation that a key may ask for, with what can be said with it."""
    told = api.get_openapi_schema()
    operations = {
        (method.upper(), path): _fields(one, told["components"]["schemas"])
        for path, methods in told["paths"].items()
        for method, one in methods.items()
    }
    return {named: fields for named, fields in operations.items() if named not in NOT_FOR_KEYS}


def _fields(operation: dict[str, Any], shapes: dict[str, Any]) -> set[str]:
    named = {one["name"].lower() for one in operation.get("parameters", ()) if one["in"] in ("query", "header")}
    content = operation.get("requestBody", {}).get("content", {})
    shape = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    return named | (set() if not shape or shape in OF_THE_CONTRACT else set(shapes[shape]["properties"]))


def _said(request: httpx.Request) -> set[str]:
    is_json = request.headers.get("content-type") == "application/json"
    body = json.loads(request.content) if is_json else {}
    return {*body, *request.url.params, *(name.lower() for name in request.headers)}


def test_whatever_a_key_may_ask_for_the_client_can_ask(database: Settings, address: str) -> None:
    key = make_key("crm", [scope.value for scope in KeyScope], by="test")
    close()
    wanted = described()
    patterns = {named: re.compile(re.sub(r"\{\w+\}", "[^/]+", named[1])) for named in wanted}
    said: dict[tuple[str, str], set[str]] = defaultdict(set)

    def note(request: httpx.Request) -> None:
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        fitting = [
            named for named, pattern in patterns.items() if named[0] == request.method and pattern.fullmatch(path)
        ]
        named = min(fitting, key=lambda one: "{" in one[1])  # what is spelt out goes before what fits as well
        said[named] |= _said(request)

    with httpx.Client(event_hooks={"request": [note]}) as http, Watchword(address, key, tries=1, http=http) as service:
        for ask in EVERY_METHOD:
            with suppress(ServiceRefused):  # of a step that there is not
                ask(service)
    assert set(said) == set(wanted)
    assert {named: fields - said[named] for named, fields in wanted.items() if fields - said[named]} == {}


def test_a_note_is_taken_back(database: Settings, address: str) -> None:
    key = make_key("lims", [KeyScope.NOTES.value], by="test")
    close()
    with Watchword(address, key) as service:
        service.take_notes([NOTE])
        assert service.strike_note("LIMS", "L-81", reason="deleted in LIMS")
        assert not service.strike_note("LIMS", "L-81", reason="deleted in LIMS")
        with pytest.raises(ServiceRefused, match="no such note") as told:
            service.strike_note("LIMS", "none", reason="deleted in LIMS")
    assert told.value.status == 404
