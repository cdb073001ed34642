"""Watchword sees the red flags that a contact centre's guideline names, says why, and says what must follow.

from watchword import assess, contact_from_json, open_policy
policy = open_policy("natera-billing")
assessment = assess(contact_from_json({...}), policy)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchword.policy.schema import Policy
    from watchword.terms import Contact
    from watchword.triage.record import as_record
    from watchword.wiring import assess

__all__ = ["as_record", "assess", "contact_from_json", "open_policy"]


def open_policy(name: str = "natera-billing") -> Policy:
    """A policy by its name or path, ready to assess by. Raises PolicyError with every problem."""
    from watchword import wiring
    from watchword.settings import read_settings

    return wiring.open_policy(name, read_settings())


def contact_from_json(values: dict[str, Any]) -> Contact:
    """A contact from plain values in the project's JSON form. Raises ContactInvalid."""
    from watchword.errors import Place
    from watchword.reading.contacts import contact_from_json as read

    return read(values, place=Place("contact"))


def __getattr__(name: str) -> Any:
    """`assess` and `as_record` are loaded on first use, so that `watchword --help` stays quick."""
    if name == "assess":
        from watchword.wiring import assess

        return assess
    if name == "as_record":
        from watchword.triage.record import as_record

        return as_record
    raise AttributeError(f"module 'watchword' has no attribute {name!r}")
