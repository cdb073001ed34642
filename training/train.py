"""Fine-tuning: the corpus in, the network's weights out."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.corpus import UNKNOWN, Batch, Item, batches, encoded
from training.network import Network
from training.variety import varied
from watchword.detection.model.labels import LABELS, REASONS
from watchword.terms import Scope

SEED = 20250109


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is trained."""

    rounds: int = 4
    batch: int = 32
    frozen: int = 2  # lowest layers left as they came, the word table with them
    rate: float = 1.5e-4  # of the top layer; each layer below learns a little slower
    rate_below: float = 0.9
    rate_heads: float = 1e-3
    decay: float = 0.01
    warm_up: float = 0.08  # share of the steps
    reasons: float = 0.3  # weight of the loss on reasons
    scopes: float = 1.0
    meaning: float = 2.0  # weight of the loss on the embedding
    memory: float = 0.995  # of the running average of the weights, from step to step


@dataclass(frozen=True, slots=True)
class Targets:
    """What the network should say, as tensors over the whole corpus."""

    labels: Tensor
    scopes: Tensor
    has_scope: Tensor
    reasons: Tensor
    meaning: Tensor


def train(
    items: Sequence[Item],
    tokenizer: Tokenizer,
    start: Network,
    recipe: Recipe,
    meaning: Tensor,
    say: Callable[[str], None] = print,
) -> Network:
    """Fine-tune ``start`` on the items; the same seed gives the same weights.

    ``meaning`` holds the embedding of each item by MiniLM as it came, which the network keeps while it learns.
    """
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    average = Average(start, recipe.memory)
    steps = recipe.rounds * (len(items) // recipe.batch + 1)
    learner = torch.optim.AdamW(_groups(start, recipe), weight_decay=recipe.decay, fused=True)
    learned = [weight for weight in start.parameters() if weight.requires_grad]
    pace = torch.optim.lr_scheduler.LambdaLR(learner, lambda step: _pace(step, steps, recipe.warm_up))
    begun = time.monotonic()
    for number in range(recipe.rounds):
        start.train()
        total = 0.0
        these = varied(items, draw)
        texts, targets = encoded(these, tokenizer), _targets(these, items, meaning)
        for batch in batches(texts, recipe.batch, draw):
            loss = _loss(start, batch, targets, recipe)
            learner.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(learned, 1.0)
            learner.step()
            pace.step()
            average.add(start)
            total += loss.item() * len(batch.at)
        say(f"round {number + 1} of {recipe.rounds}: loss {total / len(items):.3f}, {time.monotonic() - begun:.0f} s")
    return average.network()


class Average:
    """A running average of a network's weights, which answers more steadily than any single state of it."""

    def __init__(self, network: Network, memory: float) -> None:
        self._memory = memory
        self._steps = 0
        self._kept = copy.deepcopy(network)

    def add(self, network: Network) -> None:
        """Take in the present weights."""
        self._steps += 1
        memory = min(self._memory, self._steps / (self._steps + 10))
        with torch.no_grad():
            for kept, now in zip(self._kept.parameters(), network.parameters(), strict=True):
                kept.lerp_(now, 1.0 - memory)

    def network(self) -> Network:
        """The network with the averaged weights."""
        return self._kept.eval()


def _pace(step: int, steps: int, warm_up: float) -> float:
    rising = step / max(1.0, warm_up * steps)
    falling = max(0.02, (steps - step) / steps)
    return min(1.0, rising) * falling


def _groups(network: Network, recipe: Recipe) -> list[dict[str, object]]:
    for low in (network.words, network.places, network.parts, network.norm, *network.layers[: recipe.frozen]):
        low.requires_grad_(False)
    groups: list[dict[str, object]] = [
        {"params": list(layer.parameters()), "lr": recipe.rate * recipe.rate_below**depth}
        for depth, layer in enumerate(reversed(network.layers[recipe.frozen :]))
    ]
    heads = [network.seek, network.weigh, network.lean]
    for module in (network.look, network.reason, network.meaning):
        heads += list(module.parameters())
    return [*groups, {"params": heads, "lr": recipe.rate_heads}]


def _loss(network: Network, batch: Batch, targets: Targets, recipe: Recipe) -> Tensor:
    odds, _, reasons, meanings = network(batch.tokens, batch.parts, batch.mask)
    meaning = functional.normalize(meanings.sum(1), dim=-1)
    of_labels = functional.binary_cross_entropy_with_logits(odds[:, : len(LABELS)], targets.labels[batch.at])
    loss = of_labels * len(LABELS)
    has_scope = targets.has_scope[batch.at]
    if has_scope.any():
        of_scopes = functional.binary_cross_entropy_with_logits(
            odds[:, len(LABELS) :], targets.scopes[batch.at], reduction="none"
        ).sum(1)
        loss = loss + recipe.scopes * (of_scopes * has_scope).sum() / len(batch.at)
    loss = loss + recipe.reasons * functional.cross_entropy(
        reasons, targets.reasons[batch.at], ignore_index=UNKNOWN, reduction="sum"
    ) / len(batch.at)
    wanted = targets.meaning[batch.at]
    return loss + recipe.meaning * (wanted.square().sum(1) - (meaning * wanted).sum(1)).mean()


def _targets(items: Sequence[Item], as_written: Sequence[Item], meaning: Tensor) -> Targets:
    """The targets; a text that was joined with another has no embedding to be like."""
    none = (0.0,) * len(Scope)
    same = torch.tensor([float(one.text == other.text) for one, other in zip(items, as_written, strict=True)])
    return Targets(
        labels=torch.tensor([item.labels for item in items]),
        scopes=torch.tensor([item.scopes or none for item in items]),
        has_scope=torch.tensor([float(item.scopes is not None) for item in items]),
        reasons=torch.tensor([item.reason for item in items]),
        meaning=meaning * same[:, None],
    )


@torch.no_grad()
def embeddings(items: Sequence[Item], tokenizer: Tokenizer, minilm: Network) -> Tensor:
    """The sentence embeddings of MiniLM as it came: the mean over all tokens of the text, of length one."""
    minilm.eval()
    texts = [([101, *tokenizer.encode(item.text, add_special_tokens=False).ids[:128], 102], [1] * 0) for item in items]
    found = torch.zeros(len(items), 384)
    for batch in batches([(tokens, [0] * len(tokens)) for tokens, _ in texts], 64, None):
        places = torch.arange(batch.tokens.shape[1])[None]
        x = minilm.norm(minilm.words(batch.tokens) + minilm.places(places) + minilm.parts(batch.parts))
        shut = (1.0 - batch.mask.to(x.dtype))[:, None, None, :] * -1e4
        for layer in minilm.layers:
            x = layer(x, shut)
        mask = batch.mask[..., None].to(x.dtype)
        found[batch.at] = functional.normalize((x * mask).sum(1) / mask.sum(1), dim=-1)
    return found


@torch.no_grad()
def predict(network: Network, items: Sequence[Item], tokenizer: Tokenizer) -> Tensor:
    """Log-odds of the labels for each item."""
    network.eval()
    found = torch.zeros(len(items), len(LABELS))
    for batch in batches(encoded(items, tokenizer), 64, None):
        found[batch.at] = network(batch.tokens, batch.parts, batch.mask)[0][:, : len(LABELS)]
    return found


def new_network() -> Network:
    """A network of the right shape, its weights not yet loaded."""
    torch.manual_seed(SEED)
    return Network(len(LABELS), len(REASONS), len(Scope))
