"""Who signed in and out, who tried to, and what they changed of their own sign-in: written into the log."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, user_signed_up
from allauth.mfa import signals as factor
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal

from watchword.store.chain import append_event, saw
from watchword.store.storable import storable

NOBODY = "user unknown"  # what was typed is not kept: it may be a password, typed into the wrong field
ACTIONS: tuple[tuple[Signal, str], ...] = (
    (user_signed_up, "user made"),  # by coming through the identity provider for the first time
    (user_logged_in, "signed in"),
    (user_logged_out, "signed out"),
    (password_changed, "password changed"),
    (factor.authenticator_added, "second factor added"),
    (factor.authenticator_removed, "second factor removed"),
    (factor.authenticator_reset, "second factor renewed"),
    (factor.authentication_failed, "second factor refused"),
)


def listen() -> None:
    """Write from now on. Called again it changes nothing."""
    for signal, action in ACTIONS:
        signal.connect(_written(action), weak=False, dispatch_uid=f"log {action}")
    user_login_failed.connect(_failed, dispatch_uid="log sign-in refused")


def held_back(typed: str) -> None:
    """Write that a name's tries are not even looked at any more: for each name once in a quarter of an hour, however
    many come, so that nobody fills the log by trying.
    """
    subject = _subject(typed)
    saw(subject, "tries held back", subject)


def _written(action: str) -> Any:
    def write(sender: Any, user: Any = None, **_more: Any) -> None:
        if user is not None:  # somebody whose session had ended already may sign out too
            append_event(f"user {user.get_username()}", action, f"user {user.get_username()}")

    return write


def _failed(sender: Any, credentials: dict[str, Any], **_more: Any) -> None:
    subject = _subject(str(credentials.get("username") or ""))
    append_event(subject, "sign-in refused", subject)


def _subject(typed: str) -> str:
    name = storable(typed).lower()
    return f"user {name}" if User.objects.filter(username=name).exists() else NOBODY
