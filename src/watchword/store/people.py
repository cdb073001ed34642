"""Finding the person that a contact names, by what people are known by."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Collate

from watchword import terms
from watchword.reading.reach import address, patient_id, telephone
from watchword.store import rows
from watchword.store.chain import append_event
from watchword.store.models import Identity, IdentityKind, Person
from watchword.store.models.people import LONGEST_IDENTITY, LONGEST_NAME_KEY
from watchword.store.same_person import who_may_be
from watchword.store.storable import plain, storable

MOST_ZEROS = 12  # at the front of a patient id
# These are asked for every contact and every row of a table, and so in SQL.
HELD = "SELECT id FROM store_person WHERE id = %s FOR SHARE"
HAVING = (
    "SELECT person.* FROM store_person person JOIN store_identity identity ON identity.person_id = person.id"
    " WHERE identity.kind = %s AND identity.value = %s LIMIT 2"
)
HAS = "SELECT kind, value FROM store_identity WHERE person_id = %s"
KNOW_BY = (
    "INSERT INTO store_identity (person_id, kind, value, shown) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (person_id, kind, value) DO NOTHING"
)
IN_FORCE = (
    "SELECT id FROM store_registerentry WHERE withdrawn_at IS NULL AND person_id IN ({people})"
    " AND (contact_id IS NULL OR contact_id <> %s) ORDER BY id"
)
NO_CONTACT = 0
OF_THESE_IDS = "SELECT value FROM store_identity WHERE kind = %s AND value IN ({ids})"
LAST_CHARACTER = "\U0010ffff"
Known = dict[IdentityKind, tuple[str, str]]  # the kind, the value as compared and as given
_PATIENT_IDS = Identity.objects.filter(person=OuterRef("pk"), kind=IdentityKind.PATIENT_ID)


def person_for(given: terms.Person, *, held: bool = False) -> Person:
    """The person that a contact names; a new one when nobody known fits, or several do. ``held`` as `hold` does."""
    return known_person(given, held=held)[0]


def known_person(
    given: terms.Person, *, held: bool = False, but: Collection[int] = (), otherwise: Person | None = None
) -> tuple[Person, list[IdentityKind]]:
    """The same, with the kinds of what is new about them.

    A telephone or an address leads to nobody whom ``but`` names. ``otherwise`` is who it is in the place of a new one.

    The patient id decides. A telephone or an address decides only when exactly one person has it and the name, or
    exactly one whom the name does not speak against, for families share both. Of several who fit equally it is the
    oldest without a patient id. A new patient id is nobody's who has another one, and never goes to one of several.
    """
    known = identities(given)
    person = _by_patient_id(known) or _by_reach(known, given.name, but) or otherwise
    if person is None:
        person, gained = _new(given, known, held)
    else:
        gained = _remember(person, given, known, held)
    _gained(person, gained)
    return person, gained


def still_of(kept: Person, given: terms.Person, was_known_by: AbstractSet[tuple[str, str]]) -> Person | None:
    """Whose something is that was kept for a person and is given again; None when what is given tells of another.

    That is another patient id, or nothing that is known of this person, or that they were known by when it was kept.
    """
    known, has = identities(given), {*rows.read(HAS, kept.pk), *was_known_by}
    shares = any((kind, value) in has for kind, (value, _) in known.items())
    if known and not shares and not (given.name and name_key(given.name) == kept.name_key):
        return None
    owner = _by_patient_id(known)
    if IdentityKind.PATIENT_ID in known and owner != kept:
        if any(kind == IdentityKind.PATIENT_ID for kind, _ in has):
            return None
        return owner or kept  # only now it is told whose it is
    return kept


def learn(person: Person, given: terms.Person) -> list[IdentityKind]:
    """Keep what is new about a person; the kinds of it."""
    gained = _remember(person, given, identities(given))
    _gained(person, gained)
    return gained


def hold(person: Person, given: terms.Person) -> None:
    """Have a person be known, until the transaction around ends, by the telephone and the address that are given.

    A note that is struck out at this moment may have taken them away, or be about to: one waits for the other. Nobody
    else who holds the same person waits. SQLite locks the whole database by itself.
    """
    gained = _remember(person, given, identities(replace(given, patient_id=None)), held=True)
    _gained(person, gained)


def who_have_ids(patient_ids: Collection[str] | None) -> frozenset[int]:
    """Whoever has one of these patient ids, which are as compared."""
    if not patient_ids:
        return frozenset()
    found = Identity.objects.filter(kind=IdentityKind.PATIENT_ID, value__in=patient_ids)
    return frozenset(found.values_list("person", flat=True))


def identities(given: terms.Person) -> Known:
    """What a person is known by, as compared and as given."""
    found: Known = {}
    for kind, value in (
        (IdentityKind.PATIENT_ID, given.patient_id),
        (IdentityKind.PHONE, given.phone),
        (IdentityKind.EMAIL, given.email),
    ):
        compared = comparable(kind, value) if value else ""
        if value and compared:
            found[kind] = (compared, storable(value)[:LONGEST_IDENTITY])
    return found


def comparable(kind: IdentityKind, value: str) -> str:
    """An identity written the one way in which it can be compared; empty when it identifies nobody.

    Many contacts come with a telephone such as "anonymous": taken as it is, it would make one person of them all.
    """
    cleaned = storable(value).strip()[:LONGEST_IDENTITY]
    if kind is IdentityKind.PHONE:
        return telephone(cleaned)
    if kind is IdentityKind.EMAIL:
        cleaned = address(cleaned)
    if kind is IdentityKind.PATIENT_ID:
        cleaned = patient_id(cleaned)
    return cleaned.casefold()[:LONGEST_IDENTITY]


def is_known_by_other_zeros(given: terms.Person) -> bool:
    """Whether nobody has this patient id and somebody has it with more or fewer zeros at its front.

    Programs for tables drop them. Whether they tell patients apart is their system's to say, so here they do.
    """
    value = identities(given).get(IdentityKind.PATIENT_ID, ("", ""))[0]
    bare = value.lstrip("0")
    if not bare.isdecimal():
        return False
    alike = ["0" * zeros + bare for zeros in range(MOST_ZEROS + 1)]
    asked = [value, *alike]
    known = rows.read(OF_THESE_IDS.format(ids=rows.places(asked)), IdentityKind.PATIENT_ID.value, *asked)
    return bool(known) and (value,) not in known


def found_by(words: str, most: int) -> list[int]:
    """The numbers of people who are known by exactly this, or whose name begins with it; no more than ``most``.

    Each is its own look through an index: asked for together, every person would be read.
    """
    found: dict[int, None] = {}
    for kind in IdentityKind:
        compared = comparable(kind, words)
        if not compared:
            continue
        same = Identity.objects.filter(kind=kind, value=compared)
        found |= dict.fromkeys(same.order_by("person").values_list("person", flat=True)[:most])
    found |= dict.fromkeys(beginning(name_key(words)).values_list("pk", flat=True)[:most])
    return list(found)[:most]


def whose_person_fits(words: str) -> Q:
    """The same people as a condition on what belongs to a person: for words that fit a great many."""
    fits = Q(person__name_key__startswith=name_key(words))
    for kind in IdentityKind:
        if compared := comparable(kind, words):
            fits |= Q(person__in=Identity.objects.filter(kind=kind, value=compared).values("person"))
    return fits


def beginning(key: str) -> QuerySet[Person]:
    """People whose name begins so, in the order of names, character by character."""
    collation = {"postgresql": "C", "sqlite": "BINARY"}[connection.vendor]
    named = Person.objects.alias(name_in_order=Collate("name_key", collation))
    if key:
        named = named.filter(name_in_order__gte=key, name_in_order__lt=key + LAST_CHARACTER)
    return named.order_by("name_in_order", "pk")


def _by_patient_id(known: Known) -> Person | None:
    if IdentityKind.PATIENT_ID not in known:
        return None
    return next(iter(_having(IdentityKind.PATIENT_ID, known[IdentityKind.PATIENT_ID][0])), None)


def _by_reach(known: Known, name: str | None, but: Collection[int]) -> Person | None:
    key, is_new_id = name_key(name or ""), IdentityKind.PATIENT_ID in known
    for kind in (IdentityKind.EMAIL, IdentityKind.PHONE):
        if kind in known and (found := _who_fits(kind, known[kind][0], key, is_new_id, but)):
            return found
    return None


def _who_fits(kind: IdentityKind, value: str, key: str, is_new_id: bool, but: Collection[int]) -> Person | None:
    having = list(_sharing(kind, value, but)[:2]) if but else _having(kind, value)
    if len(having) > 1:
        sharing = _sharing(kind, value, but)
        return _of_new_id(sharing, key) if is_new_id else _of_no_id(sharing, key)
    found = next((one for one in having if not key or one.name_key in ("", key)), None)
    return found if found is None or not is_new_id else _without_id(found)


def _having(kind: IdentityKind, value: str) -> list[Person]:
    """Who is known by this; two of them tell that there are several."""
    return rows.found(Person, HAVING, kind.value, value)


def _sharing(kind: IdentityKind, value: str, but: Collection[int]) -> QuerySet[Person]:
    return Person.objects.filter(identities__kind=kind, identities__value=value).exclude(pk__in=but).order_by("id")


def _of_no_id(sharing: QuerySet[Person], key: str) -> Person | None:
    """Who has this very name comes before who has none yet; a contact without a name goes with those without."""
    exact = sharing.filter(name_key=key)
    found = _only(exact) or exact.filter(~Exists(_PATIENT_IDS)).first()  # the oldest, lest each contact make another
    return found or (_only(sharing.filter(name_key__in=("", key))) if key else None)


def _of_new_id(sharing: QuerySet[Person], key: str) -> Person | None:
    """The only one of this name, when they have no patient id."""
    found = _only(sharing.filter(name_key=key)) if key else None
    return found and _without_id(found)


def _without_id(person: Person) -> Person | None:
    """Nobody who has a patient id gets another one: what two people did is not told apart again."""
    return None if person.identities.filter(kind=IdentityKind.PATIENT_ID).exists() else person


def _only(people: QuerySet[Person]) -> Person | None:
    """The one person among these; None when there are several."""
    found = list(people[:2])
    return found[0] if len(found) == 1 else None


def _new(given: terms.Person, known: Known, held: bool) -> tuple[Person, list[IdentityKind]]:
    """Made together with its patient id; when another was quicker, theirs is the person. The kinds of what is new."""
    name = storable(given.name or "")
    try:
        with transaction.atomic():
            rows.add(person := Person(name=name, name_key=name_key(name), extra=plain(given.extra)))
            person.named_now = bool(name)
            return person, _known_by(person, known)  # nobody else sees them yet
    except IntegrityError:
        found = _by_patient_id(known)
        if found is None:
            raise
        return found, _remember(found, given, known, held)


def know_by(person: Person, kind: IdentityKind, value: str) -> bool:
    """Keep one more thing that a person is known by; whether it is new."""
    compared = comparable(kind, value)
    gained = _known_by(person, {kind: (compared, storable(value)[:LONGEST_IDENTITY])}) if compared else []
    _gained(person, gained)
    return bool(gained)


def _known_by(person: Person, known: Known) -> list[IdentityKind]:
    """Keep what a person is known by; the kinds of what is new."""
    has = rows.read(HAS, person.pk)
    more = [(kind, *values) for kind, values in known.items() if (kind.value, values[0]) not in has]
    with connection.cursor() as cursor:
        return [kind for kind, *values in more if _is_new(cursor, person.pk, kind.value, *values)]


def _is_new(cursor: Any, *identity: Any) -> bool:
    """Whether it was not known until now, by somebody else who is at it in this moment neither."""
    cursor.execute(KNOW_BY, identity)
    return bool(cursor.rowcount)


def _gained(person: Person, kinds: list[IdentityKind]) -> None:
    """Write down that entries of the register hold for more than they did: whoever was told of them is told again.

    So do those of others who may be the same person, by what the person is known by now.
    """
    if not kinds:
        return
    if entries := _in_force(person):
        append_event("system", "person known by more", f"person {person.pk}", {"kinds": kinds, "entries": entries})


def is_silent(person: Person, *, but_for: int = NO_CONTACT) -> bool:
    """Whether an entry of the register is in force for a person, or in doubt for whoever may be the same.

    Those that the contact ``but_for`` led to do not count.
    """
    return bool(_in_force(person, but_for))


def _in_force(person: Person, but_for: int = NO_CONTACT) -> list[int]:
    people = {person.pk, *who_may_be([person.pk])[person.pk]}
    return [entry for (entry,) in rows.read(IN_FORCE.format(people=rows.places(people)), *people, but_for)]


def _remember(person: Person, given: terms.Person, known: Known, held: bool = False) -> list[IdentityKind]:
    """Whatever is new about a person is kept; what was known is never overwritten. The kinds of what is new."""
    if given.name and not person.name:
        person.name, person.name_key = storable(given.name), name_key(given.name)
        rows.change(person, "name", "name_key")
        person.named_now = True
    # After the name: two that hold the person both would each wait for the other to write it.
    if held and connection.vendor == "postgresql":
        rows.read(HELD, person.pk)
    return _known_by(person, known)


def name_key(name: str) -> str:
    """The beginning of a name as people search for it."""
    return " ".join(storable(name).casefold().split())[:LONGEST_NAME_KEY]
