"""The shipped meaning model as a reader: gate, sieve, encoder, words and calibration one after the other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from threading import Lock

from watchword.detection.kept import code_of
from watchword.detection.lexicon import Entry, Taught
from watchword.detection.meaning import Hit, Reading, Span
from watchword.detection.model.calibration import Calibration, open_calibration
from watchword.detection.model.encoder import Encoder, Numbers, Seen, open_encoder
from watchword.detection.model.gate import Gate, open_gate
from watchword.detection.model.glimpses import Glimpse, Glimpses
from watchword.detection.model.grams import Grams, open_grams
from watchword.detection.model.labels import LABELS, NO_REASON, REASONS, SCOPES
from watchword.detection.model.own import OwnMeanings, open_background
from watchword.detection.model.sieve import Sieve, open_sieve
from watchword.detection.model.windows import Stretch, Window, sentences, windows
from watchword.detection.nearby import Nearby
from watchword.detection.scan import plain_signs
from watchword.terms import Level, Passage, Scope

KEPT_WINDOWS = 512  # all that was seen in them, some 100 KB each, where a meaning was taught
KEPT_GLIMPSES = 4096  # what is asked of windows, under 1 KB each: the same contact is often assessed more than once
KEPT_SCORES = 4096  # of gate and sieve each, for texts that a call which goes on or a page shown again asks for again
_PICTURE = re.compile("[\u200d\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
_FILLER = re.compile(  # but "uh-huh" and "mm-hmm" are answers
    r"(?:, ?)?(?<![\w-])(?:u+h+m*|u+m+|e+r+m+|h+m+)(?![\w-])(?:,|\.{2,3}(?= ?[a-z]))?", re.IGNORECASE
)
_LETTER = re.compile(r"[^\W\d_]")
FEWEST_WORDS = 3  # of a window, and of a sentence, that a meaning of the owner's own is looked for in
SENTENCE_ABOVE = 0.5  # by how much a sentence's score must be above the gate's bar: short ones vary more (decision 109)
FEWEST_SENTENCE = 4  # words of a sentence that the gate is asked about
LIKELY = 0.5  # of a reason, to be told; of those less likely, two in three are wrong (decision 93)
SURE = 0.75  # that something is taken back (decision 115)
FILES = ("meaning.onnx", "tokenizer.json", "grams.bin", "calibration.json")
CODE = ("scan", *(f"model/{name}" for name in ("encoder", "glimpses", "grams", "labels", "reader", "windows")))
_REASONS = tuple(REASONS.values())
_WITHDRAWN = list(REASONS).index("withdrawn")
_PLACE = {label: place for place, label in enumerate(LABELS)}


class ShippedModel:
    """Reads what gate and sieve let through, and whatever holds a wording of the policy. Safe to share by threads."""

    def __init__(
        self, encoder: Encoder, grams: Grams, gate: Gate, sieve: Sieve, calibration: Calibration, background: Numbers
    ) -> None:
        self.name = calibration.name
        self.encoder = encoder
        self.grams = grams
        self.calibration = calibration
        self.kept: Glimpses | None = None  # for processes that begin anew, where the service sets a place for it
        self.looked = 0  # how many windows the encoder has read
        self._counting = Lock()
        self._see = lru_cache(maxsize=KEPT_WINDOWS)(self._look)
        self._glimpse = lru_cache(maxsize=KEPT_GLIMPSES)(self._glimpsed)
        self._score = lru_cache(maxsize=KEPT_SCORES)(lambda text: gate.score(_as_learnt(text)))
        self._sift = lru_cache(maxsize=KEPT_SCORES)(lambda text: sieve.score(encoder.tokens(_as_learnt(text))))
        self._own = OwnMeanings(lambda text: self._see("", text).meaning(0, len(text)), background)

    def _look(self, before: str, text: str) -> Seen:
        """What the encoder sees, the words weighed in."""
        with self._counting:
            self.looked += 1
        before, text = _as_learnt(before), _as_learnt(text)
        seen = self.encoder.look(before, text)
        odds = seen.odds.copy()
        odds[: len(LABELS)] += self.calibration.grams * self._words(before, text)
        return replace(seen, odds=odds)

    def _words(self, before: str, text: str) -> Numbers:
        """What the words say of each label: those of the whole text, or of the sentence in which they say most."""
        import numpy

        return numpy.max([self.grams.odds(before, one) for one in (text, *_sentences(text))], 0)

    def _glimpsed(self, before: str, text: str) -> Glimpse:
        """The part of it that is asked for unless a meaning was taught; from the file of the service if it is there."""
        found = self.kept.find(before, text) if self.kept is not None else None
        if found is None:
            found = _glimpse_of(self._look(before, text), text)
            if self.kept is not None:
                self.kept.keep(before, text, found)
        return found

    def read(
        self, passages: Sequence[Passage], hits: Sequence[Hit], meanings: Sequence[Entry], first: int = 0
    ) -> list[Reading]:
        """A reading of each window that may carry something; of every window when a meaning was taught by example."""
        every = any(entry.taught is not None for entry in meanings)
        near = Nearby(hits, lambda hit: hit)
        found = [window for window in windows(passages, first) if self._worth_a_look(window, near, every)]
        return [self._reading(window, every) for window in found]

    def weighed(self, entry: Entry, reading: Reading, wording: str) -> float:
        """The log-odds once the wordings have had their say."""
        return reading.odds(entry) + self.calibration.wordings[wording]

    def level(self, entry: Entry, odds: float) -> Level | None:
        """The level that an entry's log-odds come to, by its lean."""
        bars = self.calibration.own if entry.known is None else self.calibration.bars[entry.known]
        return bars[entry.lean].level(odds)

    def level_in_few_words(self, entry: Entry, odds: float, listed: bool) -> Level | None:
        """The same for one reading of few words. Meanings of the owner's own have no bars for it."""
        if entry.known is None:
            return None
        level = self.calibration.few_words[entry.known][entry.lean].level(odds)
        if level is None and listed and odds >= self.calibration.few_listed[entry.lean]:
            return Level.CLARIFY
        return level

    def is_doubt(self, odds: float) -> bool:
        """Whether these log-odds of an honest doubt are enough to ask."""
        return odds >= self.calibration.doubt

    def _worth_a_look(self, window: Window, hits: Nearby[Hit], every: bool) -> bool:
        if hits.touches(window):
            return True
        if not _LETTER.search(window.text):  # numbers read out, or signs alone: the model has learnt from words
            return False
        if every and len(window.text.split()) >= FEWEST_WORDS:
            return True
        return self._passes_gate(window.text) and self._sift(window.text) >= self.calibration.sieve

    def _passes_gate(self, text: str) -> bool:
        if self._score(text) >= self.calibration.gate:
            return True
        bar = self.calibration.gate + SENTENCE_ABOVE
        return any(self._score(one) >= bar for one in _sentences(text) if len(one.split()) >= FEWEST_SENTENCE)

    def _reading(self, window: Window, taught: bool) -> Reading:
        # An open call keeps its readings, and the tokens' meanings are nearly all of what is seen.
        seen = self._see(window.before, window.text) if taught else None
        glimpse = self._glimpse(window.before, window.text) if seen is None else _glimpse_of(seen, window.text)
        looked = _Looked(self, window, glimpse, seen)
        return Reading(
            passage=window.passage,
            start=window.start,
            end=window.end,
            text=window.text,
            begins=window.begins,
            odds=looked.odds,
            doubt=looked.doubt,
            where=looked.where,
            bare=looked.bare,
            alone=looked.alone,
            scopes=_scopes(glimpse),
            reason=_reason(glimpse),
            taken_back=_taken_back(glimpse),
        )

    def by_itself(self, text: str) -> tuple[float, ...]:
        """The log-odds of every label in a text with nothing before it."""
        return tuple(self._glimpse("", text).odds.tolist())

    def own_score(self, taught: Taught, text: str) -> float:
        """How much a text by itself speaks for a taught meaning, before calibration."""
        return self.best_own(taught, text, self._see("", text))[0]

    def best_own(self, taught: Taught, text: str, seen: Seen) -> tuple[float, Span]:
        """The sentence that speaks most for a taught meaning, or the whole text, with its score."""
        spans = {(0, len(text)), *(span for span in sentences(text) if len(text[slice(*span)].split()) >= FEWEST_WORDS)}
        return max((self._own.score(taught, seen.meaning(*span)), span) for span in sorted(spans))


def _sentences(text: str) -> list[str]:
    """The sentences of a text, where it has several: what only counts words loses a threat among calm ones."""
    spans = sentences(text)
    return [text[slice(*span)] for span in spans] if len(spans) > 1 else []


def _as_learnt(text: str) -> str:
    """The text as those that the model has learnt from: with plain quotes and dashes, and without pictures, which are
    one unknown sign to it, and "uh" and "um", which some transcripts keep. Every character stays in its place.
    """
    if not text.isascii():
        text = _PICTURE.sub(" ", plain_signs(text))
    return _FILLER.sub(lambda filler: " " * len(filler[0]), text)


class _Looked:
    """What one window answers when it is asked about a meaning."""

    def __init__(self, model: ShippedModel, window: Window, glimpse: Glimpse, seen: Seen | None) -> None:
        self._model, self._window, self._glimpse, self._seen = model, window, glimpse, seen
        self._by_itself = cache(model.by_itself)  # an open call asks again with each turn

    def odds(self, entry: Entry) -> float:
        """Log-odds of an entry's meaning."""
        if entry.known is not None:
            return float(self._glimpse.odds[_PLACE[entry.known]])
        if entry.taught is None or self._seen is None:
            return float("-inf")
        return self._model.calibration.own_scale * self._model.best_own(entry.taught, self._window.text, self._seen)[0]

    def doubt(self, entry: Entry) -> float:
        """Log-odds that careful people would be in doubt whether it is meant."""
        return float("-inf") if entry.known is None else float(self._glimpse.doubts[_PLACE[entry.known]])

    def where(self, entry: Entry) -> list[Stretch]:
        """The sentence that shows it."""
        return self._window.stretches(*self._shown_by(entry))

    def _shown_by(self, entry: Entry) -> Span:
        if entry.known is None and entry.taught is not None and self._seen is not None:
            return self._model.best_own(entry.taught, self._window.text, self._seen)[1]
        return _sentence(self._window, self._glimpse, _PLACE[entry.known] if entry.known else 0)

    def bare(self, entry: Entry) -> float:
        """Log-odds of its meaning without what stood before it."""
        return self.odds(entry) if entry.known is None else self._by_itself(self._window.text)[_PLACE[entry.known]]

    def alone(self, entry: Entry, at: int | None) -> float:
        """Log-odds of a sentence of it read by itself: of that at a place of the passage, or the one that shows it."""
        window, spans = self._window, sentences(self._window.text)
        place = self._shown_by(entry)[0] if at is None else at - window.start + window.lead_length
        span = next((span for span in spans if span[0] <= place < span[1]), None)
        if entry.known is None or span is None or len(spans) == 1:
            return float("-inf")
        return self._by_itself(window.text[slice(*span)])[_PLACE[entry.known]]


def _reason(seen: Glimpse) -> str:
    """Why tempting words mean nothing here, if one reason is likelier than all others together."""
    chances = _chances(seen)
    likeliest = int(chances.argmax())
    return _REASONS[likeliest] if chances[likeliest] >= LIKELY else NO_REASON


def _taken_back(seen: Glimpse) -> bool:
    return bool(_chances(seen)[_WITHDRAWN] >= SURE)


def _chances(seen: Glimpse) -> Numbers:
    """How likely each reason is."""
    import numpy

    chances = numpy.exp(seen.reasons - seen.reasons.max())
    return chances / chances.sum()


def _scopes(seen: Glimpse) -> tuple[Scope, ...]:
    odds = seen.odds[len(LABELS) :]
    return tuple(scope for place, scope in enumerate(SCOPES) if odds[place] > 0)


def _sentence(window: Window, seen: Glimpse, place: int) -> Span:
    """The sentence of the window at which the label looked hardest."""
    spans = sentences(window.text)
    return spans[int(seen.weights[place].argmax())] if spans else (0, len(window.text))


def _glimpse_of(seen: Seen, text: str) -> Glimpse:
    import numpy

    weights = [seen.attention[:, seen.tokens(*span)].sum(1, dtype=numpy.float64) for span in sentences(text)]
    return Glimpse(seen.odds, seen.reasons, seen.doubts, numpy.array(weights).reshape(-1, len(seen.odds)).T)


@cache
def shipped_model() -> ShippedModel:
    """The model that comes with Watchword, loaded once. Raises ModelError when it cannot be loaded."""
    return open_shipped(_folder())


def _folder() -> Traversable:
    return resources.files("watchword.detection.model").joinpath("shipped")


def made_by() -> bytes:
    """A digest of what the shipped model's numbers follow from: its files, the code that reads them, what runs it."""
    import onnxruntime

    digest = hashlib.blake2b(f"{code_of(CODE)} {onnxruntime.__version__}".encode())
    for file in FILES:
        digest.update(_folder().joinpath(file).read_bytes())
    return digest.digest()


def open_shipped(folder: Traversable) -> ShippedModel:
    """The model whose files lie in a folder. Raises ModelError when one of them is missing or broken."""
    return ShippedModel(
        open_encoder(folder),
        open_grams(folder),
        open_gate(folder),
        open_sieve(folder),
        open_calibration(folder),
        open_background(folder),
    )
