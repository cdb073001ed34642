"""Carrying assessments out: escalations, their steps, the receipts, and what agents said of them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from watchword.escalation.states import TO_CARRY, EscalationState, StepState
from watchword.escalation.steps import StepKind
from watchword.store.models.assessments import Assessment
from watchword.store.models.contacts import Contact

CARRIED = tuple(sorted(state.value for state in TO_CARRY))


def new_key() -> str:
    """A key that no other database will ever give to another system."""
    return uuid.uuid4().hex


def choices(of: type[StepState | EscalationState | StepKind]) -> list[tuple[str, str]]:
    """The values of an enumeration as choices of a field."""
    return [(one.value, one.value) for one in of]


class Escalation(models.Model):
    """Carrying one contact's assessment out.

    ``state`` repeats its steps' states, ``outcome`` and ``contact_at`` the contact's, for lists must be quick.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key)
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="escalation")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="escalations")  # the newest
    channel = models.CharField(max_length=8)  # the contact's
    outcome = models.CharField(max_length=8, default="", blank=True)
    contact_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=16, choices=choices(EscalationState))
    opened_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=("state", "-opened_at", "-id"), name="escalation_state"),
            models.Index(fields=("channel", "state", "-opened_at", "-id"), name="escalation_channel"),
            models.Index(fields=("channel", "state", "-contact_at", "-contact", "outcome"), name="escalation_inbox"),
            models.Index(fields=("-opened_at", "-id"), name="escalation_newest"),
        )

    def __str__(self) -> str:
        return f"escalation {self.key}"


class Step(models.Model):
    """One part of an escalation. ``key`` is what the receiving side is asked for before anything is sent again."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=240, unique=True)
    kind = models.CharField(max_length=16, choices=choices(StepKind))
    position = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=8)
    confirm = models.CharField(max_length=16)
    state = models.CharField(max_length=16, choices=choices(StepState))
    to = models.TextField(null=True)
    phone = models.TextField(null=True)
    type = models.TextField(null=True)
    system = models.TextField(null=True)
    register = models.TextField(null=True)
    scope = models.JSONField(default=list)
    text = models.TextField(null=True)
    demanded_by = models.JSONField(default=list)  # kind, term and level of each flag that demands it
    why = models.TextField(default="", blank=True)  # why it needs a person, or failed last
    planned_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField(
        null=True
    )  # sent, and who accepts it is heard later: after this a person must look

    # Between the workers. A round is one entry in the queue; a step taken for sending is held until held_until.
    tries = models.PositiveIntegerField(default=0)
    round = models.PositiveIntegerField(default=0)
    try_at = models.DateTimeField(null=True)  # None, and only then: no worker has anything to do
    queued_at = models.DateTimeField(null=True)  # this round
    held_until = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("escalation", "name"), name="step_once"),
            models.CheckConstraint(
                condition=models.Q(try_at__isnull=True) | models.Q(state__in=CARRIED), name="step_tried_while_carried"
            ),
        )
        indexes = (
            models.Index(fields=("try_at",), condition=models.Q(try_at__isnull=False), name="step_due"),
            models.Index(fields=("answer_by",), condition=models.Q(answer_by__isnull=False), name="step_answer"),
            models.Index(fields=("state", "-changed_at"), name="step_state"),
        )

    def __str__(self) -> str:
        return f"step {self.key}"


class Receipt(models.Model):
    """The other system's reference for a step."""

    step = models.OneToOneField(Step, on_delete=models.PROTECT, related_name="receipt")
    system = models.TextField()
    reference = models.TextField()
    url = models.TextField(null=True)
    settled = models.BooleanField()
    by = models.TextField(null=True)  # who accepted it
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.system} {self.reference}"


class Decision(models.Model):
    """What a person said of an escalation or one of its steps. Kept for good; a dismissal deletes nothing."""

    class Word(models.TextChoices):
        """What can be said."""

        CONFIRM = "confirm"
        DISMISS = "dismiss"
        RETRY = "retry"
        SETTLE = "settle"
        REOPEN = "reopen"  # a dismissal taken back
        INSTEAD = "instead"  # it could not be done, and another step takes its place
        WITHDRAW = "withdraw"  # a transfer that was under way: the caller is gone, or does not want it

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="decisions")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, related_name="decisions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")  # the newest at the time
    flag = models.JSONField(null=True)  # kind, term and level, when it was said of a flag
    to = models.TextField(default="", blank=True)  # where the step led then: its line, queue, type or register
    # Kind, term and level of each flag that demanded the step then, and of each doubt that was called off with it.
    demanded_by = models.JSONField(default=list)
    word = models.CharField(max_length=8, choices=Word)
    reason = models.TextField(default="", blank=True)
    by = models.CharField(max_length=200)  # a user's name, or an integration's
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=("by", "-at"), name="decision_by"),)

    def __str__(self) -> str:
        return f"{self.word} by {self.by}"


class Worker(models.Model):
    """A process that carries steps out, and when it was last heard of."""

    name = models.CharField(max_length=200, primary_key=True)
    heard_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"worker {self.name}"
