"""Finding the person that a contact names, by what people are known by."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Collate

from watchword import terms
from watchword.reading.reach import address, patient_id, telephone
from watchword.store.chain import append_event
from watchword.store.models import Identity, IdentityKind, Person, RegisterEntry
from watchword.store.models.people import LONGEST_IDENTITY, LONGEST_NAME_KEY
from watchword.store.same_person import who_may_be
from watchword.store.storable import plain, storable

MOST_ZEROS = 12  # at the front of a patient id
HELD = "SELECT id FROM store_person WHERE id = %s FOR SHARE"
LAST_CHARACTER = "\U0010ffff"
Known = dict[IdentityKind, tuple[str, str]]  # the kind, the value as compared and as given
_PATIENT_IDS = Identity.objects.filter(person=OuterRef("pk"), kind=IdentityKind.PATIENT_ID)


def person_for(given: terms.Person) -> Person:
    """The person that a contact names; a new one when nobody known fits, or several do."""
    return known_person(given)[0]


def known_person(given: terms.Person) -> tuple[Person, list[IdentityKind]]:
    """The same, with the kinds of what is new about them.

    The patient id decides. A telephone or an address decides only when exactly one person has it and the name, or
    exactly one whom the name does not speak against, for families share both. Of several who fit equally it is the
    oldest without a patient id. A new patient id is nobody's who has another one, and never goes to one of several.
    """
    known = identities(given)
    person = _by_patient_id(known) or _by_reach(known, given.name)
    if person is None:
        person, gained = _new(given, known)
    else:
        gained = _remember(person, given, known)
    _gained(person, gained)
    return person, gained


def still_of(kept: Person, given: terms.Person, was_known_by: AbstractSet[tuple[str, str]]) -> Person | None:
    """Whose something is that was kept for a person and is given again; None when what is given tells of another.

    That is another patient id, or nothing that is known of this person, or that they were known by when it was kept.
    """
    known, has = identities(given), {(one.kind, one.value) for one in kept.identities.all()} | was_known_by
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
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(HELD, [person.pk])
    learn(person, replace(given, patient_id=None))


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
    rows = Identity.objects.filter(kind=IdentityKind.PATIENT_ID, value__in=[value, *alike])
    known = set(rows.values_list("value", flat=True))
    return bool(known) and value not in known


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
    value = known[IdentityKind.PATIENT_ID][0]
    return Person.objects.filter(identities__kind=IdentityKind.PATIENT_ID, identities__value=value).first()


def _by_reach(known: Known, name: str | None) -> Person | None:
    key = name_key(name or "")
    for kind in (IdentityKind.EMAIL, IdentityKind.PHONE):
        if kind not in known:
            continue
        sharing = Person.objects.filter(identities__kind=kind, identities__value=known[kind][0]).order_by("id")
        found = _of_new_id(sharing, key) if IdentityKind.PATIENT_ID in known else _of_no_id(sharing, key)
        if found:
            return found
    return None


def _of_no_id(sharing: QuerySet[Person], key: str) -> Person | None:
    """Who has this very name comes before who has none yet; a contact without a name goes with those without."""
    exact = sharing.filter(name_key=key)
    found = _only(exact) or exact.filter(~Exists(_PATIENT_IDS)).first()  # the oldest, lest each contact make another
    return found or _only(sharing.filter(name_key__in=("", key)) if key else sharing)


def _of_new_id(sharing: QuerySet[Person], key: str) -> Person | None:
    """The only one whom it can be, and who has no patient id: what two people did is not told apart again."""
    found = (_only(sharing.filter(name_key=key)) if key else None) or _only(sharing)
    if found is None or (key and found.name_key not in ("", key)):
        return None
    return None if found.identities.filter(kind=IdentityKind.PATIENT_ID).exists() else found


def _only(people: QuerySet[Person]) -> Person | None:
    """The one person among these; None when there are several."""
    found = list(people[:2])
    return found[0] if len(found) == 1 else None


def _new(given: terms.Person, known: Known) -> tuple[Person, list[IdentityKind]]:
    """Made together with its patient id; when another was quicker, theirs is the person. The kinds of what is new."""
    name = storable(given.name or "")
    try:
        with transaction.atomic():
            person = Person.objects.create(name=name, name_key=name_key(name), extra=plain(given.extra))
            return person, _remember(person, given, known)
    except IntegrityError:
        found = _by_patient_id(known)
        if found is None:
            raise
        return found, _remember(found, given, known)


def know_by(person: Person, kind: IdentityKind, value: str) -> bool:
    """Keep one more thing that a person is known by; whether it is new."""
    compared = comparable(kind, value)
    gained = _known_by(person, {kind: (compared, storable(value)[:LONGEST_IDENTITY])}) if compared else []
    _gained(person, gained)
    return bool(gained)


def _known_by(person: Person, known: Known) -> list[IdentityKind]:
    """Keep what a person is known by; the kinds of what is new."""
    made = {
        kind: Identity.objects.get_or_create(person=person, kind=kind, value=compared, defaults={"shown": shown})[1]
        for kind, (compared, shown) in known.items()
    }
    return [kind for kind, new in made.items() if new]


def _gained(person: Person, kinds: list[IdentityKind]) -> None:
    """Write down that entries of the register hold for more than they did: whoever was told of them is told again.

    So do those of others who may be the same person, by what the person is known by now.
    """
    if not kinds:
        return
    if entries := list(_in_force(person).order_by("pk").values_list("pk", flat=True)):
        append_event("system", "person known by more", f"person {person.pk}", {"kinds": kinds, "entries": entries})


def is_silent(person: Person) -> bool:
    """Whether an entry of the register is in force for a person, or in doubt for whoever may be the same."""
    return _in_force(person).exists()


def _in_force(person: Person) -> QuerySet[RegisterEntry]:
    people = {person.pk, *who_may_be([person.pk])[person.pk]}
    return RegisterEntry.objects.filter(person__in=people, withdrawn_at__isnull=True)


def _remember(person: Person, given: terms.Person, known: Known) -> list[IdentityKind]:
    """Whatever is new about a person is kept; what was known is never overwritten. The kinds of what is new."""
    gained = _known_by(person, known)
    if given.name and not person.name:
        person.name, person.name_key = storable(given.name), name_key(given.name)
        person.save(update_fields=["name", "name_key"])
    return gained


def name_key(name: str) -> str:
    """The beginning of a name as people search for it."""
    return " ".join(storable(name).casefold().split())[:LONGEST_NAME_KEY]
