"""Where results for people are printed: coloured on a terminal, plain elsewhere, and safe for any text.

What customers wrote is printed as text. It cannot move the cursor, recolour the screen or be read as markup.
"""

from __future__ import annotations

import re
import unicodedata

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

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


class Paper:
    """Prints lines made of styled pieces."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=False)

    def line(self, *pieces: str | tuple[str, str], indent: int = 0) -> None:
        """Print one line; a piece is text, or text and the name of a style."""
        text = Text()
        for piece in pieces:
            words, style = piece if isinstance(piece, tuple) else (piece, "")
            text.append(plain(words), STYLES[style])
        self._console.print(Padding(text, (0, 0, 0, indent)))

    def row(self, name: str, *pieces: str | tuple[str, str], indent: int = 2, width: int = 16) -> None:
        """Print a name and, beside it, text that wraps below itself."""
        from rich.table import Table

        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=indent + width)
        grid.add_column(ratio=1)
        text = Text()
        for piece in pieces:
            words, style = piece if isinstance(piece, tuple) else (piece, "")
            text.append(plain(words), STYLES[style])
        grid.add_row(Text(" " * indent + name, "bold" if name else ""), text)
        self._console.print(grid)

    def gap(self) -> None:
        """Print an empty line."""
        self._console.print()
