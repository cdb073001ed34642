"""Footers that warn of fraud with payments: "We never change our bank details. Please report suspected fraud to ...".

They hold the words that customers accuse with. A run of sentences is such a footer only if one of them says what firms
say of their own payments, and no sentence in it accuses anybody or speaks of the bill.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

CLUES = ("bank", "wire", "wiring", "payment")  # one of these stands in every such footer
TOPIC = (
    r"(?:bank(?:ing)?(?: account)?|account|payment|wir(?:e|ing)(?: transfer)?)s? (?:details|information|instructions)"
)
WHOSE = r"\b(?:we|our (?:firm|company|office|staff|team)|[A-Z]\w{1,30}(?: [A-Z]\w{1,30}){0,3})"
ACTS = r"(?:change|ask|request|send|notify|accept|advise|inform|e-?mail|provide|issue)"
OF_OUR_PAYMENTS = re.compile(
    rf"{WHOSE} (?:will |do |does |would )?(?:not|never) (?:\w+ ){{0,2}}{ACTS}\b[^.!?]{{0,100}}\b{TOPIC}"
    rf"|\bour {TOPIC}[^.!?]{{0,20}} (?:(?:will|do|does) (?i:not|never)|never) change"
    r"|\b(?:[Bb]efore|[Pp]rior to) (?:wiring|sending|transferring|remitting)\b[^.!?]{0,60}\b(?:call|verify|confirm)\b"
    rf"|\b(?:act|rely|reliance) (?:on|upon)\b[^.!?]{{0,60}}\b{TOPIC}"
)
HEADLINE = re.compile(
    r"\W{0,8}(?:(?:wire|cyber|payment|e-?mail|invoice|bank)[- ]?)?(?:fraud|cyber-?crime|scam|phishing)"
    r" (?:alert|warning|notice|advisory|prevention|awareness|is real)\b",
    re.IGNORECASE,
)
OPENS = re.compile(
    r"\W{0,8}(?:important(?: notice)?:? |notice:? |warning:? |please )?"
    r"(?:be (?:aware|alert|advised|vigilant)|beware)\b",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"\b(?:fraud\w*|scam\w*|phish\w*|cyber\w*|suspicious|wir(?:e|ing)|bank|transfer\w*|funds|payments?|verify|liab\w*"
    r"|responsib\w*|instructions|e-?mail|call us|contact us)\b",
    re.IGNORECASE,
)
NAMES_IT = re.compile(r"\b(?:fraud|scam)", re.IGNORECASE)
CAUTIONS = re.compile(
    r"\A\W{0,8}if you (?:receive|get|suspect|are asked|have any)\b"
    r"|\b(?:suspect\w*|suspicion of|any|potential|possible|attempted|increase in|victims? of|aware of|risk of|against"
    r"|prevent\w*|online|wire|cyber|payment|e-?mail|report|crime and)\s(?:\w+ ){0,2}(?:fraud|scam)"
    r"|\b(?:fraud|scam)\w*@",
    re.IGNORECASE,
)
ACCUSES = re.compile(
    r"\b(?:I|I['’]\w+|me|my|mine)\b|\b(?:this|that|these) (?:is|was|are|fraud|scam\w*)\b"
    r"|\byour (?:company|office|lab|staff)\b|\byou (?:people|guys|are|were|did|have|took|stole|changed|charged|billed"
    r"|never|keep|committed)\b|\bto your (?!bank)"
    r"|\b(?:su(?:e|ing)|lawsuit|legal action|lawyers?|attorneys?|courts?|complain\w*|bbb|bill(?:s|ed|ing)?|charged"
    r"|refund\w*|collections?|bankrupt\w*|social media|police)\b|\?\s*$",
    re.IGNORECASE,
)


def find(sentences: Sequence[str]) -> set[int]:
    """The numbers of the sentences that belong to such a footer."""
    found: set[int] = set()
    number = 0
    while number < len(sentences):
        end = number
        while end < len(sentences) and _belongs(sentences[end], opens=end == number):
            end += 1
        if any(OF_OUR_PAYMENTS.search(sentence) for sentence in sentences[number:end]):
            found.update(range(number, end))
        number = max(end, number + 1)
    return found


def _belongs(sentence: str, *, opens: bool) -> bool:
    if ACCUSES.search(sentence):
        return False
    if OF_OUR_PAYMENTS.search(sentence) or HEADLINE.match(sentence):
        return True
    begins = OPENS.match(sentence) if opens else GOES_ON.search(sentence)
    return bool(begins and (not NAMES_IT.search(sentence) or CAUTIONS.search(sentence)))
