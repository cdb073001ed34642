"""A small policy, and ways to change it."""

from __future__ import annotations

import pytest

SMALL = """\
policy: small
title: A small policy
version: 1
in_force_from: "2025-01-01"
owner: Somebody
last_update: {by: Somebody, at: "2025-01-01"}
lines:
  desk: {name: The Desk, phone: "+1 212 555 0100"}
tickets:
  form: {type: The Form, system: The System}
scripts:
  sorry: I am sorry.
meanings:
  anger:
    means: The customer is angry.
    like: [fed up]
rules:
  - rule: trouble
    title: Trouble
    means: The customer is in trouble.
    status: live
    when:
      - {words: [trouble], term: trouble, channels: [phone]}
      - {meaning: anger, channels: [phone]}
    then:
      phone: [warm_transfer: desk, ticket: form]
    say: {phone: sorry}
    examples:
      raise:
        - {phone: I am in trouble.}
      leave:
        - {phone: All is well.}
        - {email: I am in trouble., because: listed for phone only}
        - {email: I am fed up., because: listed for phone only}
if_several_rules_apply:
  order: [trouble]
"""


@pytest.fixture
def small() -> str:
    return SMALL
