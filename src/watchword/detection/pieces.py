"""The pieces by which contacts are told one by one: what the customer did to reach us, days, people, ways, the rest.

Each piece is of one kind, and the kinds are tried in the order of the table: a day by which something is due, or of
which a bill is, comes before a day, and whatever is no piece of its own is a word.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_MONTH = (
    r"(?:jan\w{0,2}ry|feb\w{0,4}ry|march(?! (?:into|down|over)\b)|april"
    r"|may(?! (?:i|we|you|be|have|he|she|they|it|not)\b)|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b(?:\.(?= \d))?)"
)
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:morning|afternoon|evening|night))?"
    r"|(?:mon|tues?|weds?|thurs?|fri)\b|(?:sat|sun)(?=[,.]|$)"
)
_NTH = (
    r"(?:(?:twenty|thirty)[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
    r"(?= ?(?:[,.;:!?]|$|(?:and|n|of|i|we|again|then|to|with|the|by|that|about|but|it|was|were)\b))"
)
_DATE = (
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? (?:19|20)\d\d\b)?|\d{{1,2}} {_MONTH}|\d{{1,2}}/\d{{1,2}}\b"
    rf"|(?:the )?\d{{1,2}} ?(?:st|nd|rd|th)\b(?: of (?:{_MONTH}|(?:last|this) month))?"
    r"(?! (?:time|call|e-?mail|letter|one|person|day|of you|street|floor)\b)"
    rf"|the {_NTH}(?: of (?:{_MONTH}|(?:last|this) month))?|{_MONTH}"
)
_FEAST = (
    r"easter|christmas|thanksgiving|whitsun|halloween|hallowe'en|advent|lent|(?:labor|memorial|columbus|veterans) day"
    r"|new year'?s?(?: (?:day|eve))?|the (?:spring|summer|fall|autumn|winter)|spring|summer|autumn|winter"
)
_LATELY = (
    r"yesterday(?: (?:morning|afternoon|evening|night))?|last (?:week|month|night|spring|summer|fall|autumn|winter)"
    r"|the (?:day|week|month) (?:before(?: that| last)?|after(?: that)?)|the (?:day|week|night) of the \w+"
    r"|(?:a|two|three|four) (?:days?|weeks?|months?) (?:ago|back)"
)
_TIME = (
    rf"(?:(?:last|early|late|the) )?(?:{_DAY})(?:,? (?:{_DATE})| (?:before(?: that)?|prior|last))?"
    rf"|(?:(?:last|early|late|mid|the) )?(?:{_DATE})|{_FEAST}|{_LATELY}"
)
_AT = r"(?:(?:on|in|at|around|about|over|on or about|back in) )"
_NO_CONTACTS_TIME = (  # when something is due, what today is, and of which time a bill is
    r"(?:it'?s|it is|is|was|by|until|till|before|since|from|for|of|next|past|after|due|every|each|now|today|to|or)"
    r"(?: (?:on|the|now|already)){0,3}"
)
_OF_A_TIME = r"(?:'s|s)? (?:bill|statement|invoice|draw|test|charge|claim|panel|balance|payment|one|visit|order)s?\b"
_SEVERAL_DATES = rf"\d{{1,2}}(?:(?:,|,? and|,? &) \d{{1,2}}){{1,6}} {_MONTH}"
_OURSELVES = (
    r"(?:having|(?:i|we)(?:'ve| have|'d| had|ve)?"
    r"(?: (?:already|alredy|also|then|just|first|even|both|now|once|only|did)){0,3})"
)
_OF_US = (
    r"(?:my (?:\w+ )?(?:wife|husband|mom|mum|mama|mother|dad|father|son|daughter|brother|sister|aunt|uncle|partner"
    r"|cousin|niece|nephew|granddaughter|grandson))"
)
TALKED = (
    r"(?:told|asked|(?:spoke|spoken|speak|talked|talk|chatted)(?: (?:to|with|w)\b)?|explained (?:it|this|that)(?: to)?"
    r"|explained to|(?:put|said|raised|gave) (?:it|this|that|them|the question)(?: (?:to|with)\b)?)"
)
_REACHED = (
    r"(?:called(?! off)|call(?:ed)? in|phoned|rang(?! off)|rung|telephoned|e-?mailed|wrote|written|faxed|messaged|msgd"
    r"|texted|chatted|contacted|reached out|followed up|same as|requested|mentioned"
    r"|reported|sent|tried|explained|call|write|visited|stopped (?:in|by)|came (?:in|by)"
    r"|left (?:a |another |word|my |you |two |three )?(?:\w+ )?)"
)
_US = (
    r"(?: (?:to )?(?:you|u|ya|y'all|yall)(?: (?:people|guys|folks|all))?\b(?! (?:said|told|say|were|are|had|have)\b))?"
    r"(?: (?:it|this|that|so)\b(?! (?:was|is|had|would|will|it|they|you|the|my)\b))?"
)
_THING = (
    r"(?:letters?|e-?mails?|mails?|messages?|communications?|(?:telephone |phone )?calls?|faxe?s?|notes?|requests?)"
)
_SOMEBODY = (
    r"(?:lady|girl|woman|man|fella|fellow|guy|gentleman|boy|kid|rep|agent|supervisor|clerk|operator|robot|bot|portal"
    r"|chat|machine|mailbox|web ?site|answering \w+|phone line|line|form|counter|window"
    r"|one(?= (?:with|who|before|from)\b))"
)
_PERSON = (
    rf"(?:(?:(?:an?|the|one|some|that|another|your|ur|this|yor|(?:{_DAY})'?s) (?:[\w-]+ ){{0,3}}?{_SOMEBODY}"
    r"|somebody|someone)(?: (?:called|named) \w+)?|(?:an? )?(?:mr|mrs|ms|miss|mister)\b\.? [\w-]+"
    r"|(?:an? |your )?(?-i:(?!I\b|Now\b|Then\b|And\b|First\b)[A-Z][a-z]+(?: [A-Z][a-z]+)?))"
)
_OTHERS = (
    r"(?:you|u|they|he|she|it(?= (?:was|is|had|has|would|will|said|came|got|took)\b)|nobody|no one|noone|everybody|who"
    r"|which|that|because|but|if|now|here(?:'?s)?)"
)
OFTEN = {"once": 1, "one time": 1, "twice": 2, "two times": 2, "three times": 3, "four times": 4}
_WAY = (
    r"(?:by|via|in|on|over|through|thru)(?: (?:the|a|an|your|ur|yor|that|this))? (?:phone|telephone|fone|chat|fax"
    r"|e-?mail|mail|post|letter|portal|app|web ?(?:site|page|form)|voicemail|machine|writing)"
)
_YOUR_TURN = (
    r"(?:now|today)(?:,? (?:it'?s|with|to|there'?s))? (?:you|your turn|yourself)(?= ?[.,!?;]| (?:so|and|all)\b|$)"
    r"|then you(?= ?[.,!?;]|$)"
)
_NOT_US = (  # whom else somebody calls
    r"(?! (?:me|us|off|for me|(?:to |with )?(?:them|him|her|my|his|their|insurance|aetna|anthem|cigna|humana|united\w*"
    r"|medicare|medicaid|tricare|premera|carefirst|blue\w*|kaiser|the (?:insur|hospital|doctor|bank|plan|clinic))"
    r"(?! (?:question|letter|message|name|account)))\b)"
)
_PIECES = {
    "several": rf"{_AT}?{_SEVERAL_DATES}",
    "untimed": rf"{_NO_CONTACTS_TIME} (?:{_TIME})\b|{_AT}?(?:the )?(?:{_TIME}){_OF_A_TIME}",
    "time": rf"{_AT}?(?:{_TIME})(?!\w)",
    "thing": rf"(?:my|our)(?: (?:last|earlier|previous|prior|several|two|three|four))? {_THING} (?:of|from|dated|on)\b",
    "talk": rf"(?:{_OURSELVES}) {TALKED}{_NOT_US}{_US}",
    "act": rf"(?:{_OURSELVES}) {_REACHED}{_NOT_US}{_US}",
    "kin": rf"{_OF_US} {_REACHED}{_NOT_US}{_US}",
    "verb": rf"(?:{TALKED}|{_REACHED}){_NOT_US}{_US}",
    "often": "|".join(OFTEN),
    "way": _WAY,
    "turn": _YOUR_TURN,
    "person": rf"(?:(?:to|with) )?{_PERSON}",
    "others": _OTHERS,
    "and": r"[,;:&-]|\b(?:and|n|then|again|also|plus)\b",
    "toward": r"(?:to|with|w)",
    "filler": r"(?:um|uh|uhm|er|yes|yeah|yep|no|ok|okay|like|so|well|oh)",
    "end": r"[.!?]",
    "word": r"[\w'$-]+",
}


class Piece(NamedTuple):
    """A few words of a text in small letters, and what kind they are of."""

    kind: str
    said: str


def pieces_of(text: str) -> list[Piece]:
    """A text in its pieces, without the words that mean nothing. Its white space is single spaces, its case is kept:
    names are told by it.
    """
    found = ((str(match.lastgroup), match.group().lower()) for match in _pattern().finditer(text))
    return [Piece(kind, said) for kind, said in found if kind != "filler"]


@cache
def _pattern() -> re.Pattern[str]:
    """Made for the first claim, like the patterns of `numbers`."""
    whole_words = {
        kind: words if kind in ("and", "end") else rf"\b(?:{words})(?!\w)" for kind, words in _PIECES.items()
    }
    return re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in whole_words.items()), re.IGNORECASE)
