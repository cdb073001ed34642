"""What is remembered for a short time and by all processes, such as how often somebody tried to sign in."""

from __future__ import annotations

from django.db import models

LONGEST_REMEMBERED_KEY = 300


class Remembered(models.Model):
    """A value until a moment. Nothing that cannot be lost."""

    key = models.CharField(max_length=LONGEST_REMEMBERED_KEY, primary_key=True)
    value = models.JSONField(null=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "remembered"

    def __str__(self) -> str:
        return self.key
