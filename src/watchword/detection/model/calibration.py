"""From log-odds to levels, by thresholds that were measured on texts held out from the training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from watchword.errors import ModelError
from watchword.policy.schema import Lean
from watchword.terms import Level


@dataclass(frozen=True, slots=True)
class Bars:
    """The log-odds from which a label is asked about, and from which it is acted on."""

    ask: float
    act: float

    def level(self, odds: float) -> Level | None:
        """The level that log-odds come to; None below both bars."""
        if odds >= self.act:
            return Level.ESCALATE
        return Level.CLARIFY if odds >= self.ask else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything that was measured: bars by label and lean, gate and sieve, and what the listed wordings say."""

    name: str
    bars: Mapping[str, Mapping[Lean, Bars]]
    few_words: Mapping[str, Mapping[Lean, Bars]]  # the same for what is said in few words, taken by itself
    few_listed: Mapping[Lean, float]  # any label is asked about from, where a wording of the policy is plainly meant
    doubt: float  # the log-odds of an honest doubt from which any label is asked about
    gate: float  # the gate's score from which a text is put before the sieve
    sieve: float  # the sieve's score from which it is put before the encoder
    grams: float  # weight of the words' log-odds beside the encoder's
    wordings: Mapping[str, float]  # by what the wordings came to (see `weigh.wording_of`): added to the log-odds
    own: Mapping[Lean, Bars]  # for meanings of the owner's own
    own_scale: float  # log-odds for each unit of their score


def _by_label(values: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, dict[Lean, Bars]]:
    return {label: _by_lean(bars) for label, bars in values.items()}


def _by_lean(values: Mapping[str, Mapping[str, float]]) -> dict[Lean, Bars]:
    return {Lean(lean): Bars(**bars) for lean, bars in values.items()}


def open_calibration(folder: Traversable) -> Calibration:
    """The calibration that lies in a folder. Raises ModelError when it is not there or not whole."""
    try:
        values = json.loads(folder.joinpath("calibration.json").read_text(encoding="utf-8"))
        return Calibration(
            name=values["name"],
            bars=_by_label(values["bars"]),
            few_words=_by_label(values["few_words"]),
            few_listed={Lean(lean): ask for lean, ask in values["few_listed"].items()},
            doubt=values["doubt"],
            gate=values["gate"],
            sieve=values["sieve"],
            grams=values["grams"],
            wordings=values["wordings"],
            own=_by_lean(values["own"]),
            own_scale=values["own_scale"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError("The meaning model's calibration cannot be read.", do="Install Watchword again.") from error
