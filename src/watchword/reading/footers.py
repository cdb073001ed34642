"""Which stretches of a mail are boilerplate: confidentiality notices, warnings of the mail system, unsubscribe lines.

Boilerplate is known sentence by sentence, since it may stand on the same line as the customer's words. It never says
"I" or "my"; a sentence that does is the customer's, whatever else is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchword.reading import payment_warnings

A_MAIL = r"(?:e-?mails?|messages?|communications?|transmissions?|transmittal|correspondence|e-?mail message)"
CLUES = (  # one of these stands in every notice; a quick look spares the rest
    "confiden,privileg,intended,unsubscribe,opt out,stop receiving,virus,environment,addressee,solely those,outside"
    ",protected health,external,do not click,often get,circular 230,in error,privacy act,legally,vertraulich"
).split(",")
OPENING = re.compile(
    rf"\W{{0,8}}(?:(?:confidentiality|confidential|privacy|legal|important|hipaa|security|e-?mail)(?: and \w+)?"
    rf" (?:notice|note|statement|disclaimer|warning|information)\b"
    rf"|(?:disclaimer|notice|confidential|caution|warning|attention|external|important|note|please note)\b"
    rf"|(?:strictly )?privileged (?:and|&|/) confidential|attorney[ -]client (?:privilege|communication)"
    rf"|(?:this|the|any|all)(?: (?:information|contents?|materials?|documents?))?(?: \w+){{0,3}} {A_MAIL}\b"
    rf"|any (?:views|opinions)\b|if you (?:are not the (?:intended|named|addressee)|(?:have )?received? this {A_MAIL})"
    rf"|(?:please )?(?:consider|think (?:about|of)) the environment|virus[- ]free|(?:scanned|checked) (?:by|for)\b"
    rf"|(?:to )?unsubscribe\b|to (?:opt out|stop receiving)"
    rf"|you (?:are receiving|received|don['’]t often get) (?:this )?e-?mail"
    rf"|irs circular 230|learn why this is important"
    rf"|est[ea] (?:mensaje|correo|mensagem)|diese e-?mail|ce (?:message|courriel))",
    re.IGNORECASE,
)
TELLING = re.compile(
    rf"{A_MAIL} in error|confidential|privileged|attorney[- ]client|intended (?:recipient|only|solely|for the)"
    r"|addressee|scanned for|for viruses|virus[- ]free|unsubscribe|opt out|stop receiving|the environment before"
    r"|solely those|outside (?:of )?(?:the|your|our)|external (?:e-?mail|sender)|do not click|often get e-?mail"
    r"|why this is important|communications privacy act|legally protected|circular 230"
    r"|vertraulich|confiden[ct]iel|confidencial|may contain protected health information",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"confidential|privilege|recipient|addressee|unauthori[sz]ed|disseminat|distribut|disclos|copying|prohibited"
    r"|in error|notify|destroy|delete|attachment|sender|virus|malware|liabilit|e-?mail|electronic|unsubscribe|opt out"
    r"|printing|views|opinions|legally|protected|u\.?s\.?c\b|privacy act|hipaa|waive|preferences|links?\b|cooperation"
    r"|www\.",
    re.IGNORECASE,
)
OF_LAW = re.compile(r"prosecut|unlawful|penalt|civil|criminal|federal|state law|applicable law", re.IGNORECASE)
OWN_VOICE = re.compile(
    r"\b(?:I|I['’]\w+|[Mm]y|MY|[Mm]e|[Mm]ine|[Mm]yself|on notice|(?:inform|tell|telling|let|put|notify) you"
    r"|your (?:company|office|lab|test|staff|unauthori[sz]ed))\b"
)
OF_THE_BILL = re.compile(
    r"\b(?:su(?:e|ing)|lawsuit|legal action|lawyers?|courts?|fraud\w*|scam\w*|complain\w*|bbb|better business"
    r"|bill(?:s|ed|ing)?|invoices?|refund\w*|collections?|bankrupt\w*|social media)\b",
    re.IGNORECASE,
)
SURELY_A_NOTICE = re.compile(
    rf"intended recipient|{A_MAIL} in error|addressee|attorney[- ]client|work product"
    r"|unauthori[sz]ed (?:use|review|access|disclosure|distribution|dissemination|interception|copying)",
    re.IGNORECASE,
)
YOU = re.compile(r"\byour?\b", re.IGNORECASE)
BOUNDARY = re.compile(r"(?<!\.\w)[.!?][\"'”’)\]*_]{0,3}\s+|\n\s*")
TAG_ON_TOP = re.compile(
    r"\s*[\[(*]{1,3}\s*(?:external(?: e-?mail| sender| message)?|ext|caution)\s*[\])*]{1,3}:?\s*", re.IGNORECASE
)


def may_hold_footers(text: str) -> bool:
    """A quick look: False when no boilerplate can be in the text."""
    small = text.lower()
    return any(clue in small for clue in (*CLUES, *payment_warnings.CLUES)) or TAG_ON_TOP.match(text) is not None


def find_footers(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches of boilerplate between two places of a text, each a run of whole sentences, in order."""
    tag = TAG_ON_TOP.match(text, start, end) if not text[:start].strip() else None
    if tag:
        yield tag.span()
        start = tag.end()
    goes_on = False
    places = list(_sentences(text, start, end))
    warnings = payment_warnings.find([text[first:last] for first, last in places])
    for number, (first, last) in enumerate(places):
        goes_on = _is_boilerplate(text[first:last], goes_on)
        if goes_on or number in warnings:
            yield first, last


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences with the blanks after them. A single line break ends one only where a notice opens on the next line."""
    for boundary in BOUNDARY.finditer(text, start, end):
        wrapped = boundary[0][0] == "\n" and boundary[0].count("\n") == 1
        if not wrapped or OPENING.match(text, boundary.end(), end):
            yield start, boundary.end()
            start = boundary.end()
    if start < end:
        yield start, end


def _is_boilerplate(sentence: str, goes_on: bool) -> bool:
    if OWN_VOICE.search(sentence) or (OF_THE_BILL.search(sentence) and not SURELY_A_NOTICE.search(sentence)):
        return False
    if OPENING.match(sentence) and TELLING.search(sentence):
        return True
    of_law = OF_LAW.search(sentence) and not YOU.search(sentence)
    return goes_on and bool(of_law or GOES_ON.search(sentence))
