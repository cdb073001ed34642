"""The last steps before the network ships, for which onnxruntime is enough."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnxruntime
from tokenizers import Tokenizer

from training.keeping import written_whole
from watchword.detection.model.labels import LABELS, REASONS, SCOPES
from watchword.detection.model.own import WIDTH

NAMES_IN, NAMES_OUT = ["before", "text"], ["odds", "attention", "reasons", "meanings", "doubts"]


def check_shape(session: Any) -> None:
    """Raises SystemExit when a network does not take and give what the encoder asks of it."""
    heads = len(LABELS) + len(SCOPES)
    wanted = {"odds": heads, "attention": heads, "reasons": len(REASONS), "meanings": WIDTH, "doubts": len(LABELS)}
    check_names(session, NAMES_IN, NAMES_OUT)
    found = {one.name: one.shape[1 if one.name == "attention" else -1] for one in session.get_outputs()}
    wrong = [f"{name} of {found[name]} instead of {size}" for name, size in wanted.items() if found[name] != size]
    if wrong:
        raise SystemExit(f"The network gives {', '.join(wrong)}.")


def check_names(session: Any, takes: list[str], gives: list[str]) -> None:
    """Raises SystemExit when a network does not take and give these."""
    names = [one.name for one in session.get_inputs()], [one.name for one in session.get_outputs()]
    if names != (takes, gives):
        raise SystemExit(f"The network takes {names[0]} and gives {names[1]}, not {takes} and {gives}.")


def join_steps(network: Path, file: Path, check: Callable[[Any], None] = check_shape) -> None:
    """Write the network with its small steps joined to large ones, which would else be done at every start.

    What is joined depends on no processor ("extended" in onnxruntime's words). Raises SystemExit when ``check`` does
    not take it for the one that is meant; ``file`` is then as it was.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 3
    with written_whole(file) as scratch:
        options.optimized_model_filepath = str(scratch)
        check(onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"]))


def write_tokenizer(tokenizer: Tokenizer, file: Path) -> None:
    """Write the tokenizer without padding and truncation."""
    values = json.loads(tokenizer.to_str())
    values["padding"] = values["truncation"] = None
    file.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
