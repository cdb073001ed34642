"""The slips in which a word arrives: the fingers' and the speech recogniser's.

Typing slips are made by rule (a letter left out, doubled, swapped with its neighbour, a vowel or a like-sounding letter
mistaken) and kept only where they are no English word, so that "lawer" stands for lawyer and "layer" does not.
Mishearings follow from sound and are a small table; letters of an abbreviation are spelled out by rule.
"""

from __future__ import annotations

from functools import cache
from itertools import product

SHORTEST = 6  # letters; shorter words have too many English words for neighbours
VOWELS = "aeiou"
SOUNDS_LIKE = (("c", "k"), ("c", "s"), ("s", "z"), ("ph", "f"), ("y", "ie"), ("ey", "y"), ("ck", "k"), ("sc", "sk"))

# What recognisers write for words of this field; each was chosen because the sound is the same or nearly so.
MISHEARD: dict[str, tuple[str, ...]] = {
    "attorney": (
        "a turn he",
        "a turn e",
        "a turn ee",
        "a turny",
        "a tourney",
        "a turney",
        "at urn e",
        "a tern e",
        "uh turney",
    ),
    "attorneys": ("a turn ease", "a turneys", "a tourneys", "a turn he's"),
    "lawyer": ("law yer", "loy your", "lawyur", "loyer", "lore yer"),
    "lawyers": ("law yers", "loyers"),
    "lawsuit": ("law suit", "law soot", "loss suit"),
    "sue": ("soo",),
    "suing": ("sooing", "sue wing", "soo ing"),
    "legal": ("leagal", "lee gal", "leegal", "leagle", "legel"),
    "action": ("axion", "ackshun"),
    "court": ("cort", "quart room", "corte", "kort"),
    "claims": ("clams", "klaims"),
    "fraud": ("frod", "frawd", "froud"),
    "scam": ("skam", "scamm", "s cam"),
    "scammers": ("skammers", "scam hers"),
    "bankruptcy": (
        "bank rupt see",
        "bankrupt see",
        "bank ruptcy",
        "bankrupsy",
        "bank rub see",
        "bankrupt c",
        "banker up see",
    ),
    "bankrupt": ("bank rupt", "banker upt"),
    "complaint": ("complain't", "come plaint", "complane", "compliant"),
    "social": ("soshal", "soul shell"),
    "media": ("meteor", "meedia", "me dia"),
    "bureau": ("burrow", "burough", "burro", "buro", "beauro", "bureo", "borough"),
    "facebook": ("face book", "fb"),
    "tiktok": ("tik tok", "tick tock", "tic tok", "tick tok"),
    "instagram": ("insta gram", "insta"),
    "twitter": ("x dot com",),
    "solicitor": ("so listed her", "solister"),
    "subpoena": ("supina", "sub pena", "subpeena"),
    "litigation": ("litter gation", "litigasian"),
}

LETTER_NAMES: dict[str, tuple[str, ...]] = {
    "b": ("b", "bee", "be"),
    "c": ("c", "see", "sea"),
    "e": ("e", "ee"),
    "f": ("f", "eff"),
    "h": ("h", "aitch"),
    "i": ("i", "eye"),
    "o": ("o", "oh"),
    "p": ("p", "pee"),
    "s": ("s", "ess"),
    "t": ("t", "tee"),
}


@cache
def spelled_out(word: str) -> tuple[str, ...]:
    """How an abbreviation in capitals is written when its letters are heard: "B.B.B.", "b b b", "bee bee bee"."""
    if not (word.isalpha() and word.isupper() and 2 <= len(word) <= 5):
        return ()
    letters = [letter.lower() for letter in word]
    names = [LETTER_NAMES.get(letter, (letter,)) for letter in letters]
    heard = [" ".join(parts) for parts in product(*names)] if len(word) <= 4 else [" ".join(letters)]
    repeated = [f"triple {name}" for name in names[0]] if len(word) == 3 and len(set(letters)) == 1 else []
    repeated += [f"three {letters[0]}'s", f"three {letters[0]}s"] if repeated else []
    return tuple(dict.fromkeys([".".join(letters), ".".join(letters) + ".", *heard, *repeated]))


@cache
def slips(word: str) -> tuple[str, ...]:
    """The slips of one word in small letters, mishearings first; never an English word by mistyping."""
    return tuple(dict.fromkeys((*misheard(word), *(slip for slip in _typed(word) if slip not in _english()))))


def misheard(word: str) -> tuple[str, ...]:
    """What speech recognition writes for a word, beside the word."""
    return MISHEARD.get(word, ())


def _typed(word: str) -> list[str]:
    if len(word) < SHORTEST or not word.isalpha() or not word.isascii():
        return []
    inner = range(1, len(word))
    left_out = [word[:at] + word[at + 1 :] for at in inner]
    doubled = [word[:at] + word[at] + word[at:] for at in inner]
    swapped = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1)]
    vowels = [
        word[:at] + vowel + word[at + 1 :]
        for at in inner
        if word[at] in VOWELS
        for vowel in VOWELS
        if vowel != word[at]
    ]
    sounds = [
        word[:at] + right + word[at + len(left) :]
        for pair in SOUNDS_LIKE
        for left, right in (pair, pair[::-1])
        for at in range(1, len(word))
        if word.startswith(left, at)
    ]
    return list(dict.fromkeys(slip for slip in left_out + doubled + swapped + vowels + sounds if slip != word))


@cache
def _english() -> frozenset[str]:
    """English words, by which a slip is told from another word. Read only when patterns are compiled."""
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.dictionary)
