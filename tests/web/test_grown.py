"""Whatever a transcript says from one time to the next: all its words are kept, and told again it adds nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from watchword.terms import Speaker, Turn
from watchword.web.grown import _as_last_told, grown

PHRASES = some.lists(
    some.sampled_from(["yes", "no", "Well.", "call me", "Call me back.", "..."]), min_size=1, max_size=4
)
TURNS = some.lists(some.builds(Turn, some.sampled_from(Speaker), PHRASES.map(" ".join)), max_size=5)


def words(turns: tuple[Turn, ...] | list[Turn], speaker: Speaker) -> list[str]:
    said = " ".join(turn.text for turn in turns if turn.speaker is speaker)
    return [word for word in said.lower().replace(".", "").split() if word]


@given(some.lists(TURNS, min_size=1, max_size=5))
def test_all_is_kept_once(versions: list[list[Turn]]) -> None:
    kept: tuple[Turn, ...] = ()
    for turns in versions:
        new, _ = grown(kept, turns)
        assert all(words([one], one.speaker) for one in new)
        kept += new
        assert grown(kept, turns)[0] == ()
        for speaker in Speaker:
            left = (word.plain for word in _as_last_told([turn for turn in kept if turn.speaker is speaker]))
            assert all(word in left for word in words(turns, speaker))  # and in their order, for each is used up


@given(TURNS, TURNS)
def test_what_only_grows_is_in_its_order_and_no_change(first: list[Turn], more: list[Turn]) -> None:
    kept = grown((), first)[0]
    new, changed = grown(kept, [*first, *more])
    assert not changed
    for speaker in Speaker:
        assert words((*kept, *new), speaker) == words([*first, *more], speaker)
