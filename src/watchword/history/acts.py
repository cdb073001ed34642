"""The acts that notes tell of, and the words they are told in: one small table for each kind of act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What one stretch of a note tells."""

    INBOUND = "the customer got in touch"
    DECLARED_INBOUND = "the note is headed inbound"
    OUTBOUND = "we got in touch with the customer"
    UNANSWERED = "we did not reach anybody"
    SENT = "we sent the customer something"
    SPOKE = "spoke with the customer, whoever began it"
    CALLED = "somebody called; the note does not say who"
    SAYS = "what the customer says or wants"
    TALK = "talk with the customer, whoever began it"
    ELSEWHERE = "somebody else got in touch"
    ELSE_SAYS = "what somebody else says"
    WORK = "we dealt with somebody else about it"
    INTERNAL = "work on the case, or the system's own entry"
    NO_CONTACT = "the note itself says that nobody was in touch"


@dataclass(frozen=True, slots=True)
class Sign:
    """One act read in a note, and the word that shows it."""

    act: Act
    word: str


def _table(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Somebody got in touch: who, is for the words around it to say. Base forms are left out: "will call" is a promise.
CONTACT_VERBS = _table(
    "called calls calling phoned telephoned rang ringing dialed emailed emails emailing wrote writes writing texted "
    "texting messaged contacted contacts contacting chatted reached replied replies replying responded responds pinged"
)
MAIL_VERBS = _table("emailed emailing wrote texted messaged faxed")
REPLY_VERBS = _table("replied replying responded responds")

CONTACT_NOUNS = _table(
    "call calls voicemail email emails message text letter fax chat reply response inquiry enquiry correspondence "
    "callback"
)
NOT_THE_NOUN_BEFORE = _table(
    "address addresses number on center template id list log queue recording volume reason time times requested request"
)
OUR_CALLS = _table("courtesy reminder collection collections welcome outreach outgoing outbound ob wellness survey")

DECLARING = _table("inbound incoming outbound outgoing ob")
SEND_VERBS = _table("sent resent mailed remailed forwarded faxed sending mailing issued")
OUR_PAPERS = _table(
    "statement statements invoice bill itemized reminder notice link breakdown receipt instructions form forms "
    "application letter copy information packet survey confirmation acknowledgement eob faq template"
)
MONEY_IN = _table("payment check money remittance payments cheque")

REACHED_NOBODY = (
    ("no", "answer"), ("no", "ans"), ("no", "pickup"), ("no", "pick", "up"), ("did", "not", "answer"),
    ("didn't", "answer"), ("not", "answer"), ("unable", "to", "reach"), ("could", "not", "reach"),
    ("couldn't", "reach"), ("cannot", "reach"), ("can't", "reach"), ("not", "able", "to", "reach"),
    ("unable", "to", "contact"), ("mailbox", "full"), ("mailbox", "is", "full"), ("voicemail", "full"),
    ("voicemail", "is", "full"), ("voicemail", "not", "set"), ("line", "busy"), ("busy", "signal"),
    ("wrong", "number"), ("rang", "out"), ("not", "in", "service"), ("number", "disconnected"), ("utr",),
    ("went", "to", "voicemail"), ("straight", "to", "voicemail"), ("got", "voicemail"),
)  # fmt: skip
NOT_THERE = (("not", "available"), ("not", "home"), ("unavailable",))  # said of the customer, not of a supervisor
COULD_NOT = _table("unable could couldn't cannot can't")
AFTER_AN_ANSWER = _table("from on to re regarding about yet as for given")  # "no answer from ins" is no unanswered call

LEFT_MESSAGE = _table("lvm lm lmtcb lmom lmovm lvmtcb lmam lmwcb lvml lmvm lmcb")
TRIED = _table("tried trying attempted attempting attempt attempts")
TO_REACH = _table(
    "call calling reach reaching contact contacting phone phoning email emailing get callback dial outreach"
)

# What customers do in notes. These need nobody named: an agent does not write it of anybody else.
SAYS_FREELY = _table(
    "states stated stating says saying disputes disputed disputing asks asking wants wanting wishes requests "
    "requesting inquires inquired inquiring enquired enquiring complains complained complaining demands demanding "
    "demanded insists insisted upset angry irate frustrated livid furious mad crying yelling unhappy dissatisfied "
    "refuses "
    "refusing refused threatens threatened threatening wondering question questions complaint complaints concern "
    "concerns concerned confused asked requested questioning questioned disagrees"
)
# These only with the customer named before: staff and systems do the same things.
SAYS_NAMED = _table(
    "said claims claimed told reports reported reporting mentioned mentions expressed believes thinks feels "
    "understands "
    "understood agrees agreed declined declines confirmed verified gave provided provides needs needed thanked hung "
    "waiting insisting followingup followedup followsup followup checking seeking looking expects expecting never "
    "advised advises informed explained wanted notified paying pays unable"
)
SPEECH = _table(
    "states stated stating says said saying claims claimed told reports reported mentioned asks asking asked wants "
    "wanting wanted requests requesting requested insists insisted believes thinks demands demanding demanded "
    "complains "
    "complained complaining advised explained"
)
TALK_WORDS = _table(
    "advised informed explained told educated apologized apologised assured reassured offered quoted hipaa discussed "
    "conversation assisted helped answered promised"
)
SPOKE_WORDS = _table("spoke spoken speaking talked talking")
NOTIFY_VERBS = _table("notified reminded notifying reminding")

CALLED_TO_TELL = _table("remind inform notify advise let offer collect confirm verify discuss relay update")
CALLED_TO_ASK = _table(
    "dispute ask inquire enquire complain pay make check request see cancel get find report question say set know "
    "understand state apply appeal"
)

# Work on the case. Only what is done: "claim will be refiled" is a promise made to somebody.
WORK_DONE = _table(
    "resubmitted submitted refiled filed rebilled reprocessed processed posted adjusted adjustment writeoff voided "
    "coded "
    "recoded generated printed batched uploaded scanned attached reviewed audited assigned reassigned routed escalated "
    "escalating closed opened reopened created merged applied allocated reconciled credited approved denied rejected "
    "adjudicated credentialed flagged corrected pended appealed released placed exported imported synced closing "
    "reviewing completed complete removed dunning awaiting onhold audit scheduled queue coding qa reprocessing "
    "appealing"
)
CASE_WORDS = _table("claim status coding notes record records diagnosis eligibility")
ACCORDING_TO = _table("per")
SUMS = _table("balance account amount")
IN_WRITING = _table("email letter mail text")
HEADED_INTERNAL = _table(
    "internal internally int auto automated automatic autogenerated autosent sysgen system sys batch workflow"
)
WORK_PAPERS = _table(
    "eob remit remittance era payment check denial record records authorization accession requisition order"
)

NEGATIONS = _table("not never didn't hasn't haven't hadn't wasn't don't doesn't no nobody none one without won't")
TO_COME = _table(
    "will to can should must please would may could shall needs need gonna if when once until unless wait cannot"
)
WAS = _table("was were been is are being be got gets")
PREPOSITIONS = _table("to for with from re regarding about of by on at per via against behalf")
REFERRING = _table(
    "re regarding about replied reply replying responded responding response answered returned returning on following "
    "followedup followingup concerning after since reviewed review of"
)
AS_CALLER = _table(
    "re regarding about called calls calling emailed states stating stated asking asked inquired requesting"
)
SKIPPED = _table("back again to out also the a an this that same new over just up today yesterday my their")
