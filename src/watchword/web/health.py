"""What a monitor asks: whether the service answers, whether anything can be recorded, and what stands still."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from watchword.store.standstill import standstill
from watchword.store.writable import unwritable

HEALTH = "/health"
Answer = Callable[[HttpRequest], HttpResponseBase]


def health_by_any_name(get_response: Answer) -> Answer:
    """Answer before it is looked at under which name the service was asked: monitors and balancers ask by address."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        return health() if request.path_info == HEALTH else get_response(request)

    return answer


def health() -> JsonResponse:
    """Whether the service is up and its database takes what is handed in. No more than that, for anybody may ask."""
    try:
        found, why = standstill(), unwritable()
    except DatabaseError:
        return JsonResponse({"service": "up", "database": "down"}, status=503)
    worker = {"worker": "not heard"} if found.no_worker else {}
    steps = {"steps": "not carried"} if found.lies_since else {}
    mail = {"mail": "not read"} if found.unread else {}
    database = {"database": "not writable", "why": why.why} if why else {"database": "up"}
    return JsonResponse({"service": "up", **database, **worker, **steps, **mail}, status=503 if why else 200)
