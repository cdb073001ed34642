"""Words marked on a page: every piece under one mark, the words as they were, and the excerpt that a list shows."""

from __future__ import annotations

from watchword.web.console.marked import Piece, Span, cut
from watchword.web.console.own_words import Stretch, glimpse


def test_words_of_one_mark_are_one_piece_though_two_spans_cover_them() -> None:
    wish = Span(7, 49, "escalate", "do not contact")
    within = Span(38, 49, "escalate", "do not contact")
    text = "Please stop sending me letters and do not call me again."
    assert list(cut(text, [wish, within])) == [
        Piece("Please "),
        Piece(text[7:49], "escalate", "do not contact"),
        Piece(" again."),
    ]


def test_two_flags_side_by_side_stay_two_pieces() -> None:
    found = list(cut("fraud scam", [Span(0, 6, "escalate", "fraud"), Span(6, 10, "escalate", "scam")]))
    assert [piece.text for piece in found] == ["fraud ", "scam"]


def test_an_excerpt_has_blanks_where_the_mail_has_them() -> None:
    text = "This is\n fraud, and that.\n"
    pieces = tuple(cut(text, [Span(9, 14, "escalate", "fraud")]))
    record = {"flags": [{"kind": "keyword", "term": "fraud", "level": "escalate"}]}
    shown = glimpse([Stretch("body", "own", pieces)], record)
    assert [piece.text for piece in shown] == ["This is ", "fraud", ", and that."]
