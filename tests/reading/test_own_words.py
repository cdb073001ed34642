"""Whose words are whose: the danger is another's words taken for the customer's, and the customer's own lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import Place
from watchword.reading.html_text import looks_like_html, visible_text
from watchword.reading.invisible import ANY_INVISIBLE, plain_blanks
from watchword.reading.mail import contact_from_mail
from watchword.reading.own_words import passages
from watchword.settings import Settings
from watchword.terms import Channel, Contact, Field, Passage, Speaker, Turn, Zone

MAILS = Path(__file__).parent / "mails"
WROTE = "On Tue, Mar 4, 2025 at 3:02 PM Billing <billing@example.com> wrote:"
HEADER = "From: Billing <billing@example.com>\nSent: Tuesday, March 4, 2025 10:02 AM\nTo: Jane\nSubject: Your bill\n"


def mail(body: str, subject: str | None = None) -> Contact:
    return Contact("m-1", Channel.EMAIL, subject=subject, body=body)


def in_zone(contact: Contact, zone: Zone) -> str:
    """The words of the body in one zone, with their blanks made plain."""
    texts = [passage.text for passage in passages(contact) if passage.zone is zone and passage.field is Field.BODY]
    return " ".join(" | ".join(texts).split())


def own(body: str, subject: str | None = None) -> str:
    return in_zone(mail(body, subject), Zone.OWN)


def test_a_call_gives_a_passage_a_turn() -> None:
    call = Contact(
        "c-1", Channel.PHONE, turns=(Turn(Speaker.AGENT, "Hello?"), Turn(Speaker.CALLER, "> On Monday I\u200b called."))
    )
    assert passages(call) == (
        Passage(Field.TURN, Zone.AGENT, "Hello?", 0, 0),
        Passage(Field.TURN, Zone.OWN, "> On Monday I\u200b called.", 0, 1),
    )


@pytest.mark.parametrize(
    ("subject", "zone"),
    [
        ("Lawsuit", Zone.OWN),
        ("Re: Lawsuit", Zone.QUOTED),
        ("FW: bill", Zone.QUOTED),
        ("Fwd:bill", Zone.QUOTED),
        ("AW: Rechnung", Zone.QUOTED),
        ("RE[2]: bill", Zone.QUOTED),
        ("[EXTERNAL] Re: bill", Zone.QUOTED),
        ("[EXTERNAL] bill", Zone.OWN),
        ("Refund: when?", Zone.OWN),
        ("Re your last letter, my lawyer answers", Zone.OWN),
    ],
)
def test_the_subject_of_an_answer_is_quoted(subject: str, zone: Zone) -> None:
    (passage,) = passages(mail("", subject))
    assert (passage.field, passage.zone, passage.text) == (Field.SUBJECT, zone, subject)


@pytest.mark.parametrize(
    ("subject", "body", "extra", "zone"),
    [
        ("Re: legal action", "I have had enough.", {"in_reply_to": None}, Zone.OWN),
        ("RE : legal action", "I have had enough.", {"in_reply_to": None}, Zone.OWN),
        ("[EXTERNAL] Re: legal action", "I have had enough.", {"in_reply_to": None}, Zone.OWN),
        ("Re: legal action", f"Enough.\n\n{WROTE}\n> Pay.", {"in_reply_to": None}, Zone.QUOTED),
        ("Re: legal action", "I have had enough.", {"in_reply_to": None, "references": ["a@b"]}, Zone.QUOTED),
        ("Re: legal action", "I have had enough.", {"in_reply_to": "a@b"}, Zone.QUOTED),
        ("Re: legal action", "I have had enough.", {}, Zone.QUOTED),
        ("Fwd: legal action", "I have had enough.", {"in_reply_to": None}, Zone.QUOTED),
        ("Re: Re: legal action", "I have had enough.", {"in_reply_to": None}, Zone.QUOTED),
    ],
)
def test_re_at_the_front_of_a_new_mail_is_the_customers_regarding(
    subject: str, body: str, extra: dict[str, object], zone: Zone
) -> None:
    contact = replace(mail(body, subject), extra=extra)
    assert passages(contact)[0].zone is zone
    assert in_zone(contact, Zone.OWN) == body.partition("\n")[0]


ANNOUNCED = [
    WROTE,
    "On Tue, Mar 4, 2025 at 3:02 PM Natera Billing Department Customer Care <\nbilling@example.com> wrote:",
    "On Tuesday, March 4, 2025 at 10:02:11 AM EST, Natera\nBilling Department <billing@example.com>\nwrote:",
    "On 3/4/25 10:02, Billing wrote:",
    "Billing <billing@example.com> wrote:",
    "2025-03-04 10:02 GMT+01:00 Billing <billing@example.com>:",
    "---- On Tue, 04 Mar 2025 10:02:11 -0500 Billing <billing@example.com> wrote ----",
    "Am Di., 4. März 2025 um 15:02 Uhr schrieb Billing <\nbilling@example.com>:",
    "Am 04.03.25 um 15:02 schrieb Billing:",
    "El mar, 4 mar 2025 a las 15:02, Billing (<billing@example.com>) escribió:",
    "Le mar. 4 mars 2025 à 15:02, Billing <billing@example.com> a écrit :",
    "Em ter., 4 de mar. de 2025 às 15:02, Billing <billing@example.com> escreveu:",
    "-----Original Message-----",
    "----- Original message -----",
    "-------- Forwarded Message --------",
    "---------- Forwarded message ---------",
    "-----Ursprüngliche Nachricht-----",
    "----- Mensaje original -----",
    "-----Message d'origine-----",
    "Begin forwarded message:",
    "##- Please type your reply above this line -##",
    ">>> Billing <billing@example.com> 3/4/2025 10:02 AM >>>",
    HEADER.strip(),
    "________________________________\n" + HEADER.strip(),
    "*From:* Billing <billing@example.com>\n*Sent:* Tuesday\n*To:* Jane\n*Subject:* Your bill",
    "From: Billing <billing@example.com>\nDate: 3/4/25\nTo: A, B, C,\n D, E, F\nSubject: Your bill",
    "Von: Billing <billing@example.com>\nGesendet: Dienstag, 4. März 2025\nAn: Jane\nBetreff: Rechnung",
    "De: Billing <billing@example.com>\nEnviado el: martes\nPara: Jane\nAsunto: Factura",
    "De : Billing <billing@example.com>\nEnvoyé : mardi\nÀ : Jane\nObjet : Facture",
    "De: Billing <billing@example.com>\nEnviada em: terça\nPara: Jane\nAssunto: Fatura",
]


@pytest.mark.parametrize("announcement", ANNOUNCED)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_is_announced_is_quoted_to_the_end(announcement: str, ends: str) -> None:
    body = f"I will sue.\n\n{announcement}\n\nDear Jane,\nyou owe us.\n".replace("\n", ends)
    assert own(body) == "I will sue."


@pytest.mark.parametrize("announcement", ANNOUNCED)
def test_what_stands_between_and_below_quoted_lines_is_new(announcement: str) -> None:
    body = f"First.\n\n{announcement}\n\n> Did you pay?\n\nSecond.\n\n>> older\n> When?\nThird.\n> Bye\n\nFourth.\n"
    assert own(body) == "First. | Second. | Third. | Fourth."


@pytest.mark.parametrize(
    "body",
    [
        "On Tuesday your agent wrote:\nyou owe $500. I will sue.",
        "On Mar 4, 2025 at 10:02 I called and you wrote:\nnothing. I will sue.",
        "On your site I wrote: call me. I will sue.",
        "Your agent wrote: pay up. I will sue.",
        "This is the original message I sent: I will sue.",
        "From: Jane Doe\nDate: 03/04/2025 10:02\nEmail: jane@example.com\nSubject: Bill\nMessage: I will sue.",
        "Name: Jane\nFrom: jane@example.com\nTo: you at 10:02\nSubject: x\nMessage: I will sue.",
        "Date: March 4, 2025, 10:02\nTo: Billing\nFrom: Jane Doe\nSubject: Notice\n\nI will sue.",
        "Hello,\n>From the first day I said that I will sue.\nJane",
        "The balance went from 3 > 4, and 5 <6>. I will sue.",
        "Subject: my bill\nI will sue.",
    ],
)
def test_what_only_looks_announced_is_the_customers(body: str) -> None:
    assert own(body) == " ".join(body.split())


def test_a_long_line_may_hold_the_announcement() -> None:
    assert own(f"I will pay. {WROTE} Dear Jane, or we sue.") == "I will pay."
    assert own("Stop. From: Billing Sent: Tuesday 10:02 To: Jane Subject: Bill Dear Jane, or we sue.") == "Stop."
    assert own("Stop. -----Original Message----- Dear Jane, or we sue.") == "Stop."


def test_answers_inside_the_old_message_are_not_lost() -> None:
    body = f"My answers are in red below.\n\n{HEADER}\nDid you pay? NO, AND MY LAWYER AGREES.\n\n> older"
    assert "MY LAWYER AGREES" in own(body)
    assert "older" not in own(body)


@pytest.mark.parametrize(
    ("signature", "left"),
    [
        ("-- \nJane Doe\nAttorney at Law\n(555) 555-0142\njane@example.com", ""),
        ("--\nJane Doe\nFraud Analyst, First Bank\n12 Court Street, Springfield, IL 62704", ""),
        ("Best regards,\nJane Doe\nLegal Action Fund\n555-0142", ""),
        ("Kind regards\n\nJane Doe\n\nParalegal, Court Services", ""),
        ("Thanks, Jane\nJane Doe\nLawyer", ""),
        ("Mit freundlichen Grüßen\nJürgen Müller", ""),
        ("Sent from my iPhone", ""),
        ("Sent from my Verizon, Samsung Galaxy S21 5G smartphone", ""),
        ("Sent from Yahoo Mail for iPhone", ""),
        ("Get Outlook for Android<https://example.com/a>", ""),
        ("Enviado desde mi iPhone", ""),
        ("Von meinem iPhone gesendet", ""),
        ("Thank you,", "Thank you,"),
        ("Regards,\nJane Doe\nSee you in court", "See you in court"),
        ("Regards,\nJane Doe\nLawsuit pending", "Lawsuit pending"),
        ("Regards,\nJane Doe\nI WILL SUE", "I WILL SUE"),
        ("Thanks\n\nFraud is what it is, my lawyer says.", "Thanks Fraud is what it is, my lawyer says."),
        ("-- \nJane\n\nP.S. My attorney has a copy.", "P.S. My attorney has a copy."),
        ("-- \nJane\nPS my attorney has a copy\nand will write.", "PS my attorney has a copy and will write."),
        ("Sent from my iPhone\nOne more thing: I will sue.", "One more thing: I will sue."),
    ],
)
def test_a_signature_is_taken_only_as_far_as_it_looks_like_one(signature: str, left: str) -> None:
    words = own(f"Please send the bill again.\n\n{signature}\n").replace(" |", "")
    assert words == f"Please send the bill again. {left}".rstrip()


@pytest.mark.parametrize(
    "line",
    [
        "Thanks, but my attorney will call you.",
        "Best, I think, would be small claims.",
        "Sent from my lawyer's office this morning.",
        "Regards the bill, it is a scam.",
        "- no more calls, or I sue",
        "Thank you for nothing.",
    ],
)
def test_a_line_in_the_middle_is_no_signature(line: str) -> None:
    assert own(f"Hello,\n{line}\nThe invoice is INV-20391.") == f"Hello, {line} The invoice is INV-20391."


NOTICES = [
    "CONFIDENTIALITY NOTICE: This e-mail message, including any attachments, is for the sole use of the intended "
    "recipient(s) and may contain confidential and privileged information. Any unauthorized review, use, disclosure or "
    "distribution is prohibited. Violators will be prosecuted under federal law.",
    "This email and any attachments may contain attorney-client privileged information. If you are not the intended "
    "recipient, please notify the sender and delete it.",
    "PRIVILEGED & CONFIDENTIAL",
    "HIPAA NOTICE: This e-mail may contain protected health information. Unauthorized disclosure may subject the "
    "sender to penalties under federal and state law.",
    "ATTORNEY-CLIENT PRIVILEGED COMMUNICATION",
    "The information contained in this transmission is confidential.\nIt is protected by the Electronic\n"
    "Communications Privacy Act, 18 U.S.C. 2510.",
    "If you have received this message in error, please delete it.",
    "Please consider the environment before printing this email.",
    "Virus-free. www.example.com",
    "This email has been scanned for viruses.",
    "To unsubscribe from this list, click here.",
    "Any views or opinions are solely those of the author.",
    "Diese E-Mail enthält vertrauliche Informationen.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_boilerplate_is_a_footer_wherever_it_stands(notice: str) -> None:
    flat = " ".join(notice.split())
    below = mail(f"I will sue.\n\nJane\n\n{notice}\n")
    assert (in_zone(below, Zone.OWN), in_zone(below, Zone.FOOTER)) == ("I will sue. Jane", flat)
    beside = mail(f"I will sue. {notice} My lawyer is Bob.")
    if notice[-1] == ".":
        assert (in_zone(beside, Zone.OWN), in_zone(beside, Zone.FOOTER)) == ("I will sue. | My lawyer is Bob.", flat)


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links or open attachments.",
        "EXTERNAL EMAIL",
        "You don't often get email from jane@example.com. Learn why this is important",
        "[EXTERNAL]",
        "*** EXTERNAL SENDER ***",
    ],
)
def test_a_banner_on_top_is_a_footer(banner: str) -> None:
    assert own(f"{banner}\n\nI will sue.") == "I will sue."


@pytest.mark.parametrize(
    "words",
    [
        "This email and any attachments are proof that your company commits fraud.",
        "This email is to put you on notice that your unauthorized disclosure violates state law.",
        "CONFIDENTIALITY NOTICE: you broke mine, and I will see you in court.",
        "This message is intended only for the manager: refund the bill or go to court.",
        "My attorney-client privileged letter is attached.",
        "Unauthorized charges are fraud, and a court will say so.",
        "Warning: this is my last mail before I sue.",
        "Please unsubscribe me from your calls, or I sue.",
    ],
)
def test_words_that_only_sound_like_boilerplate_are_the_customers(words: str) -> None:
    assert own(f"{words}\n") == words
    assert own(f"Hello.\n\n{words}\n\nJane") == f"Hello. {words} Jane"


def test_a_mail_of_old_words_alone_has_no_own_ones() -> None:
    assert own(f"{WROTE}\n> You owe us.\n") == ""
    assert own(HEADER + "\nYou owe us.", "FW: Your bill") == ""


EXPECTED = {
    "gmail_reply": "Hello, the estimate I was given in October said $249, and the statement says $1,480. My"
    " brother-in-law practises consumer law and has a copy of both. Dana",
    "outlook_desktop": "This is the second letter that ignores my appeal. If it is not settled by Friday I will take it"
    " to small claims.",
    "outlook_mobile": "Thank you, the plan of $40 a month works for me.",
    "iphone": "I’m done being polite. One more bill and I’m posting the whole thread where every mom in town can read"
    " it.",
    "yahoo": "Stop calling my house. No letters and no texts either, please.",
    "thunderbird_flowed": "That card was cancelled in January, as I wrote you in both of my earlier mails. Please"
    " send a check. indented by one blank",
    "webform": "From: Priya Nair Date: 03/11/2025 03:14 Email: priya.nair@example.com Phone: (408) 555-0166 Subject:"
    " Denied claim Message: My insurer says you never sent the records. I am filing a complaint with the insurance"
    " commissioner tomorrow.",
    "exchange_1252": "I’ve lost the statement… could you send a second copy to the café on Court Street?",
    "winmail": "",
    "forwarded": "What is this? I paid in full on January 9, see below.",
    "inline_replies": "See between the lines. | No. I asked three times. | In February. My lawyer takes it from here.",
    "bottom_posting": "I dispute the whole amount and want it in writing.",
    "forwarded_as_attachment": "I attach what you sent me. And one line below the picture.",
}


@pytest.mark.parametrize(("name", "words"), EXPECTED.items())
def test_the_own_words_of_real_clients_mails(name: str, words: str) -> None:
    raw = (MAILS / f"{name}.eml").read_bytes()
    contact = contact_from_mail(raw, place=Place(name), settings=Settings())
    assert in_zone(contact, Zone.OWN) == words


def check_body(body: str, found: Sequence[Passage]) -> None:
    """Nothing lost, nothing twice, everything in order and led back to its place."""
    if looks_like_html(body):
        assert "".join(passage.text for passage in found) == visible_text(body).text
    else:
        assert "".join(passage.text for passage in found) == plain_blanks(ANY_INVISIBLE.sub("", body))
    end = 0
    for passage in found:
        assert passage.text
        start, after = passage.span(0, len(passage.text))
        assert end <= start < after <= len(body)
        end = after
        for index, letter in enumerate(passage.text):
            place, stop = passage.span(index, index + 1)
            assert stop == place + 1
            assert looks_like_html(body) or plain_blanks(body[place]) == letter


LINES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [*ANNOUNCED, *NOTICES, "> quoted", ">> older", "-- ", "Best regards,", "Jane Doe", "", "Thanks, but no"]
    ),
    st.sampled_from(
        ["P.S. I will sue", "at\u200btor\u00adney\u00a0x", "<3", "[EXTERNAL]", "Sent from my iPhone", "\r", "\x85"]
    ),
)
MARKUP = st.sampled_from(
    ["<p>", "<br>", "<blockquote>", "</blockquote>", "<div class=gmail_quote>", "</div>", "&eacute;"]
)


@given(st.lists(LINES, max_size=15), st.sampled_from(["\n", "\r\n", " "]))
def test_the_passages_of_any_body_hold_all_of_it_in_order(lines: list[str], ends: str) -> None:
    body = ends.join(lines)
    check_body(body, passages(mail(body)))


@given(st.lists(st.one_of(LINES, MARKUP), max_size=20))
def test_the_passages_of_any_html_hold_all_that_it_shows(pieces: list[str]) -> None:
    body = "<div>" + "".join(pieces)
    check_body(body, passages(mail(body)))


REPEATED = [
    *("the bill is wrong ", " ", "\n", ">", "> ", ">\n", "-", "- ", "_", "1 ", "x\r\n", ". ", '."""" \n', "\xa0", "a@"),
    *("On ", "On \n", "On 1 wrote:\n", "On 1 wrote: ", "On xxxxxxxxxxxx <a", "<a@b> ", "-----Original Message-----"),
    *("From: ", "From: a\n", "From: a@b Sent: ", f"{HEADER}\n> x\n", f"{WROTE}\n> x\n", "answers in in in "),
    *(
        "Thanks,\n",
        "Thanks,\n\n\n",
        "-- \nJane\n",
        "Sent from my iphone ",
        "sent from my my my x\n",
        "\u200b",
        "a\u200b",
    ),
    *("[external] ", "[[[", "This email is confidential ", "This email is confidential.\n", "confidential\nthis "),
    *("We will not ", "our bank ", "A_A we never change bank details ", "Fraud alert. bank. ", "bank, &.-, "),
]


@pytest.mark.parametrize("unit", REPEATED)
def test_no_repetition_is_too_long(unit: str) -> None:
    """Anything but linear time would not come to an end here."""
    body = unit * (1_000_000 // len(unit))
    found = passages(mail(body))
    assert sum(len(passage.text) for passage in found) == len(ANY_INVISIBLE.sub("", body))
