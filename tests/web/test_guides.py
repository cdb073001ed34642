"""What the guides name on pages stands on those pages: keys, groups, buttons, headings, and what each role sees."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tests.web.conftest import SignedIn
from tests.web.mails import DOUBT, come_in, letter, text, waits
from watchword.settings import Settings
from watchword.store.inbox import dismiss_mail
from watchword.web.access import ROLES, May, Role
from watchword.web.console.inbox import TABS

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "src" / "watchword" / "web" / "console" / "templates" / "console"
CELL = r"[^|\n]+"
BO = "Bo Crane <bo@example.com>"
SEES = {  # the words of the guide for administrators
    "calls": May.SEE_CALLS,
    "the inbox": May.SEE_MAIL,
    "escalations": May.SEE_ESCALATIONS,
    "the policy": May.SEE_POLICY,
    "the desk": May.SEE_DESK,
    "people": May.SEE_PEOPLE,
    "the register": May.SEE_REGISTER,
    "events": May.SEE_EVENTS,
}


def guide(name: str, heading: str = "") -> str:
    """A guide, or its part under a heading."""
    whole = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return re.split(r"\n##+ ", whole.split(f"# {heading}\n", 1)[1])[0] if heading else whole


def keys_told(page: str) -> set[str]:
    """The keys that a page's own list of keys names, one by one."""
    told = re.findall(r"<dt>(.*?)</dt>", page.split('<dl class="keys">', 1)[1].split("</dl>", 1)[0])
    return set().union(*({"1", "2", "3", "4"} if " to " in one else re.findall(r"<kbd>(.)</kbd>", one) for one in told))


def test_the_keys_of_the_inbox_are_told_by_its_pages_and_by_the_guide(web: Settings, signed_in: SignedIn) -> None:
    sues, doubt, off, odd = come_in(web, letter(1), letter(2, DOUBT, BO), letter(3), b"no mail at all")
    dismiss_mail(off.pk, seen=waits(off), by="user ben", reason="It is a duplicate")
    browser = signed_in(Role.MAIL_AGENT)
    (table,) = re.findall(r"\| key \|.*?\n\n", guide("mail-agent.md"), re.DOTALL)
    in_the_guide = {"1", "2", "3", "4"} | {key for key in re.findall(r"`([^`]+)`", table) if len(key) == 1}
    pressed: set[str] = set()
    for row in (sues, doubt, off, odd):
        page = text(browser, f"/inbox/{row.pk}")
        here = set(re.findall(r'data-press="(.)"', page))
        assert here <= keys_told(page), row.subject
        pressed |= here
    assert pressed == in_the_guide - {"x", "?"}
    assert {"x", "c", "y", "j", "k", "?"} <= keys_told(text(browser, "/inbox"))


def test_the_groups_of_the_inbox_are_those_of_the_guide() -> None:
    named = re.findall(rf"^\| ({CELL}) \|", guide("mail-agent.md").split("\n## ", 1)[0], re.MULTILINE)
    assert named[2:] == [title for _, title in TABS]


@pytest.mark.parametrize(
    ("file", "heading", "templates"),
    [
        ("mail-agent.md", "One mail", ("mail_part", "letter")),
        ("policy-owner.md", "On the page", ("policy_part", "policy_rule", "frame")),
    ],
)
def test_what_a_guide_points_at_stands_on_its_page(file: str, heading: str, templates: tuple[str, ...]) -> None:
    named = re.findall(r"(?<!\w)\*{1,2}([A-Z][^*]+?)\*{1,2}", re.sub(r"\s+", " ", guide(file, heading)))
    pages = " ".join((TEMPLATES / f"{name}.html").read_text(encoding="utf-8") for name in templates)
    shown = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>|\{[%{].*?[%}]\}", " ", pages))).lower()
    assert named
    if heading == "On the page":
        named.remove("Policy")  # the name of the page itself, which stands in a table of pages
    assert not [one for one in named if one.lower() not in shown]


def test_what_each_role_sees_is_what_the_guide_says() -> None:
    told = dict(re.findall(rf"^\| ({CELL}) \| ({CELL}) \|", guide("running.md", "Users and roles"), re.MULTILINE))
    assert [role for role in told if role in set(Role)] == list(Role)
    for role in Role:
        words = told[role].split(", ")
        may = ROLES[role] & set(SEES.values())
        expected = set(SEES.values()) if words == ["everything"] else {SEES[word] for word in words if word in SEES}
        assert may == expected, role
