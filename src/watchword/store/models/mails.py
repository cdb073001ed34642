"""Mails as they came, and how far the places that they come from have been read."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from watchword.store.models.contacts import Contact

LONGEST_SOURCE = 500  # characters; PostgreSQL's indexes hold no long texts


class OriginalMail(models.Model):
    """The bytes of a mail as it came; of one that is too large to be kept, its beginning."""

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="original")
    raw = models.BinaryField()
    hash = models.CharField(max_length=64)  # SHA-256 over what the mail says: who sent it, its words, its attachments
    whence = models.TextField()  # where it came from, for people
    kept_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"original of contact {self.contact_id}"


class MailSource(models.Model):
    """A mailbox or a folder that mails come from. ``uid`` and everything below it is recorded."""

    name = models.CharField(max_length=LONGEST_SOURCE, unique=True)
    uid_validity = models.PositiveBigIntegerField(default=0)
    uid = models.PositiveBigIntegerField(default=0)
    looked_at = models.DateTimeField(default=timezone.now)  # when it was last read without trouble
    trouble = models.TextField(default="", blank=True)  # why it cannot be read now; empty when it can

    def __str__(self) -> str:
        return f"mails from {self.name}"
