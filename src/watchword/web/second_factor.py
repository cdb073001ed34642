"""Second factors: what their codes are made from is kept under the service's own secret.

Whoever has a copy of the database alone can make nobody's codes. What an earlier version kept in the clear is read
still; `watchword migrate` writes it anew, and does so as well when the secret was changed.
"""

from __future__ import annotations

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction

from watchword.errors import AccessRefused
from watchword.store.under_secret import key_under

UNDER_SECRET = "fernet:"  # noqa: S105  # what is kept so begins so, and nothing that was kept in the clear does
PURPOSE = b"watchword second factor"
MADE_FROM = ("secret", "seed")  # where allauth keeps it: of codes from an app, of recovery codes


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """How allauth keeps what codes are made from."""

    def encrypt(self, text: str) -> str:
        """As it is written into the database."""
        return UNDER_SECRET + _under(settings.SECRET_KEY).encrypt(text.encode("utf-8")).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """As it was given. Raises AccessRefused when it was written under a secret that is not known any more."""
        if not encrypted_text.startswith(UNDER_SECRET):
            return encrypted_text
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            if (found := _opened(encrypted_text, secret)) is not None:
                return found
        raise AccessRefused(
            "Your second factor cannot be read: the service's secret was another one when you set it up.",
            do="Ask an administrator for a new password, which takes it away, and set up another one.",
        )


def write_anew() -> tuple[int, int]:
    """Write under the secret in force what is not; how many people's that was, and how many cannot be read any more.

    These stay as they are: the secret that they were written under may be found again.
    """
    written, lost = set[int](), set[int]()
    for key in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().get(pk=key)
            older = {name: row.data[name] for name in MADE_FROM if name in row.data and not _is_newest(row.data[name])}
            try:
                row.data |= {name: SecondFactors().encrypt(SecondFactors().decrypt(was)) for name, was in older.items()}
            except AccessRefused:
                lost.add(row.user_id)
                continue
            if older:
                row.save(update_fields=["data"])
                written.add(row.user_id)
    return len(written), len(lost)


def _is_newest(kept: str) -> bool:
    return kept.startswith(UNDER_SECRET) and _opened(kept, settings.SECRET_KEY) is not None


def _opened(kept: str, secret: str | bytes) -> str | None:
    try:
        return _under(secret).decrypt(kept.removeprefix(UNDER_SECRET)).decode("utf-8")
    except InvalidToken:
        return None


def _under(secret: str | bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key_under(secret, PURPOSE)))
