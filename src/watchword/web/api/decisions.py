"""What people say of steps and flags, told by the system in which they say it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from watchword.store.models import Step
from watchword.web import decisions, step_decisions
from watchword.web.access import KeyScope
from watchword.web.api import shown
from watchword.web.api.addresses import BY_ID, BY_KEY, Named
from watchword.web.api.answers import StepOut, StepsMoved
from watchword.web.api.keys import Keyed, actor
from watchword.web.api.shapes import ConfirmIn, DismissIn, FlagConfirmIn, FlagDismissIn
from watchword.web.listeners import CALLS, tell

router = Router(tags=["decisions"])
KEY = Keyed(KeyScope.DECIDE)


@router.post(f"/steps/{BY_KEY}/confirm", response=StepOut, auth=KEY)
def confirm(request: HttpRequest, key: Named, given: ConfirmIn) -> dict[str, Any]:
    """Let a step go. Said again it changes nothing."""
    step_decisions.confirm(key, by=actor(request, given.by), text=given.text, reason=given.reason)
    return _step(key)


@router.post(f"/steps/{BY_KEY}/dismiss", response=StepOut, auth=KEY)
def dismiss(request: HttpRequest, key: Named, given: DismissIn) -> dict[str, Any]:
    """Call a step off before it is sent; nothing is deleted."""
    step_decisions.dismiss(key, by=actor(request, given.by), reason=given.reason, seen=given.seen)
    return _step(key)


def _step(key: str) -> dict[str, Any]:
    row = Step.objects.select_related("escalation__contact").get(key=key)
    tell(CALLS, row.escalation.contact.key)
    return shown.step(row) | {"text": None}  # to decide on a step is not to read what it says


@router.post(f"/contacts/{BY_ID}/flags/confirm", response=StepsMoved, auth=KEY)
def confirm_flag(request: HttpRequest, id: Named, given: FlagConfirmIn) -> dict[str, int]:
    """Say that a flag is right: its steps go, but for a transfer that leads where another flag wants it."""
    by = actor(request, given.by)
    moved = decisions.confirm_flag(id, given.kind, given.term, by=by, reason=given.reason, text=given.text)
    return {"steps": moved}


@router.post(f"/contacts/{BY_ID}/flags/dismiss", response=StepsMoved, auth=KEY)
def dismiss_flag(request: HttpRequest, id: Named, given: FlagDismissIn) -> dict[str, int]:
    """Say that a flag is wrong: the steps that it alone demands are called off."""
    by = actor(request, given.by)
    moved = decisions.dismiss_flag(id, given.kind, given.term, by=by, reason=given.reason, seen=given.seen)
    return {"steps": moved}
