"""How people sign in: with an account that an administrator made, or through the owner's identity provider."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class LocalAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of this service's own. Nobody makes one for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends nothing: the service has no mailbox, and passwords are given anew by an administrator."""


class ProviderAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts of the identity provider. A new one has no role, and sees nothing until an administrator gives one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whoever the provider lets in is let in; what they see is decided here."""
        return True
