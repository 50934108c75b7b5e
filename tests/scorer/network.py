"""MiniLM as a cross-encoder in torch: the published weights, two segments, three answers."""

import torch
from torch import nn

from service.retrieval.graph import EPSILON, HEADS, LAYERS, WIDTH
from service.retrieval.weights import read_weights

INNER = 4 * WIDTH
ANSWERS = 3
DROPPED = 0.1


class Layer(nn.Module):
    """One encoder layer; names are those of the published weights."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.out = nn.Linear(WIDTH, WIDTH)
        self.attended = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.wide, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.normal = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        q, k, v = (self._heads(part(hidden)) for part in (self.query, self.key, self.value))
        seen = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(hidden.shape)
        hidden = self.attended(hidden + self.drop(self.out(seen)))
        inner = self.narrow(nn.functional.gelu(self.wide(hidden)))
        return self.normal(hidden + self.drop(inner))

    @staticmethod
    def _heads(rows: torch.Tensor) -> torch.Tensor:
        return rows.view(*rows.shape[:2], HEADS, WIDTH // HEADS).transpose(1, 2)


class CrossEncoder(nn.Module):
    """(ids, segments, mask), each (pairs, tokens) -> (pairs, 3): borne, contradicted, not said."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30_522, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.segments = nn.Embedding(2, WIDTH)
        self.normal = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.pool, self.head = nn.Linear(2 * WIDTH, WIDTH), nn.Linear(WIDTH, ANSWERS)
        self.drop = nn.Dropout(DROPPED)

    def forward(
        self, ids: torch.Tensor, segments: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        places = torch.arange(ids.shape[1])
        hidden = self.words(ids) + self.places(places)[None] + self.segments(segments)
        hidden = self.drop(self.normal(hidden))
        seen = mask[:, None, None, :].bool()
        for layer in self.layers:
            hidden = layer(hidden, seen)
        # The first token and the mean of the statement's own tokens.
        own = (segments * mask)[..., None].float()
        mean = (hidden * own).sum(1) / own.sum(1).clamp(min=1)
        pooled = torch.tanh(self.pool(torch.cat([hidden[:, 0], mean], dim=1)))
        return self.head(self.drop(pooled))


def pretrained() -> CrossEncoder:
    """With the published weights of MiniLM; pooling and head are new."""
    network, held = CrossEncoder(), read_weights()
    state = network.state_dict()
    table = "embeddings.{}_embeddings.weight"
    for ours, theirs in (("words", "word"), ("places", "position"), ("segments", "token_type")):
        state[f"{ours}.weight"] = torch.tensor(held[table.format(theirs)])
    for part in ("weight", "bias"):
        state[f"normal.{part}"] = torch.tensor(held[f"embeddings.LayerNorm.{part}"])
        for n in range(LAYERS):
            for ours, theirs in _NAMES.items():
                name = f"encoder.layer.{n}.{theirs}.{part}"
                state[f"layers.{n}.{ours}.{part}"] = torch.tensor(held[name])
    network.load_state_dict(state)
    return network


_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "attended": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "normal": "output.LayerNorm",
}
