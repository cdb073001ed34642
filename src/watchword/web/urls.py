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
    """Whether the service answers, and the database with it. Tells nothing else, for anybody may ask."""
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"service": "up", "database": "down"}, status=503)
    return JsonResponse({"service": "up", "database": "up"})


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("api/v1/", api.urls),
    path("account/", include(ACCOUNTS)),
    path("", include("watchword.web.console.urls")),
]
