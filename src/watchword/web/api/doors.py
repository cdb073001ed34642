"""The API put together; whatever goes wrong is answered in one shape."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from watchword.errors import WatchwordError, kind_of
from watchword.store.writable import not_done
from watchword.web import refusals
from watchword.web.api import calls, contacts, decisions, escalations, mails, notes, platforms, register
from watchword.web.api.answers import Trouble
from watchword.web.api.keys import Keyed, KeyUnknown

log = logging.getLogger(__name__)
AGAIN = "Send it again; nothing is done twice."
REFUSALS = {
    400: "The request cannot be read.",
    401: "No key in force was shown.",
    403: "The key does not have the scope.",
    404: "There is nothing of this id, key or address.",
    409: "It contradicts what is recorded, or comes too early or too late.",
    413: "The request is too large.",
    415: "The body is of another kind than is asked for.",
    422: "The request does not fit.",
    500: "Something failed here; sent again nothing is done twice.",
    503: "The service cannot do it now; sent again later nothing is done twice.",
}


class _Door(NinjaAPI):
    """An API whose description names the scope that every operation needs, and the refusals that it may answer with."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(*args, **kwargs)
        described["components"]["schemas"]["Trouble"] = Trouble.model_json_schema()
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Trouble"}}}
        scopes = {self.get_openapi_operation_id(operation): scope for operation, scope in _scopes()}
        for methods in described["paths"].values():
            for operation in methods.values():
                operation["summary"] = operation["description"].partition(". ")[0].partition("\n")[0].rstrip(".")
                if scope := scopes.get(operation["operationId"]):
                    operation["security"] = [{Keyed.__name__: [scope]}]
                    operation["description"] += f"\n\nThe key needs the scope `{scope}`."
                for status, what in REFUSALS.items():
                    operation["responses"].setdefault(status, {"description": what, "content": content})
        return described


def _scopes() -> Iterator[tuple[Operation, str]]:
    for router in ROUTERS:
        for view in router.path_operations.values():
            for operation in view.operations:
                yield from ((operation, one.scope.value) for one in operation.auth_callbacks if isinstance(one, Keyed))


api = _Door(
    title="Watchword",
    version="1",
    urls_namespace="api",
    docs_url=None,
    description=(
        "Every error is `{what, do}`: what is wrong, and what to do about it. Ids in addresses are percent-encoded, "
        "their slashes too. Times are ISO 8601; one without a zone is taken as UTC. Nothing is done twice: what was "
        "not answered, or with a status from 500 on, is sent again as it was."
    ),
)
ROUTERS = (
    contacts.router,
    mails.router,
    decisions.router,
    calls.router,
    platforms.router,
    register.router,
    escalations.router,
    notes.router,
)
for router in ROUTERS:
    api.add_router("", router)


def _answer(request: HttpRequest, status: int, **told: object) -> HttpResponse:
    return api.create_response(request, told, status=status)


@api.exception_handler(KeyUnknown)
def _no_key(request: HttpRequest, error: KeyUnknown) -> HttpResponse:
    response = _answer(request, 401, what=error.what, do=error.do)
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(AuthenticationError)
def _nothing_shown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return _no_key(request, KeyUnknown())


@api.exception_handler(WatchwordError)
def _refused(request: HttpRequest, error: WatchwordError) -> HttpResponse:
    status = refusals.status_of(error)
    if status >= 500:
        log.error("a request failed: %s", kind_of(error))
    return _answer(request, status, **refusals.told(error))


@api.exception_handler(ValidationError)
def _does_not_fit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = [f"{_place(problem['loc'])}: {problem['msg']}" for problem in error.errors]
    return _answer(request, 422, what="The request does not fit.", do="Mend what is named in places.", places=places)


def _place(parts: tuple[object, ...]) -> str:
    return ".".join(str(part) for part in parts[2:]) or str(parts[-1])


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return _answer(request, 413, what="The request is too large.", do="Send less at a time.")


@api.exception_handler(HttpError)
def _refused_by_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    do = "Send JSON in UTF-8, as /api/v1/openapi.json describes it."
    return _answer(request, error.status_code, what="The request cannot be read: its body is no JSON.", do=do)


@api.exception_handler(Http404)
def _nothing_here(request: HttpRequest, _error: Http404) -> HttpResponse:
    return _answer(request, 404, what=refusals.NOTHING_HERE, do=refusals.ADDRESSES)


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("a request failed: %s", kind_of(error))  # the error's own words may be a customer's
    if down := not_done(error, again=AGAIN):
        return _answer(request, refusals.status_of(down), **refusals.told(down))
    return _answer(request, 500, what="Something failed here.", do=AGAIN)
