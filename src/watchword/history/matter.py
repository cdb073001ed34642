"""What a text is about, as far as its words tell: the words with content, and the field of life they belong to.

No word list of any one centre stands here: names of tests, plans and programmes are found because both texts use them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from watchword.history import acts
from watchword.history.figures import Figures, read_figures
from watchword.history.parties import CUSTOMER_WORDS, STAFF_WORDS
from watchword.history.words import plain_words

# Words that say the same thing in talk about money; the first of each row stands for all of them.
SYNONYMS = {
    word: row[0]
    for row in (
        "bill bills billed billing invoice invoices invoiced statement statements balance balances charge charges charged charging owe owes "
        "owed owing due amount amounts cost costs price priced pricing fee fees".split(),
        "pay pays paid paying payment payments unpaid".split(),
        "insurance insurer insured coverage cover covers covered covering uncovered policy".split(),
        "claim claims".split(),
        "deny denied denial denials denies rejected rejection".split(),
        "refund refunds refunded refunding reimburse reimbursed reimbursement overpaid overpayment".split(),
        "collections collection collectors collecting".split(),
        "eob eobs explanation-of-benefits".split(),
        "assistance hardship financial charity".split(),
        "itemized itemization itemised".split(),
        "installments installment".split(),
        "dispute disputes disputed disputing".split(),
        "duplicate duplicated doubled double".split(),
        "late overdue delinquent".split(),
        "result results".split(),
        "address addresses moved moving relocated".split(),
        "kit kits".split(),
        "sample samples specimen tube tubes swab".split(),
        "appointment appointments visit schedule scheduled scheduling reschedule rescheduled".split(),
        "login password username signin logging logged log".split(),
        "ship shipped shipping shipment deliver delivered delivery tracking package".split(),
        "records record".split(),
        "name misspelled spelling surname maiden".split(),
    )
    for word in row
}

# One field of life each: a question about one of them is another matter than a question about the next.
FIELDS = {
    "money": "bill pay insurance claim deny refund collections eob assistance itemized installments deductible copay "
    "coinsurance discount credit debit card dispute appeal late network debt dollars overcharged bank receipt",
    "results": "result report findings turnaround counselor",
    "details": "address name birthdate birthday",
    "samples": "kit sample ship redraw recollect",
    "visits": "appointment phlebotomist blood-draw",
    "access": "login portal reset website app",
    "records": "records release",
}
FIELD_OF = {word: field for field, words in FIELDS.items() for word in words.split()}

# In a centre that bills for tests these alone tell hardly anything.
COMMON = frozenset("bill pay insurance claim dispute test account".split())

PHRASES = (
    ("explanation of benefits", "eob"), ("payment plan", "installments"), ("pay plan", "installments"),
    ("payment arrangement", "installments"), ("date of birth", "birthdate"), ("date of service", " "),
    ("financial aid", "assistance"), ("money back", "refund"), ("log in", "login"), ("sign in", "login"),
    ("charged twice", "duplicate"), ("billed twice", "duplicate"), ("paid twice", "duplicate"), ("double-", "duplicate "),
    ("my name is", " "), ("name and", " "), ("confirm your", " "), ("verify your", " "),
)  # fmt: skip

ORDINARY = frozenset(
    """a about above after again against all already also always am among an and another any anybody anyone anything
    anyway are around as ask at away back bad be because been before behind being believe best better between big both
    bring but by came can cannot cant change check come could couple day days dear deal did didnt different do does doing
    done dont down during each early either else end enough even ever every everyone everything exactly explain fact
    fair far feel few figure fill find fine first five for forward found four friday from front full fully further gave
    get gets getting give given gives giving go goes going gone gonna good got great had hand happen happened happening
    happens happy hard has have having he hear heard hello help her here hers hey hi him his hold home hope hour hours
    how i if im in instead into is issue it its ive january february march april june july august september october
    november december just keep keeps kept kind knew know known last lately later least leave left less let like line
    listen little long look looked looking looks lot made mad make makes making many matter may maybe me mean means meant
    meanwhile mention might mind mine minute minutes moment monday month months more morning most mostly much must my
    myself near need needs neither never new next nice nine no nobody none nor not note nothing now number of off office
    often oh ok okay old on once one only open or other others our out over own part past people per perhaps person phone
    place please point possible previous probably problem put quick quite rather read ready really reason recent recently
    regard regards right said same saturday saw say second see seem seems seen send sent set several shall she should
    show side simply since sir situation six so some somebody someone something sometimes soon sorry sort speak start
    started still stop stuff such sunday supposed sure system take taken takes taking talk tell ten than thank thanks that
    thats the their them themselves then there these they thing things think third this those though thought three
    through thursday time times to today together told tomorrow too took toward tried tries true try trying tuesday turn
    two under understand until up update updated upon us use used using usually very via wait waiting want wants was wasnt
    way we wednesday week weeks well went were what whatever when where whether which while who whole whom whose why will
    wish with within without wont word work working worry would wouldnt wrong year years yes yesterday yet you your yours
    yourself youre youve theyre hasnt havent isnt arent weve id ill uh um yeah yep nope mhm information regarding follow
    followup status inquiry request response best sincerely kind attached attachment high high- high. copy detail details
    detailed letter document documents file filed process processed processing review reviewed reviewing pending resolved
    resolution specific general question questions issue issues concern concerns contact contacts mail email emails
    voicemail message messages callback call calls called calling caller customer service department line hung apologized
    verified business calendar allow allowed advised re w adv supervisor escalated escalate inbound outbound upset angry
    frustrated unhappy says states stated asks asked wants wanted requesting requested requests correct incorrect agree disagree attempt attempts""".split()
)  # fmt: skip

_NAMED_THING = re.compile(
    r"(?<![.!?]\s)(?<!^)\b([A-Z][a-z]{3,})\s(?:[a-z]{3,}\s)?(?:test|screen|screening|panel|bill|invoice|charge|kit|order)\b"
)
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
ENDINGS = ("ations", "ation", "ings", "ing", "ments", "ment", "ed", "es", "s")


@dataclass(frozen=True, slots=True)
class Matter:
    """The content words of a text, its chief fields of life, the things it names, and its figures."""

    words: frozenset[str]
    fields: frozenset[str]
    named: frozenset[str]
    figures: Figures

    def joined(self, others: Iterable[Matter]) -> Matter:
        """This matter with what others tell of it; its own fields stay, if it has any."""
        rest = list(others)
        return Matter(
            self.words.union(*(other.words for other in rest)),
            self.fields or frozenset().union(*(other.fields for other in rest)),
            self.named.union(*(other.named for other in rest)),
            Figures(
                self.figures.money.union(*(other.figures.money for other in rest)),
                self.figures.alone,
                self.figures.dates.union(*(other.figures.service for other in rest)),
                self.figures.service.union(*(other.figures.service for other in rest)),
            ),
        )


def read_matter(text: str, names: frozenset[str] = frozenset()) -> Matter:
    """What a text is about. ``names`` are the customer's own names, which tell nothing of the matter."""
    text = _MARKUP.sub(" ", text)
    low = text.lower().replace("’", "'")
    for phrase, word in PHRASES:
        low = low.replace(phrase, f" {word} ")
    concepts = Counter(filter(None, (_concept(word) for word in plain_words(low) if word not in names)))
    return Matter(
        frozenset(concepts),
        _chief_fields(concepts),
        frozenset(name.lower() for name in _NAMED_THING.findall(text)) - names,
        read_figures(text),
    )


def _concept(word: str) -> str | None:
    """The word's synonym or stem, or None when it tells nothing of the matter."""
    word = word.replace("'", "")
    if word in SYNONYMS:
        return SYNONYMS[word]
    if len(word) < 3 or word in ORDINARY or word in CUSTOMER_WORDS or word in STAFF_WORDS or word in acts.CONTACT_VERBS:
        return None
    return _stem(word)


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word if word in FIELD_OF or word in COMMON else word[:7]


def _chief_fields(concepts: Counter[str]) -> frozenset[str]:
    # "Can I give you my address?" in a long talk about a bill does not make it a talk about addresses.
    weights: Counter[str] = Counter()
    for concept, times in concepts.items():
        if field := FIELD_OF.get(concept):
            weights[field] += times
    most = max(weights.values(), default=0)
    return frozenset(field for field, weight in weights.items() if 2 * weight >= most)
