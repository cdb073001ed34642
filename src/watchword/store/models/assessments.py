"""What was decided about contacts, under which policy and by which model."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from watchword.store.models.contacts import Contact

LONGEST_FLAG_NAME = 200  # characters


class Assessment(models.Model):
    """One assessment of a contact. A call that goes on is assessed again; the highest number is the newest."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8)
    policy_name = models.TextField()
    policy_version = models.TextField()
    policy_hash = models.CharField(max_length=64)
    model = models.TextField(null=True)
    needs_person = models.BooleanField(default=False)
    record = models.JSONField()  # the whole of it, in the form of the contract
    hash = models.CharField(max_length=64)  # SHA-256 over the record: the same assessment is not recorded twice

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("contact", "number"), name="assessment_once"),)
        indexes = (models.Index(fields=("policy_hash", "made_at"), name="assessment_policy"),)

    def __str__(self) -> str:
        return f"assessment {self.number} of contact {self.contact_id}"


class Flag(models.Model):
    """A flag of the newest assessment of a contact, so that contacts can be found and counted by what they raised."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=LONGEST_FLAG_NAME)
    term = models.CharField(max_length=LONGEST_FLAG_NAME, default="", blank=True)
    level = models.CharField(max_length=8)
    trial = models.BooleanField(default=False)
    at = models.DateTimeField()  # the contact's

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contact", "kind", "term", "trial"), name="flag_once"),)
        indexes = (models.Index(fields=("kind", "term", "-at"), name="flag_kind"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.term}".strip()
