"""What a text is about, as far as its words tell: the words with content, and the field of life they belong to.

No word list of any one centre stands here: names of tests, plans and programmes are found because both texts use them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from watchword.history import acts
from watchword.history.figures import NUMBER_WORDS, Figures, read_figures
from watchword.history.parties import CUSTOMER_WORDS, STAFF_WORDS
from watchword.history.words import plain_words, remembered

# Words that say the same thing in talk about money; the first of each row stands for all of them.
SYNONYMS = {
    word: row[0]
    for row in (
        "bill bills billed billing invoice invoices invoiced statement statements balance balances charge charges "
        "charged charging owe owes "
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
    ("payment arrangement", "installments"), ("date of birth", "birthdate"), ("date of service", ""),
    ("financial aid", "assistance"), ("money back", "refund"), ("log in", "login"), ("sign in", "login"),
    ("charged twice", "duplicate"), ("billed twice", "duplicate"), ("paid twice", "duplicate"),
    ("my name is", ""), ("name and", ""),
)  # fmt: skip

# Words that tell nothing of the matter, in the talk of customers and in notes.
ORDINARY = frozenset(
    """a about above adv advised after again against agree all allow allowed already also always am among an and angry
    another any anybody anyone anything anyway apologized april are arent around as ask asked asks at attached
    attachment attempt attempts august away back bad be because been before behind being believe best better between
    big both bring business but by calendar call callback called caller calling calls came can cannot cant change
    check come concern concerns contact contacts copy correct could couple customer day days deal dear december
    department detail detailed details did didnt different disagree do document documents does doing done dont dos down
    during each early either else email emails end enough escalate escalated even ever every everyone everything
    exactly explain fact fair far february feel few figure file filed fill find fine first five follow followup for
    forward found four friday from front frustrated full fully further gave general get gets getting give given
    gives giving go goes going gone gonna good got great had hand happen happened happening happens happy hard has
    hasnt have havent having he hear heard hello help her here hers hey hi high him his hold home hope hour hours
    how hung i id if ill im in inbound incorrect information inquiry instead into is isnt issue issues it its ive
    january july june just keep keeps kept kind knew know known last lately later least leave left less let letter
    like line listen little long look looked looking looks lot mad made mail make makes making many march matter may
    maybe me mean means meant meanwhile mention message messages mhm might mind mine minute minutes moment monday
    month months more morning most mostly much must my myself near need needs neither never new next nice nine no
    nobody none nope nor not note nothing november now number october of off office often oh ok okay old on once one
    only open or other others our out outbound over own part past pending people per perhaps person phone place
    please point possible previous probably problem process processed processing put question questions quick quite
    rather re read ready really reason recent recently regard regarding regards request requested requesting
    requests resolution resolved response review reviewed reviewing right said same saturday saw say says second see
    seem seems seen send sent september service set several shall she should show side simply since sincerely sir
    situation six so some somebody someone something sometimes soon sorry sort speak specific start started stated
    states status still stop stuff such sunday supervisor supposed sure system take taken takes taking talk tell ten
    than thank thanks that thats the their them themselves then there these they theyre thing things think third
    this those though thought three through thursday time times to today together told tomorrow too took toward
    tried tries true try trying tuesday turn two uh um under understand unhappy until up update updated upon upset
    us use used using usually verified very via voicemail w wait waiting want wanted wants was wasnt way we
    wednesday week weeks well went were weve what whatever when where whether which while who whole whom whose why
    will wish with within without wont word work working worry would wouldnt wrong yeah year years yep yes yesterday
    yet you your youre yours yourself youve""".split()
)  # fmt: skip

_NAMED_THING = re.compile(
    r"(?<![.!?]\s)(?<!^)\b([A-Z][a-z]{3,})\s(?:[a-z]{3,}\s)?(?:test|screen|screening|panel|bill|invoice|charge|kit|order)\b"
)
ENDINGS = ("ations", "ation", "ings", "ing", "ments", "ment", "ed", "es", "s")


@dataclass(frozen=True, slots=True)
class Matter:
    """The content words of a text, its chief fields of life, the things it names, and its figures."""

    words: frozenset[str]
    fields: frozenset[str]
    named: frozenset[str]
    figures: Figures

    def joined(self, others: Iterable[Matter]) -> Matter:
        """The same matter with what others tell of it; its own fields stay, if it has any."""
        rest = list(others)
        return Matter(
            self.words.union(*(other.words for other in rest)),
            self.fields or frozenset().union(*(other.fields for other in rest)),
            self.named.union(*(other.named for other in rest)),
            Figures(
                self.figures.money.union(*(other.figures.money for other in rest)),
                self.figures.alone.union(*(other.figures.alone for other in rest)),
                self.figures.dates.union(*(other.figures.service for other in rest)),
                self.figures.service.union(*(other.figures.service for other in rest)),
            ),
        )


@remembered
def read_matter(text: str, names: frozenset[str] = frozenset()) -> Matter:
    """What a text is about. ``names`` are the customer's own names, which tell nothing of the matter."""
    row = f" {' '.join(plain_words(text))} "
    for phrase, word in PHRASES:
        row = row.replace(f" {phrase} ", f" {word} ")
    concepts = Counter(filter(None, (_concept(word) for word in row.split() if word not in names)))
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
    if (
        len(word) < 3
        or word in ORDINARY
        or word in NUMBER_WORDS
        or word in CUSTOMER_WORDS
        or word in STAFF_WORDS
        or word in acts.CONTACT_VERBS
    ):
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
