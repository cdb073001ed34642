"""Whether a webhook's delivery comes from the service that holds the secret, as Standard Webhooks says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

WINDOW = 300  # seconds between sending and now, either way
LONGEST_MOMENT = 20  # digits; what is sent by whoever may be a stranger must raise nothing


def is_genuine(headers: Mapping[str, str], body: bytes, secret: str, *, window: int = WINDOW) -> bool:
    """Whether the signature fits the body as it came and is not older than ``window`` seconds.

    Within the window the same delivery may come again: do nothing twice for one ``webhook-id``.
    """
    told = {name.lower(): value for name, value in headers.items()}
    id, moment = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not moment.isdecimal() or len(moment) > LONGEST_MOMENT or abs(time.time() - int(moment)) > window:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"{id}.{moment}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(made)
    given = told.get("webhook-signature", "").encode("utf-8", "replace").split()
    return any(hmac.compare_digest(expected, one) for one in given)
