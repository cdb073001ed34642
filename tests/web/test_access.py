"""Nothing is shown without a sign-in, and nobody gets past what their role includes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.web.conftest import SignedIn
from watchword.settings import Settings
from watchword.web.access import ROLES, KeyScope, May, Role, allowed
from watchword.web.api.doors import api
from watchword.web.api.keys import Keyed
from watchword.web.api.platforms import TwilioSigned
from watchword.web.middleware import is_open, needed

SAMPLES = {"number": "1", "kind": "notes", "key": "k", "id": "c-1", "provider_id": "none", "name": "crm"}
OPEN = {"/account/sign-in/", "/account/sign-out/", "/account/sign-in/code/"}
PROVIDER = "/account/provider/"


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """An address for every view, with something in each gap."""
    for one in resolver.url_patterns:
        here = before + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLResolver):
            yield from addresses(one, here)
        elif isinstance(one, URLPattern):
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda gap: SAMPLES[gap[1]], here)


ALL = sorted(set(addresses(get_resolver())))
CLOSED = [one for one in ALL if one not in OPEN and not one.startswith(PROVIDER)]


def test_every_address_is_walked() -> None:
    assert len(ALL) > 40
    assert set(ALL) > OPEN
    assert not [one for one in ALL if "<" in one]


@pytest.mark.parametrize("address", CLOSED)
def test_every_view_declares_what_it_needs(address: str) -> None:
    match = resolve(address)
    assert is_open(match) or needed(match, match.func) is not None


def test_without_a_sign_in_nothing_is_shown(web: Settings) -> None:
    for address in CLOSED:
        for method in ("get", "post"):
            status = getattr(Client(), method)(address).status_code
            assert status in (302, 401, 403, 405), f"{method} {address}: {status}"
            assert status != 405 or address.startswith("/api/v1/"), address


def test_with_no_role_there_is_only_ones_own_account(signed_in: SignedIn) -> None:
    nobody = signed_in()
    for address in CLOSED:
        match = resolve(address)
        if is_open(match) or needed(match, match.func) is May.ENTER:
            continue
        for method in ("get", "post"):
            assert getattr(nobody, method)(address).status_code == 403, f"{method} {address}"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_the_table_says_and_nothing_else(signed_in: SignedIn, role: Role) -> None:
    browser = signed_in(role)
    may = allowed([role.value])
    for address in CLOSED:
        match = resolve(address)
        if is_open(match):
            continue
        what = needed(match, match.func)
        if what is not May.ENTER:
            status = browser.get(address).status_code
            assert (status != 403) == (what in may), f"{address} needs {what}: {status}"


def test_every_role_and_every_right_is_in_the_table() -> None:
    assert set(ROLES) == set(Role)
    assert frozenset().union(*ROLES.values()) == set(May)


def test_a_role_of_another_program_opens_nothing() -> None:
    assert allowed(["editors"]) == {May.ENTER}


def test_every_operation_of_the_api_asks_for_a_key() -> None:
    scopes = []
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                callbacks = operation.auth_callbacks
                assert callbacks, operation.view_func
                assert all(isinstance(one, Keyed | TwilioSigned) for one in callbacks)
                scopes += [one.scope for one in callbacks if isinstance(one, Keyed)]
    assert set(scopes) == set(KeyScope)


def test_health_tells_nothing_but_health(web: Settings) -> None:
    assert Client().get("/health").json() == {"service": "up", "database": "up"}
