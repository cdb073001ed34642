"""The customers, and what they are known by."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

LONGEST_NAME_KEY = 100  # characters; PostgreSQL's indexes hold no long texts
LONGEST_IDENTITY = 400


class Person(models.Model):
    """A customer. One person may have many identities, and a family may share a telephone."""

    name = models.TextField(blank=True, default="")
    name_key = models.CharField(max_length=LONGEST_NAME_KEY, blank=True, default="", db_index=True)  # to search by
    extra = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    named_now = False  # whether they had no name until now; not kept

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return f"person {self.pk}"


class IdentityKind(models.TextChoices):
    """What a person can be known by."""

    PATIENT_ID = "patient_id"
    PHONE = "phone"
    EMAIL = "email"


class Identity(models.Model):
    """One thing a person is known by, written the one way in which it can be compared."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identities")
    kind = models.CharField(max_length=16, choices=IdentityKind)
    value = models.CharField(max_length=LONGEST_IDENTITY)  # compared
    shown = models.CharField(max_length=LONGEST_IDENTITY)  # as it was given

    class Meta:
        verbose_name_plural = "identities"
        constraints = (
            models.UniqueConstraint(fields=("person", "kind", "value"), name="identity_once_per_person"),
            models.UniqueConstraint(
                fields=("value",), condition=models.Q(kind="patient_id"), name="identity_patient_id_is_one_persons"
            ),
        )
        indexes = (models.Index(fields=("kind", "value"), name="identity_value"),)

    def __str__(self) -> str:
        return f"{self.kind} of person {self.person_id}"
