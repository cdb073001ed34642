"""The do-not-contact register."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from watchword.store.models.contacts import Contact
from watchword.store.models.imports import Import
from watchword.store.models.people import Person


class RegisterEntry(models.Model):
    """A person's wish not to be called, messaged or sent printed mail, and where it comes from.

    It holds for everything the person is known by, now or later. An entry is withdrawn, never deleted.
    """

    key = models.CharField(max_length=240, unique=True, null=True)  # None: a person made it, or an import did
    register = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="register_entries")
    calls = models.BooleanField(default=False)
    messages = models.BooleanField(default=False)
    mail = models.BooleanField(default=False)
    origin = models.TextField()  # "contact", or the import or the person that it came by
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="register_entries")
    evidence = models.JSONField(default=list)  # the exact words, with their places
    since = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, default="", blank=True)
    withdrawn_why = models.TextField(default="", blank=True)
    # Of one that an import brought though another had been withdrawn: that one, and the import.
    back_after = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="came_back")
    brought_by = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="came_back")

    class Meta:
        verbose_name_plural = "register entries"
        indexes = (
            models.Index(
                fields=("person",), condition=models.Q(withdrawn_at__isnull=True), name="register_entry_in_force"
            ),
            models.Index(fields=("-since", "-id"), name="register_entry_newest"),
        )

    def __str__(self) -> str:
        return f"register entry {self.pk}"
