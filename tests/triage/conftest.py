"""The shipped policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watchword.policy.load import load_policy
from watchword.policy.schema import Policy
from watchword.terms import Assessment, Contact
from watchword.triage.assess import assess


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy("natera-billing")


@pytest.fixture
def assessed(policy: Policy) -> Callable[[Contact], Assessment]:
    return lambda contact: assess(contact, policy)
