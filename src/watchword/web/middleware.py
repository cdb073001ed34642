"""What holds for every request: the headers that bind browsers, and that nothing is shown to whoever may not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url
from django.urls import ResolverMatch
from django.utils.http import url_has_allowed_host_and_scheme

from watchword.errors import AccessRefused
from watchword.store.chain import last_change
from watchword.store.storable import REPLACEMENT, storable
from watchword.web import access, refusals
from watchword.web.api.keys import shows_key

Answer = Callable[[HttpRequest], HttpResponseBase]

# No script, style, picture or connection but the service's own, and no inline script at all: text that a customer
# wrote could not run even if a template failed to escape it.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
REPLACED = quote(REPLACEMENT)
SIGNED_OUT = "You were signed out; nothing was done. Sign in and do it again."
NO_SIGN_IN = frozenset({"account_login", "account_logout", "mfa_authenticate"})
PROVIDER = ("openid_connect_", "socialaccount_login_")  # the way through the identity provider and back
KEYS_ONLY = "api"  # its operations declare scopes, and ask for keys themselves
DESCRIBED = "openapi-json"  # for whoever is signed in, and for any key
DESCRIPTION = frozenset({DESCRIBED, "api-root"})  # which asks for no key
ACCOUNT = ("account_", "mfa_", "socialaccount_signup")  # somebody's own password and second factor


def security_headers(get_response: Answer) -> Answer:
    """Put the headers on every answer; what is shown to somebody signed in is kept by no cache."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(str(settings.STATIC_URL)):
            response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure() and settings.SECURE_HSTS_SECONDS:
            response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        return response

    return answer


def storable_addresses(get_response: Answer) -> Answer:
    """Look for what an address names as it is kept: what no database can keep was replaced when it was written."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        request.path_info = storable(request.path_info)
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", REPLACED)
        return get_response(request)

    return answer


class AccessMiddleware:
    """Lets nobody past who is not signed in or may not; a view that declares nothing is closed to all."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; what it needs is checked once its view is known."""
        response = self.get_response(request)
        return refusals.other_method(request, response) if response.status_code == 405 else response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Check what the view needs. None lets the request pass."""
        match = request.resolver_match
        if match is None or is_open(match):
            return None
        if match.url_name == DESCRIBED and "Authorization" in request.headers:  # a build that makes a client of it
            return None if shows_key(request) else refusals.no_key(request)
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        what = needed(match, view)
        request.may = access.allowed(roles_of(request))  # type: ignore[attr-defined]
        if what is None or what not in request.may:  # type: ignore[attr-defined]
            return refusals.not_allowed(request)
        if request.method == "GET" and not request.headers.get("HX-Request"):
            request.log_number = last_change()  # type: ignore[attr-defined]  # of what the page will show
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for whoever is refused in the middle of something. None leaves any other error to be told of."""
        return refusals.refused(request, 403, error.what, error.do) if isinstance(error, AccessRefused) else None


def is_open(match: ResolverMatch) -> bool:
    """Whether this is reached without a person's sign-in: the sign-in itself, and what asks for a key."""
    name = match.url_name or ""
    asks_for_key = KEYS_ONLY in match.namespaces and name not in DESCRIPTION
    return name in NO_SIGN_IN or name.startswith(PROVIDER) or asks_for_key


def needed(match: ResolverMatch, view: Callable[..., Any]) -> access.May | None:
    """What a view needs; None when it declares nothing."""
    name = match.url_name or ""
    if name.startswith(ACCOUNT) or name in DESCRIPTION:
        return access.May.ENTER
    declared: access.May | None = getattr(view, access.NEEDS, None)
    return declared


def roles_of(request: HttpRequest) -> list[str]:
    """The names of the groups that whoever asks is in."""
    return list(request.user.groups.values_list("name", flat=True)) if request.user.is_authenticated else []


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and from there back; what somebody meant to do is not done later, unseen, but by them again."""
    if request.headers.get("HX-Request"):  # a part of a page: the whole page must go to the sign-in
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    by_script = refusals.by_script(request)
    back = redirect_to_login(_came_from(request))
    words = refusals.written(request)
    if words and not by_script:
        return refusals.signed_out(request, words, back.url)
    messages.error(request, SIGNED_OUT)
    if by_script:  # the page then loads itself anew, and is led to the sign-in
        return JsonResponse({"what": "You were signed out; nothing was done.", "do": "Sign in."}, status=401)
    return back


def _came_from(request: HttpRequest) -> str:
    """The page of this service on which a form was sent; the first page when that is not told."""
    told = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(told)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))
