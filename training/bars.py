"""Measuring all bars of a model whose other files are there, and writing them down."""

from __future__ import annotations

import json
from pathlib import Path

from training import calibrate, contacts, own
from training.ordinary import ordinary_talks
from watchword.detection.model.labels import LABELS
from watchword.policy.load import load_policy

NAME = "watchword-meaning 8"  # goes up with whatever changes an answer: the network, or its bars
ORDINARY_TALKS = 40  # whole conversations, on which the bars of an owner's own meanings are measured


def measure_bars(gate_bar: float, sieve_bar: float, folder: Path) -> None:
    """Write `calibration.json` beside the files of a model; ``gate_bar`` and ``sieve_bar`` are the scores from which it
    is asked.
    """
    policy = load_policy("natera-billing")
    model = calibrate.Tunable(folder, NAME, gate_bar, sieve_bar)
    grams, wordings, development, examples = calibrate.fit(policy, model)
    weighing = model.weighing(grams)
    doubt = calibrate.doubt_bar(development + examples, wordings)
    by_group = calibrate.bars(development + examples, wordings, doubt)
    members = calibrate.members(policy)
    rules = {name: known[0].rule for name, known in members.items()}
    weighed = (
        (calibrate.PLAIN_WEIGHS, contacts.plain_cases(policy, weighing)),
        (calibrate.CONTACT_WEIGHS, development),
        (calibrate.EXAMPLE_WEIGHS, examples),
    )
    few_words = calibrate.few_words_bars(weighed, wordings, rules, doubt)
    own_bars, scale = own.calibrate(weighing, ordinary_talks(ORDINARY_TALKS))
    group_of = {entry.known: name for name, known in members.items() for entry in known}
    values = {
        "name": NAME,
        "bars": {label.value: by_group[group_of[label]] for label in LABELS},
        "few_words": {label.value: few_words[rules[group_of[label]]] for label in LABELS},
        "few_listed": {lean: bars["ask"] for lean, bars in few_words[calibrate.LISTED].items()},
        "doubt": doubt,
        "gate": gate_bar,
        "sieve": sieve_bar,
        "grams": grams,
        "wordings": wordings,
        "own": own_bars,
        "own_scale": scale,
    }
    (folder / "calibration.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
