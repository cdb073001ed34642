"""HTML as text: what is shown, where it comes from, what is quoted, and that no HTML is too broken or too long."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.reading.html_text import VisibleText, looks_like_html, visible_text, words_shown


def shown(source: str) -> str:
    return visible_text(source).text


def raw(source: str, word: str) -> str:
    seen = visible_text(source)
    start = seen.text.index(word)
    return source[seen.places[start] : seen.places[start + len(word) - 1] + 1]


def parts(source: str, ranges: str) -> list[str]:
    seen = visible_text(source)
    return [seen.text[start:end].strip() for start, end in getattr(seen, ranges)]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Hi <b>there</b>,</p><p>I am\n   back.</p>", "Hi there,\n\nI am back."),
        ("<div>a<br></div><div><br></div><div>b</div>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>", "a\nb"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("<table><tr><td>Total</td><td>$5</td></tr><tr><td>Due</td><td>now</td></tr></table>", "Total $5\nDue now"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<div style='white-space: pre-wrap'>a\nb</div>", "a\nb"),
        ("no markup\nbut two lines & <3", "no markup\nbut two lines & <3"),
        ("I <b>really</b>\nmean it", "I really\nmean it"),
        (
            "Fish &amp; chips&nbsp;&#8211; caf&eacute; AT&T &unknown; &#12a;",
            "Fish & chips – café AT&T &unknown; &#12a;",
        ),
        ("at\u200btor&shy;ney&zwnj;s <br>", "attorneys\n"),
        ("Jane <jane@example.com> wrote<br>x", "Jane <jane@example.com> wrote\nx"),
        ("I </3 you <p>x", "I </3 you\n\nx"),
        ("<div/>a<p/>b", "a\n\nb"),
        ("<textarea>a<br>b", "a\nb"),
        ("", ""),
    ],
)
def test_text_is_what_a_client_shows(source: str, text: str) -> None:
    assert shown(source) == text


@pytest.mark.parametrize(
    "source",
    [
        "<style>p{}</style>ok",
        "<script>if (a<b) document.write('<p>no</p>')</script>ok",
        "<head><title>no</title></head><body>ok",
        "<!-- no --><!--[if mso]><p>no</p><![endif]--><![if !mso]>ok<![endif]>",
        "<!-->ok<!-- no -->",
        "<div style='DISPLAY : none'>no <b>no</b></div>ok",
        "<div hidden>no</div>ok",
        "<span style='font-size:0px'>no</span>ok",
        "<div style='max-height:0; overflow: hidden'>no</div>ok",
        "<div class='Preheader'>no</div>ok",
        "<p style='display:none'>no<p>ok",
        "<?xml version='1.0'?><!DOCTYPE html>ok",
        "<td style='font-size:0'>no<div style='font-size:13px'>ok</div></td>",
    ],
)
def test_what_is_hidden_is_not_shown(source: str) -> None:
    assert shown(source).strip() == "ok"


@pytest.mark.parametrize(
    "source",
    [
        "<div style='display:none'>I will sue",
        "<style>I will sue",
        "<title>I will sue",
        "<!-- I will sue",
        "<div style='opacity:0.9'>I will sue</div>",
        "<div style='font-size:0.8em'>I will sue</div>",
    ],
)
def test_what_a_broken_hidden_element_would_swallow_is_shown(source: str) -> None:
    assert "I will sue" in shown(source)


def test_an_end_tag_closes_nothing_outside_its_table_cell() -> None:
    assert shown("<div hidden><table><tr><td></div>no</td></tr></table></div>ok") == "ok"


@pytest.mark.parametrize(
    ("source", "word", "stretch"),
    [
        ("<p>my <b>attor</b>ney now", "attorney", "attor</b>ney"),
        ("my&nbsp;attorney&nbsp;now", "attorney", "attorney"),
        ("caf&eacute; now", "café", "caf&eacute;"),
        ("&#233;tude", "étude", "&#233;tude"),
        ("&#97;&#98; x", "ab", "&#97;&#98;"),
        ("don&#39;t", "don't", "don&#39;t"),
        ("AT&amp;T", "AT&T", "AT&amp;T"),
        ("a&shy;b", "ab", "a&shy;b"),
    ],
)
def test_a_word_leads_back_to_its_whole_stretch_of_html(source: str, word: str, stretch: str) -> None:
    assert raw(source, word) == stretch


@pytest.mark.parametrize(
    ("source", "quoted"),
    [
        ("new<blockquote>old</blockquote>new", ["old"]),
        ("new<blockquote type=cite>old<blockquote>older</blockquote></blockquote>", ["old\n\nolder"]),
        ("new<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>indented</blockquote>", []),
        ("new<div class='gmail_quote'>Forwarded<br>old</div>new", ["Forwarded\nold"]),
        (
            "<div class=gmail_quote><div class=gmail_attr>On</div><blockquote class=gmail_quote>old</blockquote>new"
            "<blockquote class=gmail_quote style='border:none'>old2</blockquote>new</div>",
            ["On\n\nold", "old2"],
        ),
        ("new<hr><div id=divRplyFwdMsg>From: x</div><div>old</div>", ["From: x\nold"]),
        ("new<div id=mail-editor-reference-message-container>old</div>new", ["old"]),
        (
            "new<div style='border:none;border-top:solid #E1E1E1 1pt'>Od: x<br>Komu: y</div><p>old",
            ["Od: x\nKomu: y\n\nold"],
        ),
        ("new<div style='border-top: 1px solid'>just a box, no header</div>new", []),
        ("new<div id=ydp1yahoo_quoted_1 class='yahoo_quoted'>old</div>", ["old"]),
        ("<div class=moz-cite-prefix>On</div><blockquote type=cite>old</blockquote>new", ["On\n\nold"]),
        ("new<div name=quote>old</div>", ["old"]),
    ],
)
def test_what_a_client_quotes_is_known(source: str, quoted: list[str]) -> None:
    assert [part for part in parts(source, "quoted") if part] == quoted


@pytest.mark.parametrize(
    "mark", ["class=gmail_signature", "id=Signature", "class=moz-signature", "id=ms-outlook-mobile-signature"]
)
def test_what_a_client_signs_is_known(mark: str) -> None:
    assert parts(f"words<div {mark}>Jane</div>more", "signatures") == ["Jane"]


@pytest.mark.parametrize(
    "text", ["<p>Hi", "<BR/>", "x <div style='a'>", "<!DOCTYPE html>", "a <b>b</b>", '<a href="x">', "</body>"]
)
def test_html_is_known_by_its_tags(text: str) -> None:
    assert looks_like_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "I <3 you",
        "a < b and c > d",
        "Jane <jane@example.com>",
        "<https://example.com/p>",
        "see <b2b> or <pp> q",
        "<email> <name>",
        "if x<p and p>q",
        "<mailto:b@example.com>",
        "",
    ],
)
def test_angle_brackets_alone_make_no_html(text: str) -> None:
    assert not looks_like_html(text)


N = 200_000


REPEATED = [
    *(
        "<div>",
        "</div>",
        "<a ",
        "<a x='",
        "<a x='>",
        '<a x=">"=',
        "<!--",
        "<!-- >",
        "<![x",
        "<!",
        "<?",
        "</",
        "</a",
        '"<a "',
    ),
    *(
        "&#",
        "&",
        "&#1",
        "<",
        ">",
        "<script>",
        "<title>",
        "<p>",
        "<b><p></b>",
        "<td><table></td>",
        " ",
        "\n",
        "&nbsp;",
        "-->",
    ),
    *("<blockquote>", "<div class=gmail_quote>", "<div style='border-top:solid'>", "<div style='display:none'>", "="),
]


@pytest.mark.parametrize("unit", REPEATED)
def test_no_repetition_is_too_long(unit: str) -> None:
    """Anything but linear time would not come to an end here, deep nesting through recursion would fail."""
    visible_text(unit * (N // len(unit)))
    visible_text(unit * (N // len(unit)) + "'\">-->")


def test_many_marks_on_one_place_are_looked_at_once() -> None:
    visible_text("<div style='border-top:solid'>" * 20_000 + "a: " + "x" * 400_000 + "<br>b: y<br>c")
    visible_text(f"<div style='{'max-height:0;border-top:' * 20_000}'>x")


def test_deep_nesting_keeps_the_words() -> None:
    assert shown("<div><b>" * 100_000 + "words" + "</b></div>" * 100_000) == "words"


TAGS = "p div b span table td tr li ul pre blockquote style title br hr img o:p a".split()
PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(
        ["<div hidden>", "<!--", "-->", "&amp;", "&#233;", "&nbsp", "&#", "<", ">", "'", '"', "<a x='", " \n"]
    ),
    st.sampled_from(
        ["<div class='gmail_quote'>", "<div id=divRplyFwdMsg>", "<p style='font-size:0'>", "&NotEqualTilde;"]
    ),
)
ANY_HTML = st.lists(PIECES, max_size=40).map("".join)


def check_places(source: str, seen: VisibleText) -> None:
    places = list(seen.places)
    assert len(places) == len(seen.text)
    assert places == sorted(set(places))
    assert all(0 <= place < len(source) for place in places)
    for letter, place in zip(seen.text, places, strict=True):
        if not letter.isspace():
            assert (
                source[place] == letter or source[place] in "&;" or letter in html.unescape(source[place : place + 40])
            )
    for start, end in (*seen.quoted, *seen.signatures):
        assert 0 <= start < end <= len(seen.text)


@given(ANY_HTML)
def test_any_html_is_read_and_every_character_has_its_place(source: str) -> None:
    check_places(source, visible_text(source))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cf", "Cc", "Zs", "Zl", "Zp"]), min_size=1))
def test_all_that_is_escaped_is_shown(text: str) -> None:
    source = f"<p>{html.escape(text)}</p>"
    seen = visible_text(source)
    if re.search(r"[\u00ad\u034f\u061c\u180e\u200b-\u206f]", text) is None:
        assert seen.text == text
        assert html.unescape(source[seen.places[0] : seen.places[-1] + 1])[: len(text) - 1] == text[:-1]


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("take <b>my&nbsp;number</b> off your list", "take my number off your list"),
        ("law firm&rsquo;s", "law firm’s"),
        ("take you</b> to\n   <i>court", "take you to court"),
        ("a lawyer.</p>\n<p>Today", "a lawyer. Today"),
        ("co<wbr>urt", "court"),
        ("I told zoe@example.com <zoe@example.com>: 3 < 4", "I told zoe@example.com <zoe@example.com>: 3 < 4"),
        ("R&D at AT&T", "R&D at AT&T"),
        ("my  lawyer", "my  lawyer"),
    ],
)
def test_an_exact_quote_is_shown_without_its_markup(quote: str, words: str) -> None:
    assert words_shown(quote) == words
