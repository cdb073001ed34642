"""Sessions that have ended: nobody comes in by one any more, and what it tells of a person is kept no longer."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from watchword.store.moving import fresh_connection


def forget_ended() -> int:
    """Clear them away; how many there were."""
    fresh_connection()
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
