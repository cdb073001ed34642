"""Fine-tuning: the corpus in, the network's weights out."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.batches import Batch, batches, encoded
from training.corpus import UNKNOWN, Item
from training.network import LAYERS, Network
from training.ordinary import SEED
from training.progress import Progress, Say, say_at_once
from training.variety import varied
from watchword.detection.model.labels import LABELS, REASONS
from watchword.terms import Scope


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is trained."""

    rounds: int
    batch: int
    rate: float  # of the top layer; each layer below learns a little slower
    rate_heads: float
    warm_up: float  # share of the way
    memory: float  # of the running average of the weights, from step to step
    repeated: float  # share of the texts that are learnt already which a round reads again
    learnt: float = 0.15  # loss on the labels of a text, in nats over what is owed, below which it is learnt
    first_whole: bool = False  # whether the first round reads all, whatever is learnt already
    frozen: int = 2  # lowest layers left as they came, the word table with them
    rate_below: float = 0.9
    decay: float = 0.01
    reasons: float = 0.3  # weight of the loss on reasons
    scopes: float = 1.0
    meaning: float = 2.0  # weight of the loss on the embedding
    doubts: float = 1.0  # weight of the loss on what is in doubt
    amid: float = 0.0  # share of the turns that came alone which are set behind turns of others
    read_along: int = LAYERS - 1  # lowest layers that read what stood before, too


# First everything, in large steps; then, from what that came to, above all what it got wrong, in small ones.
STAGES = (
    Recipe(rounds=3, batch=32, rate=1.5e-4, rate_heads=1e-3, warm_up=0.08, memory=0.995, repeated=1.0),
    Recipe(rounds=5, batch=16, rate=1e-4, rate_heads=6e-4, warm_up=0.05, memory=0.998, repeated=0.25),
)
# Then once through some of everything (training/further.py).
FURTHER = Recipe(
    rounds=1,
    batch=16,
    rate=1e-4,
    rate_heads=4e-4,
    warm_up=0.05,
    memory=0.998,
    repeated=1.0,
    amid=0.6,
    read_along=2,
)
# At last everything anew, from between MiniLM as it came and what was learnt (training/anew.py).
ANEW = Recipe(
    rounds=3,
    batch=32,
    rate=1.5e-4,
    rate_heads=1e-3,
    warm_up=0.06,
    memory=0.998,
    repeated=0.45,
    learnt=0.08,
    first_whole=True,
    amid=0.25,
    read_along=2,
)


@dataclass(frozen=True, slots=True)
class Targets:
    """What the network should say, as tensors over the whole corpus."""

    labels: Tensor
    doubts: Tensor
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
    say: Say = say_at_once,
) -> Network:
    """Fine-tune ``start`` on the items; the same seed gives the same weights.

    ``meaning`` holds the embedding of each item by MiniLM as it came, which the network keeps while it learns; zeros
    where it keeps none.
    """
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    start.read_along = recipe.read_along
    losses = torch.full((len(items),), math.inf)
    if recipe.repeated < 1.0 and not recipe.first_whole:
        losses = losses_of(predict(start, items, tokenizer), items)
    average = Average(start, recipe.memory)
    learner = torch.optim.AdamW(_groups(start, recipe), weight_decay=recipe.decay, fused=True)
    learned = [weight for weight in start.parameters() if weight.requires_grad]
    rates = [group["lr"] for group in learner.param_groups]
    begun = time.monotonic()
    for number in range(recipe.rounds):
        start.train()
        total, read = 0.0, 0
        these = varied(items, draw, recipe.amid)
        texts, targets = encoded(these, tokenizer), _targets(these, items, meaning)
        among = [
            at for at, loss in enumerate(losses.tolist()) if loss >= recipe.learnt or draw.random() < recipe.repeated
        ]
        progress = Progress(f"round {number + 1} of {recipe.rounds}", len(among), say)
        for batch in batches(texts, recipe.batch, draw, among):
            pace = _pace((number + read / len(among)) / recipe.rounds, recipe.warm_up)
            for group, rate in zip(learner.param_groups, rates, strict=True):
                group["lr"] = rate * pace
            loss, of_labels = _loss(start, batch, targets, recipe)
            learner.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(learned, 1.0)
            learner.step()
            average.add(start)
            losses[batch.at] = of_labels
            total += loss.item() * len(batch.at)
            read += len(batch.at)
            progress.add(len(batch.at))
        say(
            f"round {number + 1} of {recipe.rounds}: {read} texts, loss {total / read:.3f}, "
            f"{time.monotonic() - begun:.0f} s"
        )
    learnt = average.network()
    learnt.read_along = LAYERS - 1  # as it is used
    return learnt


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


def _pace(way: float, warm_up: float) -> float:
    """The share of the full rate at this share of the way: it rises, then falls."""
    return min(1.0, way / warm_up) * max(0.02, 1.0 - way)


def _groups(network: Network, recipe: Recipe) -> list[dict[str, object]]:
    for low in (network.words, network.places, network.parts, network.norm, *network.layers[: recipe.frozen]):
        low.requires_grad_(False)
    groups: list[dict[str, object]] = [
        {"params": list(layer.parameters()), "lr": recipe.rate * recipe.rate_below**depth}
        for depth, layer in enumerate(reversed(network.layers[recipe.frozen :]))
    ]
    heads = [network.seek, network.weigh, network.lean, network.weigh_doubt, network.lean_doubt]
    for module in (network.look, network.reason, network.meaning):
        heads += list(module.parameters())
    return [*groups, {"params": heads, "lr": recipe.rate_heads}]


def _loss(network: Network, batch: Batch, targets: Targets, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """The loss to learn from, and of each text the loss on its labels."""
    odds, _, reasons, meanings, doubts = network(batch.before, batch.text, batch.before_mask, batch.text_mask)
    meaning = functional.normalize(meanings.sum(1), dim=-1)
    of_labels = _of_labels(odds[:, : len(LABELS)], targets.labels[batch.at])
    loss = of_labels.mean() + recipe.doubts * _of_labels(doubts, targets.doubts[batch.at]).mean()
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
    loss = loss + recipe.meaning * (wanted.square().sum(1) - (meaning * wanted).sum(1)).mean()
    return loss, of_labels.detach() - _owed(targets.labels[batch.at])


def _of_labels(odds: Tensor, wanted: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(odds, wanted, reduction="none").sum(1)


def _owed(wanted: Tensor) -> Tensor:
    """The least loss that texts can have: a label that is in doubt costs something however well it is known."""
    return _of_labels(torch.logit(wanted.clamp(1e-6, 1 - 1e-6)), wanted)


def losses_of(odds: Tensor, items: Sequence[Item]) -> Tensor:
    """The loss of each item's labels, in nats over what is owed to those in doubt."""
    wanted = torch.tensor([item.labels for item in items])
    return _of_labels(odds, wanted) - _owed(wanted)


def _targets(items: Sequence[Item], as_written: Sequence[Item], meaning: Tensor) -> Targets:
    """The targets; a text that was joined with another has no embedding to be like."""
    none = (0.0,) * len(Scope)
    same = torch.tensor([float(one.text == other.text) for one, other in zip(items, as_written, strict=True)])
    return Targets(
        labels=torch.tensor([item.labels for item in items]),
        doubts=torch.tensor([item.doubts for item in items]),
        scopes=torch.tensor([item.scopes or none for item in items]),
        has_scope=torch.tensor([float(item.scopes is not None) for item in items]),
        reasons=torch.tensor([item.reason for item in items]),
        meaning=meaning * same[:, None],
    )


@torch.no_grad()
def embeddings(texts: Sequence[str], tokenizer: Tokenizer, minilm: Network) -> Tensor:
    """The sentence embeddings of MiniLM as it came: the mean over all tokens of the text, of length one."""
    minilm.eval()
    tokens = [[101, *tokenizer.encode(text, add_special_tokens=False).ids[:128], 102] for text in texts]
    found = torch.zeros(len(texts), 384)
    progress = Progress("MiniLM reads what it is to keep", len(texts))
    for batch in batches([(one, []) for one in tokens], 64, None):
        x = minilm.alone(batch.before, batch.before_mask)
        mask = batch.before_mask[..., None].to(x.dtype)
        found[batch.at] = functional.normalize((x * mask).sum(1) / mask.sum(1), dim=-1)
        progress.add(len(batch.at))
    return found


@torch.no_grad()
def predict(network: Network, items: Sequence[Item], tokenizer: Tokenizer) -> Tensor:
    """Log-odds of the labels for each item."""
    network.eval()
    found = torch.zeros(len(items), len(LABELS))
    progress = Progress("what the network says so far", len(items))
    for batch in batches(encoded(items, tokenizer), 64, None):
        given = batch.before, batch.text, batch.before_mask, batch.text_mask
        found[batch.at] = network(*given)[0][:, : len(LABELS)]
        progress.add(len(batch.at))
    return found


def new_network() -> Network:
    """A network of the right shape, its weights not yet loaded."""
    torch.manual_seed(SEED)
    return Network(len(LABELS), len(REASONS), len(Scope))
