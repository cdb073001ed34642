"""Numbers as people say them, and how many contacts a claim comes to."""

from __future__ import annotations

import re

from watchword.detection.phrases import COUNT, COUNT_WORDS, ORDINAL, ORDINAL_WORDS

_COUNTS = {
    **{word: number for number, word in enumerate(COUNT_WORDS[:15], 1)},
    **dict(zip(COUNT_WORDS[15:], (20, 30, 40, 50, 100), strict=True)),
    "twice": 2,
    "a couple": 2,
    "a couple of": 2,
    "a dozen": 12,
    "half a dozen": 6,
}
_ORDINALS = {
    **{word: number for number, word in enumerate(ORDINAL_WORDS[:15], 1)},
    **dict(zip(ORDINAL_WORDS[15:19], (20, 30, 50, 100), strict=True)),
}
FEWEST_TOLD = 3  # "the second call" may be one of several that a text tells of
MANY = 100  # "umpteenth", "millionth": more than anybody counts
_COUNT = re.compile(rf"\b(?:{COUNT})\b", re.IGNORECASE)
_ORDINAL = re.compile(rf"\b(?:{ORDINAL})\b", re.IGNORECASE)
_THIS_INCLUDED = re.compile(
    r"\b(?:this (?:is|makes|makes it|will be)|including (?:this|today)|counting (?:this|today)|with this)\b"
)


_CONTACTS = (
    r"(?:times?|calls?|phone calls?|e-?mails?|letters?|messages?|voicemails?|attempts?|contacts?|tr(?:y|ies)|faxes"
    r"|chats?|conversations?|people|persons?|agents?|reps?|representatives?|operators?|of (?:you|y'all)|requests?)"
)
_NTH_CONTACT = re.compile(
    rf"\b({ORDINAL})(?: \w+)? {_CONTACTS}\b|\b(?:this is|this makes|that's|this'll be) (?:the |my )?({ORDINAL})\b",
    re.IGNORECASE,
)
_NUMBERED_CONTACT = re.compile(
    rf"\b(?:call|e-?mail|letter|message|attempt|time) (?:number |no\.? ?|#)?({COUNT})\b", re.IGNORECASE
)


def spoken_contacts(text: str) -> int | None:
    """Which contact a text says that this is ("the fourth email", "call number five"), the present one included.

    For texts that are known to claim earlier contacts: it looks for numbers, not for claims. None when no contact from
    the third on is numbered outright: "twice in May, and now you" is not added up.
    """
    plain = text.lower().replace("’", "'")
    named = [_ordinal(next(filter(None, match.groups()))) for match in _NTH_CONTACT.finditer(plain)]
    named += [_count(match.group(1)) for match in _NUMBERED_CONTACT.finditer(plain)]
    return max((number for number in named if number >= FEWEST_TOLD), default=None)


def claimed_contacts(words: str, around: str, written: str) -> int | None:
    """How many contacts a claim comes to, the present one included; None when it names no number.

    ``words`` are the words found, ``around`` the sentence they stand in, ``written`` the policy's phrase. "The third
    time" is three; "called three times" is three before this one, unless the sentence counts this one in.
    """
    if "{ordinal}" in written and (said := _ORDINAL.search(words)):
        return _ordinal(said.group().lower())
    if "{count}" in written and (said := _COUNT.search(words)):
        count = _count(said.group().lower())
        return count if _THIS_INCLUDED.search(around.lower()) else count + 1
    return None


def _count(said: str) -> int:
    return int(said) if said.isdigit() else _COUNTS[said]


def _ordinal(said: str) -> int:
    digits = re.match(r"\d+", said)
    return int(digits.group()) if digits else _ORDINALS.get(said, MANY)
