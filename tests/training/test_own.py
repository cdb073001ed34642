"""The bars for an owner's own meanings, on made-up scores whose best bars can be told by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from training.own import INVENTED, bars_by_lean, invented, scale_of

from training import own
from watchword.policy.schema import Lean

SCALE = 4.0
ZEROS = [0.0] * 95


def bars(texts: list[tuple[float, bool]], talks: list[float]) -> dict[str, tuple[float, float]]:
    return {lean: (one["ask"], one["act"]) for lean, one in bars_by_lean(texts, talks, SCALE).items()}


def test_the_lowest_bars_that_cost_nothing_are_taken() -> None:
    """Scores count four times: harmless texts come to -2, those that hold it to 3.4."""
    assert bars([(0.85, True), (-0.5, False)], [-1.0]) == dict.fromkeys((lean.value for lean in Lean), (-1.9, -1.9))


def test_what_its_owner_wrote_is_always_raised() -> None:
    """An example scores 1, that is 4: no bar lies there, though every text that holds it is fainter than the rest."""
    for _, act in bars([(1.2, False)] * 50 + [(0.1, True)], [-1.0]).values():
        assert act < SCALE


def test_a_meaning_that_is_heard_in_ordinary_calls_is_held_back_whatever_is_missed_for_it() -> None:
    """Twenty texts hold it and five of a hundred calls sound like it, all at 3.05. To act on all is cheapest for who
    wants to catch more (5 × 1.2 = 6, to ask 5 + 2.25) and five calls in a hundred may be: at most six. In the even
    lean three may be acted on and eight asked about. Where fewer false alarms are wanted, four may be asked about.
    """
    found = bars([(3.05 / SCALE, True)] * 20 + [(-1.0, False)], [*ZEROS, *[3.05 / SCALE] * 5])
    ask, act = found[Lean.CATCH_MORE]
    assert 0 < ask <= act <= 3.0
    ask, act = found[Lean.EVEN]
    assert (0 < ask <= 3.0, act) == (True, 3.1)
    assert found[Lean.FEWER_FALSE_ALARMS] == (3.1, 3.1)


def test_exactly_as_many_calls_may_reach_a_bar_as_are_allowed() -> None:
    for loud, bar in ((4, 0.1), (5, 3.1)):
        found = bars([(3.05 / SCALE, True)] * 99, [0.0] * (100 - loud) + [3.05 / SCALE] * loud)
        assert found[Lean.FEWER_FALSE_ALARMS][0] == pytest.approx(bar)


def test_the_scale_is_steep_where_scores_tell_and_flat_where_they_do_not() -> None:
    assert scale_of([(1.0, True), (0.0, False)] * 20) == 12.0
    assert scale_of([(1.0, True), (1.0, False), (0.0, True), (0.0, False)] * 20) == 0.5


def test_an_invented_meaning_is_read_as_an_owner_would_teach_it(tmp_path: Path) -> None:
    head = '{"meaning": "late", "means": "A sample came late.", "raise": ["It took weeks."], "leave": ["I am late."]}'
    rows = '{"text": "A month!", "holds": true}\n{"text": "Thanks.", "holds": false}'
    (tmp_path / "late.jsonl").write_text(f"{head}\n{rows}\n", encoding="utf-8")
    (found,) = invented(tmp_path)
    assert (found.name, found.taught.means) == ("late", "A sample came late.")
    assert (found.taught.holds, found.taught.leaves) == (("It took weeks.",), ("I am late.",))
    assert found.texts == (("A month!", True), ("Thanks.", False))


def test_the_invented_meanings_have_texts_each_way_that_were_not_taught() -> None:
    found = list(invented(INVENTED))
    assert len(found) >= 5
    for one in found:
        assert {holds for _, holds in one.texts} == {True, False}
        assert not {text for text, _ in one.texts} & {*one.taught.holds, *one.taught.leaves}


def test_each_lean_may_raise_less_than_the_one_before() -> None:
    shares = [own.MOST_RAISED[lean] for lean in Lean]
    assert shares == sorted(shares, reverse=True)
    assert all(act < ask for ask, act in shares)
