"""Telephone platforms that speak to us by themselves, in their own way of showing who they are.

Twilio can send no key. It signs each request with the account's auth token, over the address that it was given and all
that it sends; the signature has no time in it, so an old request could be sent again: that changes nothing, for every
piece of a transcript is known by its number.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from django.http import HttpRequest, QueryDict
from ninja import Router
from ninja.security import APIKeyHeader

from watchword.errors import AccessRefused, InputError, NotRecorded
from watchword.reading.contacts import contact_from_json
from watchword.terms import Channel
from watchword.web import live
from watchword.web.api.answers import Went
from watchword.web.api.contacts import PLACE
from watchword.web.in_force import in_force

router = Router(tags=["platforms"])
TWILIO = "platform twilio"  # as it stands in the log
FORM = "application/x-www-form-urlencoded"
LONGEST_SID = 64
SENT = {"content": {FORM: {"schema": {"type": "object", "properties": {"CallSid": {"type": "string"}}}}}}


class TwilioSigned(APIKeyHeader):
    """Asks for Twilio's signature."""

    param_name = "X-Twilio-Signature"

    def authenticate(self, request: HttpRequest, key: str | None) -> str:
        """Who has signed the request. Raises AccessRefused."""
        settings = in_force().settings
        if settings.twilio_token is None or settings.twilio_url is None:
            raise AccessRefused(
                "Twilio is not connected.", do="Set WATCHWORD_TWILIO_TOKEN and WATCHWORD_TWILIO_URL, and start anew."
            )
        expected = twilio_signature(settings.twilio_url, request.POST, settings.twilio_token)
        given = (key or "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(expected.encode("ascii"), given):
            raise AccessRefused(
                "The signature is not Twilio's.",
                do="Check WATCHWORD_TWILIO_TOKEN, and that WATCHWORD_TWILIO_URL is the address as Twilio was given it.",
            )
        return TWILIO


def twilio_signature(url: str, given: QueryDict, token: str) -> str:
    """What Twilio signs: the address, and then each name with its value, in the order of the names."""
    signed = url + "".join(name + value for name in sorted(given) for value in sorted(set(given.getlist(name))))
    made = hmac.new(token.encode("utf-8"), signed.encode("utf-8", "surrogateescape"), hashlib.sha1)  # Twilio's choice
    return base64.b64encode(made.digest()).decode("ascii")


@router.post("/twilio/transcription", response=Went, auth=TwilioSigned(), openapi_extra={"requestBody": SENT})
def twilio(request: HttpRequest) -> dict[str, Any]:
    """Take an event of Twilio's real-time transcription as Twilio sends it. The call's id is its CallSid."""
    given = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    id = given.get("CallSid", "")
    if not id or len(id) > LONGEST_SID:
        raise InputError("No CallSid is given.", do="Send the events of a call's transcription.")
    try:
        went = live.hear(id, given, actor=TWILIO)
    except NotRecorded:  # whichever event comes first opens the call
        call = contact_from_json({"id": id, "channel": Channel.PHONE.value, "turns": []}, place=PLACE)
        live.begin(call, source="twilio", actor=TWILIO)
        went = live.hear(id, given, actor=TWILIO)
    return {"id": id, "added": went.added, "next": went.next, "is_open": went.is_open}
