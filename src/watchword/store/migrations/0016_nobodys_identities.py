"""Nobody is known any more by what identifies nobody, such as the telephone "anonymous", as people of earlier versions are.

Strangers who came under such a word were made one person. Each contact that only the word brought there goes to a
person of its own, together with those that name the same true telephone or address. Notes and entries by hand do not
say whom they named, and stay. No check of the register answers more openly than before: an entry goes with its contact
when nothing true is known of the person, else the contact's person has it too, and who has an entry in force keeps all
that it is known by.

And a patient id is the same with whatever hyphen: who has it in two ways is one person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import migrations

from watchword import terms
from watchword.reading.reach import WHOLE
from watchword.store.models import IdentityKind
from watchword.store.people import comparable, identities, name_key
from watchword.store.storable import storable

AT_ONCE = 500  # people
REACHED_BY = ("phone", "email")
Known = frozenset[tuple[str, str]]
Named = tuple[int, terms.Person, Known]  # a contact, whom it names, and what they are truly known by
THE_ROW = ("", "")  # stands for all that belongs to whoever the row is kept for


def untie(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    names = ("Person", "Identity", "Contact")
    rows = {name: apps.get_model("store", name).objects.using(alias) for name in names}
    _one_for_each_id(rows)
    tied: dict[int, None] = {}
    for number in list(_odd(rows["Identity"])):
        one = rows["Identity"].select_related("person").get(pk=number)
        means = comparable(IdentityKind(one.kind), one.shown)
        if means and not one.person.identities.filter(kind=one.kind, value=means).exists():
            one.value = means  # earlier versions did not read it so
            one.save()
            continue
        one.delete()
        if not means:
            tied[one.person_id] = None
    for number in tied:
        _split(rows["Person"].get(pk=number), rows)


def _one_for_each_id(rows: dict[str, Any]) -> None:
    """An older version took a typographic hyphen for another id: two rows may be one patient's."""
    ids = rows["Identity"].filter(kind="patient_id")
    odd = [pk for pk, value in ids.values_list("pk", "value").iterator() if _read_id(value) not in ("", value)]
    for one in ids.filter(pk__in=odd).select_related("person"):
        means = _read_id(one.value)
        other = ids.filter(value=means).exclude(pk=one.pk).select_related("person").first()
        if other is None:
            one.value = means
            one.save()
            continue
        one.delete()
        if other.person_id != one.person_id:
            _join(one.person, other.person)


def _read_id(value: str) -> str:
    return comparable(IdentityKind.PATIENT_ID, value)


def _join(person: Any, to: Any) -> None:
    """Make one of two rows of one person."""
    for belongs in (person.contacts, person.notes, person.register_entries):
        belongs.update(person=to)
    for one in person.identities.all():
        if to.identities.filter(kind=one.kind, value=one.value).exists():
            one.delete()
        else:
            one.person = to
            one.save()
    if not to.name:
        to.name, to.name_key = person.name, person.name_key
        to.save()
    person.delete()


def _odd(rows: Any) -> Iterator[int]:
    """What is not written the one way in which it can be compared."""
    for number, kind, value in rows.filter(kind__in=REACHED_BY).values_list("pk", "kind", "value").iterator():
        if not (WHOLE.fullmatch(value) if kind == "phone" else comparable(IdentityKind(kind), value) == value):
            yield number


def _split(person: Any, rows: dict[str, Any]) -> None:
    named = [_named(*one) for one in person.contacts.order_by("at", "pk").values_list("pk", "given_person")]
    has: Known = frozenset(person.identities.values_list("kind", "value"))
    groups = _groups(named, has)
    whole = next((end for end, group in groups.items() if has and has <= _known(group)), THE_ROW)
    stay = groups.pop(whole, [])  # a group that names all that is known of the row is whom it is of
    leaving = list(groups.values())
    for first in range(0, len(leaving), AT_ONCE):
        few = leaving[first : first + AT_ONCE]
        made = rows["Person"].bulk_create([_person(person, group) for group in few])
        pairs = list(zip(made, few, strict=True))
        known = [_identity(rows, new, one, group) for new, group in pairs for one in sorted(_known(group) & has)]
        moved = [rows["Contact"].model(pk=number, person=new) for new, group in pairs for number, _, _ in group]
        rows["Identity"].bulk_create(known)
        rows["Contact"].bulk_update(moved, ["person"], batch_size=AT_ONCE)
    for entry in person.register_entries.filter(contact__isnull=False).select_related("contact"):
        if not has:
            entry.person_id = entry.contact.person_id
            entry.save()
        elif entry.withdrawn_at is None and entry.contact.person_id != person.pk and _has_any(rows, entry.contact):
            entry.pk, entry.key, entry.person_id = None, None, entry.contact.person_id  # the row keeps its own
            entry.save(force_insert=True)
    _leave(person, stay, leaving)


def _has_any(rows: dict[str, Any], contact: Any) -> bool:
    return bool(rows["Identity"].filter(person=contact.person_id).exists())


def _named(number: int, given: dict[str, Any]) -> Named:
    person = terms.Person(**given)
    return number, person, frozenset((kind.value, value) for kind, (value, _) in identities(person).items())


def _groups(named: list[Named], has: Known) -> dict[tuple[str, str], list[Named]]:
    """The contacts by what ties them truly: those that belong to the row, and others that do not.

    To the row belong its patient id, all that is known of it otherwise than by such contacts, and what goes with that.
    """
    leads_to: dict[tuple[str, str], tuple[str, str]] = {}

    def end(one: tuple[str, str]) -> tuple[str, str]:
        while (further := leads_to.get(one, one)) != one:
            one = further
        return one

    def join(these: Known, to: tuple[str, str]) -> None:
        for one in these:
            if (mine := end(one)) != end(to):  # what leads to the row is the end of everything else
                leads_to.update({end(to): mine} if mine == THE_ROW else {mine: end(to)})

    doubtful = frozenset[tuple[str, str]]().union(*(known for _, who, known in named if _by_a_word(who)))
    join(frozenset(one for one in has if one[0] == "patient_id" or one not in doubtful), THE_ROW)
    for _, who, known in named:
        join(known, next(iter(known), THE_ROW) if _by_a_word(who) else THE_ROW)
    groups: dict[tuple[str, str], list[Named]] = {}
    for one in named:
        number, who, known = one
        alone = ("contact", str(number)) if _by_a_word(who) else THE_ROW
        groups.setdefault(end(next(iter(known))) if known else alone, []).append(one)
    return groups


def _by_a_word(who: terms.Person) -> bool:
    """Whether a contact names a telephone or an address that is none: it may have come to the row by that alone."""
    known = identities(who)
    return any(getattr(who, kind) and kind not in known for kind in REACHED_BY)


def _person(old: Any, group: list[Named]) -> Any:
    name = storable(_name(group))
    extra = dict(group[0][1].extra)
    return type(old)(name=name, name_key=name_key(name), extra=extra, created_at=old.created_at)


def _name(group: list[Named]) -> str:
    return next((who.name for _, who, _ in group if who.name), "")


def _known(group: list[Named]) -> Known:
    return frozenset[tuple[str, str]]().union(*(known for _, _, known in group))


def _identity(rows: dict[str, Any], person: Any, one: tuple[str, str], group: list[Named]) -> Any:
    kind, value = one
    shown = next(identities(who)[IdentityKind(kind)][1] for _, who, known in group if one in known)
    return rows["Identity"].model(person=person, kind=kind, value=value, shown=shown)


def _leave(person: Any, stay: list[Named], leaving: list[list[Named]]) -> None:
    """What is left of the row once others have gone; nothing of it when nobody is left."""
    if any(those.exists() for those in (person.notes, person.register_entries)):
        return  # these may be anybody's of them, and so may what is known
    gone = frozenset[tuple[str, str]]().union(*(_known(group) for group in leaving))
    for kind, value in gone:  # of no contact that stays: it would be in one group with it
        person.identities.filter(kind=kind, value=value).delete()
    if not (stay or person.identities.exists()):
        person.delete()
        return
    told = {name_key(who.name) for group in leaving for _, who, _ in group if who.name}
    if person.name_key in told - {name_key(who.name) for _, who, _ in stay if who.name}:
        person.name = storable(_name(stay))
        person.name_key = name_key(person.name)
        person.save()


class Migration(migrations.Migration):
    dependencies = (("store", "0015_demanded_by"),)
    operations = (migrations.RunPython(untie, migrations.RunPython.noop),)
