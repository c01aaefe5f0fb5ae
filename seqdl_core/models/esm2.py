"""ESM-2: a protein language model. From the letters around it, it says which residue stands at a place.

Lin et al., "Evolutionary-scale prediction of atomic-level protein structure with a language model", Science 379:1123
(2023), doi 10.1126/science.ade2574. Published weights are MIT-licensed. The layers are those of ``EsmModel`` in Hugging
Face's transformers, under the same names, so that published weights go in key by key; nothing is ever downloaded.

    step          shape           what happens
    tokens        (N, L+2, 33)    <cls> residues <eos>, then <pad>; 33 tokens in the order of the published tokeniser
    embed         (N, L+2, D)     one row a token; masked tokens become zeros, and all is multiplied by 0.88 / (1 - the
                                  share of masked tokens), while training and in use: as if 12 % were always masked
    each layer    (N, L+2, D)     x + attention(norm(x)), then x + two dense layers (norm(x)), 4 D wide, exact GELU
    norm          (N, L+2, D)     eps 1e-5, as every norm here
    letters       (N, 20, L)      dense D, GELU, norm, then the embedding table once more, turned, and a bias

Attention turns queries and keys by their position (rotary; the first half of a head's channels pairs with the second),
with the query scaled before. There is no dropout in the layers. Six sizes, t6_8M to t48_15B: 7,512,353 parameters in
the smallest with its letter scores.

Which task takes what:
- masked letters: the 33 scores of the language model, cut to our 20 letters in alphabetical order; probabilities are
  among the 20. All-zero columns are hidden letters, so ``<mask>``.
- one score a sequence, or a class for each residue: fresh heads on the last norm's residues, without ``<cls>``,
  ``<eos>`` and padding. All-zero columns are unknown letters, so ``X``.
- contacts: the published head. Attention maps of all layers and heads, made symmetric, less what row and column explain
  together (average product correction), weighted by a logistic regression. Ours reads the maps 64-fold and holds
  published weights as 64ths, the same scores: a share of attention is about 1 / L, and steps of the usual learning
  rates would never bring a weight to the tens that such small numbers need. What the maps do not depend on (the last
  layer beyond its queries and keys) keeps its weights in the file and does not learn.

One-hot columns meet the embedding table as weights, so that a gradient reaches every letter. The published tokeniser
also has B, U, Z, O and gaps; our alphabet reads them as unknown, so their rows never speak here.
"""

import os
from typing import Any, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import gelu

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, AttentionNetwork, InputShape, count_parameters
from seqdl_core.models._heads import make_head
from seqdl_core.models._layers import known_positions
from seqdl_core.models._tokens import Vocabulary, to_tokens
from seqdl_core.sequences.alphabets import PROTEIN

VOCABULARY = Vocabulary(
    ("<cls>", "<pad>", "<eos>", "<unk>", *"LAGVSERTIDPKQNFYMHWCXBUZO.-", "<null_1>", "<mask>"),
    "<cls>",
    "<eos>",
    "<pad>",
)
SIZES = {
    "t6_8M": (6, 320, 20),
    "t12_35M": (12, 480, 20),
    "t30_150M": (30, 640, 20),
    "t33_650M": (33, 1280, 20),
    "t36_3B": (36, 2560, 40),
    "t48_15B": (48, 5120, 40),
}
"""Layers, width and heads of the published models."""

CONTACT_SCALE = 64
"""What attention maps are multiplied with for contacts; a power of two, so that nothing is rounded."""

_MASKED_IN_TRAINING = 0.15 * 0.8
_EPS = 1e-5


class Esm2Config(Config):
    size: Literal["t6_8M", "t12_35M", "t30_150M", "t33_650M", "t36_3B", "t48_15B"] = Field(
        "t6_8M", title="Size", description="Which of the published models, from small to large; fresh weights.",
        json_schema_extra={"words": [
            "8 million parameters, 6 layers (t6_8M)",
            "35 million, 12 layers (t12_35M)",
            "150 million, 30 layers (t30_150M)",
            "650 million, 33 layers (t33_650M)",
            "3 billion, 36 layers (t36_3B)",
            "15 billion, 48 layers (t48_15B)",
        ], "counts": [{"layers": [0]}, {"width": [0]}, {"heads": [0]}]},
    )  # fmt: skip
    layers: int = Field(
        0, ge=0, le=64, title="Layers", description="Layers of attention; 0 for those of the size chosen.",
        json_schema_extra={"advanced": True},
    )  # fmt: skip
    width: int = Field(
        0, ge=0, le=8192, title="Width", description="Numbers that describe a residue; 0 for those of the size chosen.",
        json_schema_extra={"advanced": True},
    )  # fmt: skip
    heads: int = Field(
        0, ge=0, le=128, title="Heads", description="Things a layer looks for at once; 0 for those of the size chosen.",
        json_schema_extra={"advanced": True},
    )  # fmt: skip
    hidden: int = Field(
        0, ge=0, le=4096, title="Hidden units",
        description="Units between what it read and the score; 0 for none.",
        json_schema_extra={"counts": {"output": ["sequence", "positions"]}},
    )  # fmt: skip
    dropout: float = Field(
        0.1, ge=0, le=0.9, title="Dropout", description="Share of what the score reads forgotten in each step.",
        json_schema_extra={"counts": {"output": ["sequence", "positions"]}},
    )  # fmt: skip

    @property
    def dimensions(self) -> tuple[int, int, int]:
        """Layers, width, heads."""
        layers, width, heads = SIZES[self.size]
        return self.layers or layers, self.width or width, self.heads or heads


def _check(config: Esm2Config, shape: InputShape) -> None:
    _, width, heads = config.dimensions
    if width % (2 * heads):
        raise ConfigError(
            f"A width of {width:,} cannot be shared among {heads} heads: each needs an even number of channels.",
            where="width",
            fix=f"Choose a width that {2 * heads} divides.",
        )


def _published_layers(layers: int, width: int, heads: int) -> Any:
    """Hugging Face's ``EsmModel`` with fresh weights."""
    # Should the library ever wish to look something up on its own, it is told that there is no network.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import EsmConfig, EsmModel  # takes seconds, so not with this file

    settings = EsmConfig(
        vocab_size=len(VOCABULARY.tokens),
        mask_token_id=VOCABULARY.index("<mask>"),
        pad_token_id=VOCABULARY.index("<pad>"),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=4 * width,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        layer_norm_eps=_EPS,
        position_embedding_type="rotary",
        token_dropout=True,
        emb_layer_norm_before=False,
    )
    return EsmModel(settings, add_pooling_layer=False)


class LetterScores(nn.Module):
    """The language model's head. Its last layer is the embedding table, which is why it is handed over."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width, width)
        self.layer_norm = nn.LayerNorm(width, eps=_EPS)
        self.bias = nn.Parameter(torch.zeros(len(VOCABULARY.tokens)))

    def forward(self, states: Float[Tensor, "N P D"], table: Float[Tensor, "V D"]) -> Float[Tensor, "N P V"]:
        scores: Tensor = self.layer_norm(gelu(self.dense(states))) @ table.T + self.bias
        return scores


class ContactScores(nn.Module):
    """A logistic regression on what attention maps say of a pair of residues beyond what each says alone."""

    def __init__(self, maps: int, targets: int) -> None:
        super().__init__()
        self.regression = nn.Linear(maps, targets)

    def forward(self, maps: Float[Tensor, "N M L L"]) -> Float[Tensor, "N T L L"]:
        corrected = CONTACT_SCALE * average_product_corrected(maps + maps.transpose(-1, -2))
        scores: Tensor = self.regression(corrected.permute(0, 2, 3, 1))
        return scores.permute(0, 3, 1, 2)


class Esm2(AttentionNetwork):
    ignores_padding = True

    def __init__(self, config: Esm2Config, shape: InputShape) -> None:
        super().__init__()
        layers, width, heads = config.dimensions
        self.letters = shape.alphabet.letters
        self.margin = 0 if shape.output == "positions" else None
        self.esm = _published_layers(layers, width, heads)
        self.esm.contact_head = None
        self.lm_head, self.head = None, None
        self.unknown = "<mask>" if shape.of_letters else "X"
        if shape.output == "pairs":
            self.esm.contact_head = ContactScores(layers * heads, shape.targets)
            self.esm.set_attn_implementation("eager")
            _freeze_beyond_attention(self.esm.encoder)
        elif shape.of_letters:
            self.lm_head = LetterScores(width)
        else:
            self.head = make_head(shape, width, config.hidden, config.dropout)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        if self.esm.contact_head is not None:
            known = known_positions(one_hot)
            pairs = known[:, None, :, None] & known[:, None, None, :]
            maps = torch.cat([layer[..., 1:-1, 1:-1] * pairs for layer in self.attention(one_hot)], 1)
            scores: Tensor = self.esm.contact_head(maps)
            return scores
        states = self.states(one_hot)
        if self.lm_head is not None:
            table = self.esm.embeddings.word_embeddings.weight
            rows = VOCABULARY.rows(self.letters)
            letters: Tensor = self.lm_head(states[:, 1:-1], table)[..., rows]
            return letters.transpose(1, 2)
        assert self.head is not None
        scores = self.head(states[:, 1:-1].transpose(1, 2), known_positions(one_hot))
        return scores

    def states(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N P D"]:
        """What the last norm puts out for each of P = L + 2 tokens."""
        embedded, blind = self.embed(one_hot)
        states: Tensor = self.esm(inputs_embeds=embedded, attention_mask=blind).last_hidden_state
        return states

    def embed(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N P D"], Float[Tensor, "N 1 1 P"]]:
        """The embedding of each token, scaled, and what attention adds to its logits: 0, or the least for padding."""
        tokens = to_tokens(one_hot, self.letters, VOCABULARY, self.unknown)
        masked = tokens[..., VOCABULARY.index("<mask>")].detach()
        visible = tokens[..., VOCABULARY.index("<pad>")].detach() == 0
        # The published code sets masked tokens to zero: their row of the table has no say, nor has that of <pad>.
        speaks = torch.ones(len(VOCABULARY.tokens), device=one_hot.device)
        speaks[[VOCABULARY.index("<mask>"), VOCABULARY.index("<pad>")]] = 0
        embedded = (tokens * speaks) @ self.esm.embeddings.word_embeddings.weight
        scale = (1 - _MASKED_IN_TRAINING) / (1 - masked.sum(-1) / visible.sum(-1))
        # Handed over in this form, as the library would otherwise look at values to choose its way.
        blind = (~visible[:, None, None]).to(embedded) * torch.finfo(embedded.dtype).min
        return embedded * scale[:, None, None], blind

    def attention(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N H P P"], ...]:
        """Over P = L + 2 tokens: ``<cls>``, the residues, ``<eos>``; nobody looks at padding."""
        embedded, blind = self.embed(one_hot)
        quick = self.esm.config._attn_implementation
        self.esm.set_attn_implementation("eager")  # the quick way never writes the weights down
        try:
            looked = self.esm(inputs_embeds=embedded, attention_mask=blind, output_attentions=True)
        finally:
            self.esm.set_attn_implementation(quick)
        weights: tuple[Tensor, ...] = looked.attentions
        return weights


def average_product_corrected(maps: Float[Tensor, "N M L L"]) -> Float[Tensor, "N M L L"]:
    """Each map less what its row sums and column sums alone would make it: zero for a product of two vectors."""
    total = maps.sum((-1, -2), keepdim=True).clamp(min=torch.finfo(maps.dtype).tiny)
    return maps - maps.sum(-1, keepdim=True) * maps.sum(-2, keepdim=True) / total


def _freeze_beyond_attention(encoder: Any) -> None:
    """The last layer's attention weights are the last thing that contacts are read from."""
    last = encoder.layer[-1]
    for part in (
        last.attention.self.value, last.attention.output, last.LayerNorm, last.intermediate, last.output,
        encoder.emb_layer_norm_after,
    ):  # fmt: skip
        part.requires_grad_(False)


def parameters(config: Esm2Config, shape: InputShape) -> int:
    """How many numbers training adjusts, without the seconds that it takes to import the library's layers.

    D numbers a token; a layer has 12 D^2 + 13 D (four dense layers of attention, two as wide as 4 D, two norms).
    """
    layers, width, heads = config.dimensions
    dense, norm, table = width * (width + 1), 2 * width, len(VOCABULARY.tokens) * width
    trunk = table + layers * (4 * dense + 8 * width**2 + 5 * width + 2 * norm) + norm
    if shape.output == "pairs":  # of the last layer only queries, keys and the norm before them learn
        frozen = 2 * dense + norm + 8 * width**2 + 5 * width + norm
        return trunk - frozen + (layers * heads + 1) * shape.targets
    if shape.of_letters:
        return trunk + dense + norm + len(VOCABULARY.tokens)
    with torch.device("meta"):
        return trunk + count_parameters(make_head(shape, width, config.hidden, config.dropout))


ARCHITECTURE = Architecture(
    name="esm2",
    summary="A protein language model: attention layers for sequences without labels; adds start and end marks.",
    config=Esm2Config,
    build=Esm2,
    tasks=("masked", "binary", "multiclass", "multilabel", "regression", "residues", "contacts"),
    alphabets=("protein",),
    source="Lin et al. 2023, doi 10.1126/science.ade2574",
    year=2023,
    published=InputShape(PROTEIN, 1022, 20, "positions", of_letters=True),
    presets={"small": Esm2Config(layers=2, width=64, heads=4)},
    fits=_check,
    parameters=parameters,
)
