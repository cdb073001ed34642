"""The forms in which a word of the policy may be said: plurals, tenses, contractions, possessives.

The policy's owner writes "sue"; "sues", "sued" and "suing" follow from here. Over-making a form that nobody says costs
nothing, so the rules are few and generous; a word given in an inflected form ("waiting") is taken as meant.
"""

from __future__ import annotations

from functools import cache

IRREGULAR: dict[str, str] = {
    "be": "am is are was were been being",
    "become": "becomes became becoming",
    "break": "breaks broke broken breaking",
    "bring": "brings brought bringing",
    "call": "calls called calling",
    "come": "comes came coming",
    "do": "does did done doing",
    "fall": "falls fell fallen falling",
    "feel": "feels felt feeling",
    "find": "finds found finding",
    "get": "gets got gotten getting",
    "give": "gives gave given giving",
    "go": "goes went gone going",
    "have": "has had having",
    "hear": "hears heard hearing",
    "hold": "holds held holding",
    "keep": "keeps kept keeping",
    "know": "knows knew known knowing",
    "leave": "leaves left leaving",
    "lose": "loses lost losing",
    "make": "makes made making",
    "mean": "means meant meaning",
    "meet": "meets met meeting",
    "pay": "pays paid paying",
    "put": "puts putting",
    "quit": "quits quitting",
    "ring": "rings rang rung ringing",
    "run": "runs ran running",
    "say": "says said saying",
    "see": "sees saw seen seeing",
    "send": "sends sent sending",
    "shut": "shuts shutting",
    "speak": "speaks spoke spoken speaking",
    "steal": "steals stole stolen stealing",
    "take": "takes took taken taking",
    "tell": "tells told telling",
    "think": "thinks thought thinking",
    "write": "writes wrote written writing",
}
LEMMA = {form: lemma for lemma, forms in IRREGULAR.items() for form in forms.split()}

# Words that a phrase needs as they stand, with the other shapes in which speech brings them.
SAME: dict[str, str] = {
    "i": "i|we",
    "i'm": "i'm|im|i am|we're|we are",
    "i've": "i've|ive|i have|we've|we have",
    "i'll": "i'll|i will|we'll|we will|i'm going to|i am going to|i'm gonna|imma",
    "i'd": "i'd|i would|we'd|we would",
    "me": "me|us",
    "my": "my|our",
    "you": "you|u|ya|you guys|y'all|you all|you people",
    "you'll": "you'll|you will|y'all will",
    "your": "your|ur|you're",
    "they'd": "they'd|they would",
    "you'd": "you'd|you would",
    "someone'd": "someone'd|someone would|somebody'd|somebody would",
    "don't": "don't|dont|do not|dun",
    "can't": "can't|cant|cannot|can not",
    "won't": "won't|wont|will not",
    "haven't": "haven't|havent|have not",
    "hasn't": "hasn't|hasnt|has not",
    "didn't": "didn't|didnt|did not",
    "it's": "it's|its|it is",
    "that's": "that's|thats|that is",
    "who's": "who's|whos|who is",
    "nobody's": "nobody's|nobody has|nobody is",
    "no one's": "no one's|no one has",
    "going to": "going to|gonna|goin to",
    "want to": "want to|wanna",
    "someone": "someone|somebody",
    "anyone": "anyone|anybody",
    "because": "because|cause|cuz",
}
UNCHANGED = frozenset(
    (
        "a an the and or of to in on at by for with from as is are was were be been it this that these those not "
        "no never nobody none who whom whose what which when where why how he she they them him her his their our "
        "we us if then than so too very just about over under again up down out off all any some each every both "
        "back more most much many else will would can could shall should may might must have has had do does did "
        "am ever anymore now today tomorrow noone would've there here ago"
    ).split()
)


@cache
def forms(word: str) -> tuple[str, ...]:
    """Every form of one word, the word itself first, in small letters. Apostrophes stay; spaces may occur in a form."""
    word = word.lower()
    if word in SAME:
        return tuple(SAME[word].split("|"))
    if word in UNCHANGED or word in LEMMA:
        return (word,)
    if word in IRREGULAR:
        return (word, *IRREGULAR[word].split())
    if not word.isalpha() or len(word) < 3:
        return (word,)
    return tuple(dict.fromkeys((word, *_regular(word))))


def _regular(word: str) -> list[str]:
    if word.endswith(("ing", "ed", "ly")) and len(word) > 5:
        return []
    plural = _with_s(word)
    made = [plural, f"{word}'s"]
    stem, doubled = _stem(word)
    made += [stem + ("ied" if word.endswith("y") and stem != word else "ed"), doubled + "ing"]
    return made


def _with_s(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


def _stem(word: str) -> tuple[str, str]:
    """The stems that -ed and -ing are put to."""
    if word.endswith("ie"):
        return word[:-1], word[:-2] + "y"
    if word.endswith("e") and not word.endswith("ee"):
        return word[:-1], word[:-1]
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1], word
    short = len(word) <= 4 and word[-1] not in "aeiouwxy" and word[-2] in "aeiou" and word[-3:-2] not in tuple("aeiou")
    return (word + word[-1], word + word[-1]) if short else (word, word)
