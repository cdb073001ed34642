"""What callers and agents say: ordinary talk about bills, and now and then words that the guideline names."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

AGENT = (
    "Thank you for holding, I have your account open now.",
    "Let me read that back to you, {number}, is that right?",
    "I can see the statement from {month}, one moment please.",
    "The insurance paid {amount} dollars towards it.",
    "Could you tell me the date of birth on the account?",
    "I have sent you the form again, it should be there within {number} days.",
    "Is there anything else that I can look up for you?",
    "What is the name of the practice that ordered the test?",
    "That claim was sent to the plan on the {number}th of {month}.",
    "You can reach the same page with the number at the top of your letter.",
    "I am writing the new address down, {number} {street} Street, yes?",
    "It says processed here, and the deductible applied for {amount} of it.",
    "So the balance on the account is {amount} dollars at the moment.",
)
CALLER = (
    "Hi, this is {name}, I have a question about a bill for {amount} dollars.",
    "The date on it is {month} {number}, and I think we were on the other plan by then.",
    "Okay, and the other one, the one for {amount}, is that the same test?",
    "My doctor's office said you would bill the insurance first.",
    "Yes, that is right, {number} {street} Street, apartment {number}.",
    "I paid {amount} of it in {month}, by card, on the website.",
    "No, I have the new card here, the number ends in {amount}.",
    "Sorry, my daughter is in the car, could you say that once more?",
    "Can I pay it in {number} parts, so that it is {amount} a month?",
    "It says here amount due {amount}, and then there is an adjustment of {amount}.",
    "Uh huh. And will I get a new statement for that?",
    "All right, I will look for it in the mail. Thank you so much.",
    "I had the blood drawn at the clinic on {street} Street in {month}.",
    "The explanation of benefits says I owe {amount}, so that is what I expected.",
    "Good morning, I have a statement here and just want to go through it with you.",
    "It is Doctor {name}, on {street} Street, they drew it in the office.",
    "We moved in {month}, so the letter probably went to the old place.",
    "Okay. Okay, yes, I see it now, page {number}.",
    "My husband set up the account, so it may be under his name.",
    "Do you need the group number as well or only the member number?",
    "Would a card ending in {amount} work, or should I use the bank account?",
    "So the {amount} is only for the second panel, not for both?",
    "Hang on, let me find my glasses.",
    "I got two envelopes from you, one is from {month} and one is newer.",
    "Is that before or after the insurance took its part?",
    "Right, that makes sense, it is a new year so the deductible starts over.",
    "Could you mail me an itemized one? The nurse at the clinic asked for it.",
    "I am at work, so I might have to put you on mute for a second.",
    "What would it be without insurance, just so that I know?",
    "No, the spelling is with a y, like the street, {street}.",
    "The website shows a balance of {amount}, I only want to be sure it is the right one.",
    "Great, thank you. And how long does that normally take?",
    "She is {number}, she is on my plan until next {month}.",
    "I think I gave them the old card at the front desk.",
    "Let me read you the claim number, it starts with a {number}.",
    "Oh, so that one is already paid, good.",
    "The results came in {month}, everything was fine, it is only the paperwork now.",
    "Can you send it by email too? It is easier for me to print from there.",
    "Yes, I can hold.",
    "That would be perfect.",
    "I have a health savings card, does that go through like any other card?",
    "You said {amount} before, so with the discount that would be lower, right?",
)
FLAGGED = (
    "My attorney will call you about these {amount} dollars.",
    "If this is not gone by {month} I will sue you.",
    "I am going to file a complaint with the Better Business Bureau about this bill.",
    "Honestly this whole thing looks like a scam to me, {amount} dollars for nothing.",
    "I will put all of this on Facebook, with the bill of {amount} dollars.",
    "Then I will see you in small claims court, I have kept all {number} letters.",
    "I want to speak to the CEO of your company about this.",
    "I filed for bankruptcy in {month}, you cannot collect this from me.",
)
NAMES = ("Ana Brook", "Sam Field", "Kim Dale", "Lou Marsh", "Ada Wells", "Max Rivers", "Jo Heath", "Ben Stone")
MONTHS = ("January", "March", "April", "June", "July", "September", "October", "December")
STREETS = ("Maple", "Second", "Harbor", "Mill", "Juniper", "Lake")


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it is told, and whether it must raise a flag."""

    number: int
    speaker: str
    text: str
    flagged: bool


class Talk:
    """One call's turns, the same for the same seed and call. Agent and caller take turns; the agent begins."""

    def __init__(self, seed: int, call: int, *, one_in: int) -> None:
        self._random = Random(f"{seed}:{call}")
        self._one_in = one_in  # of the caller's turns, how many are flagged
        self._said = 0

    def next(self) -> Said:
        """The next turn."""
        number, speaker = self._said, "caller" if self._said % 2 else "agent"
        self._said += 1
        flagged = speaker == "caller" and self._random.randrange(self._one_in) == 0
        texts = AGENT if speaker == "agent" else FLAGGED if flagged else CALLER
        return Said(number, speaker, self._filled(self._random.choice(texts)), flagged)

    def _filled(self, text: str) -> str:
        """Every gap with a word of its own, so that hardly two turns are the same."""
        chance = self._random
        while "{" in text:
            text = text.replace("{amount}", str(chance.randint(20, 4000)), 1)
            text = text.replace("{number}", str(chance.randint(2, 30)), 1)
            text = text.replace("{month}", chance.choice(MONTHS), 1)
            text = text.replace("{name}", chance.choice(NAMES), 1)
            text = text.replace("{street}", chance.choice(STREETS), 1)
        return text
