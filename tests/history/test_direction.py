"""Who got in touch with whom, on note lines of many styles. Every line stands beside the answer it must get."""

from __future__ import annotations

import pytest

from watchword.history.direction import Direction, read_direction
from watchword.terms import Channel, Note

INBOUND = """
Pt called re INV-20391, disputes 350, adv EOB pending
pt cld re: bill
IB call - pt asking why claim denied
Inbound - patient upset about collections letter
Call type: IB. Patient wants itemized bill.
rcvd email from pt re: bill
Email rec'd from patient asking for refund status
Email received. Requesting itemized statement.
Patient emailed again about the $249 charge
2nd email from customer, still no answer on her appeal
Pt's husband called, wants to know why they were sent to collections
patient's mother called on pt's behalf re balance
Spouse phoned about invoice 88213; explained deductible.
Pt returned our call, went over EOB
pt called back, said she never got stmt
Pt cb re pmt plan
pt called, adv will call back
Pt called. Advised we will email the itemized bill.
Patient called in wanting to set up payment plan
Caller states she already paid this bill
Caller disputes DOS 1/12 charge
vm from pt requesting call back
Pt left vm asking for callback re balance
Voicemail received from patient re: refund
3rd call re same invoice, pt very frustrated
3/4 10:02a - pt called, upset re balance, adv claim resubmitted
[JS 02/11] pt phoned re: coll ltr. sent to lead for review
Pt called, claim resubmitted to Aetna, sent to coding
Pt called; escalated to supervisor
per pt, insurance should have covered this
disputes 350, adv EOB pending
billing question
Mrs. Alvarez called about the genetic test invoice
Ms Reyes emailed a copy of her EOB
Patient reached out via email about duplicate charge
Pt contacted us re: financial assistance
pt emailing again, no one has called her back
Patient replied to our email, says amount is still wrong
Reply from pt: does not agree with balance
incoming call, patient requests supervisor
Call from pt's attorney re: collections
Patient states nobody called her back. Apologized, will follow up.
PT CALLED UPSET ABOUT BILL, TRANSFERRED TO SUPERVISOR
Phone call from patient. Wants to know why Cigna was not billed.
Pt. called re. inv. 20391, adv. of bal.
Pt called, stated Aetna told her it is covered
Pt called ins, was told claim never received; wants rebill
Customer wrote in asking us to stop the late fees
Member called. Verified DOB. Explained coinsurance.
Call rcvd from pt, wants a refund
Guarantor called to dispute charge; account reviewed
Pt called to make payment, card declined
No answer on first try, then pt called back and disputes the balance
Called pt, no answer. Pt called back 20 min later, wants itemized bill.
LVM for pt. Pt returned call, discussed payment options.
Dana called about her bill
Pt on the line w/ Aetna rep, states claim was never submitted
Adv pt claim denied, pt wants appeal info
Spoke w/ pt, she disputes the $350 balance
Patient requested itemized bill. Emailed to pt.
caller is pt's daughter, asking about balance on acct
patient tried to reach us twice last week, wants answer on refund
Pt - called re same bill again, very upset
Pt, Dana Reyes, called about statement
spk w/ pt abt inv, wants sup
Email: "why am I being charged twice?" Replied with EOB instructions.
Pt sent email re: refund not received
took call from pt, irate re balance
"""

OUTBOUND = """
OB call to pt - LVM
O/B call, no answer
Outbound call to patient, left voicemail
called pt, LVM to cb
Called patient back, discussed payment plan
called pt back - she will pay Friday
Returned pt's call, no answer
Rtnd pt call, explained EOB
Returned call to patient re: INV-20391
LVM
LMTCB
VM left for pt
left message for patient to call billing
Left detailed voicemail on pt's cell
Attempted to reach pt, mailbox full
1st attempt - no answer
tried calling pt, line busy
Unable to reach patient
emailed pt statement
Emailed patient the itemized bill
Sent pt email w/ itemized stmt
Email sent to pt with EOB instructions
Replied to pt's email
Responded to patient with appeal form
mailed letter
Letter mailed
Statement mailed to patient 3/1
Sent itemized statement
Texted pt payment link
Courtesy call to patient about past due balance
Collection call placed, no contact
Called, spoke w/ pt, she will mail check
Called pt re: overdue balance, pt said she will pay next week
Reached pt at home number, collected $50
Spoke w/ pt on OB call, pt states will pay Friday
Contacted patient via phone to confirm address
Pt was called and advised of balance
Called pt. No answer. Will try again.
Agent called patient to follow up on refund
We called the patient back with an update
I emailed Ms. Reyes the payment plan form
Followed up with patient by phone, left VM
F/u w/ pt re: missing ins info
Call placed to pt, voicemail full
Called to remind of past due balance
Wrong number on file, called twice
Pt called, no answer
"""

INTERNAL = """
internal: sent to coding
claim resubmitted to Aetna
auto-reminder sent
System: statement #2 generated
Reviewed acct, no contact made
ESCALATED to lead
Sent to coding for review
Adjustment posted, balance now 0
Claim denied CO-50, appeal submitted
Statement generated
Payment posted 50.00
EOB received from Cigna
Account placed with collections
Internal note - pt called earlier, see CRM
Rebilled secondary insurance
Write off approved by supervisor
Eligibility checked and claim refiled
Account reviewed, balance correct per EOB
Automated dunning notice 2
[SYSTEM] payment plan created
Assigned to billing team
refund processed, check 2231
"""

ELSEWHERE = """
ins rep called
Aetna rep called re claim status
Dr office called for copy of invoice
per Dr office
Per Aetna rep, claim is in process
Call from provider's office asking for CPT codes
IB call from BCBS rep re: claim 5512
Inbound call - Aetna rep re claim
Dr. Kim's office emailed updated diagnosis code
Received email from clinic with corrected dx
Pt's insurance called about the authorization
pt's OB office called to verify order
Call from Cigna, they need medical records
Insurance rep called, states claim was denied
Collection agency called for account balance
"""

OURS = """
Called Aetna, claim pending
Spoke w/ ins rep, claim in process
Called insurance for claim status
Called Dr office for dx code
"""


def lines(block: str) -> list[str]:
    return [line for line in block.strip().splitlines() if line]


CASES = [
    (line, direction)
    for block, direction in (
        (INBOUND, Direction.INBOUND),
        (OUTBOUND, Direction.OUTBOUND),
        (INTERNAL, Direction.INTERNAL),
        (ELSEWHERE, Direction.ELSEWHERE),
        (OURS, Direction.OUTBOUND),
    )
    for line in lines(block)
]


@pytest.mark.parametrize(("line", "direction"), CASES)
def test_a_note_is_read_for_who_got_in_touch(line: str, direction: Direction) -> None:
    assert read_direction(Note("n1", "LIMS", line, Channel.PHONE), frozenset({"dana", "reyes"})).direction is direction
