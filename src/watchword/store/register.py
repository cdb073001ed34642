"""The built-in do-not-contact register: entries by steps and by people, and the check that dialers and mailers make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from watchword.errors import NotRecorded, PermanentFailure
from watchword.escalation.ports import Order, Receipt
from watchword.reading.wishes import Wish
from watchword.store.chain import append_event, events_last
from watchword.store.locked import locked
from watchword.store.models import Contact, IdentityKind, Person, RegisterEntry
from watchword.store.notes import Kept
from watchword.store.people import comparable, know_by, person_for
from watchword.store.storable import storable
from watchword.store.topics import KNOWN_BY_MORE
from watchword.terms import Scope

REGISTER = "register"  # what receipts call it
FROM_CONTACT = "contact"


class Register:
    """Entries that steps make."""

    def find(self, key: str) -> Receipt | None:
        """The receipt for an entry that is there already."""
        entry = RegisterEntry.objects.filter(key=key).first()
        return Receipt(key, REGISTER, f"R-{entry.pk}") if entry else None

    def enter(self, order: Order) -> Receipt:
        """Make the entry, with the words that ask for it; all three ways are closed when none is named."""
        with transaction.atomic():
            contact = locked(Contact).filter(key=order.brief.contact).first()  # whose it is may be told at this moment
            if contact is None:
                raise PermanentFailure("The register does not know this contact.", do="Record the contact first.")
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
    with transaction.atomic():
        entry = RegisterEntry.objects.create(
            register=register, person=person, origin=storable(origin), **_ways(tuple(scope)), **more
        )
        _made(entry, by, scope)
    return entry


def take_wish(wish: Wish, *, by: str) -> Kept:
    """An entry for a wish that an import brings; known when what it closes is closed for this person already."""
    with events_last():
        person = person_for(wish.person)
        for kind, values in ((IdentityKind.PHONE, wish.phones), (IdentityKind.EMAIL, wish.emails)):
            for value in values:
                know_by(person, kind, value)
        entries = RegisterEntry.objects.filter(person=person, withdrawn_at__isnull=True)
        closed = {way for entry in entries for way in Scope if getattr(entry, way.value)}
        if set(wish.scope) <= closed:
            return Kept.KNOWN
        more: dict[str, Any] = {"since": wish.since} if wish.since else {}
        more["evidence"] = [{"quote": storable(quote)} for quote in wish.quotes]
        contact = Contact.objects.filter(key=storable(wish.contact), person=person).first()
        # A contact that was recorded elsewhere leads nowhere here, but an auditor can ask there for it.
        told = wish.origin if contact or not wish.contact else f"{wish.origin}, {wish.contact}"
        enter_by_hand(person, wish.scope, by=by, origin=told, contact=contact, **more)
    return Kept.NEW


def entries_follow(contact: Contact) -> None:
    """Have the entries that a contact led to be those of its person, who may have been told only now.

    They hold for what that person is known by: whoever was told of them is told again.
    """
    strayed = RegisterEntry.objects.filter(contact=contact).exclude(person=contact.person_id)
    entries = list(strayed.order_by("pk").values_list("pk", flat=True))
    if entries:
        strayed.update(person=contact.person_id)
        detail = {"contact": contact.key, "entries": entries}
        append_event("system", KNOWN_BY_MORE, f"person {contact.person_id}", detail)


def _made(entry: RegisterEntry, by: str, scope: Sequence[Scope]) -> None:
    detail = {"entry": entry.pk, "scope": list(scope), "origin": entry.origin}
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


def closed_ways(asked: Iterable[tuple[IdentityKind, str]]) -> dict[tuple[IdentityKind, str], frozenset[Scope]]:
    """For each telephone, address or patient id: the ways by which whoever has it must not be contacted.

    An entry holds for everything its person is known by. A telephone that several people share is closed when one of
    them asked for it. What identifies nobody is closed in every way: no entry could be found for it.
    """
    compared = {one: comparable(*one) for one in asked}
    by_kind: dict[str, set[str]] = {}
    for (kind, _), value in compared.items():
        by_kind.setdefault(kind, set()).add(value)
    wanted = Q(pk__in=())
    for name, values in by_kind.items():
        wanted |= Q(person__identities__kind=name, person__identities__value__in=values)
    rows = RegisterEntry.objects.filter(wanted, withdrawn_at__isnull=True).values_list(
        "person__identities__kind", "person__identities__value", "calls", "messages", "mail"
    )
    closed: dict[tuple[str, str], set[Scope]] = {}
    for name, value, calls, messages, mail in rows:
        ways = zip((Scope.CALLS, Scope.MESSAGES, Scope.MAIL), (calls, messages, mail), strict=True)
        closed.setdefault((name, value), set()).update(way for way, is_closed in ways if is_closed)
    return {one: frozenset(closed.get((one[0], value), ()) if value else Scope) for one, value in compared.items()}


def _ways(scope: tuple[Scope, ...]) -> dict[str, bool]:
    named = scope or tuple(Scope)
    return {way.value: way in named for way in Scope}


def _evidence(contact: Contact) -> list[dict[str, object]]:
    newest = contact.assessments.order_by("-number").first()
    flags = newest.record["flags"] if newest else []
    return [piece for flag in flags if flag.get("scope") for piece in flag["evidence"]]
