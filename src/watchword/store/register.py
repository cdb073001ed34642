"""The built-in do-not-contact register: entries by steps and by people, and the check that dialers and mailers make."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import compress
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from watchword import terms
from watchword.errors import NotRecorded, PermanentFailure
from watchword.escalation.ports import Order, Receipt
from watchword.reading.wishes import Wish
from watchword.store import rows
from watchword.store.chain import append_event, events_last
from watchword.store.locked import locked
from watchword.store.models import Contact, IdentityKind, Import, Person, RegisterEntry
from watchword.store.notes import Kept
from watchword.store.people import comparable, hold, know_by, person_for
from watchword.store.same_person import in_lots, known_by, who_has, who_may_be
from watchword.store.storable import storable
from watchword.store.topics import KNOWN_BY_MORE
from watchword.terms import Scope

REGISTER = "register"  # what receipts call it
FROM_CONTACT = "contact"
WAYS = tuple(way.value for way in Scope)
# The ways in their order.
IN_FORCE = "SELECT calls, messages, mail FROM store_registerentry WHERE person_id = %s AND withdrawn_at IS NULL"
Asked = tuple[IdentityKind, str]
Closed = dict[Asked, frozenset[Scope]]


class Register:
    """Entries that steps make."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for an entry that is there already."""
        entry = RegisterEntry.objects.filter(key=key).first()
        return Receipt(key, REGISTER, f"R-{entry.pk}") if entry else None

    def enter(self, order: Order) -> Receipt:
        """Make the entry, with the words that ask for it; all three ways are closed when none is named."""
        with events_last():
            contact = locked(Contact).filter(key=order.brief.contact).first()  # whose it is may be told at this moment
            if contact is None:
                raise PermanentFailure("The register does not know this contact.", do="Record the contact first.")
            hold(contact.person, terms.Person(**contact.given_person))
            if not contact.person.identities.exists():
                raise PermanentFailure(
                    "Nothing is known by which this person could be recognised: no patient id, telephone or address.",
                    do="Find out who it is, and make the entry by hand.",
                )
            entry, new = RegisterEntry.objects.get_or_create(
                key=order.key,
                defaults={
                    "register": order.register or REGISTER,
                    "person": contact.person,
                    "origin": FROM_CONTACT,
                    "contact": contact,
                    "evidence": _evidence(contact),
                    **_ways(order.scope),
                },
            )
            if new:
                _made(entry, "system", order.scope)
        return Receipt(order.key, REGISTER, f"R-{entry.pk}")


def enter_by_hand(
    person: Person, scope: Sequence[Scope], *, by: str, origin: str, register: str = REGISTER, **more: Any
) -> RegisterEntry:
    """An entry that a person or an import makes; ``origin`` says where the wish was expressed."""
    with transaction.atomic(savepoint=False):
        entry = RegisterEntry(register=register, person=person, origin=storable(origin), **_ways(tuple(scope)), **more)
        rows.add(entry)
        _made(entry, by, scope)
    return entry


def enter_named(given: terms.Person, scope: Sequence[Scope], *, by: str, origin: str) -> None:
    """The same for whoever is named, all or nothing."""
    with events_last():
        person = person_for(given, held=True)
        enter_by_hand(person, scope, by=by, origin=origin)


def take_wish(wish: Wish, *, by: str, brought_by: Import | None = None) -> tuple[Kept, RegisterEntry | None]:
    """An entry for a wish that an import brings; known when what it closes is closed for this person already.

    With it the entry that had been withdrawn and is in force again by this one, for the wish may be older than that.
    """
    with events_last():
        person = person_for(wish.person, held=True)  # with the first of each
        for kind, values in ((IdentityKind.PHONE, wish.phones[1:]), (IdentityKind.EMAIL, wish.emails[1:])):
            for value in values:
                know_by(person, kind, value)
        closed = {way for ways in rows.read(IN_FORCE, person.pk) for way in compress(Scope, ways)}
        if closed.issuperset(wish.scope):
            return Kept.KNOWN, None
        gone = _withdrawn_since(wish, person, set(wish.scope) - closed)
        more: dict[str, Any] = {"since": wish.since} if wish.since else {}
        more |= {"back_after": gone, "brought_by": brought_by} if gone else {}
        more["evidence"] = [{"quote": storable(quote)} for quote in wish.quotes]
        said_in = Contact.objects.filter(key=storable(wish.contact), person=person)
        contact = said_in.first() if wish.contact else None
        # A contact that was recorded elsewhere leads nowhere here, but an auditor can ask there for it.
        told = wish.origin if contact or not wish.contact else f"{wish.origin}, {wish.contact}"
        enter_by_hand(person, wish.scope, by=by, origin=told, contact=contact, **more)
    return Kept.NEW, gone


def _withdrawn_since(wish: Wish, person: Person, opened: Collection[Scope]) -> RegisterEntry | None:
    """The last entry of a person by one of these ways that was withdrawn after a wish was expressed, as far as that is
    told.
    """
    by_any = Q()
    for way in opened:
        by_any |= Q(**{way.value: True})
    found = RegisterEntry.objects.filter(by_any, person=person, withdrawn_at__isnull=False)
    if wish.since is not None:
        found = found.filter(withdrawn_at__gt=wish.since)
    return found.order_by("-withdrawn_at", "-pk").first()


def entries_follow(contact: Contact) -> None:
    """Have the entries that a contact led to be those of its person, who may have been told only now.

    They hold for what that person is known by: whoever was told of them is told again, unless a doubt has said so.
    While nothing is known of them, an entry stays where it is found.
    """
    strayed = RegisterEntry.objects.filter(contact=contact).exclude(person=contact.person_id)
    whose = dict(strayed.order_by("pk").values_list("pk", "person"))
    if not whose or not contact.person.identities.exists():
        return
    told_in_doubt = who_may_be([contact.person_id])[contact.person_id]
    strayed.update(person=contact.person_id)
    if entries := [number for number, person in whose.items() if person not in told_in_doubt]:
        detail = {"contact": contact.key, "entries": entries}
        append_event("system", KNOWN_BY_MORE, f"person {contact.person_id}", detail)


def _made(entry: RegisterEntry, by: str, scope: Sequence[Scope]) -> None:
    back = {"back_after": entry.back_after_id} if entry.back_after_id else {}
    detail = {"entry": entry.pk, "scope": list(scope), "origin": entry.origin, **back}
    append_event(by, "register entry made", f"person {entry.person_id}", detail)


def withdraw(entry: int, *, by: str, why: str) -> None:
    """End an entry because the person asked for it; the entry stays to be seen. Raises NotRecorded."""
    with transaction.atomic():
        found = RegisterEntry.objects.select_for_update().filter(pk=entry).first()
        if found is None:
            raise NotRecorded("There is no such entry.", do="Look at the register again.")
        if found.withdrawn_at is None:
            found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = timezone.now(), by[:200], storable(why)
            found.save()
            append_event(by, "register entry withdrawn", f"person {found.person_id}", {"entry": entry, "why": why})


def closed_ways(asked: Iterable[Asked]) -> Closed:
    """For each telephone, address or patient id: the ways by which whoever has it must not be contacted.

    An entry holds for everything its person is known by, and in doubt for whoever may be the same person. A telephone
    that several people share is closed when one of them asked for it. What identifies nobody is closed in every way:
    no entry could be found for it.
    """
    closed = closed_surely(asked)
    known = {one: (one[0].value, comparable(*one)) for one, ways in closed.items() if ways < set(Scope)}
    having = who_has(known.values())
    others = who_may_be(number for people in having.values() for number in people)
    by_person = _closed_of({other for these in others.values() for other in these})
    for one, named in known.items():
        doubtful = {other for number in having.get(named, ()) for other in others[number]}
        closed[one] = closed[one].union(*(by_person[other] for other in doubtful & by_person.keys()))
    return closed


def closed_surely(asked: Iterable[Asked]) -> Closed:
    """The same without those who only may be the same person."""
    compared = {one: (one[0].value, comparable(*one)) for one in asked}
    found = RegisterEntry.objects.filter(known_by(compared.values(), "person__identities__"), withdrawn_at__isnull=True)
    closed: dict[tuple[str, str], set[Scope]] = {}
    for kind, value, *ways in found.values_list("person__identities__kind", "person__identities__value", *WAYS):
        closed.setdefault((kind, value), set()).update(compress(Scope, ways))
    return {one: frozenset(closed.get(named, ()) if named[1] else Scope) for one, named in compared.items()}


def in_force_for(person: Person) -> tuple[list[RegisterEntry], list[RegisterEntry]]:
    """The entries in force of a person, and those of others who may be the same person."""
    in_force = RegisterEntry.objects.filter(withdrawn_at__isnull=True).order_by("pk")
    others = who_may_be([person.pk])[person.pk]
    return list(in_force.filter(person=person)), list(in_force.filter(person__in=others))


def _closed_of(people: Collection[int]) -> dict[int, set[Scope]]:
    """By person, the ways that their entries close."""
    closed: dict[int, set[Scope]] = {}
    for few in in_lots(sorted(people)):
        found = RegisterEntry.objects.filter(person__in=few, withdrawn_at__isnull=True)
        for number, *ways in found.values_list("person", *WAYS):
            closed.setdefault(number, set()).update(compress(Scope, ways))
    return closed


def _ways(scope: tuple[Scope, ...]) -> dict[str, bool]:
    named = scope or tuple(Scope)
    return {way.value: way in named for way in Scope}


def _evidence(contact: Contact) -> list[dict[str, object]]:
    newest = contact.assessments.order_by("-number").first()
    flags = newest.record["flags"] if newest else []
    return [piece for flag in flags if flag.get("scope") for piece in flag["evidence"]]
