"""A stranger's mail as a document of its own in which nothing runs, nothing is fetched and nothing can be sent.

There are two lines, and each would do alone. What is shown is built anew from a short list of elements without any
address in them. And the browser is told to take nothing but the one style below, in a sandbox that allows nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html import escape

import nh3
from django.http import HttpResponse

from watchword.reading.html_text import visible_text
from watchword.reading.mail_shown import ShownMail

MOST_MARKS = 20_000  # "<" in the HTML: a parser looks through all that is open at each tag, and none may be closed

ELEMENTS = frozenset(
    "abbr blockquote br caption center cite dd del div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr ins li ol p pre q "
    "span sub sup table tbody td tfoot th thead tr ul".split()
)
# By the rules of HTML these, left open, are opened again in every paragraph to come: a short mail would take all memory
# there is. By another name they are opened once. "html" and "body" gather the attributes of all their tags.
FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
RENAMED = FORMATTING | {"html", "body"}
TAG = re.compile(  # a parser compares each attribute of a tag with all before it, so they are left out before it reads
    r"<(?P<end>/?)(?P<name>[a-zA-Z][^\s/<>]*)(?P<rest>"
    r"""(?:[^<>"']|"(?:[^"<]|<(?![a-zA-Z/]))*+"|'(?:[^'<]|<(?![a-zA-Z/]))*+')*+>|[^<>]*>?)"""
)
NEW_NAMES = frozenset(f"x-{name}" for name in FORMATTING - {"font", "nobr"})
WORTH_KEEPING = re.compile(r"""(?<![\w-])(colspan|rowspan|start)\s*=\s*["']?(\d{1,4})""", re.IGNORECASE)
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}
SWALLOWED = frozenset({"script", "style", "title", "template", "noscript"})  # with all that stands in them
STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:.9rem 1.1rem;overflow-wrap:anywhere}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.1rem 1rem;margin:0 0 1rem;padding-bottom:1rem;"
    "border-bottom:1px solid #8888}dt{opacity:.75}dd{margin:0}pre{white-space:pre-wrap;font:inherit}"
    "blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #8888}table{border-collapse:collapse}td,th"
    "{padding:.1rem .4rem;vertical-align:top}.note{opacity:.75}"
    "x-a,x-u{text-decoration:underline}x-s,x-strike{text-decoration:line-through}x-b,x-strong{font-weight:bold}"
    "x-em,x-i{font-style:italic}x-code,x-tt{font-family:monospace}x-big{font-size:larger}x-small{font-size:smaller}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")
HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{STYLE_HASH}'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
            "sandbox",
        )
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "X-DNS-Prefetch-Control": "off",
}


def document(mail: ShownMail) -> HttpResponse:
    """The answer that holds the mail and nothing else."""
    head = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in mail.headers)
    note = "<p class=note>Cut here: the rest is too long to be shown.</p>" if mail.is_cut else ""
    if mail.html is None:
        body = f"<pre>{escape(mail.text)}</pre>"
    elif mail.html.count("<") <= MOST_MARKS:
        body = harmless(mail.html)
    else:
        why = "The mail holds too much markup to be laid out as its sender meant it; only its words are shown."
        body = f"<p class=note>{why}</p><pre>{escape(visible_text(mail.html).text)}</pre>"
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A mail</title>'
        f"<style>{STYLE}</style><body>{f'<dl>{head}</dl>' if head else ''}{body}{note}</body></html>"
    )
    return HttpResponse(html, content_type="text/html; charset=utf-8", headers=HEADERS)


def _bare(tag: re.Match[str]) -> str:
    """A tag with no attributes but those of a table's cells and a list's number, by a name that is only itself."""
    name = tag["name"].lower()
    kept = WORTH_KEEPING.finditer(tag["rest"]) if name in ATTRIBUTES else ()
    told = "".join({one[1].lower(): f' {one[1]}="{one[2]}"' for one in kept}.values())
    closes = "-->" if "-->" in tag["rest"] else ""  # of the comment in which this only looks like a tag
    return f"<{tag['end']}{'x-' if name in RENAMED else ''}{tag['name']}{told}>{closes}"


def without_attributes(html: str) -> str:
    """The same elements, bare; whatever is broken in it, no parser finds a tag with more in it."""
    return TAG.sub(_bare, html)


def _harmless(html: str) -> str:
    cleaned: str = nh3.clean(
        without_attributes(html),
        tags=set(ELEMENTS | NEW_NAMES),
        attributes=ATTRIBUTES,
        clean_content_tags=set(SWALLOWED),
        url_schemes=set(),
        link_rel=None,
        strip_comments=True,
    )
    return cleaned


harmless: Callable[[str], str] = _harmless
