"""Whether a mail's own words say nothing but that something is attached: then what matters stands there.

Every word must be one of those below, the sender's name or a number. One word of substance ("insurance", "receipt") is
enough for the mail to speak for itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from watchword.terms import Contact, Field, Passage, Zone

MOST_LETTERS = 600  # a mail that says more says something
WORD = re.compile(r"[^\W_][\w'’-]*")
SALUTATION = re.compile(r"^\W*(?i:dear|hi|hello|hey)(?: [A-Z][\w'.-]*){1,4} ?(?=[,:!\n])", re.MULTILINE)
ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+")
SAY_NOTHING = frozenset(
    # greetings, thanks
    "hi hello hey dear sir sirs madam ma'am mr mrs ms dr team all everyone there good morning afternoon evening day "
    "to whom it may concern thank thanks you much so very many again advance in kind kindly regards best sincerely "
    "respectfully cheers ok okay "
    # pointing
    "please pls plz see find read review view open look refer note check take at attach attached attaching attachment "
    "attachments enclose enclosed enclosing enclosure herewith hereto here is are am i i'm i've have sending send sent "
    "submit submitting forward forwarding fyi fya below above adjunto adjunta adjuntos "
    # what is attached, without saying what it is about
    "letter letters file files document documents doc docs pdf scan scans scanned copy copies photo photos picture "
    "pictures pic pics image images screenshot screenshots page pages paper papers paperwork form correspondence "
    "message note notes memo fax response reply answer statement request notice complaint dispute appeal demand "
    "concern concerns details information info "
    # what it may be about, without saying what of it
    "bill bills billing invoice invoices account acct case claim ref reference number no patient id dob date dated my "
    "me mine our ours your yours their his her its this that these those it which one two the a an and or for of on "
    "in to from with by as per re regarding about concerning following requested discussed promised mentioned "
    "self-explanatory explains explain everything urgent important final formal signed mailed emailed asap soon now "
    "today read carefully department dept office company "
    # scanners and telephones
    "scanner scanning printer multifunction device xerox hp canon ricoh konica minolta kyocera sharp brother epson "
    "e-mail email mail name location type multi-page size resolution dpi format time queries using was been has will "
    "mp mfp more products solutions visit received incoming new if any questions est cst mst pst edt cdt mdt pdt pm "
    "iphone ipad android samsung galaxy mobile phone get outlook".split()
)


def only_points(passages: Sequence[Passage], contact: Contact) -> bool:
    """Whether the customer's own words, those of what is attached left out, only point to what is attached."""
    own = [one for one in passages if one.zone is Zone.OWN and one.attachment is None]
    if sum(len(one.text) for one in own) > MOST_LETTERS:
        return False
    name = {word.casefold() for word in WORD.findall(contact.person.name or "")}
    said = (SALUTATION.sub("", one.text) if one.field is Field.BODY else one.text for one in own)
    words = (word.casefold().replace("’", "'") for text in said for word in WORD.findall(ADDRESS.sub(" ", text)))
    return all(word in SAY_NOTHING or word in name or any(letter.isdigit() for letter in word) for word in words)
