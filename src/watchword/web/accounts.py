"""The addresses of the sign-in: those of allauth that this service has a use for, and no others.

Nobody makes an account for themselves or has a password mailed: an administrator does both on the command line. Names
that allauth looks up on the way lead nowhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from allauth.account import views as account
from allauth.account.forms import ChangePasswordForm
from allauth.mfa.base import views as factor
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as provider
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path

from watchword.store.chain import append_event
from watchword.web import refusals
from watchword.web.sign_in_log import held_back

HELD_BACK = "too_many_login_attempts"  # as allauth calls it
log = logging.getLogger(__name__)


def closed(request: HttpRequest) -> HttpResponse:
    """There is no such page here."""
    return refusals.not_found(request)


def reachable(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Say so when the identity provider does not answer, or answers what it should not."""

    @wraps(view)
    def answer(request: HttpRequest, provider_id: str) -> HttpResponseBase:
        try:
            return view(request, provider_id)
        except (OSError, KeyError) as error:  # the first is what asking over the network raises
            log.error("the identity provider failed: %s", type(error).__name__)
            return refusals.refused(
                request,
                503,
                "The identity provider cannot be reached.",
                "Try again in a few minutes. Whoever has a password of this service's own can sign in with it.",
            )

    return answer


def counted(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Write down when more is tried than allowed, which is answered before anybody looks at what was tried."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        if response.status_code == 429:
            held_back(request.user.get_username())
        return response

    return answer


def kept_here(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Tell whoever signs in through the identity provider alone that it keeps their password and second factor."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            what = "Your identity provider keeps your password and second factor."
            do = "Change them there, or ask an administrator for a password of this service's own."
            return refusals.refused(request, 403, what, do)
        return view(request)

    return answer


class CurrentPassword(ChangePasswordForm):  # type: ignore[misc]
    """A new password for whoever knows the old one; a guess at it stands in the log, as a guess at the sign-in does."""

    def clean_oldpassword(self) -> str:
        """The old password. Raises ValidationError."""
        try:
            given: str = super().clean_oldpassword()
        except ValidationError:
            subject = f"user {self.user.get_username()}"
            append_event(subject, "password refused", subject)
            raise
        return given


class SignInCode(AuthenticateForm):  # type: ignore[misc]
    """The code of a second factor at the sign-in."""

    def clean_code(self) -> str:
        """The code. Raises ValidationError."""
        return _looked_at(super().clean_code, self.user)


class CodeAgain(ReauthenticateForm):  # type: ignore[misc]
    """The same before somebody changes their own sign-in."""

    def clean_code(self) -> str:
        """The code. Raises ValidationError."""
        return _looked_at(super().clean_code, self.user)


def _looked_at(clean: Callable[[], str], user: User) -> str:
    """Write down that codes are tried too often to be looked at: no signal tells of that."""
    try:
        return clean()
    except ValidationError as error:
        if error.code == HELD_BACK:
            held_back(user.get_username())
        raise


change_password = account.PasswordChangeView.as_view(form_class=CurrentPassword)

ACCOUNTS = [
    path("sign-in/", counted(account.login), name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("again/", kept_here(counted(account.reauthenticate)), name="account_reauthenticate"),
    path("password/", kept_here(counted(change_password)), name="account_change_password"),
    path("sign-in/code/", factor.authenticate, name="mfa_authenticate"),
    path("again/code/", kept_here(factor.reauthenticate), name="mfa_reauthenticate"),
    path("factor/", kept_here(factor.index), name="mfa_index"),
    path("factor/app/on/", kept_here(totp.activate_totp), name="mfa_activate_totp"),
    path("factor/app/off/", kept_here(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("factor/codes/", kept_here(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("factor/codes/new/", kept_here(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("factor/codes/file/", kept_here(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("provider/not/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("provider/failed/", social.login_error, name="socialaccount_login_error"),
    path("provider/<str:provider_id>/", reachable(provider.login), name="openid_connect_login"),
    path("provider/<str:provider_id>/back/", reachable(provider.callback), name="openid_connect_callback"),
    path("none/provider/", closed, name="socialaccount_signup"),
    path("none/sign-up/", closed, name="account_signup"),
    path("none/set/", closed, name="account_set_password"),
    path("none/reset/", closed, name="account_reset_password"),
    path("none/inactive/", closed, name="account_inactive"),
    path("none/email/", closed, name="account_email"),
]
