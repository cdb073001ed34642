"""An escalation's steps as its call goes on: what follows anew, what is brought up to date, what has gone already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from django.db import connection
from django.utils import timezone

from watchword.escalation.standing import Replan
from watchword.escalation.states import TO_CARRY, Move, StepState, overall
from watchword.escalation.steps import PlannedStep, StepKind, further, step_key
from watchword.policy.slug import slug
from watchword.store import rows
from watchword.store.called_off import CALLED_OFF, CAN_COME_BACK, called_off, demanded_by, flags_of, raised, said_of
from watchword.store.chain import append_event
from watchword.store.messages import send
from watchword.store.models import Assessment, Contact, Escalation, Step
from watchword.store.moving import moved, refresh, to_try
from watchword.store.one_transfer import gives_way
from watchword.store.storable import plain, storable_or_none
from watchword.terms import Scope

NO_FLAG = "No flag asks for it any more."
OPENED_NOW = (
    "UPDATE store_escalation SET opened_at = statement_timestamp(), changed_at = statement_timestamp() WHERE id = %s"
)
STEPS = (
    "SELECT step.* FROM store_step step JOIN store_escalation escalation ON escalation.id = step.escalation_id"
    " WHERE escalation.contact_id = %s ORDER BY step.position"
)
AS_PLANNED = ("state", "level", "confirm", "to", "phone", "type", "system", "register", "scope", "text")
PLANNED_ANEW = ("kind", *AS_PLANNED, "demanded_by", "changed_at")


def escalated(
    known: Escalation | None,
    row: Contact,
    assessment: Assessment,
    steps: Sequence[PlannedStep],
    news: bool,
    actor: str,
    replan: Replan | None = None,
) -> tuple[Escalation, bool]:
    """The escalation with every planned step, and whether any is new or another than it was.

    Steps that are there already are brought up to date while they wait, and lapse with their flags. ``known``
    is the contact's escalation as its caller has locked it, None when it has none yet. ``replan`` plans the steps by
    what was said of the flags.
    """
    if known is not None and not news:
        return known, False
    if known is not None and replan is not None and any(said := said_of(known)):
        steps = replan(*said)
    waiting = overall([step.state for step in steps])
    escalation = known or Escalation(contact=row, channel=row.channel, state=waiting)
    kept = _steps_of(known) if known else []
    escalation.outcome, escalation.contact_at = row.outcome, row.at
    if steps or not any(step.state in TO_CARRY for step in kept):  # what is on its way says what it was let go for
        escalation.assessment = assessment
    if known is None:
        rows.add(escalation)
    else:
        rows.change(escalation, "assessment", "outcome", "contact_at")
    before = [_as_planned(step) for step in kept]
    _planned(escalation, steps, kept, actor)
    _lapse(kept, assessment, actor)
    changed = [_as_planned(step) for step in kept] != before
    if known and changed:
        refresh(escalation)
    elif known:
        escalation.changed_at = timezone.now()
        rows.change(escalation, "changed_at")
    return escalation, changed


def _lapse(kept: Sequence[Step], assessment: Assessment, actor: str) -> None:
    """Have what waits for word lapse with the last of its flags, lest it is confirmed by mistake.

    While something of the contact could not be judged, it waits on: the flag may be there after all.
    """
    if assessment.needs_person:
        return
    there = {(kind, term) for kind, term, _ in raised(assessment)}
    for step in kept:
        asked = {(kind, term) for kind, term, _ in demanded_by(step)}
        if step.state == StepState.WAITS and asked and asked.isdisjoint(there):
            step.why = NO_FLAG
            moved(step, Move.LAPSE, actor)


def set_opened(escalation: Escalation | None) -> None:
    """Set when an escalation was opened, once its turn in the log has come.

    Whoever asks for those since the newest that they know then misses none that was begun earlier and written down
    later. It is by the database's clock where several machines may write to it.
    """
    if escalation is None:
        return
    if connection.vendor == "postgresql":
        rows.write(OPENED_NOW, escalation.pk)
    else:
        escalation.opened_at = escalation.changed_at = timezone.now()
        rows.change(escalation, "opened_at", "changed_at")


def follow(escalation: Escalation, steps: Sequence[PlannedStep], actor: str) -> None:
    """Bring the steps in line with what is planned now that somebody has said something of a flag or a step.

    What has gone stays as it was, and nothing that waits goes by this. The escalation's row is locked by the caller.
    """
    kept = _steps_of(escalation)
    before = [_as_planned(step) for step in kept]
    _planned(escalation, steps, kept, actor, lets_go=False)
    refresh(escalation)
    if [_as_planned(step) for step in kept] != before:  # no step may have moved, and other systems are told by events
        append_event(actor, "escalation changed", f"escalation {escalation.key}")


def _planned(
    escalation: Escalation, steps: Sequence[PlannedStep], kept: list[Step], actor: str, lets_go: bool = True
) -> None:
    """Each planned step is new, brings one of ``kept`` up to date, or is done by what has gone already."""
    for planned in steps:
        left = _not_gone(planned, kept)
        if left is None:
            continue
        same = _to_change(left, kept)
        if same is None:
            kept.append(_new_step(escalation, left, kept))
            if left.state is StepState.PLANNED and any(step.kind == left.kind for step in kept[:-1]):
                send()
                gives_way(kept[-1], actor)
        else:
            if same.pk is None:  # one that was planned just now
                send()
            same.escalation = escalation
            if not _was_told(same, left, kept):
                _again(same, left, actor, lets_go)


def _steps_of(escalation: Escalation) -> list[Step]:
    found = rows.found(Step, STEPS, escalation.contact_id)
    for step in found:
        step.escalation = escalation
    return found


def _as_planned(step: Step) -> list[object]:
    return [getattr(step, name) for name in AS_PLANNED]


def _not_gone(planned: PlannedStep, kept: Sequence[Step]) -> PlannedStep | None:
    """What of a planned step those that have gone already do not do; None when they do all of it.

    Somebody who wished no calls, and was entered for that, may say later that letters are unwelcome too; a call that
    was offered to one line may have to go to another: that is a step of its own. A step that nothing demands took the
    place of a transfer, and does nothing else.
    """
    gone = [step for step in kept if step.demanded_by and _is_of(step, planned) and not _may_change(step)]
    if not gone:
        return planned
    if planned.kind is StepKind.WARM_TRANSFER:
        elsewhere = all((step.to, step.phone) != (planned.to, planned.phone) for step in gone)
        return replace(planned, name=further(planned.name, slug(planned.to))) if elsewhere else None
    done = {Scope(way) for step in gone for way in step.scope or Scope}
    rest = tuple(way for way in planned.scope or Scope if way not in done)  # a wish that names no way means all
    if rest:
        return replace(planned, scope=rest, name=further(planned.name, "-".join(rest)))
    return None


def _is_of(step: Step, planned: PlannedStep) -> bool:
    """Whether a step does the same thing, be it for less or elsewhere; an entry is one with whatever ticket it goes."""
    if planned.kind is StepKind.DO_NOT_CONTACT:
        return (step.kind, step.register) == (planned.kind, planned.register)
    return (step.kind, step.type, step.system) == (planned.kind, planned.type, planned.system)


def _to_change(planned: PlannedStep, kept: Sequence[Step]) -> Step | None:
    """The step that a planned one brings up to date: the one of its name, or one that goes on from it.

    One that is to go comes before one that was called off: of two transfers the first may have given way.
    """
    going_on = (step for step in kept if step.name.startswith(further(planned.name, "")) and _is_of(step, planned))
    named = (step for step in kept if step.name == planned.name)
    found = [step for step in (*named, *going_on) if _may_change(step)]
    return next((step for step in found if _is_to_go(step)), found[0] if found else None)


def _may_change(step: Step) -> bool:
    """Nothing of it has been sent yet, or it was called off."""
    return _is_to_go(step) or step.state == StepState.CANCELLED


def _is_to_go(step: Step) -> bool:
    untried = step.state == StepState.PLANNED and step.tries == 0 and step.held_until is None
    return untried or step.state == StepState.WAITS


def _new_step(escalation: Escalation, planned: PlannedStep, kept: Sequence[Step]) -> Step:
    """A further one where the name is taken: by what has gone, or by what stands for something else. Its key may come
    with the next statement.
    """
    taken = {step.name for step in kept}
    names = (further(planned.name, str(number)) for number in count(2))
    name = planned.name if planned.name not in taken else next(name for name in names if name not in taken)
    step = Step(escalation=escalation, name=name, key=step_key(escalation.key, name), position=len(kept))
    _fill(step, planned)
    step.state = planned.state
    step.try_at = timezone.now() if planned.state in TO_CARRY else None
    rows.add_soon(step)
    return step


def add_step(escalation: Escalation, planned: PlannedStep) -> Step:
    """A step that follows from how another one went.

    One of its name that is yet to go says it as well; one that has gone or was called off never will. The escalation's
    row is locked by the caller, who also brings its state up to date.
    """
    kept, says = _steps_of(escalation), storable_or_none(planned.text)
    to_go = (step for step in kept if step.name == planned.name and _is_of(step, planned) and _is_to_go(step))
    same = next((step for step in to_go if step.text in (None, says)), None)
    if same is None:
        made = _new_step(escalation, planned, kept)
        send()
        return made
    same.text = says
    same.save(update_fields=["text"])
    return same


def _fill(step: Step, planned: PlannedStep) -> None:
    step.kind = planned.kind
    step.level, step.confirm = planned.level.value, planned.confirm
    step.to, step.phone = storable_or_none(planned.to), storable_or_none(planned.phone)
    step.type, step.system = storable_or_none(planned.type), storable_or_none(planned.system)
    step.register = storable_or_none(planned.register)
    step.scope = [scope.value for scope in planned.scope]
    step.demanded_by = plain(planned.demanded_by)
    step.text = storable_or_none(planned.text)


def _again(step: Step, planned: PlannedStep, actor: str, lets_go: bool) -> None:
    """A step planned anew: what was not sent yet is brought up to date."""
    before = step.state, step.demanded_by, _as_planned(step)
    if step.state == StepState.CANCELLED:
        if not _demanded_anew(step, planned):
            return
        step.why, step.tries = "", 0
        moved(step, Move.REOPEN, actor)
    _refill(step, planned)
    if lets_go and step.state == StepState.WAITS and planned.state is StepState.PLANNED:
        to_try(step, timezone.now())
        moved(step, Move.AGREE, actor)  # surer than before, and the policy lets it go by itself
        gives_way(step, actor)
    elif (step.state, step.demanded_by, _as_planned(step)) != before:
        step.changed_at = timezone.now()
        rows.change(step, *PLANNED_ANEW)


def _refill(step: Step, planned: PlannedStep) -> None:
    own_words = step.text if step.state == StepState.PLANNED else None  # as the agent left them
    _fill(step, planned)
    step.text = own_words or step.text


def _was_told(step: Step, planned: PlannedStep, kept: Sequence[Step]) -> bool:
    """Whether whoever has the caller knows already that they are to go to this line.

    So it is when an agent called the transfer there off while somebody else had accepted the call, and did not mean the
    flags: a further word that leads to the same line asks for nothing more.
    """
    if step.kind != StepKind.WARM_TRANSFER or step.state != StepState.CANCELLED or step.to != planned.to:
        return False
    last = step.decisions.order_by("-id").first()
    if last is None or last.word not in CAN_COME_BACK:
        return False
    accepted = any(one.kind == step.kind and one.state == StepState.CONFIRMED for one in kept)
    leads = {kind for kind, _, _ in planned.demanded_by[:1]}  # the others come along, whatever their own line
    return accepted and any(kind in leads for kind, _, _ in flags_of(last) - called_off(step.escalation))


def _demanded_anew(step: Step, planned: PlannedStep) -> bool:
    """Whether a flag demands a step that did not when the step was called off or replaced."""
    told = step.decisions.filter(word__in=CALLED_OFF).order_by("-id").first()
    return told is None or bool(set(planned.demanded_by) - flags_of(told))
