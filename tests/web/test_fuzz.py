"""Every operation of the API asked with whatever its own description allows, and with what it forbids.

The same questions every time: nothing here is left to chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.conf import settings as django
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import databases
from tests.recorded import NO_MORE, SUES, a_call, a_mail, keep, policy
from watchword.settings import Settings
from watchword.store import models
from watchword.store.keys import make_key
from watchword.triage.assess import assess
from watchword.web.access import KeyScope
from watchword.web.api.doors import api
from watchword.web.asgi import application_for
from watchword.web.in_force import InForce, put_in_force

EXAMPLES = 16  # of each kind, for each operation
PATIENCE = 300  # seconds for an answer on a busy machine
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
OPERATIONS = sorted((path, method) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@schemathesis.serializer("message/rfc822")
def as_bytes(_context: Any, value: Any) -> bytes:
    """A mail goes out as it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


@pytest.fixture
def known(sqlite_template: Any, tmp_path: Any) -> Iterator[dict[str, list[str]]]:
    """A service in which things happened: for each gap of an address, what is really there."""
    with databases.fresh_sqlite(sqlite_template, Settings(folder=tmp_path / "service", model="off")) as settings:
        put_in_force(InForce(settings, policy(), assess))
        keep(a_call(SUES, NO_MORE, id="open"), is_open=True)
        keep(a_call(SUES, id="ended"))
        models.Step.objects.filter(escalation__contact__key="ended").update(state="cancelled", try_at=None)
        keep(a_mail(id="mail"))
        steps = list(models.Step.objects.order_by("pk").values_list("key", flat=True))
        escalations = list(models.Escalation.objects.values_list("key", flat=True))
        yield {"id": ["open", "ended", "mail"], "key": steps + escalations}
        put_in_force(None)


def test_there_is_something_to_ask() -> None:
    assert len(OPERATIONS) >= 14


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part.strip("/"))
def test_nothing_breaks_and_every_answer_is_as_described(
    known: dict[str, list[str]], path: str, method: str, mode: GenerationMode
) -> None:
    key = make_key("fuzz", [scope.value for scope in KeyScope], by="test")
    browser = Client()
    browser.force_login(User.objects.create(username="ana"))
    signed_in = {"Cookie": f"{django.SESSION_COOKIE_NAME}={browser.cookies[django.SESSION_COOKIE_NAME].value}"}
    described = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", application_for(8 * 1024 * 1024), headers=signed_in
    )
    operation = described[path][method]
    if path.endswith("/events"):  # what is followed must end, whichever contact a made-up name happens to hit
        models.Contact.objects.update(is_open=False)
        models.Step.objects.update(state="cancelled", try_at=None)
    gaps = {one.name: st.sampled_from(known[one.name]) for one in operation.path_parameters}

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(
        case=operation.as_strategy(generation_mode=mode), real=st.fixed_dictionaries(gaps), wanted=st.booleans()
    )
    def ask(case: Any, real: dict[str, str], wanted: bool) -> None:
        if wanted:
            case.path_parameters = {**(case.path_parameters or {}), **real}
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS, timeout=PATIENCE)

    ask()
