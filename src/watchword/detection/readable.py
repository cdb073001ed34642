"""What nobody here can judge: other scripts, other languages, nothing at all. It is said, never taken for harmless.

The phrases and the model know English. A passage in another language would pass as clear without a word having been
understood; a few of the commonest words of the languages that callers bring are enough to notice it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from watchword.terms import Field, Passage, Zone

FEWEST_WORDS = 5  # below it, a name or a greeting says nothing about the language
FEWEST_FOREIGN = 3  # different words of another language; a hotel in Las Vegas has two
FEWEST_LETTERS = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
ENGLISH = frozenset(
    "the and is are was of you your my that it this for have with i i'm not but we they just don't it's what from be "
    "at would can if will been".split()
)
FOREIGN = frozenset(
    # Spanish, Portuguese, French, Italian, German, Dutch, Polish, Tagalog, Vietnamese without marks, Haitian Creole
    "que por para una el los las mi su pero como porque esta estoy tengo muy gracias ustedes usted nao uma voce com je "
    "obrigado vous nous les des une pour pas est mon votre merci avec dans non che sono questo mio grazie della perche "
    "ich und nicht das ist mein meine bitte eine haben auf der die het een niet van ik jullie mijn nie jest prosze moj "
    "dlaczego ako ang mga hindi ko po kayo salamat toi khong cua ban mwen pa gen nou ki tanpri".split()
)


def unread(passages: Sequence[Passage], known: dict[str, str] | None = None) -> tuple[str, ...]:
    """Sentences that name the customer's own passages that could not be judged.

    ``known`` holds the reason for each text that was looked at before; those that are new are put there.
    """
    reasons = {} if known is None else known
    found: dict[str, list[str]] = {}
    for passage in passages:
        if passage.zone is not Zone.OWN:
            continue
        why = reasons.get(passage.text)
        if why is None:
            why = reasons[passage.text] = _why_unread(passage.text)
        if why:
            found.setdefault(why, []).append(_where(passage))
    return tuple(f"Not read: {', '.join(dict.fromkeys(places))}, {why}." for why, places in found.items())


def has_words(passages: Sequence[Passage]) -> bool:
    """Whether the customer's own passages hold any word, in whatever script."""
    return any(passage.zone is Zone.OWN and _WORD.search(passage.text) for passage in passages)


def _where(passage: Passage) -> str:
    return f"turn {passage.turn}" if passage.field is Field.TURN else f"the {passage.field}"


def _why_unread(text: str) -> str:
    if not text.isascii() and _other_script(text):
        return "which is not in Latin letters"
    words = {_bare(word) for word in _WORD.findall(text[:2000])}
    if len(words) < FEWEST_WORDS or words & ENGLISH:
        return ""
    return "which does not seem to be English" if len(words & FOREIGN) >= FEWEST_FOREIGN else ""


def _bare(word: str) -> str:
    """A word in small letters without accents."""
    small = word.lower().replace("’", "'")
    return small if small.isascii() else "".join(c for c in unicodedata.normalize("NFD", small) if c.isascii())


def _other_script(text: str) -> bool:
    letters = [letter for letter in text[:2000] if letter.isalpha()]
    other = sum(not letter.isascii() and "LATIN" not in unicodedata.name(letter, "") for letter in letters)
    return other >= FEWEST_LETTERS and other * 2 > len(letters)
