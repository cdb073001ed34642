"""How far a long piece of work is: told at each tenth, with what is left."""

from __future__ import annotations

from training.progress import Progress


class Clock:
    """A minute goes by whenever somebody looks."""

    seconds = -60.0

    def __call__(self) -> float:
        self.seconds += 60
        return self.seconds


def told(whole: int, *counts: int) -> list[str]:
    said: list[str] = []
    progress = Progress("round 1 of 3", whole, said.append, Clock())
    for count in counts:
        progress.add(count)
    return said


def test_it_is_told_at_each_tenth_and_at_the_end() -> None:
    said = told(1000, *[25] * 40)
    assert len(said) == 10
    assert said[0] == "round 1 of 3: 100 of 1,000 texts, 1 min gone, about 9 min to go"
    assert said[-1] == "round 1 of 3: 1,000 of 1,000 texts, 10 min gone, about 0 min to go"


def test_one_large_step_is_told_once_and_a_small_one_not_at_all() -> None:
    assert told(1000, 550) == ["round 1 of 3: 550 of 1,000 texts, 1 min gone, about 1 min to go"]
    assert told(1000, 99) == []
