"""Calls that go on: opened, told turn by turn, and ended.

A turn has a number, counted from 0. Told again it changes nothing; told too early, or after the end, it is refused
with the number that is expected. An open call is assessed once its caller has said something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import IntegrityError, connection, transaction
from django.db.models import prefetch_related_objects

from watchword import terms
from watchword.errors import NotRecorded, RecordConflict, TurnsRefused
from watchword.escalation.standing import Replan
from watchword.escalation.steps import PlannedStep
from watchword.store import rows
from watchword.store.called_off import DECISIONS
from watchword.store.chain import append_event, events_last
from watchword.store.contacts import check_same, contact_of, new_row, turn_rows
from watchword.store.earlier import joined, with_earlier_notes, with_notes_known
from watchword.store.locked import locked
from watchword.store.messages import Question, ask_ahead, ask_all
from watchword.store.models import Assessment, Contact, Escalation, IdentityKind, Turn
from watchword.store.notes import Kept
from watchword.store.people import comparable, who_have_ids
from watchword.store.promptly import NO_WAIT, promptly
from watchword.store.record import NEWEST, WHILE_IT_GOES_ON, Recorded, write
from watchword.store.register import entries_follow
from watchword.store.replanning import STEPS
from watchword.store.storable import plain, storable, storable_or_none
from watchword.store.taught import taught_by

AS_IT_WAS = "UPDATE store_contact SET version = version + 1 WHERE id = %s AND version = %s AND is_open"
CALL = "SELECT * FROM store_contact WHERE key = %s AND channel = %s"
TURNS = (
    "SELECT turn.* FROM store_turn turn JOIN store_contact call ON call.id = turn.contact_id"
    " WHERE call.key = %s AND call.channel = %s ORDER BY turn.number"
)
HASH = (
    "SELECT assessment.hash FROM store_assessment assessment JOIN store_contact call ON call.id = assessment.contact_id"
    " WHERE call.key = %s AND call.channel = %s ORDER BY assessment.number DESC LIMIT 1"
)
IS_CALL = "SELECT 1 FROM store_contact WHERE key = %s AND channel = %s"
Numbered = tuple[int, terms.Turn]
TOLD_LATER = ("received_at", "person", "given_person", "taught", "issue", "issue_key", "history", "unread", "extra")
WHO_AND_WHAT = ("received_at", "person", "issue", "history")


def open_call(contact: terms.Contact, *, source: str, actor: str, typed: bool = False) -> Kept:
    """Write down that a call has begun, with the earlier notes of whoever calls.

    One that is open already takes what was not told of it before: who calls, and about what. Raises RecordConflict when
    it has ended, or is another one. ``typed`` by somebody who sees the call, it is taken after the end too once a
    patient id was taken back, and may be that very id.
    """
    noted = with_earlier_notes(contact)  # once: a customer's notes do not change while they speak
    with events_last():
        kept = locked(Contact).filter(key=storable(contact.id)).first()
        if kept is not None:
            return _opened_already(kept, contact, actor, typed)
        person, taught = taught_by(contact.person)
        try:
            with transaction.atomic():
                row = new_row(noted, person, source=source, is_open=True, taught=taught)
                row.save()
        except IntegrityError:  # another was quicker
            return _opened_already(locked(Contact).get(key=storable(contact.id)), contact, actor, typed)
        append_event(actor, "call opened", f"contact {row.key}", {"source": source})
    return Kept.NEW


def _opened_already(kept: Contact, contact: terms.Contact, actor: str, typed: bool) -> Kept:
    check_same(kept, contact)
    if not kept.is_open and not (typed and kept.not_theirs):
        raise RecordConflict(f"The call {kept.key} has ended.", do="Give every call an id of its own.")
    before = contact_of(kept)
    after = _told_more(before, contact)
    if after == before:
        return Kept.KNOWN
    _check_not_taken_back(kept, after.person, typed)
    but = who_have_ids(kept.not_theirs)
    person, taught = (kept.person, []) if after.person == before.person else taught_by(after.person, but=but)
    if person == kept.person:
        taught = [*(kept.taught or ()), *taught]
    noted = with_notes_known(after, begun=kept.at, but=but)
    told = new_row(noted, person, source=kept.source, is_open=True, taught=taught)
    for name in TOLD_LATER:
        setattr(kept, name, getattr(told, name))
    if after.received_at != before.received_at:
        kept.at = told.at
        kept.flags.update(at=kept.at)
        Escalation.objects.filter(contact=kept).update(contact_at=kept.at)
    kept.version += 1  # whoever remembers the call reads it again
    kept.save()
    entries_follow(kept)
    what = [name for name in TOLD_LATER if name in WHO_AND_WHAT and getattr(after, name) != getattr(before, name)]
    append_event(actor, "call told more", f"contact {kept.key}", {"told": what})
    return Kept.CHANGED


def _check_not_taken_back(kept: Contact, told: terms.Person, typed: bool) -> None:
    """Whether the patient id that is told was not taken back. Raises RecordConflict; typed, it is theirs after all."""
    id = comparable(IdentityKind.PATIENT_ID, told.patient_id or "")
    if id not in (kept.not_theirs or ()):
        return
    if not typed:
        raise RecordConflict(
            f"This patient id was taken back from the call {kept.key}: it is somebody else's.",
            do="Send the right one, or leave it out.",
        )
    kept.not_theirs = [one for one in kept.not_theirs or () if one != id]


def _told_more(kept: terms.Contact, told: terms.Contact) -> terms.Contact:
    """A contact with what was told of it later, where nothing was told before; what was told stays."""
    names = ("patient_id", "name", "phone", "email")
    person = terms.Person(
        **{name: getattr(kept.person, name) or storable_or_none(getattr(told.person, name)) for name in names},
        extra={**plain(told.person.extra), **kept.person.extra},
    )
    more, own = told.history, kept.history or terms.History()
    apart = {(note.source, note.id) for note in own.struck}
    notes = [note for note in more.notes if (note.source, note.id) not in apart] if more else []
    return replace(
        kept,
        received_at=kept.received_at or told.received_at,
        person=person,
        issue=kept.issue or storable_or_none(told.issue),
        history=kept.history if more is None else joined(own, notes, more.sources_read, more.sources_failed),
        unread=tuple(dict.fromkeys((*kept.unread, *plain(told.unread)))),
        extra={**plain(told.extra), **kept.extra},
    )


def find_call(key: str) -> Contact:
    """A call's row with its turns. Raises NotRecorded."""
    found = next(iter(rows.found(Contact, CALL, storable(key), terms.Channel.PHONE.value)), None)
    if found is None:
        raise no_call()
    prefetch_related_objects([found], "turns")
    return found


def call_as_kept(key: str) -> tuple[Contact, list[Turn], str]:
    """A call's row, its turns, and the hash of its newest assessment, empty when it has none. Raises NotRecorded.

    When somebody else writes to the call meanwhile they may be of different moments. Whoever goes on from them has the
    row's version checked, which is read first.
    """
    of_key = storable(key), terms.Channel.PHONE.value
    call, turns, hashes = ask_all(*(Question(words, of_key) for words in (CALL, TURNS, HASH)))
    found = rows.made_of(Contact, call)
    if not found:
        raise no_call()
    return found[0], rows.made_of(Turn, turns), next((hash for (hash,) in hashes.rows), "")


def check_call(key: str) -> None:
    """Raises NotRecorded when there is no call of this id."""
    if not rows.read(IS_CALL, storable(key), terms.Channel.PHONE.value):
        raise no_call()


def no_call() -> NotRecorded:
    """What is raised where a call is asked for that is not there."""
    return NotRecorded("There is no call of this id.", do="Open it first.")


def news_in(kept: Sequence[terms.Turn], given: Sequence[Numbered], *, is_open: bool) -> tuple[terms.Turn, ...]:
    """Those of the turns that are not kept yet, in order. Raises TurnsRefused, for other words too."""
    so_far = len(kept)
    if not is_open and any(number >= so_far or not _is_same(kept[number], turn) for number, turn in given):
        raise TurnsRefused("The call has ended.", do="Open another call.", expected=so_far)
    new: list[terms.Turn] = []
    for number, turn in sorted(given, key=lambda one: one[0]):
        expected = so_far + len(new)
        if number > expected:
            raise TurnsRefused(
                f"Turn {number} came before turn {expected}.", do=f"Send turn {expected} first.", expected=expected
            )
        if number == expected:
            new.append(turn)
            continue
        same = kept[number] if number < so_far else new[number - so_far]
        if not _is_same(same, turn):
            raise TurnsRefused(
                f"Turn {number} is recorded already, with other words.",
                do=f"Never use a turn's number again: send what is new as turn {so_far}.",
                expected=so_far,
            )
    return tuple(new)


def _is_same(kept: terms.Turn, told: terms.Turn) -> bool:
    return (kept.speaker, storable(kept.text)) == (told.speaker, storable(told.text))


def keep_turns(row: int, version: int, so_far: int, turns: Sequence[terms.Turn], *, told_again: bool) -> bool:
    """Keep turns from which nothing new follows. False, with nothing written, when the call is not what it was.

    ``row`` is the contact's row, ``version`` the one at which it was read with ``so_far`` turns. ``told_again`` says
    that it need not wait for the disk: were the turns lost with the machine's power, the next one would be refused with
    the number of the first.
    """
    if turns and connection.vendor == "postgresql":
        alone = told_again and not connection.in_atomic_block
        new = turn_rows(row, so_far, turns)
        return rows.added_if(f"{AS_IT_WAS} RETURNING id", [row, version], new, first=f"{NO_WAIT}; " if alone else "")
    with promptly() if told_again else transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(AS_IT_WAS, [row, version])
        if not cursor.rowcount:
            return False
        _add(row, so_far, turns)
    return True


def _add(row: int, so_far: int, turns: Sequence[terms.Turn]) -> None:
    for turn in turn_rows(row, so_far, turns):
        rows.add_soon(turn)


def _ask_ahead(row: int) -> None:
    """What is looked up to write how a call went on, in the order in which it is locked."""
    ask_ahead(
        rows.asked_locked(Contact, "id", row),
        Question(NEWEST, (row,)),
        rows.asked_locked(Escalation, "contact", row),
        Question(STEPS, (row,)),
        Question(DECISIONS, (row,)),
        keys=(Assessment, Escalation),
    )


def go_on(
    row: int,
    version: int,
    so_far: int,
    contact: terms.Contact,
    assessment: terms.Assessment | None,
    steps: Sequence[PlannedStep],
    *,
    replan: Replan | None,
    is_open: bool,
    actor: str,
    anew: bool = False,
) -> Recorded | None:
    """Write down how a call went on and what follows from it, all or nothing; ``anew`` though it is over.

    ``row`` is the contact's row, ``version`` the one at which it was read to be assessed with ``so_far`` turns. None,
    with nothing written, when it is another by now, or the call is gone: it must be read and assessed again.
    """
    with events_last():
        _ask_ahead(row)
        call = rows.found_locked(Contact, "id", row)
        if call is None or call.version != version:
            return None
        again = is_open and not call.is_open
        if again:
            call.is_open, call.ended_at = True, None
        told = plain(contact.unread), plain(contact.extra)
        changed = again or anew or told != (call.unread, call.extra)
        call.unread, call.extra = told
        new = contact.turns[so_far:]
        _add(row, so_far, new)
        if assessment is not None:
            recorded = write(
                call,
                contact,
                assessment,
                steps,
                added=len(new),
                replan=replan,
                is_open=is_open,
                actor=actor,
                changed=changed,
            )
        else:
            call.version += 1
            rows.change(call, *WHILE_IT_GOES_ON)
            recorded = Recorded(call.key, None, new_contact=False, new_assessment=False, version=call.version)
        if again:
            append_event(actor, "call opened again", f"contact {call.key}")
    return recorded
