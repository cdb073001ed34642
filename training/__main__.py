"""Train the meaning model, export it and measure its bars: one command, a fixed seed, nothing from the network.

python -m training                               what the wheel ships, from the whole corpus (some hours, 2 cores)
python -m training --hold-out w5,wa --out /tmp/x without the texts of some writers, to see how it does on them
python -m training --begin further               from what an earlier run has learnt of the corpus (45 minutes)
python -m training --begin bars                  the bars alone, measured anew for the network that ships (a minute)
python -m training --begin gate                  the gate before the network that ships, and then the bars (3 minutes)
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training import calibrate, contacts, further, own
from training.corpus import ROOT, Item, read_items
from training.export import export, write_tokenizer
from training.gate import bar_for, ordinary_talks, ordinary_turns, train_gate
from training.grams import train_grams, write_grams
from training.network import Network
from training.train import SEED, STAGES, embeddings, new_network, predict, train
from training.weights import minilm
from watchword.detection.model.calibration import open_calibration
from watchword.detection.model.gate import Gate
from watchword.detection.model.labels import LABELS
from watchword.detection.model.reader import FEWEST_WORDS
from watchword.policy.load import load_policy

SHIPPED = ROOT / "src" / "watchword" / "detection" / "model" / "shipped"
WAITING = ROOT / "corpus" / "waiting"  # texts that are learnt once, after the others
ORDINARY = ROOT.parent / "shared" / "data" / "customer_turns.jsonl"  # public text; left out where it is not there
ORDINARY_TEXTS = 12000  # of which some are the background of an owner's own meanings
GATE_MEASURED = 3000  # ordinary turns that the gate does not learn from, by which its bar is measured
ORDINARY_TALKS = 40  # whole conversations, on which the bars of an owner's own meanings are measured
LET_THROUGH = 0.075  # share of ordinary turns that the encoder reads
BACKGROUND_TEXTS = 200  # of the corpus, and as many of ordinary turns
NAME = "watchword-meaning 4"  # goes up with whatever changes an answer: the network, or its bars
KEPT = ROOT / "build"  # what was learnt, to begin with the export
PARTS = ("learn", "further", "export", "gate", "bars")
LEARNT, FURTHER = KEPT / "learn.pt", KEPT / "further.pt"


def main() -> None:
    """Train, export, calibrate; or begin with the export of what an earlier run has learnt, or with the bars."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder for the files of the model")
    parser.add_argument("--hold-out", default="", help="writers whose texts are left out, with commas")
    parser.add_argument("--begin", choices=PARTS, default=PARTS[0], help="the part to begin with")
    given = parser.parse_args()
    torch.set_num_threads(2)
    if given.begin == "bars":
        _calibrate(open_calibration(given.out).gate, given.out)
        return
    if given.begin == "gate":
        _calibrate(_gate(read_items(), given.out), given.out)
        return
    given.out.mkdir(parents=True, exist_ok=True)
    KEPT.mkdir(exist_ok=True)
    left_out = set(filter(None, given.hold_out.split(",")))
    everything, waiting = read_items(), read_items(WAITING)
    items = [item for item in everything if item.writer not in left_out]
    more = [item for item in waiting if item.writer not in left_out]
    held = [item for item in everything if item.writer in left_out]
    tokenizer = _tokenizer()
    network = new_network()
    if given.begin == "learn":
        network.load_minilm(minilm() / "model.safetensors")
        network = _learn(items, tokenizer, network)
    else:
        network.load_state_dict(torch.load(LEARNT if given.begin == "further" else FURTHER, weights_only=True))
    if given.begin in ("learn", "further"):
        network = _learn_further(items, more, tokenizer, network)
    _write(network, items, tokenizer, given.out)
    if held:
        print(_figures(network, held, tokenizer))


def _learn(items: list[Item], tokenizer: Tokenizer, network: Network) -> Network:
    print(f"{len(items)} texts", flush=True)
    meaning = _as_they_came(items, tokenizer)
    for recipe in STAGES:
        network = train(items, tokenizer, network, recipe, meaning)
        torch.save(network.state_dict(), LEARNT)
    return network


def _learn_further(items: list[Item], more: list[Item], tokenizer: Tokenizer, network: Network) -> Network:
    everything = [*items, *more]
    print(f"{len(everything)} texts", flush=True)
    odds = predict(network, everything, tokenizer)
    everything = further.blended(everything, odds)
    meaning = _as_they_came(everything, tokenizer)
    these = further.chosen(everything, len(items), odds)
    network = train([everything[at] for at in these], tokenizer, network, further.RECIPE, meaning[these])
    torch.save(network.state_dict(), FURTHER)
    return network


def _as_they_came(items: list[Item], tokenizer: Tokenizer) -> Tensor:
    """The embeddings of MiniLM before it learnt anything of ours."""
    minilms = new_network().load_minilm(minilm() / "model.safetensors")
    return embeddings([item.text for item in items], tokenizer, minilms)


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(minilm() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _write(network: Network, items: list[Item], tokenizer: Tokenizer, out: Path) -> None:
    """Everything that ships: network, tokenizer, gate, background, calibration."""
    begun = time.monotonic()
    export(network, out)
    write_tokenizer(tokenizer, out / "tokenizer.json")
    write_grams(*train_grams(items), out / "grams.bin")
    write_background(items, ordinary_turns(ORDINARY, ORDINARY_TEXTS), tokenizer, out / "background.bin")
    bar = _gate(items, out)
    print(f"exported, {time.monotonic() - begun:.0f} s")
    _calibrate(bar, out)
    print(f"calibrated, {time.monotonic() - begun:.0f} s")


def _gate(items: list[Item], out: Path) -> float:
    """Write the gate, and give its bar."""
    ordinary = ordinary_turns(ORDINARY)
    weights, step, lean = train_gate(items, ordinary[GATE_MEASURED:])
    (out / "gate.bin").write_bytes(f"{step!r} {lean!r}\n".encode() + weights)
    return bar_for(Gate(weights, step, lean), ordinary[:GATE_MEASURED], LET_THROUGH)


def write_background(items: list[Item], ordinary: list[str], tokenizer: Tokenizer, file: Path) -> None:
    """What the owner's own meanings are told from: harmless texts of the corpus, and ordinary service talk."""
    draw = random.Random(SEED)
    bare = [item.text for item in items if not any(item.labels)]
    said = [text for text in ordinary if len(text.split()) >= FEWEST_WORDS]
    some = draw.sample(bare, BACKGROUND_TEXTS) + draw.sample(said, min(len(said), BACKGROUND_TEXTS))
    found = embeddings(some, tokenizer, new_network().load_minilm(minilm() / "model.safetensors"))
    file.write_bytes(found.numpy().astype("<f2").tobytes())


def _calibrate(gate_bar: float, out: Path) -> None:
    policy = load_policy("natera-billing")
    model = calibrate.Tunable(out, NAME, gate_bar)
    grams, wordings, development, examples = calibrate.fit(policy, model)
    weighing = model.weighing(grams)
    by_group = calibrate.bars(development + examples, wordings)
    rules = {name: known[0].rule for name, known in calibrate.members(policy).items()}
    weighed = (
        (calibrate.PLAIN_WEIGHS, contacts.plain_cases(policy, weighing)),
        (calibrate.CONTACT_WEIGHS, development),
        (calibrate.EXAMPLE_WEIGHS, examples),
    )
    few_words = calibrate.few_words_bars(weighed, wordings, rules)
    own_bars, scale = own.calibrate(weighing, ordinary_talks(ORDINARY, ORDINARY_TALKS))
    group_of = {entry.known: name for name, known in calibrate.members(policy).items() for entry in known}
    values = {
        "name": NAME,
        "bars": {label.value: by_group[group_of[label]] for label in LABELS},
        "few_words": {label.value: few_words[rules[group_of[label]]] for label in LABELS},
        "few_listed": {lean: bars["ask"] for lean, bars in few_words[calibrate.LISTED].items()},
        "gate": gate_bar,
        "grams": grams,
        "wordings": wordings,
        "own": own_bars,
        "own_scale": scale,
    }
    (out / "calibration.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def _figures(network: Network, held: list[Item], tokenizer: Tokenizer) -> str:
    """F1 of each label over held-out texts, at even log-odds."""
    odds = predict(network, held, tokenizer)
    wanted = torch.tensor([item.labels for item in held]) > 0
    raised = odds > 0
    lines = []
    for place, label in enumerate(LABELS):
        true = int((wanted[:, place] & raised[:, place]).sum())
        wrong = int((wanted[:, place] ^ raised[:, place]).sum())
        lines.append(f"{label.value:24} F1 {2 * true / max(1, 2 * true + wrong):.3f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
