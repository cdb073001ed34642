"""Training the sieve: which of the texts that the gate lets through may carry anything, by their words in order."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.batches import batches
from training.corpus import Item
from training.export import OPSET
from training.ordinary import SEED
from training.progress import Progress, say_at_once
from training.shipping import check_names, join_steps
from training.variety import varied
from watchword.detection.model.sieve import MOST_TOKENS, UNREADABLE

WIDTH, BREADTH, BETWEEN = 64, 128, 48  # numbers for a token, for three of them, and of all before the last
NEAR = 3  # tokens that are read at once
ROUNDS, BATCH, RATE, WARM_UP = 8, 128, 2e-3, 0.05
CARRYING = 2.0  # weight of a text that carries something: one that is lost costs more than one that is read in vain
DROPPED, HIDDEN, MASK = 0.2, 0.13, 103  # of a token's numbers; of the tokens, which are [MASK] then
SPREAD = 0.5  # of the numbers that a token begins with
STEPS = 127


class SieveNetwork(nn.Module):
    """For each token its neighbours and theirs, and of all places what stands out most."""

    def __init__(self, words: Tensor) -> None:
        super().__init__()
        self.words = nn.Parameter(words)
        self.near = nn.Conv1d(WIDTH, BREADTH, NEAR, padding=NEAR // 2)
        self.far = nn.Conv1d(BREADTH, BREADTH, NEAR, padding=NEAR // 2)
        self.between = nn.Linear(2 * BREADTH, BETWEEN)
        self.last = nn.Linear(BETWEEN, 1)

    def forward(self, text: Tensor, mask: Tensor) -> Tensor:
        """The log-odds of each text; ``mask`` is 0 for padding."""
        if self.training:
            text = torch.where(torch.rand(text.shape) < HIDDEN, MASK, text)
        drop = functional.dropout
        tokens = drop(self.words[text], DROPPED, self.training)
        present = mask[:, None].to(tokens.dtype)
        near = functional.relu(self.near(tokens.transpose(1, 2) * present)) * present
        far = functional.relu(self.far(near)) * present
        return self.odds(drop(torch.cat([near.amax(2), far.amax(2)], 1), DROPPED, self.training))

    def odds(self, loudest: Tensor) -> Tensor:
        """The log-odds by what is loudest in each text."""
        return self.last(functional.relu(self.between(loudest))).squeeze(1)  # type: ignore[no-any-return]


class _Shipped(nn.Module):
    """One text, its tokens' numbers in whole steps."""

    words: Tensor

    def __init__(self, network: SieveNetwork) -> None:
        super().__init__()
        self.step = float(network.words.detach().abs().max()) / STEPS
        self.register_buffer("words", (network.words.detach() / self.step).round().to(torch.int8))
        self.network = network

    def forward(self, text: Tensor) -> Tensor:
        tokens = self.words[text].float() * self.step
        near = functional.relu(self.network.near(tokens.transpose(1, 2)))
        far = functional.relu(self.network.far(near))
        return self.network.odds(torch.cat([near.amax(2), far.amax(2)], 1))


def first_words(minilm: Tensor) -> Tensor:
    """What each token begins with: the directions in which MiniLM's own table of words varies most."""
    torch.manual_seed(SEED)
    around = minilm - minilm.mean(0)
    _, _, directions = torch.pca_lowrank(around, WIDTH, center=False, niter=4)
    found = around @ directions
    return found / found.std() * SPREAD


def train_sieve(items: Sequence[Item], tokenizer: Tokenizer, words: Tensor) -> SieveNetwork:
    """The network; ``words`` is what it begins with for each token. What stood before a text is left out."""
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    alone = [replace(item, before="") for item in items]
    network = SieveNetwork(words.clone())
    learner = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    steps, step = ROUNDS * (len(items) // BATCH + 1), 0
    for number in range(ROUNDS):
        network.train()
        these = varied(alone, draw, 0.0)
        texts: list[tuple[list[int], list[int]]] = [(_tokens(item.text, tokenizer), []) for item in these]
        carries = torch.tensor([float(any(item.labels)) for item in these])
        progress = Progress(f"sieve, round {number + 1} of {ROUNDS}", len(items))
        for batch in batches(texts, BATCH, draw):
            step += 1
            learner.param_groups[0]["lr"] = RATE * min(1.0, step / (WARM_UP * steps)) * max(0.02, 1.0 - step / steps)
            wanted = carries[batch.at]
            loss = functional.binary_cross_entropy_with_logits(
                network(batch.before, batch.before_mask), wanted, weight=1.0 + (CARRYING - 1.0) * wanted
            )
            learner.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            learner.step()
            progress.add(len(batch.at))
    say_at_once(f"sieve: learnt {len(items):,} texts, {sum(any(item.labels) for item in items):,} that carry something")
    return network.eval()


def _tokens(text: str, tokenizer: Tokenizer) -> list[int]:
    return tokenizer.encode(text, add_special_tokens=False).ids[:MOST_TOKENS] or [UNREADABLE]


def write_sieve(network: SieveNetwork, file: Path) -> None:
    """Write the network as `open_sieve` reads it."""
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        torch.onnx.export(
            _Shipped(network).eval(),
            (torch.tensor([[2026, 4905, 2003]]),),
            str(whole),
            input_names=["text"],
            output_names=["odds"],
            dynamic_axes={"text": {1: "length of text"}},
            opset_version=OPSET,
            dynamo=False,
        )
        join_steps(whole, file, lambda session: check_names(session, ["text"], ["odds"]))
