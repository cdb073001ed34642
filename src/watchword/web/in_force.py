"""What this process works by: the settings, the policy in force, and the way to assess."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from watchword import terms, wiring
from watchword.detection.so_far import SoFar
from watchword.policy.schema import Policy
from watchword.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy and what goes with it, opened once for all requests."""

    settings: Settings
    policy: Policy
    decide: wiring.Decide
    opened_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def assess(self, contact: terms.Contact, so_far: SoFar | None = None) -> terms.Assessment:
        """Assess a contact with the notes that came with it; ``so_far`` is what was found in it before it went on."""
        return self.decide(contact, self.policy, None, so_far=so_far)


_lock = Lock()
_opened: list[InForce] = []


def in_force() -> InForce:
    """What is in force. Raises PolicyError, ModelError when it cannot be opened."""
    with _lock:
        if not _opened:
            _opened.append(opened_by(read_settings()))
        return _opened[0]


def opened_by(settings: Settings) -> InForce:
    """The policy and the model that these settings name, ready to be used."""
    return InForce(settings, wiring.open_policy(settings.policy, settings), wiring.assess_by(settings))


def put_in_force(opened: InForce | None) -> None:
    """Have this process work by it from now on; None opens it anew by the environment."""
    with _lock:
        _opened[:] = [opened] if opened else []
