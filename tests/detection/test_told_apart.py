"""Contacts told one by one are added up, and nothing else is."""

from __future__ import annotations

import pytest

from watchword.detection.numbers import spoken_contacts
from watchword.detection.told_apart import told_apart


@pytest.mark.parametrize(
    ("said", "number"),
    [
        # days and months
        ("i called in july i called in august and now im calling you", 3),
        ("I called Monday, then Thursday, and now it's Saturday.", 3),
        ("monday i called you tuesday i called you and heres me again its thursday", 3),
        ("so um called the 2nd the 9th the 16th the 23rd and here i go again", 5),
        ("I wrote on the 10th and the 20th of last month and haven't had a reply.", 3),
        ("My letters of March 4, April 8 and May 6 concern a charge of $640.", 4),
        ("I refer to my letters of 4 and 18 February on this same overcharge.", 3),
        ("In January I sent the card by post; in February by fax; in March I read it to a gentleman.", 4),
        ("January 8, I called. January 29, called. February 12, emailed. March 1, called. Today is the 20th.", 5),
        ("On 8 July, 22 July and 19 August I asked you to explain.", 4),
        ("I called once in May, twice in June, and here I am again.", 4),
        ("Having phoned on the second and the ninth, I wish to complain.", 3),
        ("Same as Friday, same as yesterday.", 3),
        ("I rang you at Easter and at Whitsun, I'm telephoning now.", 3),
        # people
        ("Spoke to Dana, then Luis, then some supervisor, now you.", 4),
        ("Brenda, then the fellow with the cold, then Brenda again, and now you.", 4),
        ("First I told the chat. Then I told the girl on the phone. Now I'm telling you.", 3),
        ("i already asked the lady the man and the robot and they all just hum", 4),
        ("My dad called, my mom called, and now it's down to me.", 3),
        # ways
        ("I've told you by phone, by phone, by chat and by a letter, and now again.", 5),
        # the longest list counts, and one with a gap does not
        ("I spoke to Angie on the 3rd, to Ravi on the 10th and to Angie again on the 14th.", 4),
        ("I told Rosa in the office. I told Kyle there. I told whoever was next.", None),
    ],
)
def test_contacts_told_one_by_one(said: str, number: int | None) -> None:
    assert spoken_contacts(said) == number


@pytest.mark.parametrize(
    "said",
    [
        "I called on Monday.",
        "I called Monday, you said Wednesday, and by Friday nothing.",
        "I called Monday and Tuesday you called me back.",
        "I called on July 7, and on August 20 your statement came.",
        "I called Cigna in May and I called Aetna in June.",
        "I called my insurance on Monday and on Tuesday.",
        "I called about the May bill and the June bill.",
        "I asked for it by Friday, before Monday or until Tuesday.",
        "They wrote to me in May, in June and in July.",
        "You called on Monday, on Tuesday and on Wednesday.",
        "I was told on Monday, on Tuesday and on Friday that a girl would ring.",
        "My test was on March 3, the bill came on April 4, and I paid on May 5.",
        "I told Dana, and Luis called me back.",
        "Hi Imani, I'm the one who emailed, and you guys emailed back.",
        "If a Fellow from the Northern District, then Ours, calls, and you pay.",
        "I may call again in the second week of May.",
        "I called tw\u0131ce in May.",
    ],
)
def test_what_is_no_list_of_contacts(said: str) -> None:
    assert told_apart(said) is None


@pytest.mark.parametrize("said", ["1, ", "now ", "dana, now you, "])
def test_what_goes_on_endlessly_takes_no_time_for_each_word_before_it(said: str) -> None:
    """Were a text read again from each of its places, this would run into the time limit that tests have."""
    spoken_contacts(said * (200_000 // len(said)))
