"""Every address of the service but that of health, which is answered before."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from watchword.web import refusals
from watchword.web.accounts import ACCOUNTS
from watchword.web.api.doors import api

handler400 = refusals.not_understood
handler404 = refusals.not_found
handler500 = refusals.broken

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("account/", include(ACCOUNTS)),
    path("", include("watchword.web.console.urls")),
]
