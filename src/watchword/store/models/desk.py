"""The built-in desk: tickets, queues and chatter; and the transfers that agents dial themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from watchword.store.models.contacts import Contact

LONGEST_STEP_KEY = 240


class Queue(models.Model):
    """Where tickets wait for a team."""

    name = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.name


class Ticket(models.Model):
    """A record of the desk: one that a step filed, or a mail's own."""

    class State(models.TextChoices):
        """Whether somebody still has to do something."""

        OPEN = "open"
        CLOSED = "closed"

    key = models.CharField(max_length=LONGEST_STEP_KEY + LONGEST_STEP_KEY + 100, unique=True)
    type = models.TextField()
    system = models.TextField(default="", blank=True)  # what the policy calls the desk
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, related_name="tickets")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="tickets")
    subject = models.TextField(default="", blank=True)
    body = models.TextField(default="", blank=True)
    scope = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(fields=("queue", "state", "-created_at"), name="ticket_queue"),
            models.Index(fields=("queue", "state", "type", "-created_at", "-id"), name="ticket_queue_type"),
            models.Index(fields=("-created_at", "-id"), name="ticket_newest"),
            models.Index(fields=("state", "-created_at", "-id"), name="ticket_state"),
        )

    def __str__(self) -> str:
        return f"D-{self.pk}"


class QueueMove(models.Model):
    """A ticket that a step moved to a queue."""

    key = models.CharField(max_length=LONGEST_STEP_KEY, unique=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="moves")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.ticket} to {self.queue}"


class Chatter(models.Model):
    """A post on a ticket, by a step or by a person."""

    key = models.CharField(max_length=LONGEST_STEP_KEY, unique=True, null=True)  # a step's key, or a form's; or none
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="chatter")
    text = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")
        verbose_name_plural = "chatter"

    def __str__(self) -> str:
        return f"chatter {self.pk}"


class Transfer(models.Model):
    """A warm transfer that an agent makes by hand: offered with the line's number, and then what became of it."""

    class Phase(models.TextChoices):
        """How far it is. Accepted, not reached and called off are its ends."""

        OFFERED = "offered"
        DIALLED = "dialled"
        ON_HOLD = "on hold"
        REFRESHED = "refreshed"  # back with the caller, who had held for as long as the policy lets them
        BRIEFED = "briefed"
        ACCEPTED = "accepted"
        NOT_REACHED = "not reached"
        CALLED_OFF = "called off"  # the caller is gone, or does not want it

    key = models.CharField(max_length=LONGEST_STEP_KEY, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="transfers")
    line = models.TextField()
    phone = models.TextField(null=True)
    phase = models.CharField(max_length=16, choices=Phase, default=Phase.OFFERED)
    offered_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)  # when the present phase began
    held_at = models.DateTimeField(null=True)  # when the caller was put on hold; None while somebody talks to them
    holds = models.PositiveSmallIntegerField(default=0)  # how often the caller was put on hold
    identity_verified = models.BooleanField(null=True)  # None: nobody has said yet
    tried = models.TextField(default="", blank=True)  # what was tried already, in the agent's words
    by = models.CharField(max_length=200, default="", blank=True)  # the agent
    accepted_by = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return f"transfer {self.pk}"
