"""The log of who saw and did what: rows are added, never changed and never deleted."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from watchword.errors import StoreError


class _EventRows(models.QuerySet["Event"]):
    """Events as they are found; the ways to change or delete many at once are closed."""

    def update(self, **_values: Any) -> NoReturn:
        """Refused."""
        raise _unchangeable()

    def delete(self) -> NoReturn:
        """Refused."""
        raise _unchangeable()


class Event(models.Model):
    """One thing that somebody saw or did. ``hash`` is SHA-256 over the previous event's hash and this one's content.

    The database refuses changes as well, by triggers that a migration makes.
    """

    number = models.PositiveBigIntegerField(primary_key=True)  # without gaps
    at = models.CharField(max_length=32)  # as text, for the hash covers its every digit
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=600)  # such as "contact c-1"
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = _EventRows.as_manager()

    class Meta:
        ordering = ("number",)
        indexes = (
            models.Index(fields=("subject", "number"), name="event_subject"),
            models.Index(fields=("actor", "number"), name="event_actor"),
            models.Index(fields=("action", "number"), name="event_action"),
        )

    def __str__(self) -> str:
        return f"event {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Added once; never changed."""
        if not self._state.adding:
            raise _unchangeable()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise _unchangeable()


class ChainHead(models.Model):
    """The end of the chain of events: one row, locked by whoever adds the next event."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"head at event {self.number}"


def _unchangeable() -> StoreError:
    return StoreError("Events are never changed or deleted.", do="Write another event that says what is right.")
