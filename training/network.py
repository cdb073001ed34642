"""The network: MiniLM's six layers, and for each label an attention of its own over the words of the text.

The last layer reads the text alone and looks back at what stood before, of which nothing else is asked: the answer is
the same, and most of a window is what stood before. While it learns on, more layers may do so.

The layers are those of BERT (Devlin et al. 2019, https://arxiv.org/abs/1810.04805), so that the weights of
all-MiniLM-L6-v2 fit; attention by label follows Mullenbach et al. 2018 (https://arxiv.org/abs/1802.05695). Where a
label's attention lies is also where its evidence stands.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, INNER, LAYERS, VOCABULARY, POSITIONS = 384, 12, 1536, 6, 30522, 512
DROPOUT = 0.1
FAR_OFF = -1e4  # a score that softmax turns to nothing
RARE = -3.0  # the log-odds at which an untrained label starts: few texts carry any one label


class Layer(nn.Module):
    """One transformer layer."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.widen, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm_attention, self.norm_output = (nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, shut: Tensor | None, beside: Tensor | None = None) -> Tensor:
        """The layer's output for a batch; ``beside`` is looked at too. ``shut`` is far below 0 at padding."""
        around = x if beside is None else torch.cat([beside, x], 1)
        seen = functional.scaled_dot_product_attention(
            _by_head(self.query(x)), _by_head(self.key(around)), _by_head(self.value(around)), attn_mask=shut
        )
        x = self.norm_attention(x + self.drop(self.output(seen.transpose(1, 2).reshape(x.shape[0], -1, WIDTH))))
        found: Tensor = self.norm_output(x + self.drop(self.narrow(functional.gelu(self.widen(x)))))
        return found


def _by_head(x: Tensor) -> Tensor:
    return x.view(x.shape[0], -1, HEADS, WIDTH // HEADS).transpose(1, 2)


class Network(nn.Module):
    """Tokens in; for each label and scope its log-odds and where it looked, then the reasons, each token's meaning, and
    for each label the log-odds that it is in honest doubt.

    The meanings of a stretch's tokens, added up and brought to length one, are its embedding.
    """

    def __init__(self, labels: int, reasons: int, scopes: int) -> None:
        super().__init__()
        self.words, self.places, self.parts = (nn.Embedding(n, WIDTH) for n in (VOCABULARY, POSITIONS, 2))
        self.norm, self.drop = nn.LayerNorm(WIDTH, eps=1e-12), nn.Dropout(DROPOUT)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.read_along = LAYERS - 1  # lowest layers that read what stood before, too; those above look back at it
        self.labels, heads = labels, labels + scopes
        self.look = nn.Linear(WIDTH, WIDTH)
        self.seek = nn.Parameter(torch.randn(heads, WIDTH) * 0.02)
        self.weigh = nn.Parameter(torch.randn(heads, 2 * WIDTH) * 0.02)
        self.lean = nn.Parameter(torch.full((heads,), RARE))
        self.weigh_doubt = nn.Parameter(torch.randn(labels, 2 * WIDTH) * 0.02)
        self.lean_doubt = nn.Parameter(torch.full((labels,), RARE))
        self.reason = nn.Linear(WIDTH, reasons)
        self.meaning = nn.Linear(WIDTH, WIDTH)
        nn.init.eye_(self.meaning.weight)
        nn.init.zeros_(self.meaning.bias)

    def forward(
        self, before: Tensor, text: Tensor, before_mask: Tensor | None = None, text_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """``before`` are the tokens of what stood before ``text``, which is judged; the masks are 0 for padding."""
        length = before.shape[1] if before_mask is None else before_mask.sum(1, keepdim=True)
        earlier = self._embedded(before, 0, torch.zeros_like(before))
        own = self._embedded(text, length, torch.ones_like(text))
        shut = None
        if before_mask is not None and text_mask is not None:
            shut = (1.0 - torch.cat([before_mask, text_mask], 1).to(own.dtype))[:, None, None, :] * FAR_OFF
        x = torch.cat([earlier, own], 1)
        for layer in self.layers[: self.read_along]:
            x = layer(x, shut)
        earlier, x = x[:, : before.shape[1]], x[:, before.shape[1] :]
        for layer in self.layers[self.read_along :]:
            x = layer(x, shut, earlier)
        return self._answers(x, text_mask)

    def alone(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """What all layers make of texts that nothing stood before, as MiniLM came to read them."""
        shut = (1.0 - mask.to(torch.float))[:, None, None, :] * FAR_OFF
        x = self._embedded(tokens, 0, torch.zeros_like(tokens))
        for layer in self.layers:
            x = layer(x, shut)
        return x

    def _embedded(self, tokens: Tensor, first: int | Tensor, part: Tensor) -> Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)[None] + first
        found: Tensor = self.drop(self.norm(self.words(tokens) + self.places(places) + self.parts(part)))
        return found

    def _answers(self, x: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        score = torch.einsum("btw,hw->bht", self.look(x), self.seek) * (4.0 / WIDTH**0.5)
        if mask is None:
            mean = x.mean(1)
        else:
            own = mask.to(x.dtype)
            mean = (x * own[..., None]).sum(1) / own.sum(1, keepdim=True)
            score = score + (own[:, None, :] - 1.0) * -FAR_OFF
        attention = score.softmax(-1)
        found = torch.einsum("bht,btw->bhw", attention, x)
        both = self.drop(torch.cat([found, mean[:, None].expand_as(found)], -1))
        odds = (both * self.weigh).sum(-1) + self.lean
        doubts = (both[:, : self.labels] * self.weigh_doubt).sum(-1) + self.lean_doubt
        meaning = self.meaning(x)
        if mask is not None:
            meaning = meaning * own[..., None]
        return odds, attention, self.reason(self.drop(mean)), meaning, doubts

    def load_minilm(self, file: Path) -> Network:
        """Take the weights of all-MiniLM-L6-v2."""
        given = load_file(file)
        for name, module in (
            ("embeddings.word_embeddings", self.words),
            ("embeddings.position_embeddings", self.places),
            ("embeddings.token_type_embeddings", self.parts),
            ("embeddings.LayerNorm", self.norm),
        ):
            _take(module, given, name)
        for number, layer in enumerate(self.layers):
            for ours, theirs in THEIR_NAMES.items():
                _take(getattr(layer, ours), given, f"encoder.layer.{number}.{theirs}")
        return self


THEIR_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "norm_attention": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "norm_output": "output.LayerNorm",
}


def _take(module: nn.Module, given: dict[str, Tensor], name: str) -> None:
    module.load_state_dict({part: given[f"{name}.{part}"] for part in module.state_dict()})
