"""Where results for people are printed: coloured on a terminal, plain elsewhere, and safe for any text.

What customers wrote is printed as text. It cannot move the cursor, recolour the screen or be read as markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

Piece = str | tuple[str, str]
_LINE_END = re.compile(r"\s*[\r\n]+\s*")
STYLES = {
    "escalate": "bold white on red",
    "clarify": "bold black on yellow",
    "clear": "green",
    "dim": "dim",
    "strong": "bold",
    "wrong": "red",
    "warn": "yellow",
    "good": "green",
    "": "",
}


def plain(text: str) -> str:
    """The text on one line, without control characters."""
    one_line = _LINE_END.sub(" ", text)
    return "".join(" " if unicodedata.category(c)[0] == "C" else c for c in one_line)


def counted(many: int, what: str) -> str:
    """How many of something: one is one contact, and more are contacts."""
    return f"{many} {what}{'' if many == 1 else 's'}"


class Paper:
    """Prints lines made of pieces; a piece is text, or text and the name of a style."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    def line(self, *pieces: Piece, indent: int = 0) -> None:
        """Print text that wraps below itself, indented."""
        self._print(Text(" " * indent), _text(pieces))

    def row(self, name: str, *pieces: Piece, indent: int = 2, width: int = 16) -> None:
        """Print a name and, beside it, text that wraps below itself."""
        label = Text(f"{' ' * indent}{name}".ljust(indent + width) + " ", STYLES["strong"])
        self._print(label, _text(pieces))

    def gap(self) -> None:
        """Print an empty line."""
        self._console.print()

    def _print(self, first: Text, text: Text) -> None:
        room = max(20, self._console.width - len(first))
        for number, wrapped in enumerate(text.wrap(self._console, room)):
            wrapped.rstrip()
            self._console.print(first if number == 0 else Text(" " * len(first)), end="")
            self._console.print(wrapped, soft_wrap=True)


def _text(pieces: Iterable[Piece]) -> Text:
    text = Text()
    for piece in pieces:
        words, style = piece if isinstance(piece, tuple) else (piece, "")
        text.append(plain(words), STYLES[style])
    return text
