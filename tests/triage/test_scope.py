"""What a wish not to be contacted covers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.made import call, mail
from watchword.detection.model.reader import shipped_model
from watchword.policy.load import load_policy
from watchword.policy.schema import Policy
from watchword.terms import Contact, Scope
from watchword.triage.assess import assess

CALLS, MESSAGES, MAIL = Scope
ALL = (CALLS, MESSAGES, MAIL)


def scope_in(contact: Contact, policy: Policy) -> tuple[Scope, ...]:
    flags = assess(contact, policy, None, shipped_model()).flags
    (scope,) = (flag.scope for flag in flags if flag.kind in ("do_not_contact", "marketing_stop"))
    return scope


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        # what the customer does, has or got
        ("I am writing this email to ask you never to contact me again.", ALL),
        ("I'm calling because I want you to stop contacting me.", ALL),
        ("I called you twice and I wrote you a letter: do not contact me again.", ALL),
        ("This letter is to tell you never to contact me again.", ALL),
        ("I got your letter, and I want you to stop calling me.", (CALLS,)),
        ("I'm calling to tell you to stop calling me.", (CALLS,)),
        ("After your last text I want one thing: never write to me again.", (MAIL,)),
        ("Stop calling me or I will post this on Facebook.", (CALLS,)),
        ("Never call me again and write this bill off.", (CALLS,)),
        ("Please remove me from your mailing list and never contact me again.", ALL),
        ("Delete my phone number and never contact me again.", ALL),
        ("Stop texting my phone.", (MESSAGES,)),
        # what somebody of theirs does
        ("Please never call me again, and my lawyer will write.", (CALLS,)),
        ("Never call me again, my sister-in-law already texted you.", (CALLS,)),
        ("Do not call me again. My oldest son has written to you about it, too.", (CALLS,)),
        ("Do not write to me again, my husband is going to call a lawyer.", (MAIL,)),
        ("My wife wants no calls and no texts.", (CALLS, MESSAGES)),
        ("My phone rang again today. Never call me again.", (CALLS,)),
        # email is no mail
        ("Stop sending me e-mails.", (MESSAGES,)),
        ("Please never e-mail me again.", (MESSAGES,)),
        ("Stop sending me e mails.", (MESSAGES,)),
        ("Stop leaving me voice mails.", (MESSAGES,)),
        # several
        ("Do not call or write me ever again.", (CALLS, MAIL)),
        ("I want no contact by phone or in writing, ever.", (CALLS, MAIL)),
        ("Stop all contact with me by phone, text, email and post.", ALL),
        ("Stop calling me. Texts as well. And letters, all of it.", ALL),
        ("Stop calling me. No emails either.", (CALLS, MESSAGES)),
        ("Never call me again. Never text. Paper is okay.", (CALLS, MESSAGES)),
        ("Stop calling me. I got your letter.", (CALLS,)),
        ("Stop calling me. Please send the itemized bill in a letter to my insurance.", (CALLS,)),
        ("Stop calling me and never contact me again.", ALL),
        ("Never contact me again, and stop calling.", ALL),
        ("Do not call or contact me ever again.", ALL),
        ("I want you to stop your calls, your texts and your letters.", ALL),
        # allowed
        ("Don't text me any more, mail is fine.", (MESSAGES,)),
        ("Never call me again, just send me a letter if you must.", (CALLS,)),
        ("Do not call me any more, only write to me by email.", (CALLS,)),
        ("Never call me again. Letters are fine.", (CALLS,)),
        ("Do not call me ever again, you can write to me instead.", (CALLS,)),
        ("Just stop calling me, and stop the letters.", (CALLS, MAIL)),
        ("Never contact me again except by letter.", (CALLS, MESSAGES)),
        ("Do not contact me by phone, only in writing.", (CALLS,)),
        ("Never contact me again, you can call my attorney.", ALL),
        ("Stop calling me. Write me if there is something.", (CALLS,)),
        ("Do not call this house again. Mail it if you've something to say.", (CALLS,)),
        ("Never call me again. I don't mind letters.", (CALLS,)),
        ("Never call me again, the mail will do.", (CALLS,)),
        ("Do not ever call me again. A letter I accept.", (CALLS,)),
        ("Stop calling me, write to me by post if you must.", (CALLS,)),
        ("Never call me again. Letter okay.", (CALLS,)),
        ("Never call, write or text me again.", ALL),
        # in every way
        ("No more calls, no more letters, leave us alone.", ALL),
        ("Never send me a letter again, nor reach me in any other way.", ALL),
        ("Stop calling and texting and take me off of everything.", ALL),
        ("Leave us in peace and never call here again, letters are fine.", (CALLS, MESSAGES)),
        ("Stop calling and leave my phone alone.", (CALLS,)),
        ("I want no more text messages of any kind.", (MESSAGES,)),
        ("By this letter I tell you never to call me again.", (CALLS,)),
        ("Stop the letters, I told you on the phone in May.", (MAIL,)),
        ("Stop sending me electronic mail.", (MESSAGES,)),
        # as the policy has it
        ("Stop sending me letters, texts, anything.", (MESSAGES, MAIL)),
        ("Take me off your list and never ring me again.", (CALLS,)),
        ("Please do not contact me again.", ALL),
    ],
)
@pytest.mark.parametrize("contact", [call, mail])
def test_what_a_wish_covers(
    policy: Policy, contact: Callable[[str], Contact], said: str, scope: tuple[Scope, ...]
) -> None:
    assert scope_in(contact(said), policy) == scope


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        ("I am writing this letter to you: stop the email advertising.", (MESSAGES,)),
        ("Stop your advertising by e-mail, a letter is fine.", (MESSAGES,)),
        ("Stop your marketing by text. Leaflets as well.", (MESSAGES, MAIL)),
    ],
)
def test_another_policys_words_and_scopes(said: str, scope: tuple[Scope, ...]) -> None:
    assert scope_in(mail(said), load_policy("larkspur-broadband")) == scope
