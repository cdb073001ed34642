"""What a wish not to be contacted covers: the channels it refuses, and not those it merely speaks of.

Which words name a channel stands in the policy. What is here knows English, not any policy: what customers say of their
own calls and letters, what they allow, and how a wish for no contact at all is worded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from watchword.detection.meaning import Sighting
from watchword.detection.phrases import compile_phrase
from watchword.detection.scan import fold
from watchword.policy.schema import Rule
from watchword.terms import Scope
from watchword.triage.words import sentence_around

REACH = 200  # characters after a sentence in which it may go on
_ONE_WORD = re.compile(r"\b(e(?=[ -]|lectronic )|voice(?=[ -]))(?:lectronic)?[ -]mail")  # neither is the word "mail"
_SENTENCE_END = re.compile(r"[.!?]+[\"')]*\s+|\n\s*\n")
_STOP = (
    r"(?:stop|stops|quit|cease|never|do not|don't|dont|remove|delete|lose|unsubscribe"
    r"|(?:take|leave|opt) (?:me|us|my))\b"
)
_REFUSAL = rf"(?:{_STOP}|(?:not|\w+n't|no|nothing|none|nobody|neither|nor|without)\b)"
_REFUSED = re.compile(rf"\b{_REFUSAL}")

_NOBODY = r"(?!e?mail|letter|phone|cell|mobile|address|inbox|home|house|number)"
# What the customer, or somebody of theirs, does, did or got: up to where something else is said.
_OWN_DOING = re.compile(
    rf"\b(?:i|we|my {_NOBODY}(?:[\w-]+ )?(?!phone\b)[\w-]+)"
    r"(?:'m| am|'re| are|'s| is| was|'ve| have| has|'d| had|'ll| will| shall| would)?"
    r"(?: (?:been|just|only|now|also|already|even|going to))*"
    r" (?:writing|calling|emailing|texting|phoning|ringing|messaging|mailing|sending|posting|contacting"
    r"|write|post|call|phone|wrote|written|called|emailed|texted|phoned|rang|messaged|mailed|sent|contacted"
    r"|(?<!am )(?<!'m )(?<!are )(?<!'re )(?<!was )(?:told|asked)"
    r"|got|received|read|opened)\b"
    rf".*?(?=\b(?:to|because|so|and|but|that|about|asking|since|as|or|{_REFUSAL})|[,;:.!?]|$)"
)
_OWN_THING = re.compile(
    r"\b(?:(?:your|my|the) (?:last|latest|first|previous|recent|other|earlier) |your )(?:phone )?"
    r"(?:letter|call|email|text|message|voicemail|note|statement)\b"
    r"|\bthis (?:letter|call|email|text|message)(?= (?:is|was|as|to|serves|shall|should)\b)"
    r"|\b(?:by|with|in) this (?:letter|call|email|text|message|note)\b"
    r"|\b(?:mailing list|call cent(?:er|re)|phone (?:menu|tree|system|lady|people|line)|write (?:\w+ ){0,3}off"
    r"|call me (?:back|ms|mrs|mr|dr))\b"
)
# What says where a channel ends; it names the channel only where nothing else does.
_ADDRESS = re.compile(
    r"\b(?:(?:tele)?phone numbers?|my (?:cell ?|mobile )?phone|email address(?:es)?"
    r"|(?:phone|call|calling|email|text) lists?)\b"
)

# One clause ends and another begins.
_CLAUSE = re.compile(
    r"[,;:.!?]|\b(?:but|though|although|while|however)\b|\b(?=(?:except|unless|other than|apart from)\b)"
    r"|(?:(?<=\bme)|(?<=\bus)|(?<=\bagain)|(?<=more)) (?:and |so )?"
    r"(?=(?:just|only|instead|use|send|you can|you may|\w+ (?:is|are)) )"
)
_ALLOWED = re.compile(
    r"\b(?:is|are|'s|be|remains?|works?)(?: \w+)? (?:fine|ok|okay|enough|welcome|good|alright|all right|acceptable)\b"
    r"(?<!enough is enough)"
    r"|\b(?:only|instead|rather|prefer|except|unless|other than|apart from|suits? me|if you (?:must|have to|need))\b"
    r"|\b(?:(?:you|u|y'?all) (?:can|may|could)|(?:will|would) (?:do|suffice)|may (?:still )?(?:be sent|come))\b"
    r"|\b(?:i(?:'ll| will| can)? (?:take|accept)|i(?:'ll| will| can) (?:open|read|live with))\b"
    r"|\b(?:don't|dont|do not) mind\b|\b(?:confirm|answer|reply)\b.{0,40} in writing\b"
    r"|^\W*(?:\w+ ){1,3}(?:ok|okay|fine)\W*$"
    r"|^[.!?;]\W*(?:please )?(?:write|mail|email|text)\b(?! (?:for|from|and|or|as)\b)"
    r"|^\W*(?:and |so |please )*"
    r"(?:just|use|send|put it in (?:writing|a letter)|write (?:to )?(?:me )?(?:a letter|by))\b"
)
_NOT_MINDED = re.compile(r"\b(?:don't|dont|do not) mind\b")  # says no to nothing
_SOMEBODY_ELSE = re.compile(rf"\bmy {_NOBODY}")

# One wish ends and another begins.
_WISH = re.compile(
    rf"[,;.!?]\s+(?=(?:and |but |or |so )?(?:please |just )*{_STOP})|\s(?:and|but)\s(?=(?:please |just )*{_STOP})"
)
_CONTACT = r"(?:contact|contacts|contacted|contacting|communicat\w+|reach(?:ing)? out|hear(?:ing)? from|in touch)\b"
_NO_CONTACT = re.compile(rf"\b{_REFUSAL}[^.!?;]{{0,60}}?\b{_CONTACT}")
_OTHERWISE = re.compile(rf"\bor (?:otherwise |any other )?{_CONTACT}")
_AT_ALL = re.compile(  # said of one way or of none, it closes all
    r"\b(?:in any (?:form|way|shape)|any other (?:way|means|form)"
    rf"|(?:leave|let) (?:me|us|my {_NOBODY}\w+|this house(?:hold)?) (?:alone|be|in peace)|off (?:of )?everything"
    r"|by any means|(?:remove|delete|erase) everything"
    r"|(?:forget|erase) (?:me|us)(?! from)|forget (?:that )?(?:i|we|my name))\b"
)

# A sentence that goes on with the one before: "Texts as well.", "No emails either."
_GOES_ON = re.compile(
    r"^(?:(?:and|or|nor|no|not|neither|none|same|also|plus|by|nothing|never|stop)\b"
    r"(?! (?:i|we|you|he|she|they|it|please)\b)"
    r"|[^,]*\b(?:as well|too|either|also)\b(?! \w))"
)
_OWN_STATEMENT = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|we|you|please)\b")
_MOST_WORDS = 9


def scope_of(rule: Rule, sightings: Iterable[Sighting]) -> tuple[Scope, ...]:
    """The channels that a request refuses by name; all for no contact at all; else what a model hears, or all."""
    if not rule.scopes:
        return ()
    sightings = tuple(sightings)
    stretches = dict.fromkeys(_stretch(seen) for seen in sightings)
    named = {scope for stretch in stretches for scope in _refused(rule, stretch)}
    heard = {scope for seen in sightings for scope in seen.scopes}
    return tuple(scope for scope in Scope if scope in (named or heard & set(rule.scopes) or rule.scopes))


def _stretch(seen: Sighting) -> str:
    """The sentence of the evidence and those that go on with it, in small letters."""
    text = seen.passage.text
    end = seen.start + len(text[seen.start : seen.end].rstrip(" \n.!?\"')"))
    said = [sentence_around(text, seen.start, end)]
    for following in _SENTENCE_END.split(text[end : end + REACH] + " ")[1:]:
        if not _goes_on(fold(following)):
            break
        said.append(" ".join(following.split()) + ".")
    return _ONE_WORD.sub(r"\1mail", fold(" ".join(said)))


def _goes_on(sentence: str) -> bool:
    if len(sentence.split()) > _MOST_WORDS:
        return False
    return bool(_allows(sentence) or (_GOES_ON.match(sentence) and not _OWN_STATEMENT.search(sentence)))


def _allows(clause: str) -> bool:
    """Whether a clause allows something, and refuses nothing."""
    return bool(_ALLOWED.search(clause) and not _REFUSED.search(_NOT_MINDED.sub(" ", clause)))


def _refused(rule: Rule, stretch: str) -> set[Scope]:
    told = _OWN_THING.sub(" ", _OWN_DOING.sub(" ", stretch))
    wanted, allowed = _parted(told)
    open_to = {scope for clause in allowed if not _SOMEBODY_ELSE.search(clause) for scope in _channels(rule, clause)}
    refused: set[Scope] = set()
    for wish in _WISH.split(_ADDRESS.sub(" ", wanted)):
        named = _channels(rule, wish)
        if _OTHERWISE.search(wish) or _AT_ALL.search(wish) or (not named and _NO_CONTACT.search(wish)):
            named = set(rule.scopes) - open_to
        refused |= named
    return refused or _channels(rule, wanted)


def _parted(told: str) -> tuple[str, list[str]]:
    """What is said without the clauses that allow something, and those clauses."""
    wanted, allowed = "", []
    for clause in _clauses(told):
        if _allows(clause):
            allowed.append(clause)
            wanted += " "
        else:
            wanted += clause
    return wanted, allowed


def _clauses(told: str) -> Iterator[str]:
    """The clauses, each with the sign or word that ends the one before it."""
    begin = 0
    for match in _CLAUSE.finditer(told):
        yield told[begin : match.start()]
        begin = match.start()
    yield told[begin:]


def _channels(rule: Rule, words: str) -> set[Scope]:
    return {scope for scope, named in rule.scopes.items() if any(_pattern(phrase).search(words) for phrase in named)}


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(compile_phrase(phrase).pattern, re.IGNORECASE | re.ASCII)
