"""The service's front door with a real database behind it; who asks is made in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client

from tests.recorded import policy
from watchword.settings import Settings
from watchword.store.keys import make_key
from watchword.triage.assess import assess
from watchword.web.access import KeyScope, Role
from watchword.web.in_force import InForce, put_in_force
from watchword.web.kept_calls import forget_all

SignedIn = Callable[..., Client]


@pytest.fixture
def web(database: Settings) -> Iterator[Settings]:
    """The service, on each kind of database, with the shipped policy in force."""
    put_in_force(InForce(database, policy(), assess))
    forget_all()
    cache.clear()  # how often somebody tried to sign in
    yield database
    put_in_force(None)


@pytest.fixture
def signed_in(web: Settings) -> SignedIn:
    """A browser in which somebody with a role, or with none, is signed in."""

    def sign_in(role: Role | None = None, **more: Any) -> Client:
        user = User.objects.create(username=role.value.replace(" ", "-") if role else "nobody")
        if role:
            user.groups.add(Group.objects.get(name=role.value))
        browser = Client(**more)
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def machine(web: Settings) -> Callable[..., Client]:
    """An integration with a key of these scopes; with all of them when none is named."""

    def connect(*scopes: KeyScope) -> Client:
        key = make_key("crm", [scope.value for scope in scopes or tuple(KeyScope)], by="test")
        return Client(raise_request_exception=False, headers={"authorization": f"Bearer {key}"})

    return connect
