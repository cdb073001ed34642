"""Django's door for ASGI, with each request answered in one thread from its beginning to its end.

Django's own goes back and forth between the event loop and a thread made for the request, once for nearly every part on
the way; on a busy machine that took longer than the work.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import IO, Any, cast

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponseBase
from django.urls import set_script_prefix

from watchword.web.threads import beside_the_others, in_thread

ASKS_THE_PROVIDER = "/account/provider/"  # how the addresses begin at which the identity provider is waited for


class Answering(ASGIHandler):
    """The whole of Django as one call in a thread; only what is streamed goes on after it, and holds no thread."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        await self.handle(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Read the request, have it answered, and send the answer."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        where = beside_the_others if scope["path"].startswith(ASKS_THE_PROVIDER) else in_thread
        response = await where(self._answered, scope, body)
        if not response.streaming:
            await self.send_response(response, send)
            return
        try:
            await self._while_heard(response, receive, send)
        finally:
            await in_thread(response.close)

    def _answered(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response = self.get_response(request) if request is not None else cast("HttpResponseBase", refused)
        if not response.streaming:
            response.close()  # what is left to be done once it is answered; its words stay
        body.close()
        return response

    async def _while_heard(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Send what is streamed until it ends or nobody listens any more."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            for task in (sending, leaving):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, RequestAborted):
                    await task
