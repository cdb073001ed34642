"""Characters that show nothing or only a blank, which mail programs strew into words."""

from __future__ import annotations

import re

# Soft hyphen, joiners, zero-width spaces, marks of direction, byte order mark: for use inside [ ] of a pattern.
INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
ANY_INVISIBLE = re.compile(f"[{INVISIBLE}]")
ANY_BLANK = re.compile(f"[{BLANKS}]")
VISIBLE_RUN = re.compile(f"[^{INVISIBLE}]+")


def plain_blanks(text: str) -> str:
    """The same text, each no-break or other special space made an ordinary one; no character is added or taken away."""
    return text if text.isascii() else ANY_BLANK.sub(" ", text)
