"""What touches a place, found by an index as it is by looking at everything."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tests.made import mail
from watchword.detection.nearby import Nearby
from watchword.reading.own_words import passages
from watchword.terms import Passage

HERE, THERE = passages(mail("Hello."))[0], passages(mail("Good morning."))[0]


@dataclass(frozen=True)
class Thing:
    passage: Passage
    start: int
    end: int


things = st.builds(
    lambda passage, start, length: Thing(passage, start, start + length),
    st.sampled_from((HERE, THERE)),
    st.integers(0, 60),
    st.integers(1, 30),
)


@given(st.lists(things, max_size=30), things)
def test_it_finds_what_looking_at_everything_finds(found: list[Thing], place: Thing) -> None:
    near = Nearby(found, lambda one: one)
    touching = [one for one in found if one.passage is place.passage and one.start < place.end > place.start < one.end]
    assert near.touching(place) == touching
    assert near.touches(place) == bool(touching)
