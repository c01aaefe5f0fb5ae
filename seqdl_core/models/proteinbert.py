"""ProteinBERT: convolutions along the protein beside one vector for the whole of it, which talk in every block.

Brandes, Ofer, Peleg, Rappoport & Linial, "ProteinBERT: a universal deep-learning model of protein sequence and
function", Bioinformatics 38:2102 (2022), doi 10.1093/bioinformatics/btac020. Layers follow the authors' code (MIT).

    step         shape            what happens
    tokens       (N, 128, L+2)    <START> residues <END>, then <PAD>; 26 tokens, one row of the table each
    annotations  (N, 512)         GELU(dense) of 8,943 Gene Ontology terms, all zero where none is known
    six blocks:
      local      (N, 128, L+2)    norm(s + GELU(dense g) + GELU(conv 9 s) + GELU(conv 9, every 5th letter, s))
                                  norm(s + GELU(dense s))
      attention  (N, 512)         4 heads, each: tanh(g Q), tanh(s K), GELU(s V); softmax over positions of q.k / 8
      global     (N, 512)         norm(g + GELU(dense g) + attention), then norm(g + GELU(dense g))
    letters      (N, 26, L+2)     dense, from the local track
    terms        (N, 8943)        dense, from the global track

The local track takes the global one as it was before the block; attention reads the local track as the block leaves it.
Attention has no biases and no output layer. GELU is exact, norms have eps 1e-3, all start as Keras does. 15,981,321
parameters with both heads, which is what the task of masked letters builds.

Padding takes part in everything, as in the original: a score depends on the length that sequences are padded to. The
convolutions alone see 241 tokens; the global track has seen them all.

Differences: the original has a token for U and reads B, J, O and Z as <OTHER>; our 20 letters have none of these, and
all five become X. It hides letters by drawing others in their place and has no mask token; a column of zeros is X here,
so the task of masked letters shows X. Its scores are for our 20 letters of the 26. No terms are brought with
sequences in SeqDL: :meth:`ProteinBert.pretraining` takes them, for who has them, and gives both heads' scores. Other
tasks read what the authors read when they fine-tune: each norm's output side by side, with what goes in and comes out
(15,599 numbers of the global track for a sequence, 1,562 of the local one for a residue), dropout, one dense layer.
"""

from math import sqrt
from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import gelu

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, AttentionNetwork, InputShape
from seqdl_core.models._tokens import Vocabulary, to_tokens
from seqdl_core.sequences.alphabets import PROTEIN

VOCABULARY = Vocabulary(
    (*"ACDEFGHIKLMNPQRSTUVWXY", "<OTHER>", "<START>", "<END>", "<PAD>"), "<START>", "<END>", "<PAD>"
)
_TOKENS = len(VOCABULARY.tokens)
_EPS = 1e-3
_GLOBAL: Any = [{"output": ["sequence"]}, {"output": ["letters"], "annotations": 1}, {"blocks": 2}]
"""Where something reads the global track: its score, that of the terms, or a second block."""


class ProteinBertConfig(Config):
    blocks: int = Field(6, ge=1, le=24, title="Blocks", description="How often both tracks talk to each other.")
    local_width: int = Field(
        128, ge=4, le=2048, title="Local width", description="Numbers that describe a residue and its neighbours."
    )
    global_width: int = Field(
        512, ge=4, le=8192, title="Global width", description="Numbers that describe the protein as a whole."
    )
    heads: int = Field(
        4, ge=1, le=64, title="Heads", description="Places that the global track can look at at once, in each block.",
        json_schema_extra={"counts": _GLOBAL},
    )  # fmt: skip
    key_width: int = Field(
        64, ge=2, le=512, title="Key width", description="Numbers by which attention finds a place.",
        json_schema_extra={"advanced": True, "counts": _GLOBAL},
    )  # fmt: skip
    filter_width: int = Field(9, ge=1, le=63, title="Filter width", description="Letters that a convolution sees.")
    dilation: int = Field(
        5, ge=1, le=32, title="Dilation", description="Steps between the letters that the wide convolution sees.",
        json_schema_extra={"advanced": True, "counts": {"filter_width": 2}},
    )  # fmt: skip
    annotations: int = Field(
        8943, ge=0, le=100_000, title="Annotations",
        description="Terms of the Gene Ontology beside the sequence; 0 to do without, 8,943 for published weights.",
        json_schema_extra={"advanced": True},
    )  # fmt: skip
    every_layer: bool = Field(
        True,
        title="Read every layer",
        description="The score reads what all layers wrote, as published; off, only what the last one wrote.",
        json_schema_extra={"counts": {"output": ["sequence", "positions"]}},
    )
    dropout: float = Field(
        0.5, ge=0, le=0.9, title="Dropout", description="Share of what the score reads forgotten in each step.",
        json_schema_extra={"counts": {"output": ["sequence", "positions"]}},
    )  # fmt: skip


def _check(config: ProteinBertConfig, shape: InputShape) -> None:
    if config.global_width % config.heads:
        raise ConfigError(
            f"A global width of {config.global_width:,} cannot be shared among {config.heads} heads.",
            where="global_width",
            fix=f"Choose a global width that {config.heads} divides.",
        )


class GlobalAttention(nn.Module):
    """The protein's one vector asks, every token answers. The first axis of each weight is the head."""

    def __init__(self, config: ProteinBertConfig) -> None:
        super().__init__()
        heads, key, value = config.heads, config.key_width, config.global_width // config.heads
        self.query = _keras_start(nn.Parameter(torch.empty(heads, config.global_width, key)))
        self.key = _keras_start(nn.Parameter(torch.empty(heads, config.local_width, key)))
        self.value = _keras_start(nn.Parameter(torch.empty(heads, config.local_width, value)))

    def forward(self, whole: Float[Tensor, "N G"], local: Float[Tensor, "N P D"]) -> Float[Tensor, "N G"]:
        values = gelu(torch.einsum("npd,hdv->nhpv", local, self.value))
        return torch.einsum("nhp,nhpv->nhv", self.weights(whole, local), values).flatten(1)

    def weights(self, whole: Float[Tensor, "N G"], local: Float[Tensor, "N P D"]) -> Float[Tensor, "N H P"]:
        """How much of each token goes into each head's answer; they sum to 1 over the tokens."""
        query = torch.tanh(torch.einsum("ng,hgk->nhk", whole, self.query))
        keys = torch.tanh(torch.einsum("npd,hdk->nhpk", local, self.key))
        return (torch.einsum("nhk,nhpk->nhp", query, keys) / sqrt(self.key.shape[-1])).softmax(-1)


class Block(nn.Module):
    """One block; ``updates_global`` is False for a last one whose global half nothing would read."""

    def __init__(self, config: ProteinBertConfig, updates_global: bool) -> None:
        super().__init__()
        local, whole, width = config.local_width, config.global_width, config.filter_width
        self.global_to_local = nn.Linear(whole, local)
        self.narrow = nn.Conv1d(local, local, width)
        self.wide = nn.Conv1d(local, local, width, dilation=config.dilation)
        self.local_norm1 = nn.LayerNorm(local, eps=_EPS)
        self.local_dense = nn.Linear(local, local)
        self.local_norm2 = nn.LayerNorm(local, eps=_EPS)
        self.updates_global = updates_global
        if updates_global:
            self.global_dense1 = nn.Linear(whole, whole)
            self.attention = GlobalAttention(config)
            self.global_norm1 = nn.LayerNorm(whole, eps=_EPS)
            self.global_dense2 = nn.Linear(whole, whole)
            self.global_norm2 = nn.LayerNorm(whole, eps=_EPS)

    def local_track(
        self, local: Float[Tensor, "N P D"], whole: Float[Tensor, "N G"]
    ) -> tuple[Float[Tensor, "N P D"], Float[Tensor, "N P D"]]:
        """What both norms of the local track put out."""
        along = local.transpose(1, 2)
        near, far = (gelu(_same(layer, along)).transpose(1, 2) for layer in (self.narrow, self.wide))
        first = self.local_norm1(local + gelu(self.global_to_local(whole))[:, None] + near + far)
        return first, self.local_norm2(first + gelu(self.local_dense(first)))

    def global_track(
        self, whole: Float[Tensor, "N G"], local: Float[Tensor, "N P D"]
    ) -> tuple[Float[Tensor, "N G"], Float[Tensor, "N G"]]:
        """What both norms of the global track put out; ``local`` is as the block leaves it."""
        first = self.global_norm1(whole + gelu(self.global_dense1(whole)) + self.attention(whole, local))
        return first, self.global_norm2(first + gelu(self.global_dense2(first)))


class ProteinBert(AttentionNetwork):
    def __init__(self, config: ProteinBertConfig, shape: InputShape) -> None:
        super().__init__()
        self.alphabet_letters, self.output, self.every_layer = shape.alphabet.letters, shape.output, config.every_layer
        local, whole, terms = config.local_width, config.global_width, config.annotations
        of_letters, of_sequence = shape.of_letters, shape.output == "sequence"
        self.embedding = nn.Parameter(torch.empty(_TOKENS, local))
        self.annotations_in = nn.Linear(terms, whole) if terms else None
        self.start = None if terms else nn.Parameter(torch.zeros(whole))
        read = of_sequence or (of_letters and terms > 0)
        self.blocks: Any = nn.ModuleList(
            Block(config, updates_global=read or index + 1 < config.blocks) for index in range(config.blocks)
        )
        # In the published fine-tuning both heads are kept as further numbers to read.
        scores_letters = of_letters or (config.every_layer and not of_sequence)
        scores_terms = terms > 0 and (of_letters or (config.every_layer and of_sequence))
        self.letters = nn.Linear(local, _TOKENS) if scores_letters else None
        self.terms = nn.Linear(whole, terms) if scores_terms else None
        if of_sequence:
            width = whole * (2 * config.blocks + 1) + terms if config.every_layer else whole
        else:
            width = local * 2 * config.blocks + _TOKENS if config.every_layer else local
        self.head = None if of_letters else nn.Sequential(nn.Dropout(config.dropout), nn.Linear(width, shape.targets))
        self._start_as_keras_does()

    def _start_as_keras_does(self) -> None:
        nn.init.uniform_(self.embedding, -0.05, 0.05)
        for layer in self.modules():
            if isinstance(layer, (nn.Linear, nn.Conv1d)):
                nn.init.xavier_uniform_(layer.weight)
                assert layer.bias is not None
                nn.init.zeros_(layer.bias)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        local, whole = self.tracks(one_hot)
        if self.head is None:
            assert self.letters is not None
            letters: Tensor = self.letters(local[-1][:, 1:-1])[..., VOCABULARY.rows(self.alphabet_letters)]
            return letters.transpose(1, 2)
        if self.output == "sequence":
            further = [] if self.terms is None else [torch.sigmoid(self.terms(whole[-1]))]
            gathered = torch.cat([*whole, *further], -1) if self.every_layer else whole[-1]
            score: Tensor = self.head(gathered)
            return score
        residues = [layer[:, 1:-1] for layer in local[1:]]
        further = [] if self.letters is None else [self.letters(residues[-1]).softmax(-1)]
        classes: Tensor = self.head(torch.cat([*residues, *further], -1) if self.every_layer else residues[-1])
        return classes.transpose(1, 2)

    def pretraining(
        self, one_hot: Float[Tensor, "N A L"], annotations: Float[Tensor, "N G"]
    ) -> tuple[Float[Tensor, "N 26 P"], Float[Tensor, "N G"]]:
        """Both published heads' raw scores for all tokens and terms; of the network for masked letters alone."""
        assert self.letters is not None
        assert self.terms is not None
        local, whole = self.tracks(one_hot, annotations)
        return self.letters(local[-1]).transpose(1, 2), self.terms(whole[-1])

    def tracks(
        self, one_hot: Float[Tensor, "N A L"], annotations: Float[Tensor, "N G"] | None = None
    ) -> tuple[list[Float[Tensor, "N P D"]], list[Float[Tensor, "N W"]]]:
        """Both tracks as they start, and each norm's output, in order."""
        local = [to_tokens(one_hot, self.alphabet_letters, VOCABULARY, "X") @ self.embedding]
        whole = [self._first(len(one_hot), annotations)]
        for block in self.blocks:
            before = whole[-1]
            local += block.local_track(local[-1], before)
            if block.updates_global:
                whole += block.global_track(before, local[-1])
        return local, whole

    def _first(self, count: int, annotations: Float[Tensor, "N G"] | None) -> Float[Tensor, "N W"]:
        """The global track before the blocks. Without annotations (all zeros) only the bias speaks."""
        if annotations is not None and self.annotations_in is not None:
            return gelu(self.annotations_in(annotations))
        bias = self.start if self.annotations_in is None else self.annotations_in.bias
        assert bias is not None
        return gelu(bias).expand(count, -1)

    def attention(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N H 1 P"], ...]:
        """One row, for the one that looks is the protein as a whole; columns are the P = L + 2 tokens."""
        local, whole = self.tracks(one_hot)
        return tuple(
            block.attention.weights(whole[2 * index], local[2 * index + 2])[:, :, None]
            for index, block in enumerate(self.blocks)
            if block.updates_global
        )


def _same(layer: nn.Conv1d, features: Float[Tensor, "N D P"]) -> Float[Tensor, "N D P"]:
    """As long as before, between zeros; where they do not share out evenly, the right end gets one more (Keras)."""
    missing = (layer.kernel_size[0] - 1) * layer.dilation[0]
    answers: Tensor = layer(nn.functional.pad(features, (missing // 2, missing - missing // 2)))
    return answers


def _keras_start(weight: nn.Parameter) -> nn.Parameter:
    """Glorot's even draw, with the counts that Keras takes from a weight of three axes: (heads, in, out)."""
    heads, inputs, outputs = weight.shape
    bound = sqrt(6 / (heads * (inputs + outputs)))
    nn.init.uniform_(weight, -bound, bound)
    return weight


ARCHITECTURE = Architecture(
    name="proteinbert",
    summary="A protein language model of convolutions, with one vector for the whole; adds start and end marks.",
    config=ProteinBertConfig,
    build=ProteinBert,
    tasks=("masked", "binary", "multiclass", "multilabel", "regression", "residues"),
    alphabets=("protein",),
    source="Brandes et al. 2022, doi 10.1093/bioinformatics/btac020",
    year=2022,
    published=InputShape(PROTEIN, 510, 20, "positions", of_letters=True),
    presets={
        "small": ProteinBertConfig(
            blocks=2, local_width=48, global_width=96, heads=4, key_width=16, annotations=0, dropout=0.2
        )
    },
    fits=_check,
)
