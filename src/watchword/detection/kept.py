"""What is kept on disk between runs: checked when read, whole or not at all when written.

A cache that cannot be read or written costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DIGEST = 32  # bytes of SHA-256 before the content
FORMAT = "3"


def fingerprint(*parts: str) -> str:
    """A name for what follows from the parts."""
    return hashlib.sha256("\0".join((FORMAT, *parts)).encode()).hexdigest()[:32]


def read_kept(file: Path) -> bytes | None:
    """The content kept in a file; None when there is none or it is not whole."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    kept = content[DIGEST:]
    return kept if hashlib.sha256(kept).digest() == content[:DIGEST] else None


def keep(file: Path, content: bytes) -> None:
    """Write beside the file and rename, so that two processes starting together never read half of one."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as written:
            written.write(hashlib.sha256(content).digest() + content)
        Path(written.name).replace(file)
    except OSError:
        return


@cache
def code_of(modules: Iterable[str]) -> str:
    """A fingerprint of the source of modules beside this one, so that a change to them makes what they made stale."""
    here = Path(__file__).parent
    return fingerprint(*((here / f"{module}.py").read_text(encoding="utf-8") for module in modules))
