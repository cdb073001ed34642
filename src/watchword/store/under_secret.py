"""Keys under which something is kept, made from the service's own secret."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.encoding import force_bytes


def key_under(secret: str | bytes, purpose: bytes) -> bytes:
    """A key of 32 bytes for this purpose alone: whoever learns it has not learnt the secret."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(force_bytes(secret))
