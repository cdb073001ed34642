"""The service's own scripts, styles and pictures, served by itself."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

KEPT_SECONDS = 24 * 3600  # by browsers; every address carries the version


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Files straight from the installed packages, so that nothing needs collecting first.

    They are small, so each is answered whole: the library's own answer streams, which under ASGI ties up a thread.
    """

    def __init__(self, get_response: object) -> None:
        settings.WHITENOISE_USE_FINDERS = True
        settings.WHITENOISE_AUTOREFRESH = False
        settings.WHITENOISE_MAX_AGE = KEPT_SECONDS
        super().__init__(get_response)

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file, or that it has not changed."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        response = HttpResponse(body, status=int(found.status))
        del response["content-type"]
        for name, value in found.headers:
            response[name] = value
        return response


def version_of(path: Path) -> str:
    """When a file was changed last, as a part of its address."""
    return f"{int(path.stat().st_mtime):x}"
