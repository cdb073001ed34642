"""The encoder: an ONNX network run by onnxruntime, one window at a time.

One at a time on purpose: its int8 arithmetic takes its scale from what it is given, so a batch would let one text
change another's answer. One window alone gives the same numbers in a live call, a batch, a thread and a process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from watchword.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Numbers = Any  # an array of numpy, which is imported only where the encoder runs

TINY = 1e-9
START, STOP = 101, 102  # [CLS] and [SEP] of the vocabulary
MOST_BEFORE, MOST_TEXT = 64, 192  # tokens


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network says of one window."""

    odds: Numbers  # log-odds of each label, then of each scope
    attention: Numbers  # for each label and scope, how much it looked at each token
    reasons: Numbers  # log-odds of each reason why words that tempt mean nothing
    meanings: Numbers  # each token's part of the embedding
    doubts: Numbers  # log-odds for each label that careful people would be in doubt about it
    places: tuple[tuple[int, int], ...]  # where each token stands in the window's text; (0, 0) for its end

    def tokens(self, start: int, end: int) -> list[int]:
        """The tokens that begin between two characters of the window's text."""
        return [at for at, (begin, stop) in enumerate(self.places) if stop > begin and start <= begin < end]

    def meaning(self, start: int, end: int) -> Numbers:
        """The embedding of a stretch of the text, of length one; nothing at all for a stretch without a token."""
        import numpy

        mean = self.meanings[self.tokens(start, end)].sum(0)
        return mean / max(float(numpy.linalg.norm(mean)), TINY)


class Encoder:
    """The shipped network and its tokenizer. Safe to share between threads."""

    def __init__(self, session: Any, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer

    def look(self, before: str, text: str) -> Seen:
        """Read one text with what stood before it."""
        import numpy

        earlier, own, places = pair(self._tokenizer, before, text)
        given = {
            "before": numpy.array([earlier], dtype=numpy.int64),
            "text": numpy.array([own], dtype=numpy.int64),
        }
        odds, attention, reasons, meanings, doubts = self._session.run(None, given)
        return Seen(odds[0], attention[0], reasons[0], meanings[0], doubts[0], places)

    def tokens(self, text: str) -> list[int]:
        """The token numbers of a text by itself."""
        found: list[int] = self._tokenizer.encode(_whole(text), add_special_tokens=False).ids
        return found


def pair(tokenizer: Tokenizer, before: str, text: str) -> tuple[list[int], list[int], tuple[tuple[int, int], ...]]:
    """The token numbers of what stood before and of the text, and where each of the latter stands in the text."""
    before, text = _whole(before), _whole(text)
    earlier = tokenizer.encode(before, add_special_tokens=False).ids[-MOST_BEFORE:] if before else []
    own = tokenizer.encode(text, add_special_tokens=False)
    ids, offsets = own.ids[:MOST_TEXT], own.offsets[:MOST_TEXT]
    return [START, *earlier, STOP], [*ids, STOP], (*offsets, (0, 0))


def _whole(text: str) -> str:
    """The text, character for character, without halves of characters, which no tokenizer takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def open_encoder(folder: Traversable) -> Encoder:
    """The encoder whose files lie in a folder. Raises ModelError when it cannot be loaded."""
    with _loading():
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(folder.joinpath("tokenizer.json").read_text(encoding="utf-8"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
    return Encoder(open_network(folder.joinpath("meaning.onnx")), tokenizer)


def open_network(network: Traversable) -> Any:
    """A session of onnxruntime for a network in a file. Raises ModelError when it cannot be loaded."""
    with _loading():
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one core a window: processes share the machine better than threads
        options.inter_op_num_threads = 1
        # The network's steps were joined at the export.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        with resources.as_file(network) as file:
            return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


@contextmanager
def _loading() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # whatever the runtime raises, the reader of the message needs the same step
        raise ModelError(
            f"The meaning model cannot be loaded ({type(error).__name__}).",
            do="Install Watchword again, or set WATCHWORD_MODEL=off to work with listed wordings alone.",
        ) from error
