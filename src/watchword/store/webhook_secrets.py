"""What deliveries are signed with: each webhook's own secret, which only the other side is told.

It is made from the service's secret and the webhook's salt, each time it is needed: whoever reads the database cannot
speak in our name. The other side goes on by it when the service's secret is changed, and under another one nothing
would make it again; `watchword migrate` then keeps it in the salt's place, encrypted under the new one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.conf import settings
from django.db import transaction
from django.utils.encoding import force_bytes

from watchword.store.models import Webhook
from watchword.store.under_secret import key_under

BEGINNING = "whsec_"  # as Standard Webhooks writes secrets
KEPT = "kept:"  # what is kept so begins so; a salt is hexadecimal
PURPOSE = b"watchword webhook kept"


def secret_of(row: Webhook) -> str | None:
    """A webhook's secret; None when it was made under another secret than this process knows of."""
    for own in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if (secret := _read(row, own)) is not None:
            return secret
    return None


def keep_anew() -> tuple[int, tuple[str, ...]]:
    """Keep under the secret in force what is not; how many webhooks that was, and which cannot be read any more.

    These stay as they are: the secret that they were made under may be found again.
    """
    written, lost = 0, []
    for key in Webhook.objects.filter(removed_at__isnull=True).order_by("name").values_list("pk", flat=True):
        with transaction.atomic():
            row = Webhook.objects.select_for_update().get(pk=key)
            if _read(row, settings.SECRET_KEY) is not None:
                continue
            secret = secret_of(row)
            if secret is None:
                lost.append(row.name)
                continue
            row.salt = _kept(secret)
            row.save(update_fields=["salt"])
            written += 1
    return written, tuple(lost)


def made_from(salt: str) -> str:
    """The secret that the service's own makes of a salt."""
    return _made(salt, settings.SECRET_KEY)


def fingerprint(secret: str) -> str:
    """What shows whether a secret is the one that the other side was told, and does not give it away."""
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def _read(row: Webhook, own: str | bytes) -> str | None:
    secret = _opened(row.salt, own) if row.salt.startswith(KEPT) else _made(row.salt, own)
    fits = secret is not None and hmac.compare_digest(fingerprint(secret), row.fingerprint)
    return secret if fits else None


def _made(salt: str, own: str | bytes) -> str:
    made = hmac.new(force_bytes(own), b"watchword webhook " + salt.encode("ascii"), hashlib.sha256).digest()
    return BEGINNING + base64.b64encode(made).decode("ascii")


def _kept(secret: str) -> str:
    """Wrapped as RFC 3394 wraps keys, which keeps it as short as a salt and shows when it is opened by another key."""
    bare = base64.b64decode(secret.removeprefix(BEGINNING))
    return KEPT + base64.b64encode(aes_key_wrap(key_under(settings.SECRET_KEY, PURPOSE), bare)).decode("ascii")


def _opened(kept: str, own: str | bytes) -> str | None:
    try:
        bare = aes_key_unwrap(key_under(own, PURPOSE), base64.b64decode(kept.removeprefix(KEPT)))
    except InvalidUnwrap:
        return None
    return BEGINNING + base64.b64encode(bare).decode("ascii")
