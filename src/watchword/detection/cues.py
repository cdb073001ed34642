"""The English by which the context checks judge: small tables, each compiled once.

All are matched against folded text in small letters.
"""

from __future__ import annotations

import re


def _any(words: str) -> str:
    return "(?:" + "|".join(part.strip() for part in words.split("|")) + ")"


STREET_AFTER = re.compile(
    r"[ \n]+(?:house )?(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|place|pl|plaza|boulevard|blvd|square|sq|terrace"
    r"|circle|way|apartments?|apts?|parkway|crescent|heights|hotel|diner|cafe|pharmacy|clinic)\b"
)
NUMBER_BEFORE = re.compile(r"\d+[a-z]? (?:\w+ )?$|\b(?:on|at|off|live on|lives on) (?:\w+ )?$")
NAMESAKES = frozenset(["sue", "court", "grant", "rob", "mark", "frank", "bill", "chase", "law", "sues"])
NAME_BEFORE = re.compile(
    r"\b(?:name is|name's|names|this is|it's|i'm|i am|ask(?:ed)? for|spoke (?:to|with)|speak (?:to|with)|speaking (?:to|with)"
    r"|talk(?:ed|ing)? (?:to|with)|named|dear|hi|hello|hey|aunt|auntie|sister|daughter|wife|mom|mother|friend|nurse|miss|ms|mrs"
    r"|mr|dr|thanks|thank you|from|called|with|and|for)[.,:]? $"
)
DOER_BEFORE = re.compile(
    r"\b(?:i|we|they|i'll|we'll|i'd|we'd|will|shall|would|could|should|must|might|gonna|can|may) $"
)
OBJECT_AFTER = re.compile(
    r"[ ,]+(?:you|y'all|them|him|her|us|over|the|these|those|that|this|somebody|someone|everybody)\b"
)

WORKS_BEFORE = re.compile(
    r"\b(?:work(?:s|ed|ing)? (?:at|for|in|as|with) (?:a |an |the |our )?(?:\w+ ){0,2}|job (?:at|in|as|with) (?:a |an |the )?(?:\w+ )?"
    r"|stud(?:y|ies|ying) (?:to be an? )?|degree in |(?:i|he|she) (?:runs?|manages?|do|does|handles?) (?:the |their |our )?)$"
)
WORKS_AFTER = re.compile(
    r"[ ](?:reporter|clerk|stenographer|interpreter|manager|coordinator|marketing|specialist|intern|job|career|class|department at work)\b"
)

AIMED_AT_US = re.compile(
    r"\b(?:you|your|yours|you're|you'll|you've|y'all|this (?:bill|charge|invoice|company|lab|place|test|debt|balance|amount|thing|matter)"
    r"|the (?:bill|charge|invoice|lab|balance)|my (?:bill|invoice|balance|account)|over this|about this|on this|with this)\b"
)
_COMPANION = (
    "friend|neighbou?r|cousin|co-?worker|colleague|boss|brother|sister|uncle|aunt|ex|husband|wife|son|daughter|mother|father|mom|dad"
    "|landlord|employer|roommate|roofer|contractor|nephew|niece|bank|card company|credit card(?: company)?|credit union|insurance"
    "|insurer|doctor|company|job|hospital|store|gym|airline|school|church|daycare"
)
OTHERS_OFFICE = re.compile(
    r"(?:'s)? (?:department|alert|alerts|team|protection|prevention|unit|hotline|hold|line|division|investigator|monitoring|watch)\b"
)
OTHERS_TARGET = re.compile(
    rf"[ ](?:against |by |with |at |on |for )?(?:my|his|her|their|our|the|a|an|some) (?:old |former |ex-?)?(?:{_COMPANION})\b(?!'?s? (?:bill|firm|lawyer))"
)
OTHERS_BEFORE = re.compile(
    rf"\b(?:my|his|her|their|our|a|the|some) (?:old |former )?(?:{_COMPANION})(?:'s)?(?: \w+)? (?:(?:is|was|got|gets|had|has|have|went|are|were|said|says|thought|just|also"
    r"|flagged|stopped|called|blocked|filed|declared|being|been|it|it's|my|the|card|for|as|possible|a|an|in|through|with) ){1,7}$"
)
OTHER_MATTER = re.compile(
    r"\b(?:divorc\w*|custody|jury duty|traffic (?:court|ticket|school)|speeding|parking ticket|probate|my (?:late )?\w+'s estate|closing on (?:a|the|our|my)"
    r"|car accident|workers'? comp|adoption|immigration|visa (?:appointment|interview)|landlord|eviction|alimony|child support"
    r"|probation|dui|restraining order|green card|homeowners association)\b"
)
INTENDED_BEFORE = re.compile(
    r"\b(?:(?:was|were) (?:going|about|ready|planning|thinking|this close|gonna|tempted|all set|afraid|worried)|almost|nearly|thought (?:about|of|i(?:'d| would)|it was|this was)|considered|no longer|don't need)\b"
)
SETTLED_AFTER = re.compile(
    r"\b(?:but (?:\w+ ){0,6}(?:fixed|sorted|helped|cleared|resolved|explained|solved|fine|good|legit|real|glad|okay|ok|settled|took care|called back|nice|great|kind|reassured)"
    r"|until (?:you|she|he|they|someone|your)|anymore|turns out|turned out)\b"
)

DENIAL_REACH = 6  # words between a denial and what it denies
NEGATOR = re.compile(
    r"\b(?:not|no|never|nobody|none|neither|nor|without|cannot|don'?t|doesn'?t|didn'?t|won'?t|wouldn'?t|isn'?t|aren'?t|wasn'?t|weren'?t"
    r"|ain'?t|haven'?t|hasn'?t|can'?t|couldn'?t|shouldn'?t|rather than|instead of|nothing to do with|far from|avoid(?:ing)?|hate to|no need"
    r"|no intention of|least of all|hope it (?:doesn't|never) come[s]? to)\b"
)
NEW_STATEMENT = re.compile(
    r"[,;:]|\b(?:but|because|so|unless|until|then|or|else|and|if|that'?s why|i|i'm|im|i'll|i've|i'd|we|we're|we'll|we've|he|he's|she|she's|they|they're|you'll|who|when)\b"
)
SAYING = re.compile(
    r"(?:not|never|n'?t|didn'?t|don'?t|am not|isn'?t|wasn'?t) (?:i )?(?:saying|say|said|threaten\w*|claim\w*|call\w*|accus\w*|suggest\w*|imply\w*|mean|want|wanna|looking|trying|going|planning|here)\b"
)
NOT_A_DENIAL = re.compile(
    r"\b(?:won'?t|not going to|wouldn'?t|don'?t) hesitate|not afraid|not only|not just|(?:don'?t|do not) make me|no (?:other )?(?:choice|option|alternative)|nothing left but"
    r"|don'?t think (?:i|we) won'?t|why (?:don'?t|wouldn'?t|shouldn'?t) (?:i|we)|not (?:bluffing|kidding|joking|above|opposed)|don'?t care|(?:don'?t|do not) be surprised"
    r"|can'?t wait|can'?t believe|won'?t stop|not (?:going to )?stop|never (?:too late|seen)|not sure (?:if|whether)|don'?t know (?:if|whether|what|why|how)|can'?t help"
    r"|(?:not|n'?t) (?:resolved|fixed|settled|sorted|done|corrected|paid|heard|hear|removed|get|got|answer\w*|call\w*|stop|help\w*|listen\w*|work\w*)\b"
)
# "If this is not put right by Friday my lawyer takes over": what is denied is the condition, not what follows from it.
CONDITION_OF_OURS = re.compile(
    r"\b(?:if|unless|in case) (?:(?:this|that|it|you|they|nobody|no one|someone|somebody|(?:the|my|your) \w+)\b[^,;:]*)?$"
)
DENIED_AFTER = re.compile(
    r"[ ,]+(?:is |was )?(?:not what|isn't what|wasn't what|is the last thing|are the last thing|would be the last thing|is out of the question)"
)
UNWANTED = re.compile(
    r"\b(?:don'?t|do not|didn'?t|would rather not|'d rather not|hate to|never|not) (?:really |ever )?(?:want|wanna|wanted|wish|like|looking|have)\b|rather not|hate to"
)
BUT_AFTER = re.compile(r"\b(?:but|unless|if you|if this|if nobody|if it|however|although|so please|so fix|so do)\b")
HAVE_TO = re.compile(r"\b(?:have to|having to|need to|resort to)\b")
NOT_YET = re.compile(r"^\W*(?:\w+\W+){0,4}yet\b")
OPEN_QUESTION = re.compile(
    r"(?:^|[,;] |\b(?:so|and|but|wait|um|uh|okay|ok|well|is it|wondering|wondered|wonder|know) )(?:is|was|isn't|are|could|do|does|should|would|whether|if) "
    r"(?:this|that|it|there|these|those|i|we|people|you (?:guys )?(?:usually|normally|ever|think)|y'all)(?: \w+){0,5} $"
)
CONDITION = re.compile(r"\bif\b.*\b(?:not|n't|don'?t|won'?t|isn'?t|no)\b")
