"""A name of the policy's as part of a key."""

from __future__ import annotations

import hashlib
import re

LONGEST_SLUG = 100  # characters; what is longer ends in a hash, so that two of them stay two


def slug(text: str | None) -> str:
    """A name as part of a key: letters and digits with hyphens. The policy's check refuses two names of one slug."""
    slug = re.sub(r"[^\w]+", "-", (text or "").lower()).strip("-")
    if len(slug) <= LONGEST_SLUG and slug:
        return slug
    return f"{slug[:LONGEST_SLUG]}-{hashlib.sha256((text or '').encode()).hexdigest()[:12]}"
