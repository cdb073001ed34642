"""Mails as they came: recorded on the same path as those that come in by themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from watchword.errors import ContactInvalid
from watchword.reading.originals import Original, read_original
from watchword.receiving import take_mail
from watchword.web import refusals
from watchword.web.access import KeyScope
from watchword.web.api.answers import RecordedOut
from watchword.web.api.contacts import answer
from watchword.web.api.keys import Keyed, actor
from watchword.web.in_force import in_force

router = Router(tags=["contacts"])
KIND = "message/rfc822"
BODY = {"requestBody": {"required": True, "content": {KIND: {"schema": {"type": "string", "format": "binary"}}}}}


@router.post("/mails", response={200: RecordedOut, 201: RecordedOut}, auth=Keyed(KeyScope.CONTACTS), openapi_extra=BODY)
def record(request: HttpRequest) -> Status[dict[str, Any]] | HttpResponse:
    """Record a mail with its assessment and the steps that follow. The same mail again changes nothing."""
    if request.content_type != KIND:
        return refusals.refused(request, 415, "This is sent as something else than a mail.", f"Send it as {KIND}.")
    opened, by = in_force(), actor(request)
    largest = opened.settings.intake.largest
    if len(request.body) > largest:
        return refusals.refused(request, 413, f"The mail is larger than {largest} bytes.", "Have a person read it.")
    original = Original(request.body, f"the API, by {by}")
    try:
        contact = read_original(original, opened.settings)
    except ContactInvalid as error:
        raise ContactInvalid(error.what, do="Send the whole mail as it came, its headers first.") from None
    recorded = take_mail(original, contact, opened.policy, opened.decide, opened.settings, source="api", actor=by)
    return answer(recorded, by=by)
