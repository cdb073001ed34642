"""What the web server runs: the whole service, behind a limit on the size of requests."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from watchword import wiring
from watchword.errors import WatchwordError, kind_of
from watchword.settings import read_settings
from watchword.store.under_secret import key_under
from watchword.web.answering import Answering
from watchword.web.in_force import in_force
from watchword.web.listeners import meet_neighbours, part
from watchword.web.listening import all_begun, replaces_another
from watchword.web.log_lines import log_to_stderr
from watchword.web.project import open_project
from watchword.web.stepping_back import PACE
from watchword.web.too_large import Application, Message, Receive, Send, limited

LOOK_SECONDS = 1.0  # until a process looks whether it was left alone
NICENESS = 10  # of a process that opens what is in force while others answer; it takes 1 s of a core
AGAIN_SECONDS = 5.0  # until a process that could not begin is replaced by another
GLIMPSES = b"what the meaning model saw"  # what the key is for under which it is kept
NEIGHBOURS = "news"  # in the service's folder: where its processes meet
log = logging.getLogger(__name__)


def let_go_in_turn(application: Application) -> Application:
    """Ask whoever keeps a connection to a process that was replaced to come to another one, each in its turn."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and PACE.is_due():
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        await application(scope, receive, sent)

    return answer


def one_of_several(application: Application, folder: Path) -> Application:
    """Open what is in force before the first request, and share news with the other processes of the service."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        await receive()
        try:
            await _open()
        except WatchwordError as error:
            log.error("%s", error)
            if multiprocessing.parent_process() is not None:
                await _begin_again()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await asyncio.to_thread(_tell_of_change)
        gc.freeze()  # what is here now stays as long as the process: looked through again, it held up every thread
        neighbours = await meet_neighbours(folder)
        await all_begun()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await part(neighbours)
        await send({"type": "lifespan.shutdown.complete"})

    return answer


async def _open() -> None:
    """Open what is in force: while others answer, with what they leave of the cores."""
    if sys.platform == "linux" and replaces_another():
        with ThreadPoolExecutor(1, initializer=_step_aside) as aside:
            await asyncio.get_running_loop().run_in_executor(aside, _opened)
    else:
        _opened()


def _step_aside() -> None:
    """Have this thread, and no other, wait for whoever else needs the cores."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _opened() -> None:
    in_force()
    _see_again()


def _see_again() -> None:
    """Have the meaning model keep what it sees, so that calls which go on after a restart are opened quickly."""
    from django.conf import settings

    wiring.keep_glimpses(in_force().settings, key_under(settings.SECRET_KEY, GLIMPSES))


def _tell_of_change() -> None:
    """Say whether this process goes by another policy than those before it."""
    from django.db import DatabaseError, connections

    from watchword.store.policies import tell_of_change

    try:
        tell_of_change(in_force().policy)
    except DatabaseError as error:  # the service begins all the same, and says what is wrong to whoever asks
        log.warning("whether the policy has changed could not be looked up: %s", kind_of(error))
    finally:
        connections.close_all()  # this thread's, which nobody uses again


async def _begin_again() -> None:
    """End so that another process takes this one's place, after a while; a start that fails would end them all."""
    await asyncio.sleep(AGAIN_SECONDS)
    os._exit(1)


def _end_with_parent() -> None:
    """A process that was started by another ends when that one does, whatever ended it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent, os.getppid()), daemon=True).start()


def _end_after(parent: Any, forked_by: int) -> None:
    """Wait for the end of the one that replaces this process, or of the one that tells it when to."""
    while parent.is_alive() and os.getppid() == forked_by:
        parent.join(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def application_for(largest: int) -> Application:
    """The service; Django must be set up already."""
    return limited(Answering(), largest)


def make_application() -> Application:
    """The service by the settings of the environment, as the web server starts it."""
    _end_with_parent()
    log_to_stderr()
    settings = read_settings()
    open_project(settings)
    import_module("watchword.web.urls")  # every page and operation, or the first caller waits until they are loaded
    application = let_go_in_turn(application_for(settings.largest_body))
    return one_of_several(application, settings.folder / NEIGHBOURS)
