"""One exchange with the service: asked again when that can do no harm, and every failure as an error that says what."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ssl import SSLCertVerificationError
from typing import Any, NoReturn

import httpx

from watchword.errors import ServiceRefused, ServiceUnreachable

FAILED = range(500, 600)
BUSY = 429
FIRST_PAUSE = 0.25  # seconds; it doubles
LONGEST_PAUSE = 8.0
PLACE_OF_NOTE = re.compile(r"^(notes[.\[])(\d+)")  # as the service names one: notes[3] or notes.3
MAIL = {"Content-Type": "message/rfc822"}
CHECK = "Check the address, and that the service is up."


@dataclass(frozen=True, slots=True)
class Exchange:
    """Asks the service. ``tries``: how often altogether, for what may be asked again."""

    http: httpx.Client
    tries: int = 4
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def ask(
        self,
        method: str,
        path: str,
        given: Any = None,
        *,
        parameters: Mapping[str, Any] | None = None,
        again: bool = True,
    ) -> Any:
        """What the service answers. Bytes are sent as a mail. Raises ServiceRefused, ServiceUnreachable.

        ``again``: asked twice it does no more than asked once, so it may be asked again after a broken exchange. What
        may not is asked again only when the service surely took nothing.
        """
        sent: dict[str, Any] = {"content": given, "headers": MAIL} if isinstance(given, bytes) else {"json": given}
        for tried in range(1, self.tries + 1):
            last = tried == self.tries
            try:
                response = self.http.request(method, path, params=parameters, **sent)
            except httpx.ConnectError as error:
                if last or is_untrusted(error):
                    raise unreached(error) from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if last or not again:
                    raise ServiceUnreachable(
                        f"The exchange with the service broke off ({type(error).__name__}).",
                        do="Send it again." if again else "Look whether it was done, and send it again if not.",
                    ) from error
            else:
                worth = response.status_code == BUSY or (again and response.status_code in FAILED)
                if last or not worth:
                    return answer(response)
            self.sleep(pause(tried))
        raise AssertionError("the last try answers or raises")


def pause(tried: int) -> float:
    """How long to wait after so many tries, in seconds; by chance a little less, so that many do not come at once."""
    whole: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tried - 1, 20))
    return whole * random.uniform(0.5, 1.0)  # noqa: S311


def answer(response: httpx.Response) -> Any:
    """The JSON of a good answer. Raises ServiceRefused for any other, ServiceUnreachable for what is none at all."""
    if not response.is_success:
        refuse(response)
    try:
        return response.json()
    except ValueError as error:
        raise ServiceUnreachable("The answer is no JSON.", do=CHECK) from error


def refuse(response: httpx.Response) -> NoReturn:
    """Raise what a refusal says, or what its status means when something between here and the service refused."""
    try:
        told = response.json()
        what, do = str(told["what"]), str(told["do"])
    except (ValueError, KeyError, TypeError, json.JSONDecodeError):
        told = {}
        what, do = f"The answer was status {response.status_code}, and did not come from the service.", CHECK
    expected, places = told.get("expected"), told.get("places")
    raise ServiceRefused(
        what,
        do=do,
        status=response.status_code,
        expected=expected if isinstance(expected, int) else None,
        places=tuple(map(str, places)) if isinstance(places, list) else (),
    )


def among_all(error: ServiceRefused, before: int) -> ServiceRefused:
    """A refusal of some of many notes, told of all of them: so many were taken in requests before."""
    what, *places = (
        PLACE_OF_NOTE.sub(lambda place: f"{place[1]}{int(place[2]) + before}", told)
        for told in (error.what, *error.places)
    )
    kept = f"The first {before} of the notes are kept; handed in again they change nothing." if before else ""
    return ServiceRefused(
        what,
        do=f"{error.do} {kept}".rstrip(),
        status=error.status,
        expected=error.expected,
        places=tuple(places),
    )


def is_untrusted(error: BaseException | None) -> bool:
    """Whether it failed because the service's certificate is not trusted: no further try mends that."""
    while error is not None and not isinstance(error, SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def unreached(error: httpx.ConnectError) -> ServiceUnreachable:
    """The error for a service that could not be spoken to at all."""
    if is_untrusted(error):
        return ServiceUnreachable(
            "The service's certificate is not trusted here.",
            do="Name the file of the authority that signed it in SSL_CERT_FILE; or give an httpx.Client as http.",
        )
    return ServiceUnreachable("The service could not be reached.", do=CHECK)


def unknown_form() -> ServiceUnreachable:
    """The error for what came back in another form than was asked for."""
    return ServiceUnreachable(
        "The answer does not have the form that this client knows.", do="Use a client of the service's own version."
    )
