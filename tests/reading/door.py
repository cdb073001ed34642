"""What the tests of the one door for files share: contacts in JSON, and what reading them tells."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from watchword.errors import InputError
from watchword.reading.files import read_contacts
from watchword.settings import Settings
from watchword.terms import Contact

SETTINGS = Settings()
SAMPLES = Path(__file__).parents[2] / "samples"
EVENTS = Path(__file__).parent / "transcripts" / "contact-lens-stream.jsonl"
Write = Callable[[str, bytes], Path]


def mail(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "channel": "email", "body": "Hello.", **more}


def line(id: str, **more: Any) -> bytes:
    return json.dumps(mail(id, **more)).encode() + b"\n"


def found(*paths: Path | str, **given_to: Any) -> list[Contact | InputError]:
    return list(read_contacts(map(str, paths), **{"settings": SETTINGS, **given_to}))


def told(*paths: Path | str, **given_to: Any) -> list[str]:
    """Ids of contacts; errors as their place and first words, without the folder."""
    folder = str(Path(str(paths[0])).parent) + os.sep if paths else ""
    return [
        one.id if isinstance(one, Contact) else f"{one.place}: {one.what}".replace(folder, "")
        for one in found(*paths, **given_to)
    ]


def memory_of(work: Callable[[], list[str]]) -> tuple[list[str], int]:
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
