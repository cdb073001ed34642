"""Records of earlier contacts, as imported from LIMS, AMD or the CRM."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from watchword.store.models.contacts import LONGEST_ISSUE_KEY
from watchword.store.models.people import Person


class Note(models.Model):
    """A record of an earlier contact in another system. The same note imported again is the same row."""

    source = models.CharField(max_length=200)
    external_id = models.CharField(max_length=300)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notes")
    channel = models.CharField(max_length=8, null=True)
    at = models.DateTimeField(null=True)
    issue = models.TextField(null=True)
    issue_key = models.CharField(max_length=LONGEST_ISSUE_KEY, default="", blank=True)  # to find notes on one issue by
    text = models.TextField()
    extra = models.JSONField(default=dict)
    imported_at = models.DateTimeField(default=timezone.now)
    struck_at = models.DateTimeField(null=True)  # since then it counts no more; it stays to be seen
    struck_by = models.CharField(max_length=200, default="", blank=True)
    struck_why = models.TextField(default="", blank=True)
    taught = models.JSONField(null=True)  # what it gives of its person, and what was new; None: an earlier version's

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "external_id"), name="note_once"),)
        indexes = (
            models.Index(fields=("person", "-at"), name="note_person"),
            models.Index(fields=("issue_key", "-at"), name="note_issue"),
            models.Index(fields=("source", "-at"), name="note_source"),
        )

    def __str__(self) -> str:
        return f"note {self.external_id} of {self.source}"
