"""Numbers as people say them, and how many contacts a claim comes to."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from watchword.detection.phrases import COUNT, COUNT_WORDS, ORDINAL, ORDINAL_WORDS
from watchword.detection.told_apart import told_apart

_LARGE = {"hundred": 100, "hundreds": 100, "thousand": 1000, "thousands": 1000}
_TENS = dict(zip(COUNT_WORDS[15:19], (20, 30, 40, 50), strict=True))
_COUNTS = {
    **{word: number for number, word in enumerate(COUNT_WORDS[:15], 1)},
    **_TENS,
    **_LARGE,
    "twice": 2,
    "both": 2,
    "a": 1,
    "an": 1,
    "a couple": 2,
    "a couple of": 2,
    "a dozen": 12,
    "half a dozen": 6,
}
_SLIPS = {"forth": "fourth", "thrid": "third", "thirt": "third", "fith": "fifth", "fivth": "fifth", "fiveth": "fifth"}
_ORDINALS = {
    **{word: number for number, word in enumerate(ORDINAL_WORDS[:15], 1)},
    **dict(zip(ORDINAL_WORDS[15:19], (20, 30, 50, 100), strict=True)),
}
_SLIP = re.compile(rf"\b(?:{'|'.join(_SLIPS)})\b")
FEWEST_TOLD = 3  # "the second call" may be one of several that a text tells of
MANY = 100  # "umpteenth", "millionth": more than anybody counts
_TELEPHONE = r"(?<=\d)[-. ()]{0,2}\d"  # digits after digits: part of a telephone number
_NUMBER = rf"(?:(?:(?:{COUNT})[ -])?(?:{'|'.join(_LARGE)})|(?:(?:{'|'.join(_TENS)})[ -])?{COUNT}(?!{_TELEPHONE}))"
_CONTACTS = (
    r"(?:times?|calls?|phone calls?|e-?mails?|mails?|letters?|notes?|messages?|msgs?|voicemails?|texts?|attempts?"
    r"|contacts?|tr(?:y|ies)|fax(?:es)?|chats?|conversations?|talks?|rounds?|visits?|people|persons?|agents?|reps?"
    r"|representatives?|operators?|clerks?|of (?:you|y'all|yall)|requests?|go|approach(?:es)?|[ei]nquir(?:y|ies)"
    r"|asks?|memos?)"
)
_CONTACTED = (
    r"(?:called|phoned|rang|rung|e-?mailed|written|wrote|asked|told|explained|contacted|spoken|spoke|talked|reached"
    r"|messaged|texted|faxed|sent|tried)"
)
_THIS = r"(?:(?:this|that)(?: one)?|the present(?: (?:call|e-?mail|letter|message|note))?)"
_THIS_IS = rf"(?:{_THIS}(?:'s| is| makes|'ll be| will be|'d be| would be)|thats|thisll be)"
_TODAY_IS = r"(?:today|it)(?:'s| is|'ll be| will be)"
_YOU_ARE = r"you(?:'re| are|'d be| make)(?: now| therefore| already)?"
_TO_BEGIN = (
    r"^(?:(?:yes|yeah|yep|no|oh|ah|um|uh|well|hi|hello|only|about|like|maybe|just|at least|the|my|for the)[ ,.]+)*"
)
_OF_SOMETHING_ELSE = r"(?! ?(?:minutes?|hours?|days?|weeks?|months?|years?|dollars?|cents?|percent|%|o'clock|am|pm)\b)"
_COUNT = rf"\b{_NUMBER}\b"
_ORDINAL = rf"\b{ORDINAL}\b"
_COUNTED = rf"\b({_NUMBER})[ -](?:separate |different )?{_CONTACTS}\b"
_SOME = rf"\b({_NUMBER}|an?)[ -](?:separate |different |phone |telephone |portal |web )?{_CONTACTS}\b"
_SOME_AND_SOME = rf"{_COUNTED}(?:(?:,? and|,? plus|,? &|,) {_SOME})+"
_NTH_CONTACT = (
    rf"\b({ORDINAL})(?: \w+)? {_CONTACTS}\b|\b(?:{_THIS_IS}|{_YOU_ARE}) (?:the |my )?({ORDINAL})\b(?! of\b)"
    rf"|{_TO_BEGIN}(?:it's |it is |this is )?(?:the |my )?({ORDINAL})(?=[.,!?]|$)"  # an answer
    rf"|\b{_TODAY_IS} (?:the (?!\d)|my )({ORDINAL})(?=[.,!?]|$| (?:time|go\b))"
    rf"|\b({ORDINAL})(?:'s| is) (?:today|this)\b|\b(?:and )?now (?:is |comes )?(?:the|my) (?!\d)({ORDINAL})\b(?! of\b)"
)
_NUMBERED_CONTACT = (
    r"\b(?:call|e-?mail|mail|letter|message|note|fax|chat|attempt|time|try|round|visit|strike)"
    rf" (?:number |no\.? ?|#)?({_NUMBER})\b{_OF_SOMETHING_ELSE}"
    rf"|\b(?:this|that) makes (?:it )?({_NUMBER})\b{_OF_SOMETHING_ELSE}"
    rf"|\b{_THIS_IS}(?: now)? ({_NUMBER})(?: times)?(?=[.,!?]|$)|[.!?] ({_NUMBER}) times(?=[.,!?]|$)"
    rf"|\b(?:{_THIS_IS}|{_TODAY_IS}|{_YOU_ARE}|i'?m(?: like)?) number ({_NUMBER})\b"
    rf"|\byou(?:'re| are|'d be|'d make| make) ({_NUMBER})(?=[.,!?]|$)|\bnumber ({_NUMBER}) is you\b"
    rf"|\b({_NUMBER}) times (?:now )?(?:i|we)(?:'?ve| have)\b"
    rf"|\b({_NUMBER})(?: times)?(?: now)?,? (?:counting|including|with) (?:this|today|now)\b"
)
_SO_OFTEN = (  # an answer
    rf"{_TO_BEGIN}({_NUMBER}) (?:times|calls|e-?mails|letters|chats|faxes)\b(?! (?:before|a (?:day|week|month|year))\b)"
)
_CONTACTED_SO_OFTEN = rf"\b{_CONTACTED}\b(?! (?:me|us)\b)(?: [\w']+){{0,4}}? (?:({_NUMBER}) times|(twice))\b"
_YOURS = (
    r"your (?:own )?(?:people|colleagues|predecessors|agents|reps|staff|representatives|folks|girls|ladies|guys|team)\b"
)
_AND_NOW_THIS = (
    rf"\b({_NUMBER})(?: \w+)? {_CONTACTS}\b[^.?!;]{{0,60}}?\b"
    r"(?:and (?:now )?(?:you|this|here)|now (?:you|this|i'm))\b"
    rf"|\b(?:told|spoken (?:to|with)|talked (?:to|with)|asked|been through|explained (?:it|this|that) to) ({_NUMBER})"
    r" of (?:you|your|y'all)\b(?! now\b)"
    rf"|\b({_NUMBER})(?: {_CONTACTS})? before (?:this|today|now|you)\b"
    rf"|\b({_NUMBER}) (?:prior|previous|earlier|other|unanswered) {_CONTACTS}\b"
    rf"|\b(?:last|first|previous|past) ({_NUMBER}) times (?:i|we)\b"
)
_BEFORE_THIS = (
    rf"(?<!you, )(?<!that's )(?<!thats )\b({_NUMBER}) of (?:{_YOURS}|(?:you|u|y'all|yall)\b(?![.,!?]))(?! now\b)"
    rf"|\b(?:i|we)(?:'?ve| have)?(?: (?:already|only))? (?:left|sent|written|wrote|write|had|made|placed|faxed|mailed)"
    rf"(?: (?:you|u))? ({_NUMBER})(?: \w+)? {_CONTACTS}\b(?! now\b)"
    rf"|\b({_NUMBER}) of (?:my|our) {_CONTACTS}\b"
    rf"|\b(?:the|your) other ({_NUMBER}) (?:said|told|could|couldn't|did|didn't|also)\b"
    rf"|\bto (?:the|your) other ({_NUMBER})(?=[.,!?]|$)"
    rf"|\b(?:my|the) last ({_NUMBER}) calls\b"
    rf"|\b(both) (?:times (?:i|we) {_CONTACTED}|(?:of )?(?:my |the )?(?:previous|earlier|prior|other) {_CONTACTS})\b"
    rf"|\b({_NUMBER}) times not counting (?:this|today|now)\b"
)
_THIS_INCLUDED = (
    rf"\b(?:this|that)(?: is| makes| makes it| will be|'s|'ll be) (?:the |my |our )?(?!one\b|first\b)"
    rf"(?:{ORDINAL}|{_NUMBER}|call|time|e-?mail)\b"
    r"|\b(?:including|(?<!not )counting) (?:this|today|now)\b|\bwith (?:today|this (?:one|call|time|e-?mail))\b"
)


_pattern = cache(re.compile)  # made for the first claim: with the pieces they take a tenth of a second


def spoken_contacts(text: str) -> int | None:
    """Which contact a text says that this is ("the fourth email", "called three times"), the present one included.

    For texts that are known to claim earlier contacts: it looks for numbers, not for claims. Where none is said
    outright, contacts told one by one are added up: "in May, twice in June, and now you". None for fewer than three.
    """
    plain = _plain(text)
    named = [_ordinal(_said(match)) for match in _pattern(_NTH_CONTACT).finditer(plain)]
    for pattern in (_NUMBERED_CONTACT, _SO_OFTEN):
        named += [_count(_said(match)) for match in _pattern(pattern).finditer(plain)]
    outright = max(named, default=0) >= FEWEST_TOLD
    this_one = 0 if _pattern(_THIS_INCLUDED).search(plain) else 1
    for pattern in (_CONTACTED_SO_OFTEN, _AND_NOW_THIS, _BEFORE_THIS):
        named += [_count(_said(match)) + this_one for match in _pattern(pattern).finditer(plain)]
    for several in _pattern(_SOME_AND_SOME).finditer(plain):
        named.append(sum(map(_count, _pattern(_SOME).findall(several.group()))) + this_one)
    if not outright and (apart := told_apart(text)) is not None:
        named.append(apart + 1)
    return max((number for number in named if number >= FEWEST_TOLD), default=None)


def claimed_contacts(
    words: str, around: str, written: str, *, told_in: Callable[[str], int | None] = spoken_contacts
) -> int | None:
    """How many contacts a claim comes to, the present one included; None when it names no number.

    ``words`` are the words found, ``around`` the sentence they stand in, ``written`` the policy's phrase. "The third
    time" is three; "called three times" is three before this one, unless the sentence counts this one in. Where the
    words give no number, the one said in the sentence counts. A "call number 650-412-8715" is no contact at all.
    ``told_in`` is `spoken_contacts`, or what remembers its answers.
    """
    words = _plain(words)
    if "{ordinal}" in written and (said := _pattern(_ORDINAL).search(words)):
        return _ordinal(said.group())
    if "number {count}" in written:
        return told_in(around) or 0
    if "{count}" in written and (counts := _pattern(_COUNTED).findall(words) or _pattern(_COUNT).findall(words)[-1:]):
        count = max(map(_count, counts))
        return max(count, told_in(around) or 0) if _pattern(_THIS_INCLUDED).search(_plain(around)) else count + 1
    return told_in(around)


def _plain(text: str) -> str:
    plain = " ".join(text.lower().replace("’", "'").split())
    return _SLIP.sub(lambda slip: _SLIPS[slip.group()], plain)


def _said(match: re.Match[str]) -> str:
    """The one group that was found."""
    said: str = next(filter(None, match.groups()))
    return said


def _count(said: str) -> int:
    if said.isdigit():
        return int(said)
    if said in _COUNTS:
        return _COUNTS[said]
    first, _, last = said.replace("-", " ").rpartition(" ")  # "two hundred", "twenty-five"
    return _count(first) * _LARGE[last] if last in _LARGE else _count(first) + _count(last)


def _ordinal(said: str) -> int:
    digits = re.match(r"\d+", said)
    return int(digits.group()) if digits else _ORDINALS.get(said, MANY)
