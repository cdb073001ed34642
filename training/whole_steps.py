"""Weights as they ship: whole steps of one size, a byte each, behind a line that says how large a step is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy

LARGEST = 127  # steps


def in_whole_steps(weights: numpy.ndarray) -> tuple[bytes, float]:
    """The weights in whole steps, and the step: the largest weight is 127 of them."""
    step = float(numpy.abs(weights).max()) / LARGEST
    return (weights / step).round().astype("int8").tobytes(), step


def write_gate(weights: bytes, step: float, lean: float, file: Path) -> None:
    """Write the gate as `open_gate` reads it."""
    file.write_bytes(f"{step!r} {lean!r}\n".encode() + weights)


def write_grams(weights: numpy.ndarray, lean: numpy.ndarray, file: Path) -> None:
    """Write the weights of runs of words (run by label) and the lean of each label, as `open_grams` reads them."""
    whole, step = in_whole_steps(weights)
    head = json.dumps({"step": step, "lean": [round(float(one), 4) for one in lean]})
    file.write_bytes(head.encode() + b"\n" + whole)
