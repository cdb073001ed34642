"""Finding the person that a contact names, by what people are known by."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Collate

from watchword import terms
from watchword.policy.phone import dialled
from watchword.store.models import Identity, IdentityKind, Person
from watchword.store.models.people import LONGEST_IDENTITY, LONGEST_NAME_KEY
from watchword.store.storable import plain, storable

MOST_SHARING = 50  # people who share a telephone or an address
LAST_CHARACTER = "\U0010ffff"
Known = dict[IdentityKind, tuple[str, str]]  # the kind, the value as compared and as given


def person_for(given: terms.Person) -> Person:
    """The person that a contact names; a new one when nobody known fits, or several do.

    The patient id decides. A telephone or an address decides only when exactly one person has it and the name, or
    exactly one whom the name does not speak against, for families share both.
    """
    known = identities(given)
    person = _by_patient_id(known) or _by_reach(known, given.name) or _new(given, known)
    _remember(person, given, known)
    return person


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
    """An identity written the one way in which it can be compared."""
    cleaned = storable(value).strip()[:LONGEST_IDENTITY]
    if kind is not IdentityKind.PHONE:
        return cleaned.casefold()[:LONGEST_IDENTITY]
    try:
        return dialled(cleaned) or ""
    except ValueError:
        return cleaned  # no number anybody could dial, and still the same from one contact to the next


def people_known_by(kind: IdentityKind, value: str) -> list[Person]:
    """Everybody who is known by this."""
    return list(Person.objects.filter(identities__kind=kind, identities__value=comparable(kind, value)).order_by("id"))


def found_by(words: str, most: int) -> list[int]:
    """The numbers of people who are known by exactly this, or whose name begins with it; no more than ``most``.

    Each is its own look through an index: asked for together, every person would be read.
    """
    found: dict[int, None] = {}
    for kind in IdentityKind:
        same = Identity.objects.filter(kind=kind, value=comparable(kind, words))
        found |= dict.fromkeys(same.order_by("person").values_list("person", flat=True)[:most])
    found |= dict.fromkeys(beginning(name_key(words)).values_list("pk", flat=True)[:most])
    return list(found)[:most]


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
    value = known[IdentityKind.PATIENT_ID][0]
    return Person.objects.filter(identities__kind=IdentityKind.PATIENT_ID, identities__value=value).first()


def _by_reach(known: Known, name: str | None) -> Person | None:
    for kind in (IdentityKind.EMAIL, IdentityKind.PHONE):
        if kind not in known:
            continue
        fitting = [one for one in people_known_by(kind, known[kind][0])[:MOST_SHARING] if _may_be(one, name, known)]
        # Who has this very name comes before who has none yet; a contact without a name goes with those without.
        exact = [one for one in fitting if one.name_key == name_key(name or "")]
        for those in (exact, fitting):
            if len(those) == 1:
                return those[0]
    return None


def _may_be(person: Person, name: str | None, known: Known) -> bool:
    same_name = not name or not person.name or name_key(name) == person.name_key
    has_id = person.identities.filter(kind=IdentityKind.PATIENT_ID).exists()
    return same_name and not (IdentityKind.PATIENT_ID in known and has_id)  # it was looked for, and is another's


def _new(given: terms.Person, known: Known) -> Person:
    """Made together with its patient id; when another was quicker, theirs is the person."""
    name = storable(given.name or "")
    try:
        with transaction.atomic():
            person = Person.objects.create(name=name, name_key=name_key(name), extra=plain(given.extra))
            _remember(person, given, known)
            return person
    except IntegrityError:
        found = _by_patient_id(known)
        if found is None:
            raise
        return found


def know_by(person: Person, kind: IdentityKind, value: str) -> None:
    """Keep one more thing that a person is known by."""
    compared = comparable(kind, value)
    if compared:
        shown = storable(value)[:LONGEST_IDENTITY]
        Identity.objects.get_or_create(person=person, kind=kind, value=compared, defaults={"shown": shown})


def _remember(person: Person, given: terms.Person, known: Known) -> None:
    """Whatever is new about a person is kept; what was known is never overwritten."""
    for kind, (compared, shown) in known.items():
        Identity.objects.get_or_create(person=person, kind=kind, value=compared, defaults={"shown": shown})
    if given.name and not person.name:
        person.name, person.name_key = storable(given.name), name_key(given.name)
        person.save(update_fields=["name", "name_key"])


def name_key(name: str) -> str:
    """The beginning of a name as people search for it."""
    return " ".join(storable(name).casefold().split())[:LONGEST_NAME_KEY]
