"""How many contacts a claim comes to, the present one included, and whose contacts they are."""

from __future__ import annotations

import pytest

from tests.detection.test_weigh import told
from tests.made import call
from watchword.detection import notice
from watchword.detection.numbers import claimed_contacts, spoken_contacts
from watchword.policy.load import load_policy
from watchword.terms import Assessment, Level
from watchword.triage.assess import assess

POLICY = load_policy("natera-billing")
CALLED = "call ... {count} times"


def by_wordings(said: str) -> Assessment:
    return assess(call(said), POLICY)


def claims(found: Assessment) -> list[tuple[Level, int | None]]:
    return [(flag.level, flag.number) for flag in found.flags if flag.kind == "repeated_contact"]


@pytest.mark.parametrize(
    ("words", "around", "written", "number"),
    [
        ("third time calling", "this is the third time calling", "{ordinal} time", 3),
        ("3rd time I call", "3rd time I call", "{ordinal} time", 3),
        ("umpteenth time", "for the umpteenth time", "{ordinal} time", 100),
        ("called three times", "i called three times", CALLED, 4),
        ("called twice", "i called twice already", CALLED, 3),
        ("called twice", "i have called twice", "called twice", 3),
        ("called 5 times", "i called 5 times including today", CALLED, 5),
        ("called 5 times", "i called 5 times counting this one", CALLED, 5),
        ("called 5 times", "i called 5 times, with today", CALLED, 5),
        ("called 5 times", "i called 5 times with this bill", CALLED, 6),
        ("a dozen calls", "a dozen calls", "{count} calls", 13),
        ("four calls", "that makes four calls", "{count} calls", 4),
        ("called two hundred times", "i called two hundred times", CALLED, 201),
        ("called twenty-five times", "i called twenty-five times", CALLED, 26),
        ("called a couple hundred times", "i called a couple hundred times", CALLED, 201),
        ("called in one week five times", "i called in one week five times", CALLED, 6),
        ("three times i called and one", "three times i called and one agent hung up", "{count} times ... call", 4),
        ("call number five", "call number five", "call/email number {count}", 5),
        ("call number 650", "do i call number 650-412-8715", "call/email number {count}", 0),
        ("keep calling", "i keep calling", "keep calling", None),
        ("keep calling", "i keep calling, for the fourth time now", "keep calling", 4),
    ],
)
def test_claims(words: str, around: str, written: str, number: int | None) -> None:
    assert claimed_contacts(words, around, written) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("So you are the fifth person I explain it to.", 5),
        ("This is call six.", 6),
        ("I called you twice, and here I am.", 3),
        ("I have asked four times now.", 5),
        ("Call me on 650-412-8715.", None),
        ("Call 650-412-8715, please.", None),
        ("This is the second time.", None),
        ("Fourth. Every time I am told somebody will call.", 4),
        ("Only about ten times, sweetheart.", 10),
        ("Mail number four, the same picture of the same card.", 4),
        ("Round five, ding ding.", 5),
        ("So this is five. You are a polite operator.", 5),
        ("You're number six, and you're very nice.", 6),
        ("You are the third, and I hope the last.", 3),
        ("I'm going to say five counting this and I start from zero each time.", 5),
        ("Three calls, three different men, and now you.", 4),
        ("I have explained it to three of your people.", 4),
        ("Four letters before this one, and no answer.", 5),
        ("This is now my forth mail, and the question is the same.", 4),
        ("Literally my 3rd msg about the same forty dollars.", 3),
        ("That's what you said the last six times I asked.", 7),
        ("No, it's the fourth.", 4),
        ("It's my sixth go at this.", 6),
        ("And today is number seven.", 7),
        ("A man, a woman, a woman, a man. Number five is you.", 5),
        ("You make four.", 4),
        ("The present letter is the fifth on this subject.", 5),
        ("No, dear, the three before you didn't see it either.", 4),
        ("Enclosed is a log of my four prior contacts with you.", 5),
        ("Twenty times I've called you people.", 20),
        ("I wrote on the 8th and 15th, and this is now the 22nd.", 3),
        ("I've walked six of you through it.", 7),
        ("Three of your colleagues have sympathised.", 4),
        ("I have left three messages and nobody rang.", 4),
        ("Two faxes, three calls, and now this. Same form.", 6),
        ("You'd think three of my letters would do.", 4),
        ("Both times I called I was promised one.", 3),
        ("As you have ignored both previous emails, we will file suit.", 3),
        ("It's in your log seven times not counting this.", 8),
        ("This one's the sixth.", 6),
        ("Brenda, then Pat, and now you, four of you.", 3),
        ("I sent the hundred and I sent the other hundred.", None),
        ("Today is the 27th, and it is 270 dollars.", None),
        ("First it was forty, and now you tell me it's nine hundred.", None),
        ("The bill says the fourth, and it's the fourteenth of May.", None),
        ("This is five minutes of my life.", None),
        ("Call four hours before the test, she said.", None),
        ("This is the fifth of May.", None),
        ("Ten times a day I look at it.", None),
    ],
)
def test_numbers_said_outright(said: str, number: int | None) -> None:
    assert spoken_contacts(said) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("I have called you two times and this is unacceptable.", 3),
        ("I called you in one week five times about this invoice.", 6),
        ("I've called one, two, three, four times.", 5),
        ("I have called two hundred times about this bill.", 201),
        ("I have called you a thousand times.", 1001),
        ("Call number five and still nobody can tell me.", 5),
        ("Email number four from me now.", 4),
        ("That makes four calls.", 4),
        ("This makes four calls.", 4),
        ("I keep calling about this bill, for the fourth time now.", 4),
        ("I have explained this three times and this is the fourth.", 4),
        ("Called twice and this is still wrong.", 3),
        ("I have emailed twice, this makes three.", 3),
        ("I've called three times.", 4),
        ("This is my third email.", 3),
        ("Third time calling.", 3),
        ("I've asked three times now.", 4),
        ("For the third time, please fix this.", 3),
        ("I have left three voicemails and you have not called me.", 4),
        ("You keep sending me bills and I called you three times about it.", 4),
        ("You called me on Monday and I have called you three times.", 4),
        ("You sent me a letter and I called three times.", 4),
        ("This is the third time I have called you and nobody calls me back.", 3),
        ("This is the third email you have not answered.", 3),
        ("You said you would call me, this is my third call.", 3),
        ("I keep calling you and you keep sending bills.", None),
        ("I have sent this five times now.", 6),
        ("That is three times now I tell you the portal is broken.", 3),
        ("My insurance called, and I have called you three times.", 4),
    ],
)
def test_what_the_customer_claims_by_wordings_alone(said: str, number: int | None) -> None:
    assert claims(by_wordings(said)) == [(Level.ESCALATE, number)]


@pytest.mark.parametrize(
    "said",
    [
        "Should I call number 650-412-8715 to pay this?",
        "Should I call number 650.412.8715 to pay this?",
        "Do I call number 650 412 8715?",
        "This is the third time you've called me.",
        "This is the third time you have called me this week.",
        "This is the third letter you have sent me about this bill.",
        "This is the third letter I have received from you.",
        "This is the third call from your office.",
        "You keep calling me, what is this about?",
        "You guys keep emailing my wife.",
        "Somebody keeps calling us.",
        "You have called me five times this week.",
        "You've called my house five times already.",
        "I received four emails from your lab.",
        "I got three calls from you.",
        "You sent me three letters.",
        "Your office called twice, so I am calling back.",
        "You called three times and hung up.",
        "My insurance has called me five times about this claim and I told them it is with you.",
        "My insurance has written to you four times.",
        "My doctor called you three times.",
        "My card was charged three times already.",
        "I was charged three times now.",
    ],
)
def test_what_others_did_is_no_contact_by_the_customer(said: str) -> None:
    assert claims(by_wordings(said)) == []


def test_where_the_wording_gives_no_number_the_one_said_beside_it_counts() -> None:
    again = "I have called you twice already, and now I am calling again."
    assert claims(by_wordings(again)) == [(Level.CLARIFY, 3)]
    beside = told(call("I keep calling about this. This is my fourth call."), {0: {"contacted_before": 4.0}})
    assert claims(beside) == [(Level.ESCALATE, 4)]
    other = told(call("I keep calling. You are the fourth person."), {0: {"contacted_before": 4.0}})
    assert claims(other) == [(Level.ESCALATE, 4)]


def test_a_claim_said_endlessly_takes_no_time_for_each_before_it() -> None:
    """Were the whole text read again for each claim, this would run into the time limit that tests have."""
    assert spoken_contacts("told three times " * 45_000) == 4


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text in which the wordings have a number looked for."""
    texts: list[str] = []

    def noted(text: str) -> int | None:
        texts.append(text)
        return spoken_contacts(text)

    monkeypatch.setattr(notice, "spoken_contacts", noted)
    return texts


def test_a_sentence_is_read_once_for_all_claims_in_it(read: list[str]) -> None:
    said = "I keep calling, I keep emailing, I keep asking, and this is the fourth time"
    assert claims(by_wordings(f"{said}. Hello?")) == [(Level.ESCALATE, 4)]
    assert read == [said.lower()]


@pytest.mark.parametrize(
    ("claim", "times"),
    [("I keep calling about bill {}", 8), ("I called {} times counting today", 8), ("called {} times", 0)],
)
def test_a_sentence_without_an_end_is_not_read_again_for_each_claim(claim: str, times: int, read: list[str]) -> None:
    """Were the words around each claim read for it alone, each would be read for all claims near it: thirty times."""
    said = " and ".join(claim.format(10 + number % 80) for number in range(400))
    assert claims(by_wordings(said))
    assert sum(map(len, read)) <= len(said) * times
