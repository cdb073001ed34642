"""`python -m training`: train the meaning model, export it and measure its bars."""

from __future__ import annotations

from collections.abc import Sequence

from training import options
from training.bars import measure_bars
from training.keeping import all_or_none
from training.progress import say_at_once
from watchword.detection.model.calibration import open_calibration
from watchword.errors import WatchwordError


def main(words: Sequence[str] | None = None) -> None:
    """Do what is asked, once everything that is needed is there."""
    asked = options.parse(words)
    options.check(asked)
    try:
        if asked.begin == "bars":
            with all_or_none(asked.out) as folder:
                now = open_calibration(folder)
                measure_bars(now.gate, now.sieve, folder)
        else:
            from training.making import make  # needs PyTorch, which help and bars do without

            make(asked)
    except WatchwordError as error:
        raise SystemExit(f"{error.what} {error.do}") from error
    say_at_once(f"The model is in {asked.out}.")


if __name__ == "__main__":
    main()
