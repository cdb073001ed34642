"""What a monitor asks: whether the service answers, whether anything can be recorded, and what stands still."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from watchword.store.standstill import standstill
from watchword.store.writable import unwritable

HEALTH = "/health"
BY_HTTPS = "Browsers come by https, and the cookies of their sign-ins are not kept to it. Set WATCHWORD_TLS=on."
Answer = Callable[[HttpRequest], HttpResponseBase]
log = logging.getLogger(__name__)


def health_by_any_name(get_response: Answer) -> Answer:
    """Answer before it is looked at under which name the service was asked: monitors and balancers ask by address."""
    cookies = _Cookies()

    def answer(request: HttpRequest) -> HttpResponseBase:
        cookies.look(request)
        return health(cookies.not_kept) if request.path_info == HEALTH else get_response(request)

    return answer


class _Cookies:
    """Whether anybody came by https to a service that does not know of it: how it is reached only requests tell."""

    def __init__(self) -> None:
        self.not_kept = False
        self._lock = Lock()

    def look(self, request: HttpRequest) -> None:
        """Tell of the first request that came so; a proxy that is not believed is not heard here."""
        if self.not_kept or settings.SESSION_COOKIE_SECURE or not request.is_secure():
            return
        with self._lock:
            first, self.not_kept = not self.not_kept, True
        if first:
            log.warning(BY_HTTPS)


def health(cookies_not_kept: bool) -> JsonResponse:
    """Whether the service is up and its database takes what is handed in. No more than that, for anybody may ask."""
    cookies = {"cookies": "not kept to https"} if cookies_not_kept else {}
    try:
        found, why = standstill(), unwritable()
    except DatabaseError:
        return JsonResponse({"service": "up", "database": "down", **cookies}, status=503)
    worker = {"worker": "not heard"} if found.no_worker else {}
    steps = {"steps": "not carried"} if found.lies_since else {}
    mail = {"mail": "not read"} if found.unread else {}
    database = {"database": "not writable", "why": why.why} if why else {"database": "up"}
    return JsonResponse({"service": "up", **database, **worker, **steps, **mail, **cookies}, status=503 if why else 200)
