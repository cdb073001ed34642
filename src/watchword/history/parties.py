"""Who is meant by a word of a note: the customer's side, our own people, or somebody else.

The customer's side is whoever speaks for the customer: the patient, family, a guardian, an attorney. Insurers and
doctors' offices work with us on the same bill, but what they do is no contact by the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Party(StrEnum):
    """Whose side a word names."""

    CUSTOMER = "customer"
    STAFF = "staff"
    OTHER = "other"


CUSTOMER_WORDS = frozenset(
    "patient patients customer client member caller guarantor subscriber insured policyholder cardholder user "
    "consumer holder spouse husband wife partner fiance fiancee boyfriend girlfriend mother mom mum mama father "
    "dad papa parent parents son daughter brother sister sibling aunt uncle grandmother grandma grandfather "
    "grandson granddaughter niece nephew cousin friend guardian caregiver caretaker family relative poa attorney "
    "lawyer paralegal advocate mr mrs ms miss lady woman gentleman man".split()
)

OTHER_WORDS = frozenset(
    # who pays for the customer, or speaks for those who do
    "insurance insurer insurers payer payor payers aetna cigna uhc unitedhealthcare united bcbs bluecross anthem "
    "humana kaiser medicaid medicare tricare optum ambetter molina centene oscar healthnet tpa employer hr broker "
    # who ordered the test or treats the customer
    "doctor doctors provider providers physician clinic hospital nurse rn np pcp gynecologist obstetrician midwife "
    "practice counselor gc receptionist phlebotomist pharmacy "
    # others we deal with
    "agency collector vendor bank courier fedex ups usps lender landlord solicitor telemarketer".split()
)

STAFF_WORDS = frozenset(
    "i we us me our staff agent csr associate representative coworker colleague supervisor lead manager team "
    "specialist department tier billing biller coder writer undersigned".split()
)

# Places inside the house that work is handed to: "sent to coding" is no contact with anybody outside.
HOUSE_WORDS = frozenset(
    "coding coder coders review lead leads supervisor manager team department queue billing appeals claims "
    "collections management escalations escalation finance accounting research audit compliance legal it tier lab "
    "support csr agent us me office pool folder file chart batch printer refunds credentialing "
    "eligibility".split()
)

PRONOUNS = frozenset("he she him her herself himself they them".split())
# "Aetna claim", "doctor order": what belongs to them is not they.
OF_THEIRS = frozenset(
    "claim claims denial eob eobs policy coverage payment payments card id info information letter portal website "
    "number benefits deductible authorization network check remittance order orders bill verification "
    "eligibility".split()
)

# "OB" is outbound before one of these, an obstetrician elsewhere.
OUTBOUND_AFTER_OB = frozenset(
    "call calls callback followup email voicemail text dial attempt contact to lvm message patient customer "
    "member".split()
)


def party_at(words: Sequence[str], place: int, names: frozenset[str], last: Party | None) -> Party | None:
    """Whose side the word at ``place`` names, or None. ``last`` is who was spoken of before, for "rep" and "them"."""
    word = words[place]
    before = words[place - 1] if place else ""
    if word == "ob":
        return None if place + 1 < len(words) and words[place + 1] in OUTBOUND_AFTER_OB else Party.OTHER
    if word in ("rep", "representative"):
        return Party.OTHER if before in OTHER_WORDS or last is Party.OTHER else Party.STAFF
    if word in PRONOUNS:
        return Party.OTHER if last is Party.OTHER else Party.CUSTOMER
    if word in ("office", "company", "carrier", "plan"):
        return Party.OTHER if before in OTHER_WORDS or before == "ob" else None
    if word in CUSTOMER_WORDS or word in names:
        return Party.CUSTOMER
    if word in OTHER_WORDS:
        return None if place + 1 < len(words) and words[place + 1] in OF_THEIRS else Party.OTHER
    return Party.STAFF if word in STAFF_WORDS else None
