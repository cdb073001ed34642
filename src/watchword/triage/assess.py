"""The one way from a contact to an assessment, for library, command line, service, live calls and replay alike."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from watchword.detection.lexicon import Lexicon, lexicon_for
from watchword.detection.meaning import NOTHING_NOTICED, Aside, Hit, MeaningModel, Noticed
from watchword.detection.notice import notice
from watchword.detection.readable import has_words, unread
from watchword.detection.so_far import SoFar
from watchword.history.count import count_contacts
from watchword.policy.schema import ContactsCount, CountedBy, Policy
from watchword.reading.attached import not_read
from watchword.reading.automatic import is_automatic
from watchword.reading.own_words import passages
from watchword.reading.pointing import only_points
from watchword.terms import (
    RECORDED_HERE,
    Assessment,
    Channel,
    Contact,
    Count,
    Field,
    Flag,
    History,
    Level,
    Outcome,
    Passage,
    SetAside,
)
from watchword.triage.actions import plan
from watchword.triage.flags import ONE_CONTACT, flags_of
from watchword.triage.words import field_text

log = logging.getLogger(__name__)
NO_HISTORY = History()
NO_PASSAGES: tuple[Passage, ...] = ()
NO_COUNTS: dict[CountedBy, Count] = {}
AUTOMATIC = "stands in an automatic mail, which no customer wrote"
MOST_NAMED = 5  # attachments
PICTURE = re.compile(r"<img\s", re.IGNORECASE)
ANY_COUNT = ContactsCount(at_least=2)
Part = TypeVar("Part")


def assess(
    contact: Contact,
    policy: Policy,
    history: History | None = None,
    model: MeaningModel | None = None,
    so_far: SoFar | None = None,
) -> Assessment:
    """Assess one contact under a policy.

    ``history`` holds the notes of earlier contacts; without it those that came with the contact are used. ``model``
    knows meanings in wordings that the policy does not list; without it only listed wordings are seen. ``so_far`` is
    what was found in this contact before it went on: with it the answer is the same, and sooner there. Whatever fails
    on the way is named in ``needs_person``; nothing is ever silently clear. Raises PatternError when the policy itself
    cannot be compiled.
    """
    notes = history if history is not None else contact.history or NO_HISTORY
    trouble: list[str] = list(contact.unread)
    words = _guarded(lambda: passages(contact), NO_PASSAGES, "words", trouble)
    noticed = _noticed(words, contact, lexicon_for(policy), model, trouble, so_far)
    counts = NO_COUNTS
    if is_automatic(contact):
        noticed = _all_aside(noticed, AUTOMATIC)
    else:
        if not trouble and not _speaks(words, contact):
            trouble.append("No words of the customer's own were found in it.")
        elif not trouble and (names := not_read(contact)) and only_points(words, contact):
            trouble.append(f"Not read: the attachment{'s' * (len(names) > 1)} {', '.join(names[:MOST_NAMED])}.")
        known = so_far.unread if so_far is not None else None
        trouble += _guarded(lambda: unread(words, known), (), "language", trouble)
        counts = _guarded(lambda: _counts(contact, notes, policy), NO_COUNTS, "earlier contacts", trouble)
    trouble += [f"The notes in {source} could not be read." for source in notes.sources_failed]
    live, trial = flags_of(contact, policy, notes, noticed, counts)
    assessed = Assessment(
        id=contact.id,
        channel=contact.channel,
        outcome=Outcome.CLEAR,
        flags=live,
        actions=(),
        say=None,
        also_say=(),
        set_aside=tuple(_set_aside(aside, contact) for aside in noticed.asides) if noticed.asides else (),
        count=_shown(counts, (*live, *trial), policy),
        policy=policy.stamp,
        trial=trial,
        needs_person=tuple(trouble),
        model=model.name if model is not None else None,
    )
    return replanned(assessed, contact, policy, notes) if live or trouble else assessed


def replanned(assessed: Assessment, contact: Contact, policy: Policy, notes: History) -> Assessment:
    """The assessment with the outcome, the actions and the words to say that follow from its flags."""
    planned = plan(contact, policy, assessed.flags, assessed.count, notes)
    return replace(
        assessed,
        outcome=_outcome(assessed.flags, assessed.needs_person),
        actions=planned.actions,
        say=planned.say,
        also_say=planned.also_say,
    )


def _noticed(
    words: Sequence[Passage],
    contact: Contact,
    lexicon: Lexicon,
    model: MeaningModel | None,
    trouble: list[str],
    so_far: SoFar | None,
) -> Noticed:
    """What was noticed; by the listed wordings alone when the model cannot be asked, and then a person must look."""
    if model is not None:
        try:
            return notice(words, contact.channel, lexicon, model, so_far)
        except Exception as error:  # whatever it was, a customer is waiting
            log.error("the meaning model failed: %s", type(error).__name__)
            trouble.append(
                f"The meaning model could not be asked ({type(error).__name__}); only listed wordings were looked for."
            )
    return _guarded(lambda: notice(words, contact.channel, lexicon), NOTHING_NOTICED, "words", trouble)


def _speaks(words: Sequence[Passage], contact: Contact) -> bool:
    """Whether the customer says anything. A subject alone may be a whole mail, but not above words of somebody else's,
    or pictures and attachments, which are not read.
    """
    if contact.channel is Channel.PHONE:
        return has_words(words)
    below = [passage for passage in words if passage.field is Field.BODY and passage.text.strip()]
    if below or contact.extra.get("attachments") or PICTURE.search(contact.body or ""):
        return has_words(below)
    return has_words(words)


def _outcome(flags: tuple[Flag, ...], trouble: tuple[str, ...]) -> Outcome:
    if any(flag.level is Level.ESCALATE for flag in flags):
        return Outcome.ESCALATE
    return Outcome.CLARIFY if flags or trouble else Outcome.CLEAR


def _counts(contact: Contact, notes: History, policy: Policy) -> dict[CountedBy, Count]:
    """A count for each way in which rules count."""
    wanted = {condition.way: condition for condition in policy.countings or (ANY_COUNT,)}
    if not notes.notes:
        return dict.fromkeys(wanted, Count(1, sources_read=notes.sources_read, sources_failed=notes.sources_failed))
    return {way: count_for(contact, notes, policy, condition) for way, condition in wanted.items()}


def count_for(contact: Contact, notes: History, policy: Policy, condition: ContactsCount) -> Count:
    """The count of one rule, over the systems that the policy names, or all, and what is recorded here."""
    sources = (*policy.notes_from, RECORDED_HERE) if policy.notes_from else ()
    return count_contacts(contact, notes, condition, sources)


def _shown(counts: dict[CountedBy, Count], flags: Sequence[Flag], policy: Policy) -> Count:
    """The count by which the first flag was raised, or else that of the first rule that counts."""
    raised = (flag for flag in flags if any(piece.field is Field.HISTORY for piece in flag.evidence))
    first = next((policy.rule(flag.kind).counting for flag in raised), None)
    condition = first.contacts if first else policy.counting or ANY_COUNT
    return counts.get(condition.way, ONE_CONTACT)


def _guarded(work: Callable[[], Part], otherwise: Part, what: str, trouble: list[str]) -> Part:
    """Fail safe: a part that breaks is named for a person to look at, and the rest of the assessment still stands."""
    try:
        return work()
    except Exception as error:  # whatever it was, a customer is waiting
        log.error("assessing the %s failed: %s", what, type(error).__name__)
        trouble.append(f"The {what} could not be assessed ({type(error).__name__}).")
        return otherwise


def _all_aside(noticed: Noticed, because: str) -> Noticed:
    """Whatever was noticed, set aside for one reason; visibly, as everything that raises nothing."""
    raised = (Hit(seen.entry, seen.passage, seen.start, seen.end) for seen in noticed.sightings)
    return Noticed(asides=(*noticed.asides, *(Aside(hit, because) for hit in raised)))


def _set_aside(aside: Aside, contact: Contact) -> SetAside:
    hit = aside.hit
    start, end = hit.passage.span(hit.start, hit.end)
    return SetAside(
        kind=hit.entry.rule,
        term=hit.entry.term,
        quote=field_text(contact, hit.passage.field, hit.passage.turn)[start:end],
        because=aside.because,
        field=hit.passage.field,
        start=start,
        end=end,
        turn=hit.passage.turn,
        attachment=hit.passage.attachment,
    )
