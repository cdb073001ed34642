"""The parts of a training that need PyTorch, one after the other."""

from __future__ import annotations

import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training import anew, further
from training.bars import measure_bars
from training.corpus import CALM, LATE, WAITING, Item, apart, read_items
from training.export import export
from training.gate import train_gate
from training.grams import train_grams
from training.keeping import all_or_none, kept, kept_anew
from training.network import WIDTH, Network
from training.options import PARTS, WITHOUT_NETWORK, Asked
from training.ordinary import as_items, background_texts, bar_for, ordinary_turns
from training.progress import say_at_once
from training.shipping import write_tokenizer
from training.sieve import first_words, train_sieve, write_sieve
from training.train import ANEW, FURTHER, STAGES, embeddings, losses_of, new_network, predict, train
from training.weights import minilm
from training.whole_steps import write_gate, write_grams
from watchword.detection.model.calibration import open_calibration
from watchword.detection.model.encoder import open_encoder
from watchword.detection.model.gate import Gate
from watchword.detection.model.labels import LABELS
from watchword.detection.model.sieve import open_sieve

ORDINARY_TEXTS = 12000  # of which some are the background of an owner's own meanings
GATE_MEASURED = 3000  # ordinary turns that the gate does not learn from, by which its bar is measured
LET_THROUGH = 0.075  # share of ordinary turns that the gate lets through
SIFTED = 0.11  # share of them that the sieve would, if it saw them all
CALM_TIMES = 2  # how often the calm turns of the field stand among all that the sieve learns from


def make(asked: Asked) -> None:
    """Learn, export and measure, from the part on that is asked for."""
    torch.set_num_threads(2)
    items, held = apart(read_items(), asked.held_apart)
    more, _ = apart(read_items(WAITING), asked.held_apart)
    late, _ = apart(read_items(LATE), asked.held_apart)
    tokenizer = _tokenizer()
    network = None if asked.begin in WITHOUT_NETWORK else _learnt(asked, items, more, late, tokenizer)
    with all_or_none(asked.out) as folder:
        if network is not None:
            _write(network, items, tokenizer, folder)
        gate_bar = open_calibration(folder).gate if asked.begin == "sieve" else _gate(items, folder)
        measure_bars(gate_bar, _sieve([*items, *more], tokenizer, folder), folder)
    if network is not None and held:
        say_at_once(_figures(network, held, tokenizer))


def _learnt(asked: Asked, items: list[Item], more: list[Item], late: list[Item], tokenizer: Tokenizer) -> Network:
    """The network, learnt from where it is to begin; what each part comes to is kept."""
    network = new_network()
    before = asked.begins_from()
    if before is None:
        network.load_minilm(minilm() / "model.safetensors")
    else:
        try:
            network.load_state_dict(torch.load(before, weights_only=True))
        except RuntimeError as error:  # it was kept by an older release
            raise SystemExit(f"{before} is a network of another shape. Run first: {asked.goes_on('learn')}") from error
    following = list(PARTS)[1:]
    for part in asked.learning():
        say_at_once(f"{part}: {PARTS[part][0]} (about {PARTS[part][1]})")
        if part == "further":
            network = _learn_further(items, more, tokenizer, network)
        elif part == "anew":
            network = _learn_anew([*items, *more, *late, *read_items(CALM)], tokenizer, network)
        else:
            recipe = STAGES[0 if part == "learn" else 1]
            network = train(items, tokenizer, network, recipe, _as_they_came(items, tokenizer))
        file = kept(part, asked.held_apart)
        with kept_anew(file) as scratch:
            torch.save(network.state_dict(), scratch)
        next_part = following[list(PARTS).index(part)]
        say_at_once(f"kept in {file}; if it stops from here on, go on with: {asked.goes_on(next_part)}")
    return network


def _learn_further(items: list[Item], more: list[Item], tokenizer: Tokenizer, network: Network) -> Network:
    everything = [*items, *more]
    odds = predict(network, everything, tokenizer)
    everything = further.blended(everything, torch.sigmoid(odds).tolist())
    meaning = _as_they_came(everything, tokenizer)
    these = further.chosen(losses_of(odds, everything).tolist(), len(items))
    return train([everything[at] for at in these], tokenizer, network, FURTHER, meaning[these])


def _learn_anew(everything: list[Item], tokenizer: Tokenizer, network: Network) -> Network:
    start = new_network().load_minilm(minilm() / "model.safetensors")
    start.load_state_dict(anew.between(start.state_dict(), network.state_dict()))
    chosen = anew.meant(everything)
    meaning = torch.zeros(len(everything), WIDTH)  # nothing to keep but of those chosen
    meaning[chosen] = _as_they_came([everything[at] for at in chosen], tokenizer)
    return train(everything, tokenizer, start, ANEW, meaning)


def _as_they_came(items: list[Item], tokenizer: Tokenizer) -> Tensor:
    """The embeddings of MiniLM before it learnt anything of ours."""
    return _embedded([item.text for item in items], tokenizer)


def _embedded(texts: list[str], tokenizer: Tokenizer) -> Tensor:
    return embeddings(texts, tokenizer, new_network().load_minilm(minilm() / "model.safetensors"))


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(minilm() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _write(network: Network, items: list[Item], tokenizer: Tokenizer, folder: Path) -> None:
    """Network, tokenizer, words and background."""
    begun = time.monotonic()
    say_at_once(f"export: {PARTS['export'][0]}")
    export(network, folder)
    write_tokenizer(tokenizer, folder / "tokenizer.json")
    weights, lean = train_grams(items)
    write_grams(weights.numpy(), lean.numpy(), folder / "grams.bin")
    background = _embedded(background_texts(items, ordinary_turns(ORDINARY_TEXTS)), tokenizer)
    (folder / "background.bin").write_bytes(background.numpy().astype("<f2").tobytes())
    say_at_once(f"exported, {time.monotonic() - begun:.0f} s")


def _gate(items: list[Item], folder: Path) -> float:
    """Write the gate, and give its bar."""
    say_at_once(f"gate: {PARTS['gate'][0]}")
    turns = ordinary_turns()
    gate = train_gate(items, turns[GATE_MEASURED:])
    write_gate(*gate, folder / "gate.bin")
    return bar_for(Gate(*gate).score, turns[:GATE_MEASURED], LET_THROUGH)


def _sieve(items: list[Item], tokenizer: Tokenizer, folder: Path) -> float:
    """Write the sieve, and give its bar."""
    say_at_once(f"sieve: {PARTS['sieve'][0]} (about {PARTS['sieve'][1]})")
    turns = ordinary_turns()
    calm = [*read_items(CALM) * CALM_TIMES, *as_items(turns[GATE_MEASURED:])]
    words = new_network().load_minilm(minilm() / "model.safetensors").words.weight.detach()
    write_sieve(train_sieve([*items, *calm], tokenizer, first_words(words)), folder / "sieve.onnx")
    sieve, encoder = open_sieve(folder), open_encoder(folder)
    return bar_for(lambda text: sieve.score(encoder.tokens(text)), turns[:GATE_MEASURED], SIFTED)


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
