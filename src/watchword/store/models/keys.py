"""The keys of integrations: what other systems show to be let in."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class AccessKey(models.Model):
    """One integration's key. Only its hash is kept: whoever reads the database cannot use it.

    SHA-256 without salt or repetition is enough, for the key is 256 random bits and nobody can guess it.
    """

    name = models.CharField(max_length=100)  # the integration's, as it stands in the log
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("name",), condition=models.Q(revoked_at__isnull=True), name="access_key_one_in_force"
            ),
        )

    def __str__(self) -> str:
        return f"key of {self.name}"
