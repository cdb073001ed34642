"""A corpus made up on the spot: phrases to listen for, short turns, and mails of a kilobyte, always the same ones.

The words are drawn from those of the spelling dictionary by their frequency, so that common words are common. A phrase
of the policy stands in one turn in sixteen and in every second mail, as in ordinary contact-centre text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from spellchecker import SpellChecker

SEED = 20250109
TURN_WORDS = (6, 26)
MAIL_CHARACTERS = 1024
PHRASE_IN_A_TURN, PHRASE_IN_A_MAIL = 1 / 16, 1 / 2


@dataclass(frozen=True, slots=True)
class Corpus:
    """Phrases, and texts in which some of them stand."""

    phrases: list[str]
    turns: list[str]
    mails: list[str]


def make_corpus(phrases: int, turns: int, mails: int) -> Corpus:
    """Make a corpus with so many phrases, turns and mails."""
    draw = random.Random(SEED)
    words = Words(draw)
    listed = words.phrases(phrases)
    return Corpus(
        listed,
        [words.turn(listed) for _ in range(turns)],
        [words.mail(listed) for _ in range(mails)],
    )


class Words:
    """Draws words, phrases and texts."""

    def __init__(self, draw: random.Random) -> None:
        counts = SpellChecker(language="en").word_frequency.dictionary
        known = sorted(((word, count) for word, count in counts.items() if word.isalpha()), key=lambda pair: -pair[1])
        self._common = [word for word, _ in known[:20_000]]
        self._weights = [count for _, count in known[:20_000]]
        self._rare = [word for word, _ in known[3_000:20_000] if len(word) > 4]
        self._draw = draw

    def phrases(self, number: int) -> list[str]:
        """Phrases of two or three words, none twice, and none made by chance, so that hits are those planted."""
        made: dict[str, None] = {}
        while len(made) < number:
            made[" ".join(self._draw.choices(self._rare, k=self._draw.choice((2, 2, 3))))] = None
        return list(made)

    def turn(self, phrases: list[str]) -> str:
        """A short turn."""
        words = self._words(self._draw.randint(*TURN_WORDS))
        if self._draw.random() < PHRASE_IN_A_TURN:
            words.insert(self._draw.randrange(len(words)), self._draw.choice(phrases))
        return f"{' '.join(words)}.".capitalize()

    def mail(self, phrases: list[str]) -> str:
        """A mail of a kilobyte."""
        sentences = []
        while sum(map(len, sentences)) < MAIL_CHARACTERS:
            sentences.append(f"{' '.join(self._words(self._draw.randint(6, 18)))}. ".capitalize())
        if self._draw.random() < PHRASE_IN_A_MAIL:
            sentences.insert(self._draw.randrange(len(sentences)), f"And {self._draw.choice(phrases)} again. ")
        return "".join(sentences)[:MAIL_CHARACTERS]

    def _words(self, number: int) -> list[str]:
        return self._draw.choices(self._common, self._weights, k=number)
