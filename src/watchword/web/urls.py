"""Every address of the service."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path

from watchword.web import refusals
from watchword.web.accounts import ACCOUNTS
from watchword.web.api.doors import api

handler400 = refusals.not_understood
handler404 = refusals.not_found
handler500 = refusals.broken


def health(_request: HttpRequest) -> JsonResponse:
    """Whether the service answers, and the database with it, and what stands still. No more, for anybody may ask."""
    from django.db import DatabaseError

    from watchword.store.standstill import standstill

    try:
        found = standstill()
    except DatabaseError:
        return JsonResponse({"service": "up", "database": "down"}, status=503)
    worker = {"worker": "not heard"} if found.no_worker else {}
    mail = {"mail": "not read"} if found.unread else {}
    return JsonResponse({"service": "up", "database": "up", **worker, **mail})


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("api/v1/", api.urls),
    path("account/", include(ACCOUNTS)),
    path("", include("watchword.web.console.urls")),
]
