"""Which lines of a mail are a signature: below "-- ", below "Best regards,", or a phone's "Sent from my ..." line.

A line is only taken for a signature when it looks like one, wherever it stands. What reads like a sentence stays the
customer's own words: a signature read as words does little harm, words read as a signature would be lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_LINE = 160
MOST_WORDS = 12
MOST_SMALL = 0  # words with a small first letter, in a line below "Best regards,"
MOST_SMALL_BELOW_DELIMITER = 2
LINES_BELOW_SIGN_OFF = 10

DELIMITER = re.compile(r"(?:--|__|—)")
SIGN_OFF = re.compile(
    r"(?:(?:with |my |and )?(?:many |best|kind|kindest|warm|warmest) )?(?:regards|wishes|thanks)"
    r"|(?:best|cheers|sincerely|respectfully|cordially|gratefully|thankfully)(?: yours)?"
    r"|thank you(?: (?:so|very) much)?|thanks(?: (?:again|so much|a lot|in advance))?"
    r"|thank you (?:again|in advance|for your (?:time|help|assistance))"
    r"|(?:yours|very|respectfully|sincerely) (?:truly|sincerely|faithfully|yours|submitted)|all the best|take care"
    r"|mit freundlichen grüßen|mit freundlichen gruessen|viele grüße|saludos(?: cordiales)?|atentamente|un saludo"
    r"|cordialement|bien cordialement|atenciosamente|obrigad[oa]|gracias|merci",
    re.IGNORECASE,
)
NAME = r"[A-Z][\w'’.-]*"
SIGN_OFF_LINE = re.compile(rf"(?P<words>[^,.!\n]{{2,40}})[,.!]?(?:\s{NAME}(?:\s{NAME}){{0,2}})?[,.]?")
DEVICE = (
    r"i-?phones?|i-?pads?|i-?pods?|ios|android|galaxy|samsung|pixel|google|motorola|moto|nokia|huawei|xiaomi|oneplus|lg"
    r"|htc|sony|blackberry|windows|verizon|at&t|t-mobile|sprint|metro|boost|mobile|smart ?phone|cell|phone|tablet"
    r"|handheld|wireless|device|apple|watch|mac|macbook|mail|email|app|yahoo|aol|outlook|proton|gmail|hotmail|xfinity"
    r"|connect|new|for|by|on|pro|max|mini|plus|ultra|an?|my|the|lte|\w{0,3}\d{1,4}\w{0,3}"
)
SENT_FROM = re.compile(
    rf"(?:sent (?:from|via|with|using)|get|download)(?:[\s,]+(?:{DEVICE})){{1,9}}[.!]?(?:\s*<?\(?https?://\S+)?"
    r"|(?:enviado desde (?:mi|el)|enviado do meu|enviado de mi|envoyé de mon|inviato da) \w+(?: \w+){0,2}"
    r"|(?:von meinem|gesendet (?:von|mit)) \w+(?: \w+){0,3}(?: gesendet)?",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(r"p\.? ?s\b", re.IGNORECASE)
SHOUTED = re.compile(r"[!?][\"'”’)]*$|[a-z]{4,}\.$")
TALKING = re.compile(r"\b(?:I|I['’]\w+|[Mm]e|M[EY]|[Mm]y|[Yy]ou|YOU|[Yy]our|YOUR|[Ww]e|WE|[Oo]ur|OUR|us)\b")
VERBS = (
    "will won't is isn't are was were have has had do don't did didn't can can't could would should must not no"
    " never if because please call calling expect expecting sue suing stop pay paying going coming pending filed"
    " want need get see tell told"
)
SAYING = re.compile("|".join(rf"\b(?:{word}|{word.upper()})\b" for word in VERBS.split()))
REACHED_AT = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|[+(]?\d[\d\s().-]{5,}\d")
WORD = re.compile(r"[^\W\d_][\w'’-]*")
LINKING = frozenset(
    "of and for the at in to de la von van der del y und e ext cell mobile phone fax tel office direct or".split()
)


def find_signatures(lines: Sequence[str], taken: bytearray, marked: bytearray) -> bytearray:
    """A 1 for each line that belongs to a signature.

    ``lines`` come without the blanks around them; ``taken`` has a 1 for each line that is quoted, ``marked`` for each
    one that the mail client marked as a signature.
    """
    found = bytearray(len(lines))
    below_delimiter = False
    for index, line in enumerate(lines):
        if taken[index]:
            below_delimiter = False
        elif found[index] or not line or len(line) > LONGEST_LINE:
            continue
        elif DELIMITER.fullmatch(line):
            found[index] = below_delimiter = True
        elif SENT_FROM.fullmatch(line):
            found[index] = True
        elif below_delimiter or marked[index]:
            goes_on = index > 0 and lines[index - 1] and not found[index - 1] and not taken[index - 1]
            found[index] = not (goes_on and below_delimiter) and _is_signed(line, MOST_SMALL_BELOW_DELIMITER)
        elif _signs_off(line):
            _take_block(lines, taken, found, index)
    return found


def _signs_off(line: str) -> bool:
    found = SIGN_OFF_LINE.fullmatch(line) if len(line) <= 70 else None
    return found is not None and SIGN_OFF.fullmatch(found["words"]) is not None


def _take_block(lines: Sequence[str], taken: bytearray, found: bytearray, index: int) -> None:
    """Take the lines below a sign-off, up to the first that does not look signed. Alone, a sign-off is just a word."""
    block = [index]
    for below in range(index + 1, len(lines)):
        if taken[below] or len(block) > LINES_BELOW_SIGN_OFF:
            break
        if lines[below]:
            if not _is_signed(lines[below], MOST_SMALL):
                break
            block.append(below)
    for line in block if len(block) > 1 else ():
        found[line] = True


def _is_signed(line: str, most_small: int) -> bool:
    """Whether a line holds a name, a title, an address or a number, and not a sentence."""
    if len(line) > LONGEST_LINE or POSTSCRIPT.match(line) or SHOUTED.search(line):
        return False
    rest = REACHED_AT.sub(" ", line)
    if TALKING.search(rest) or SAYING.search(rest):
        return False
    words = WORD.findall(rest)
    small = sum(word[0].islower() and word not in LINKING for word in words)
    return len(words) <= MOST_WORDS and small <= most_small
