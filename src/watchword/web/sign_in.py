"""How people sign in: with an account that an administrator made, or through the owner's identity provider."""

from __future__ import annotations

import logging
import re
import ssl
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from requests import Session
from requests.adapters import HTTPAdapter

from watchword.store.chain import append_event, saw
from watchword.web import refusals
from watchword.web.sign_in_log import held_back
from watchword.web.tries import Limit

NOT_CORRECT = "The name or the password is not correct. Type both once more. An administrator gives you a new password."
WRONG = Limit("wrong", most=10)
SIGN_INS = Limit("all", most=300)
REASON = re.compile("[a-z_]{1,40}")
CODE = re.compile(r'"error":\s*"([a-z_]{1,40})"')
log = logging.getLogger(__name__)


class LocalAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of this service's own. Nobody makes one for themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {"username_password_mismatch": NOT_CORRECT}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends nothing: the service has no mailbox, and passwords are given anew by an administrator."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Hold back who tried too often, and write it down: what is held back reaches nobody else who would.

        Of a name each try counts until it was right; of an address only what is known to be
        wrong, for a whole shift may come through one in the same moment.
        """
        address = self.get_client_ip(request)
        try:
            self._check(address)
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            held_back(str(credentials.get("username") or ""))
            raise
        SIGN_INS.count(address)

    def _check(self, address: str) -> None:
        if WRONG.is_reached(address):
            raise self.validation_error("too_many_login_attempts")
        if SIGN_INS.is_reached(address):
            raise ValidationError("Too many sign-ins from this address. Wait a minute, then try once more.")

    def authentication_failed(self, request: HttpRequest, **_credentials: Any) -> None:
        """Count what was wrong for the address that it came from."""
        WRONG.count(self.get_client_ip(request))

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        """Write that somebody is asked for a second factor: whoever has the password alone leaves no other trace."""
        answer: HttpResponse | None = super().pre_login(request, user, **more)
        if answer is None and is_mfa_enabled(user):
            saw(f"user {user.get_username()}", "second factor asked", f"user {user.get_username()}")
        return answer

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Say that an account is closed: only to whoever gave the right password, for it tells that there is one."""
        saw(f"user {user.get_username()}", "closed user refused", f"user {user.get_username()}")
        return refusals.refused(request, 403, "This account is closed.", "Ask an administrator to open it again.")


class SystemsTrust(HTTPAdapter):
    """Trusts what the system trusts, an authority of the owner's house among it, beside what comes with requests."""

    def init_poolmanager(self, *given: Any, **more: Any) -> None:
        """Called once for each session."""
        super().init_poolmanager(*given, **more, ssl_context=ssl.create_default_context())


class ProviderAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts of the identity provider. A new one has no role, and sees nothing until an administrator gives one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whoever the provider lets in is let in; what they see is decided here."""
        return True

    def get_requests_session(self) -> Session:
        """In which the provider is asked."""
        session: Session = super().get_requests_session()
        session.mount("https://", SystemsTrust())
        return session

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Say that it failed, and in the log why: most often a setting here or there is wrong. Turning back is none."""
        if error == AuthError.CANCELLED:
            return
        log.error("the identity provider let nobody in: %s", _why(request, exception, extra_context or {}))
        do = "Try again. If it fails again, whoever runs this service finds the reason in its log."
        raise ImmediateHttpResponse(refusals.refused(request, 401, "You could not be signed in.", do))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Keep no email address: nothing is ever sent there, and whoever shares one is somebody else all the same."""
        sociallogin.email_addresses = []
        told = {**data, "username": data.get("username") or data.get("email"), "email": None}
        populated: User = super().populate_user(request, sociallogin, told)
        return populated

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Signing in is all that the provider is for: nobody ties a second identity to an account of this service."""
        if sociallogin.state.get("process") == AuthProcess.LOGIN:
            return
        name = request.user.get_username() or "nobody"
        append_event(f"user {name}", "identity refused", f"user {name}")
        raise ImmediateHttpResponse(
            refusals.refused(
                request, 403, "Accounts cannot be tied together.", "Sign in with the account that was made for you."
            )
        )


def _why(request: HttpRequest, exception: Exception | None, told: dict[str, Any]) -> str:
    """The reason, in the provider's word where it is one of the protocol's: anything else may be anybody's words."""
    if "state_id" in told:
        return "no sign-in was under way in this browser"
    if exception is None:
        word = REASON.fullmatch(request.GET.get("error", ""))
        return word[0] if word else "it answered without a code"
    code = CODE.search(str(exception))
    return code[1] if code else type(exception.__cause__ or exception).__name__  # the cause: a token's clock, say
