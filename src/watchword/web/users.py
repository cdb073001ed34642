"""Making users and giving roles, which administrators do on the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from watchword.errors import NotRecorded, RecordConflict
from watchword.store.chain import append_event
from watchword.web.access import Role

PASSWORD_BYTES = 12
BY = "command line"


@dataclass(frozen=True, slots=True)
class Shown:
    """A user as administrators look at them."""

    name: str
    full_name: str  # as the identity provider tells it
    roles: tuple[str, ...]
    last: datetime | None  # when they signed in last
    comes_by: str
    is_closed: bool


def users() -> list[Shown]:
    """Everybody who was ever let in, closed or not."""
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    by_provider = set(SocialAccount.objects.values_list("user", flat=True))
    by_code = set(Authenticator.objects.values_list("user", flat=True))
    found = []
    for user in User.objects.prefetch_related("groups").order_by("username"):
        password = "password and second factor" if user.pk in by_code else "password"
        full_name = "".join(one if one.isprintable() else " " for one in user.get_full_name())  # it came from elsewhere
        shown = Shown(
            name=user.username,
            full_name=full_name,
            roles=tuple(sorted(group.name for group in user.groups.all())),
            last=user.last_login,
            comes_by="identity provider" if user.pk in by_provider else password,
            is_closed=not user.is_active,
        )
        found.append(shown)
    return found


def add_user(name: str, roles: list[Role]) -> str:
    """Make a user, and give a password that the person should change at once. Raises RecordConflict."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        with transaction.atomic():
            user = User.objects.create_user(username=name.lower(), password=password)
            user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
            append_event(BY, "user made", f"user {user.username}", {"roles": [role.value for role in roles]})
    except IntegrityError:
        _open_user(name)
        raise RecordConflict(
            f"There is a user called {name} already.", do=f"Give roles with  watchword user role {name} --role ROLE"
        ) from None
    return password


def set_roles(name: str, roles: list[Role]) -> None:
    """Give a user these roles and no others. Raises NotRecorded, RecordConflict."""
    with transaction.atomic():
        user = _open_user(name)
        user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
        append_event(BY, "roles given", f"user {user.username}", {"roles": [role.value for role in roles]})


def new_password(name: str) -> str:
    """A new password for somebody who lost theirs; the second factor and the provider's identity go with the old one.

    Raises NotRecorded, RecordConflict.
    """
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with transaction.atomic():
        user = _open_user(name)
        user.set_password(password)  # ends every session of theirs
        user.save(update_fields=["password"])
        Authenticator.objects.filter(user=user).delete()
        SocialAccount.objects.filter(user=user).delete()
        append_event(BY, "password given", f"user {user.username}")
    return password


def close_user(name: str) -> None:
    """Let somebody in no more, nor the browsers they are signed in with once they are let in again.

    What they did stays in the log. Raises NotRecorded.
    """
    user = _user(name)
    theirs = [one.pk for one in _sessions() if one.get_decoded().get(SESSION_KEY) == str(user.pk)]
    with transaction.atomic():
        Session.objects.filter(pk__in=theirs).delete()
        user.is_active = False
        user.save(update_fields=["is_active"])
        append_event(BY, "user closed", f"user {user.username}")


def open_user(name: str) -> None:
    """Let somebody in again who was closed, with their old password and roles. Raises NotRecorded, RecordConflict."""
    with transaction.atomic():
        user = _user(name)
        if user.is_active:
            raise RecordConflict(f"{user.username} is not closed.", do="Check the name.")
        user.is_active = True
        user.save(update_fields=["is_active"])
        append_event(BY, "user opened", f"user {user.username}")


def _sessions() -> Iterator[Session]:
    """Those that have not ended yet."""
    return Session.objects.filter(expire_date__gt=timezone.now()).iterator()


def _open_user(name: str) -> User:
    """Somebody who is let in; whatever else were done for them would lead nowhere."""
    user = _user(name)
    if not user.is_active:
        raise RecordConflict(
            f"The account {user.username} is closed.", do=f"Open it first:  watchword user open {user.username}"
        )
    return user


def _user(name: str) -> User:
    found = User.objects.filter(username=name.lower()).first()
    if found is None:
        raise NotRecorded(f"There is no user called {name}.", do="Make one:  watchword user add NAME --role ROLE")
    return found
