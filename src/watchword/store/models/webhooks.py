"""Whom we tell what happened: other systems' addresses, and what is on its way to them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Webhook(models.Model):
    """An address that is told of some topics. Its secret is not kept: it is made anew from ``salt`` when it is needed.

    Once the service's own secret was changed, ``salt`` holds it encrypted under the new one.

    ``told`` is the number of the newest event that deliveries were made of. One that is stopped gets nothing until a
    person has it tried again; what it should be told waits.
    """

    name = models.CharField(max_length=100)
    url = models.TextField()
    topics = models.JSONField(default=list)
    salt = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the secret: shows when it would come out different
    told = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    why = models.TextField(default="", blank=True)  # why it was stopped

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("name",), condition=models.Q(removed_at__isnull=True), name="webhook_one_in_force"
            ),
        )

    def __str__(self) -> str:
        return f"webhook {self.name}"


def new_key() -> str:
    """An id that no other delivery has, here or in another house."""
    return f"msg_{uuid.uuid4().hex}"


class Delivery(models.Model):
    """One event on its way to one webhook. Every try sends the same id and the same body."""

    class State(models.TextChoices):
        """Where a delivery stands."""

        PLANNED = "planned"
        DELIVERED = "delivered"
        NEEDS_PERSON = "needs a person"

    key = models.CharField(max_length=40, unique=True, default=new_key)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    topic = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State, default=State.PLANNED)
    why = models.TextField(default="", blank=True)  # why it failed last
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(
        default=timezone.now
    )  # its first try, or its start anew: from then on it is persisted in
    try_at = models.DateTimeField(default=timezone.now)
    held_until = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=200, default="", blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("webhook", "try_at"), condition=models.Q(state="planned"), name="delivery_due"),
            models.Index(fields=("webhook", "state"), name="delivery_state"),
            models.Index(
                fields=("delivered_at",), condition=models.Q(delivered_at__isnull=False), name="delivery_ended"
            ),
        )

    def __str__(self) -> str:
        return f"delivery {self.key}"
