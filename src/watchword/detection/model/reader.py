"""The shipped meaning model as a reader: gate, encoder and calibration one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from watchword.detection.meaning import Hit, Reading, Span
from watchword.detection.model.calibration import Calibration, shipped_calibration
from watchword.detection.model.encoder import Encoder, Seen, shipped_encoder
from watchword.detection.model.gate import Gate, shipped_gate
from watchword.detection.model.labels import LABELS, REASONS, SCOPES
from watchword.detection.model.windows import Window, sentences, windows
from watchword.policy.known import Known
from watchword.policy.schema import Lean
from watchword.terms import Level, Passage, Scope

_REASONS = tuple(REASONS.values())
_PLACE = {label: place for place, label in enumerate(LABELS)}


class ShippedModel:
    """Reads what the gate lets through and whatever holds a wording of the policy."""

    def __init__(self, encoder: Encoder, gate: Gate, calibration: Calibration, name: str = "shipped") -> None:
        self.name = name
        self.encoder = encoder
        self.gate = gate
        self.calibration = calibration

    def read(self, passages: Sequence[Passage], hits: Sequence[Hit]) -> list[Reading]:
        """A reading of each window that may carry something."""
        return [self._reading(window) for window in windows(passages) if self._worth_a_look(window, hits)]

    def level(self, known: Known, odds: float, lean: Lean, wording: str) -> Level | None:
        """The level that the log-odds come to once the wordings have had their say."""
        return self.calibration.bars[known][lean].level(odds + self.calibration.wordings[wording])

    def _worth_a_look(self, window: Window, hits: Sequence[Hit]) -> bool:
        if any(hit.passage is window.passage and hit.start < window.end and window.start < hit.end for hit in hits):
            return True
        return self.gate.score(window.text) >= self.calibration.gate

    def _reading(self, window: Window) -> Reading:
        seen = self.encoder.look(window.before, window.text)
        scopes = _scopes(seen)
        return Reading(
            passage=window.passage,
            start=window.start,
            end=window.end,
            odds={label: float(seen.odds[place]) for place, label in enumerate(LABELS)},
            where=lambda known: _sentence(window, seen, _PLACE[known]),
            scopes=scopes,
            reason=_REASONS[int(seen.reasons.argmax())],
        )


def _scopes(seen: Seen) -> tuple[Scope, ...]:
    odds = seen.odds[len(LABELS) :]
    return tuple(scope for place, scope in enumerate(SCOPES) if odds[place] > 0)


def _sentence(window: Window, seen: Seen, place: int) -> Span:
    """The sentence of the window at which the label looked hardest."""
    text = window.text
    attention = seen.attention[place]
    best, most = (0, len(text)), -1.0
    for start, end in sentences(text):
        weight = sum(
            float(attention[token])
            for token, (begin, stop) in enumerate(seen.places)
            if stop > begin and start <= begin < end
        )
        if weight > most:
            best, most = (start, end), weight
    return window.start + best[0], window.start + best[1]


@cache
def shipped_model() -> ShippedModel:
    """The model that comes with Watchword, loaded once. Raises ModelError when it cannot be loaded."""
    return ShippedModel(shipped_encoder(), shipped_gate(), shipped_calibration())
