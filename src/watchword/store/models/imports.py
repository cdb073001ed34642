"""Tables that people have taken in, a piece at a time; and the notes systems that notes come from."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Import(models.Model):
    """One table that somebody hands in."""

    class Kind(models.TextChoices):
        """What its rows are."""

        NOTES = "notes"
        REGISTER = "register"

    class State(models.TextChoices):
        """Where it stands: looked at before it begins, being taken in, or at its end."""

        SHOWN = "shown"
        RUNNING = "running"
        DONE = "done"
        DROPPED = "dropped"

    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.SHOWN)
    file = models.CharField(max_length=200)
    source = models.CharField(
        max_length=200, default="", blank=True
    )  # the notes system, or where wishes were expressed
    by = models.CharField(max_length=200)  # who handed it in; from its begin on, who let it begin
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)  # that could be read or not; blank ones are none
    taken = models.PositiveIntegerField(default=0)  # of these: what has been dealt with
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("-made_at", "-id"), name="import_newest"),)

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportContent(models.Model):
    """The table itself, kept until its last row has been taken in, and no longer. Apart, for counts change often."""

    of = models.OneToOneField(Import, on_delete=models.CASCADE, related_name="content")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"content of import {self.of_id}"


class ImportRefusal(models.Model):
    """A row that was not taken in, and why; or that was, and something of it is in doubt."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refusals")
    line = models.PositiveIntegerField()  # in the file, counted from 1
    what = models.TextField()
    do = models.TextField()

    class Meta:
        ordering = ("line", "id")
        constraints = (models.UniqueConstraint(fields=("of", "line"), name="import_refusal_once"),)

    def __str__(self) -> str:
        return f"line {self.line} of import {self.of_id}"


class NotesSource(models.Model):
    """A notes system that notes have come from, or that is declared as connected: then its silence is told."""

    name = models.CharField(max_length=200, unique=True)  # in capitals, as notes name it
    connected = models.BooleanField(default=False)
    every_hours = models.PositiveIntegerField(null=True)  # how often notes come, at the least; None: no clock runs
    heard_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # told by whoever reads it, and not yet read again

    def __str__(self) -> str:
        return f"notes system {self.name}"
