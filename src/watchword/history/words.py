"""The words of a note or of a customer: cut into clauses, short forms written out.

Notes are typed in haste ("Pt cld re: inv, w/ EOB - f/u Fri"), so every room below this line works on plain lower-case
words with the short forms of the trade written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

READ = 2048  # texts whose readings are kept: the notes of the calls that go on are looked at again at every turn
LONGEST_KEPT = 4_000  # characters; a long mail is read anew, so that what is kept stays within some megabytes
More = ParamSpec("More")
Told = TypeVar("Told")

SHORT_FORMS = {
    # people
    "pt": "patient", "pts": "patient", "ptnt": "patient", "pnt": "patient", "cust": "customer", "cst": "customer",
    "cx": "customer", "mbr": "member", "gtr": "guarantor", "guar": "guarantor", "subscr": "subscriber",
    "ins": "insurance", "insur": "insurance", "insco": "insurance", "hosp": "hospital", "dr": "doctor", "drs": "doctor",
    "doc": "doctor", "md": "doctor", "ofc": "office", "offc": "office", "reps": "rep", "sup": "supervisor",
    "supv": "supervisor", "spvr": "supervisor", "mgr": "manager", "agt": "agent", "dept": "department",
    "hubby": "husband", "gf": "girlfriend", "bf": "boyfriend", "obgyn": "gynecologist", "gyn": "gynecologist",
    # getting in touch
    "cld": "called", "clld": "called", "calld": "called", "ph": "phone", "phn": "phone", "tc": "call",
    "vm": "voicemail",
    "vmail": "voicemail", "vms": "voicemail", "voicemails": "voicemail", "msg": "message", "msgs": "message",
    "mssg": "message", "em": "email", "emld": "emailed", "emls": "email", "eml": "email", "txt": "text",
    "txtd": "texted",
    "sms": "text", "ltr": "letter", "ltrs": "letter", "corresp": "correspondence", "rcvd": "received",
    "recvd": "received", "recd": "received", "rcv": "received", "rec'd": "received", "rcv'd": "received",
    "rtn": "returned", "rtnd": "returned", "rtn'd": "returned", "retd": "returned", "ret'd": "returned",
    "rtrnd": "returned", "snt": "sent", "spk": "spoke", "sp": "spoke", "sw": "spoke", "spw": "spoke", "tt": "spoke",
    "lft": "left", "adv": "advised", "advd": "advised", "advsd": "advised", "adv'd": "advised", "advs": "advised",
    "cb": "callback", "cbk": "callback", "callbk": "callback", "ib": "inbound", "inb": "inbound", "ibc": "inbound",
    "obc": "outbound", "outb": "outbound", "fu": "followup", "fup": "followup", "flwup": "followup",
    "xfer": "transferred", "xferred": "transferred", "xferd": "transferred", "trf": "transferred", "xfr": "transferred",
    "req": "requested", "reqd": "requested", "req'd": "requested", "reqs": "requests", "rqst": "requested",
    "rqsts": "requests", "reqstd": "requested", "reqstng": "requesting", "inq": "inquired", "attmpt": "attempt",
    "att": "attempt", "pls": "please", "plz": "please", "abt": "about", "w": "with", "wi": "with", "regd": "regarding",
    # the matter
    "acct": "account", "accts": "account", "acc": "account", "stmt": "statement", "stmts": "statement",
    "stmnt": "statement", "inv": "invoice", "invs": "invoice", "bal": "balance", "pmt": "payment", "pymt": "payment",
    "pmts": "payment", "pymts": "payment", "pymnt": "payment", "clm": "claim", "clms": "claim", "clm's": "claim",
    "adj": "adjusted", "adjs": "adjusted", "adjd": "adjusted", "resub": "resubmitted", "resubbed": "resubmitted",
    "coll": "collections", "colls": "collections", "dup": "duplicate", "dupe": "duplicate", "ded": "deductible",
    "deduct": "deductible", "addr": "address", "addy": "address", "appt": "appointment", "appts": "appointment",
    "auth": "authorization", "cov": "coverage", "covg": "coverage", "info": "information",
    "docs": "documents", "fa": "assistance", "rslt": "result", "rslts": "result", "itmzd": "itemized",
    "itemised": "itemized", "chg": "charge", "chgs": "charge", "chrg": "charge", "chrgs": "charge", "amt": "amount",
    "bene": "benefits", "benes": "benefits", "elig": "eligibility", "verif": "verified", "vfd": "verified",
    "acctg": "accounting", "mo": "month", "wk": "week", "wks": "week",
}  # fmt: skip

SLASHED = {
    "f/u": "followup", "c/b": "callback", "i/b": "inbound", "o/b": "outbound", "i/c": "inbound call",
    "o/c": "outbound call",
    "l/m": "lvm", "v/m": "voicemail", "t/c": "call", "p/c": "call", "s/w": "spoke", "w/o": "without", "n/a": "",
    "r/s": "reschedule", "p/t": "patient", "t/t": "spoke", "r/c": "returned call", "lm/vm": "lvm",
}  # fmt: skip

JOINED = {
    ("e", "mail"): "email", ("e", "mailed"): "emailed", ("e", "mails"): "email", ("voice", "mail"): "voicemail",
    ("voice", "message"): "voicemail", ("follow", "up"): "followup", ("following", "up"): "followingup",
    ("followed", "up"): "followedup", ("follows", "up"): "followsup", ("call", "back"): "callback",
    ("write", "off"): "writeoff", ("written", "off"): "writeoff", ("reached", "out"): "contacted", ("reaching",
    "out"): "contacting",
    ("reaches", "out"): "contacts", ("text", "message"): "text", ("phone", "call"): "call", ("tele", "call"): "call",
    ("live", "chat"): "chat", ("left", "voicemail"): "lvm", ("left", "message"): "lvm",
    ("in", "bound"): "inbound", ("out", "bound"): "outbound", ("mother", "in"): "mother", ("re", "sent"): "resent",
    ("on", "hold"): "onhold",
    ("re", "submitted"): "resubmitted", ("re", "billed"): "rebilled",
}  # fmt: skip

# A full stop after one of these ends a clause only before a capital ("Pt. called re. bill", "LVM for pt. Pt called").
TITLES = frozenset("dr mr mrs ms st".split())
DOTTED = frozenset(
    "pt pts dr mr mrs ms re ins inv acct no nos st vs approx appt stmt rep cust w ofc dept ref ext amt adv req "
    "bal".split()
)

_PIECE = re.compile(
    r"[^\W\d_]+(?:['/][^\W\d_]+)*/?|\d(?:[\d./:,-]*\d)?(?:[^\W\d_]{1,2}\b)?|\s-+\s|[.;:!?,\n|(){}\[\]–—•*>→]"
)
_BREAK = frozenset(".;:!?,\n|(){}[]–—•*>→")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'"})


def remembered(read: Callable[Concatenate[str, More], Told]) -> Callable[Concatenate[str, More], Told]:
    """Keep what a short text was read as; the reading must follow from what is given alone."""
    kept = lru_cache(maxsize=READ)(read)

    @wraps(read)
    def answer(text: str, /, *more: More.args, **named: More.kwargs) -> Told:
        if len(text) > LONGEST_KEPT:
            return read(text, *more, **named)
        return kept(text, *more, **named)  # type: ignore[arg-type]  # what is given besides is hashable

    return answer


def clauses(text: str) -> list[list[str]]:
    """The words of a note, clause by clause, lower case, short forms written out, numbers left out."""
    found: list[list[str]] = [[]]
    text = text.translate(_QUOTES)
    last = ""
    for match in _PIECE.finditer(text.lower()):
        piece = match.group()
        if piece in _BREAK or piece.isspace() or piece[0].isspace():
            if found[-1] and not (piece == "." and _abbreviates(last, text[match.end() : match.end() + 3])):
                found.append([])
        elif piece.isalpha():
            found[-1].append(SHORT_FORMS.get(piece, piece))
        else:
            found[-1].extend(_written_out(piece))
        last = piece
    return [joined for clause in found if (joined := _join(clause))]


@remembered
def plain_words(text: str) -> tuple[str, ...]:
    """All the words of a text in one row, as ``clauses`` reads them."""
    return tuple(word for clause in clauses(text) for word in clause)


def _abbreviates(word: str, follows: str) -> bool:
    """Does a full stop after ``word`` only mark a short form?"""
    return word in TITLES or (word in DOTTED and not follows.strip()[:1].isupper())


def _written_out(piece: str) -> Iterator[str]:
    if not piece[0].isalpha():
        return
    if piece in SLASHED:
        parts = SLASHED[piece].split()
    elif piece in SHORT_FORMS:
        parts = [SHORT_FORMS[piece]]
    else:
        parts = [SHORT_FORMS.get(part, part) for part in piece.split("/")]
    for part in parts:
        bare = part.removesuffix("'s").removesuffix("'")
        if word := SHORT_FORMS.get(bare, bare):
            yield word


def _join(clause: list[str]) -> list[str]:
    joined: list[str] = []
    for word in clause:
        pair = JOINED.get((joined[-1], word)) if joined else None
        if pair:
            joined[-1] = pair
        else:
            joined.append(word)
    return joined
