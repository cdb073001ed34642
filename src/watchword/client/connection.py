"""Asking a service: its address and a key, ids as parts of addresses, and answers in the shape that is expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from watchword.client.exchange import Exchange, unknown_form
from watchword.errors import ServiceUnreachable

PREFIX = "/api/v1"
TIMEOUT = 15.0  # seconds that the service may take for an answer
CONNECTING = 5.0
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)  # each call that is followed holds one
Shape = TypeVar("Shape", bound=BaseModel)
Fit = TypeVar("Fit")
Item = TypeVar("Item")


class Connection:
    """A service at an address, asked with a key. Raises ServiceUnreachable for what is no address."""

    def __init__(
        self, address: str, key: str, *, timeout: float = TIMEOUT, tries: int = 4, http: httpx.Client | None = None
    ) -> None:
        self._http = http or httpx.Client(follow_redirects=False, limits=LIMITS)
        self._http.base_url = _api_of(address)
        self._http.headers["Authorization"] = f"Bearer {key.strip()}"  # a file that holds a key ends its line
        self._http.timeout = httpx.Timeout(timeout, connect=min(timeout, CONNECTING))
        self._exchange = Exchange(self._http, tries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _told(
        self,
        shape: type[Shape],
        method: str,
        path: str,
        given: Any = None,
        *,
        parameters: Mapping[str, Any] | None = None,
    ) -> Shape:
        return fitting(TypeAdapter(shape), self._exchange.ask(method, path, given, parameters=parameters))


def _api_of(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address.strip().rstrip("/") + PREFIX)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ServiceUnreachable(
            "The address of the service is no web address.", do="Give one such as https://watchword.example.com."
        )
    return url


def fitting(shape: TypeAdapter[Fit], told: Any) -> Fit:
    """What was answered, in the shape that was asked for. Raises ServiceUnreachable for another one."""
    try:
        return shape.validate_python(told)
    except ValidationError as error:
        raise unknown_form() from error


def quoted(name: str) -> str:
    """An id as a part of an address."""
    if name in (".", ".."):  # as they are, they lead elsewhere
        return name.replace(".", "%2E")
    return quote(name, safe="")


def batches(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    """The items, so many at a time."""
    left = iter(items)
    while batch := list(islice(left, most)):
        yield batch
