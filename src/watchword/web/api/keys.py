"""The keys of integrations: every operation says which scope it needs."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from watchword.errors import AccessRefused
from watchword.store.keys import KeyInForce, key_in_force
from watchword.web import refusals
from watchword.web.access import KeyScope


class KeyUnknown(AccessRefused):
    """No key was shown, or none that is in force."""

    def __init__(self) -> None:
        super().__init__(refusals.NO_KEY, do=refusals.SHOW_KEY)


def shows_key(request: HttpRequest) -> bool:
    """Whether a key in force is shown, whatever its scopes."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and key_in_force(token.strip()) is not None


class Keyed(HttpBearer):
    """Asks for a key that has a scope."""

    def __init__(self, scope: KeyScope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> KeyInForce:
        """The key that is shown. Raises KeyUnknown, AccessRefused."""
        key = key_in_force(token)
        if key is None:
            raise KeyUnknown
        if self.scope not in key.scopes:
            raise AccessRefused(
                f"This key does not have the scope {self.scope}.",
                do=f"Make one that has it:  watchword key add NAME --scope {self.scope}",
            )
        return key


def may(request: HttpRequest, scope: KeyScope) -> bool:
    """Whether the key that was shown has this scope too."""
    key: KeyInForce = request.auth  # type: ignore[attr-defined]
    return scope in key.scopes


def actor(request: HttpRequest, by: str | None = None) -> str:
    """Who does this, as it stands in the log: the integration, and the person it speaks for."""
    key: KeyInForce = request.auth  # type: ignore[attr-defined]
    return f"{by} by key {key.name}" if by else f"key {key.name}"
