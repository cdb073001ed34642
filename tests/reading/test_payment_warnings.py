"""Footers that warn of fraud with payments are footers; customers who speak of fraud and banks are heard."""

from __future__ import annotations

import pytest

from watchword.reading.own_words import passages
from watchword.terms import Channel, Contact, Zone

WARNINGS = [
    "WIRE FRAUD ALERT: We never change our bank details by e-mail. If you receive an e-mail asking you to"
    " wire funds, call us at a known number and report fraud to your bank.",
    "We will never change our bank details. Please report any suspected fraud to accounts@example.com.",
    "Beware of cyber crime: our bank details will not change during the course of a transaction. Please "
    "call to verify before sending funds.",
    "IMPORTANT NOTICE: Be aware of wire fraud! Before wiring any money, call the intended recipient at a "
    "number you know is valid to confirm the instructions.",
    "Our bank account details will NOT change during the course of a transaction, and we will not change "
    "our bank details via email. We accept no responsibility if you transfer money into an incorrect "
    "account.",
    "Fraud warning: please do not act on any change of bank details without calling us first.",
    "Please be aware of the increase in cybercrime and fraud. We will never send you bank details by email.",
    "***Wire Fraud is Real*** Before wiring ANY money, call the intended recipient at a number you know is valid.",
    "Cyber Fraud Alert. Please be advised that we do not change our bank account details. If you receive "
    "an email saying we have, it is a scam, please contact us immediately.",
    "Acme Corp will never ask you for your password or bank details by email. If you suspect fraud, "
    "report it to fraud@example.com.",
    "We never notify changes to important business information, such as bank account details, by email. "
    "Report suspected fraud to Action Fraud.",
]
WORDS = [
    "You changed your bank details and never told me, this is fraud.",
    "Fraud alert: your company charged my card twice.",
    "Beware of this lab, it is a scam.",
    "I will report this fraud to my bank.",
    "We will report you for fraud to our bank.",
    "Please report this fraud to your manager.",
    "If this is fraud, we will report it to the attorney general.",
    "Wire fraud is what you did when you took money from our bank account.",
    "We never gave you our bank details. This is fraud.",
    "We never changed our bank details, so why did you charge the old account? It is a scam.",
    "This is bank fraud and I will call the police.",
    "Warning: this company is a scam. Do not give them your bank details.",
    "Do not wire money to these scammers!",
    "Your email asked us to wire money to a new account. Is this fraud?",
]
ABOVE = "My attorney will call.\n\nJane\n\n"


def zones(body: str) -> list[tuple[Zone, str]]:
    return [(one.zone, one.text.strip()) for one in passages(Contact("m", Channel.EMAIL, body=body))]


@pytest.mark.parametrize("warning", WARNINGS)
def test_a_warning_of_fraud_with_payments_is_a_footer(warning: str) -> None:
    assert zones(f"{ABOVE}{warning}\n") == [(Zone.OWN, ABOVE.strip()), (Zone.FOOTER, warning)]
    beside = zones(f"{warning} This is fraud.\n")
    assert beside == [(Zone.FOOTER, warning), (Zone.OWN, "This is fraud.")]


@pytest.mark.parametrize("words", WORDS)
def test_who_speaks_of_fraud_and_banks_is_heard(words: str) -> None:
    assert zones(f"{ABOVE}{words}\n") == [(Zone.OWN, f"{ABOVE}{words}")]
    assert zones(f"{words} We will never change our bank details.\n")[0] == (Zone.OWN, words)
