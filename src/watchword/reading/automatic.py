"""Mails that no person wrote to us now: out-of-office answers, delivery reports, read receipts.

A mail that a program sent may still hold a customer's words: a web form, a voice message put in writing, a ticket. So
"auto-generated" alone proves nothing; only an answer that went to everybody, and a report about a mail of ours, do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchword.terms import Channel, Contact

TELL_AUTOMATIC = ("auto-submitted", "x-autoreply", "x-autorespond", "precedence", "subject", "from")
ANSWERED, REPORTED = "auto-replied", "delivery-report"
KEYWORD = re.compile(r"[a-z-]+", re.IGNORECASE)
ANSWER_ON_TOP = re.compile(  # what servers put before our subject; people who answer such a mail have "Re:" before it
    r"(?:auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office(?: auto-?reply)?|abwesenheitsnotiz"
    r"|automatische antwort|respuesta automática|réponse automatique|resposta automática|risposta automatica"
    r"|automatisch antwoord|自动回复|自動回覆|自動応答|自動返信) ?[:：]",
    re.IGNORECASE,
)
MAIL_SERVER = re.compile(r"\bmailer-daemon@", re.IGNORECASE)


def automatic_kind(content_type: str, headers: Mapping[str, str]) -> str | None:
    """What an automatic mail is, by its headers: what its Auto-Submitted says, unless others say more; else None."""
    found = KEYWORD.match(headers["auto-submitted"])
    declared = found[0].lower() if found else "no"
    if declared == ANSWERED:
        return ANSWERED
    if content_type == "multipart/report" or MAIL_SERVER.search(headers["from"]):
        return REPORTED
    answers = headers["x-autoreply"] or headers["x-autorespond"] or headers["precedence"].lower() == "auto_reply"
    if answers or ANSWER_ON_TOP.match(headers["subject"]):
        return ANSWERED
    return declared if declared != "no" else None


def is_automatic(contact: Contact) -> bool:
    """Whether no customer wrote this to us: it raises nothing, and is no contact of theirs."""
    return contact.channel is Channel.EMAIL and contact.extra.get("auto_submitted") in (ANSWERED, REPORTED)
