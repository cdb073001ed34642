"""Ids in addresses. They come from other systems and may hold slashes: one that is sent as %2F belongs to the id.

By the time an address is looked up it is decoded, and `/calls/a%2Fevents`, the call `a/events`, would be the events of
the call `a`. So a slash that was encoded is looked up as a sign of its own, and is a slash again in the id.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponseBase
from django.urls import register_converter
from ninja import P, PathEx

from watchword.web.refusals import API

Answer = Callable[[HttpRequest], HttpResponseBase]
ENCODED = re.compile("%2f", re.IGNORECASE)
INSIDE = "\udc2f"  # a lone surrogate: what is decoded never holds one
HOW = "Percent-encoded, its slashes too (as `%2F`)."


class Whole:
    """An id in an address, whatever it is made of. Slashes that were not encoded are understood where they can be."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """The id as it was given."""
        return value.replace(INSIDE, "/")

    def to_url(self, value: str) -> str:
        """As it is; what an address cannot hold is quoted later."""
        return value


register_converter(Whole, "whole")
BY_ID, BY_KEY = "{whole:id}", "{whole:key}"  # the gaps of an operation's address
Named = PathEx[str, P(description=HOW)]


def slashes_of_ids(get_response: Answer) -> Answer:
    """Tell the slashes within the ids of the API's addresses from those between their parts, as they were sent."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        scope = getattr(request, "scope", {})
        if request.path.startswith(API) and (raw := scope.get("raw_path")):
            marked = unquote(ENCODED.sub(INSIDE, raw.decode("ascii", "replace")))
            if INSIDE in marked and marked.replace(INSIDE, "/") == scope["path"]:
                beginning = len(marked) - len(request.path_info)  # where the service is mounted, if anywhere
                request.path_info = "".join(
                    INSIDE if sent == INSIDE else found
                    for sent, found in zip(marked[beginning:], request.path_info, strict=True)
                )
        return get_response(request)

    return answer
