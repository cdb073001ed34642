"""Template tags and filters: states as marks, moments as people say them, terms as words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from watchword.reading.html_text import words_shown
from watchword.reading.reach import telephone_read
from watchword.store.models import Identity, IdentityKind, RegisterEntry, Step
from watchword.terms import Scope
from watchword.triage.told import name_told, place_of
from watchword.web.in_force import in_force
from watchword.web.paging import MOST_COUNTED
from watchword.web.transfers import number_of

register = template.Library()
MARKS = {
    "needs a person": "alarm",
    "waits for agent": "waits",
    "planned": "moving",
    "sent": "moving",
    "under way": "moving",
    "confirmed": "done",
    "done": "done",
    "cancelled": "off",
    "dismissed": "off",
    "escalate": "alarm",
    "clarify": "waits",
    "clear": "done",
}
STEPS = {
    "warm_transfer": "Transfer to",
    "ticket": "Ticket",
    "queue_transfer": "Move to",
    "chatter_post": "Chatter post",
    "do_not_contact": "Register entry",
}
MINUTE, HOUR, DAY = 60, 3600, 86400
ADDRESSES = 10_000  # that are remembered: an open list asks for the same ones every few seconds


@register.filter
def mark(state: str) -> str:
    """The look of a state."""
    return MARKS.get(state, "off")


@register.filter
def words(name: Any) -> str:
    """A name from the policy as words."""
    return str(name or "").replace("_", " ")


@register.filter
def told(value: Any) -> str:
    """What an event tells of something, as whoever reads the log says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(told, value)) or "none"
    return "none" if value in (None, "") else str(value)


@register.filter
def quoted(quote: str) -> str:
    """A quote as people read it: evidence is exact, markup and all."""
    return words_shown(quote)


@register.filter
def place(piece: dict[str, Any]) -> str:
    """Where in a contact kept words stand."""
    return place_of(**piece)


@register.filter
def step_kind(kind: str) -> str:
    """What a step does, in a word or two."""
    return STEPS.get(kind, words(kind).capitalize())


@register.filter
def who(by: str) -> str:
    """Whoever said something, without what kind of account it is."""
    return by.removeprefix("user ")


@register.filter
def step_to(step: Step) -> str:
    """Whom a step goes to, or what it makes."""
    return step.to or step.type or step.register or ""


@register.filter
def step_named(step: Step) -> str:
    """What a step does and to whom."""
    return f"{step_kind(step.kind)} {step_to(step)}"


@register.filter
def step_brief(step: Step) -> str:
    """A step in a line: what it does, how it stands, and the receipt with whoever accepted it."""
    receipt = getattr(step, "receipt", None)
    proof = (receipt.reference, receipt.by) if receipt else ()
    return " · ".join((f"{step_named(step)} {step.state}", *filter(None, proof)))


@register.filter
def step_number(step: Step) -> str:
    """The number that a step dials, as the policy writes it."""
    return number_of(step)


@register.filter
def known_by(one: Identity) -> str:
    """What a person is known by, as people read it: as it was given, a telephone in groups."""
    return telephone_read(one.shown) if one.kind == IdentityKind.PHONE else one.shown


@register.filter
def with_telephone(text: str, given: str | None) -> str:
    """A text in which the telephone that was given is read in groups, wherever it stands by itself."""
    if not given or given not in text:
        return text
    return re.sub(rf"(?<![\w+]){re.escape(given)}(?!\w)", lambda _: telephone_read(given), text)


@register.filter
@lru_cache(ADDRESSES)
def address(page: str, key: Any) -> str:
    """Where the page or the button of this name leads, for this key."""
    return reverse(page, args=[key])


@register.filter
def short(text: str | None, most: int) -> str:
    """No more than its first so many characters."""
    whole = text or ""
    return whole if len(whole) <= most else truncatechars(whole, most)


@register.filter
def ways_closed(entry: RegisterEntry) -> str:
    """The ways by which an entry of the register lets nobody be contacted, as they are read out."""
    return ", ".join(way for way in Scope if getattr(entry, way.value))


@register.filter
def ago(at: datetime | None) -> str:
    """How long ago, as one looks at a clock."""
    if at is None:
        return ""
    seconds = max(0, int((timezone.now() - at).total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h {seconds % HOUR // MINUTE:02d}"
    return f"{seconds // DAY} days"


@register.filter
def clock(seconds: int) -> str:
    """A length of time as a clock shows it: minutes and seconds."""
    return f"{seconds // MINUTE}:{seconds % MINUTE:02d}"


@register.filter
def many(count: int) -> str:
    """A number of rows; beyond what is counted, that it is over that."""
    return f"over {MOST_COUNTED:,}" if count > MOST_COUNTED else str(count)


@register.filter
def moment(at: datetime | None) -> str:
    """A date and time, the same everywhere and for everybody: in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "no date"


@register.filter
def since(at: datetime | None) -> SafeString:
    """How long ago, and on a longer look exactly when; for a column of times. All of it is of our own making."""
    exact = at.isoformat() if at else ""
    return SafeString(f'<time class="clock" datetime="{exact}" title="{moment(at)}">{ago(at)}</time>')


@register.filter
def named(name: Any) -> str:
    """A term or a kind as people read it, by the policy in force."""
    return name_told(str(name or ""), in_force().policy)


@register.filter
def flag_name(flag: dict[str, Any]) -> str:
    """A flag's name: its term, or its kind."""
    return named(flag.get("term") or flag.get("kind"))


@register.filter
def flag_of(flag: Sequence[str | None]) -> str:
    """The same of a flag's kind, term and level."""
    kind, term, _ = flag
    return named(term or kind)
