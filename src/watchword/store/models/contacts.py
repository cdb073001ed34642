"""Calls and mails, and what was said in them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from watchword.store.models.people import Person

LONGEST_KEY = 500  # characters; PostgreSQL's indexes hold no long texts
LONGEST_ISSUE_KEY = 200


class Contact(models.Model):
    """One call or one email. ``outcome`` and ``needs_person`` repeat the newest assessment, for lists must be quick."""

    key = models.CharField(max_length=LONGEST_KEY, unique=True)  # the contact's id as it was given
    channel = models.CharField(max_length=8)
    source = models.CharField(max_length=64, default="", blank=True)  # the door it came in by
    received_at = models.DateTimeField(null=True)  # as given; None when the contact does not say
    at = models.DateTimeField(default=timezone.now)  # when it was received, or else recorded: what lists are ordered by
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=False)  # a call that is still going on
    version = models.PositiveIntegerField(
        default=0
    )  # counts the changes of what it is assessed from, and of what follows
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    given_person = models.JSONField(default=dict)  # as the contact named the person
    issue = models.TextField(null=True)
    issue_key = models.CharField(max_length=LONGEST_ISSUE_KEY, default="", blank=True)  # its beginning, to search by
    subject = models.TextField(null=True)
    body = models.TextField(null=True)
    history = models.JSONField(null=True)  # the notes that came with it, so that it can be assessed again the same way
    unread = models.JSONField(default=list)
    extra = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8, default="", blank=True)
    needs_person = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True)  # when a person took the look that it needed
    taught = models.JSONField(null=True)  # what of given_person was new of its person; None: an earlier version's
    not_theirs = models.JSONField(null=True)  # the patient ids that were taken back, as compared

    class Meta:
        indexes = (
            models.Index(fields=("-at", "-id"), name="contact_newest"),
            models.Index(fields=("channel", "-at", "-id"), name="contact_channel"),
            models.Index(fields=("channel", "outcome", "-at", "-id"), name="contact_outcome"),
            models.Index(fields=("person", "-at"), name="contact_person"),
            models.Index(fields=("issue_key", "-at"), name="contact_issue"),
            models.Index(
                fields=("channel", "-at", "-id"),
                condition=models.Q(needs_person=True, looked_at__isnull=True),
                name="contact_needs_person",
            ),
            models.Index(
                fields=("channel", "-at", "-id"),
                condition=models.Q(needs_person=True, looked_at__isnull=False),
                name="contact_looked_at",
            ),
            models.Index(fields=("-at", "-id"), condition=models.Q(is_open=True), name="contact_open"),
        )

    def __str__(self) -> str:
        return f"contact {self.key}"


class Turn(models.Model):
    """One person's words in a call. Numbers count from 0, as places of evidence do."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveIntegerField()
    speaker = models.CharField(max_length=8)
    text = models.TextField()
    extra = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("contact", "number"), name="turn_once"),)

    def __str__(self) -> str:
        return f"turn {self.number} of contact {self.contact_id}"
