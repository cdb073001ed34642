"""A stranger's HTML as it is shown: it never grows, whatever is left open in it, and it can always be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.connectors.mails import letter
from tests.web.conftest import SignedIn
from tests.web.mails import come_in
from watchword.settings import Settings
from watchword.web.access import Role
from watchword.web.console.stranger import FORMATTING, MOST_MARKS, STYLE, harmless, without_attributes

WORDS = "My bill is wrong."
OPENED = "".join(f"<b id={number}>" for number in range(300))  # no two the same, for of these a parser keeps three
FOSTERED = f"<p>{OPENED}</p><table>" + "x<tr>" * 300
BEHIND_A_CELL = "<div>" + OPENED.replace(">", "><table><td></b></table>") + "</div>" + "<div>x</div>" * 300
IN_A_COMMENT = "<p>" + OPENED.replace(">", "><!--</b>-->") + "<p>x" * 300


@pytest.mark.parametrize("name", sorted(FORMATTING))
def test_what_is_never_closed_is_not_opened_again_in_every_paragraph(name: str) -> None:
    opened = "".join(f"<{name.upper()}\tid={number}>" for number in range(300))
    shown = harmless(f"<p>{opened}</p>" + "<p>x" * 300)
    assert shown.count("x</p>") == 300
    assert len(shown) < 20_000


@pytest.mark.parametrize("html", [FOSTERED, BEHIND_A_CELL, IN_A_COMMENT], ids=["fostered", "cell", "comment"])
def test_nor_by_any_other_way(html: str) -> None:
    assert len(harmless(html)) < 5 * len(html)


def test_formatting_is_shown() -> None:
    assert harmless('<p><B class="c">one</b> <a\nhref="https://example.com">two</a> <font color=red>three</font>') == (
        "<p><x-b>one</x-b> <x-a>two</x-a> three</p>"
    )
    assert harmless("a<br>b &lt;b> <ſ>") == "a<br>b &lt;b&gt; &lt;ſ&gt;"
    for name in FORMATTING - {"font", "nobr"}:  # what these two say, no mail needs
        assert f"x-{name}" in STYLE


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<td title="a > b" COLSPAN=2 class=x data-rowspan=9>x', '<td colspan="2">x</td>'),
        ("<ol start='3' type=i><li a=b>x", '<ol start="3"><li>x</li></ol>'),
        ("<!-- if a <b --><p>x</p>", "<p>x</p>"),
        ('<!-- <p a="--><p>x</p>', "<p>x</p>"),
        ("<!--[if mso]><p a=b>no</p><![endif]-->x<br/>y", "x<br>y"),
        ('<p title="1 < 2">x</p>', "<p>x</p>"),
        ("x <jane@example.com> y<p a", "x  y"),
    ],
)
def test_tags_are_shown_without_what_else_stands_in_them(html: str, shown: str) -> None:
    table = f"<table><tr>{html}" if html.startswith("<td") else html
    assert shown in harmless(table)


PIECES = ["<p", "</", "<td ", "<", ">", "'", '"', "=", " ", "/", "<!--", "-->", "colspan=2", "a", "é", "\n"]
NOT_BARE = re.compile(r"</?[a-zA-Z](?![^\s/<>]*(?: (?:colspan|rowspan|start)=\"\d{1,4}\")*>)")


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_tag_has_other_attributes_however_broken_it_is(pieces: list[str]) -> None:
    assert NOT_BARE.search(without_attributes("".join(pieces))) is None


def test_a_tag_of_very_many_attributes_is_read_as_any_other() -> None:
    """A parser that compares each with all the others would not come to an end here."""
    attributes = " ".join(f"a{number}" for number in range(500_000))
    assert harmless(f"<p {attributes}>words") == "<p>words</p>"


def test_of_a_mail_with_too_much_markup_the_words_are_shown(web: Settings, signed_in: SignedIn) -> None:
    mail = letter(body=f"<p>{WORDS}</p><p>Is 1 &lt; 2?" + "<ul>" * MOST_MARKS)
    [row] = come_in(web, mail.replace(b"text/plain", b"text/html"))
    shown = signed_in(Role.MAIL_AGENT).get(f"/inbox/{row.pk}/original").content.decode()
    assert f"<pre>{WORDS}\n\nIs 1 &lt; 2?</pre>" in shown
    assert "only its words are shown" in shown
    assert "Bill 1" in shown
    assert "<ul>" not in shown


def test_a_mail_with_much_markup_is_shown_as_it_is_laid_out() -> None:
    assert harmless("<li>a" * MOST_MARKS).count("<li>") == MOST_MARKS
