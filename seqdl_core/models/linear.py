"""A linear model, for reference: what a network must beat to be worth its trouble. No hidden layer anywhere.

    output     with letters                                   with words (all A^k of k letters)
    sequence   a weight for every letter at every position    a weight for every word, times its share of all words
    positions  a weight for every letter in a window around   a weight for every word in the window
    bins       the mean of such scores over the bin           the mean of such scores over the bin
    pairs      both positions' windows, the pair of letters   both positions' words, the pair of letters
               at them, and the distance                      at them, and the distance

Words are found by a fixed convolution: a filter of ones for each word answers k where it stands and less elsewhere, so
that ``relu(answer - (k - 1))`` is 1 there and 0 elsewhere. Words with an unknown letter are not counted.
"""

from itertools import product
from typing import Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool1d, avg_pool1d, conv1d, pad

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, InputShape, SequenceNetwork
from seqdl_core.models._layers import average_strands, known_span

_MOST_WORDS = 10_000


class LinearConfig(Config):
    features: Literal["letters", "words"] = Field(
        "letters",
        title="Features",
        description="Each letter at its place, or words of a few letters wherever they stand.",
    )
    k: int = Field(
        3, ge=1, le=8, title="Word length", description="Letters in a word.",
        json_schema_extra={"counts": {"features": ["words"]}},
    )  # fmt: skip
    window: int = Field(
        15,
        ge=1,
        le=201,
        title="Window",
        description="Positions around one that its score depends on.",
        json_schema_extra={"counts": {"output": ["positions", "letters", "bins", "pairs"]}},
    )
    both_strands: bool = Field(
        False, title="Both strands", description="Averages both strands of DNA. RNA and proteins have one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip


class Linear(SequenceNetwork):
    ignores_padding = True
    strands_alike = True
    words: Tensor | None

    def __init__(self, config: LinearConfig, shape: InputShape) -> None:
        super().__init__()
        self.shape, self.window, self.k = shape, config.window, config.k
        self.both_strands = config.both_strands and shape.alphabet.both_ways
        counts_words = config.features == "words"
        self.register_buffer("words", _words(shape.letters, config.k) if counts_words else None, persistent=False)
        columns = shape.letters**config.k if counts_words else shape.letters
        if shape.output == "sequence":
            self.score = nn.Linear(columns if counts_words else columns * shape.length, shape.targets)
        else:
            # A word's window is summed first, so that it has one weight wherever it stands in it.
            width = 1 if counts_words else config.window
            self.each = nn.Conv1d(columns, shape.targets, width)
        if shape.output == "pairs":
            self.letters = nn.Parameter(torch.zeros(shape.targets, shape.letters, shape.letters))
            self.distance = nn.Parameter(torch.zeros(shape.targets, shape.length))

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        if self.both_strands and not self.training:
            return average_strands(self.one_strand, one_hot, self.shape)
        return self.one_strand(one_hot)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        """The score of one strand."""
        features = one_hot if self.words is None else self.found(one_hot)
        if self.shape.output == "sequence":
            score: Tensor = self.score(features.flatten(1) if self.words is None else self._shares(one_hot, features))
            return score
        score = self._each(features)
        if self.shape.output == "bins":
            return adaptive_avg_pool1d(score, self.shape.bins)
        return self._pairs(one_hot, score) if self.shape.output == "pairs" else score

    def found(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N W P"]:
        """1 where a word starts, 0 elsewhere; words in alphabetical order, P = L - k + 1."""
        assert self.words is not None
        return torch.relu(conv1d(one_hot, self.words) - (self.k - 1))

    def _shares(self, one_hot: Float[Tensor, "N A L"], found: Float[Tensor, "N W P"]) -> Float[Tensor, "N W"]:
        """Of all words between the first and the last known letter, with unknown letters or not."""
        words = known_span(one_hot).sum(-1, keepdim=True) - self.k + 1
        return found.sum(-1) / words.clamp(min=1)

    def _each(self, features: Float[Tensor, "N D P"]) -> Float[Tensor, "N T L"]:
        """The scores of all positions from what stands around each."""
        missing = self.shape.length - features.shape[-1]
        features = pad(features, (missing // 2, missing - missing // 2))
        features = pad(features, ((self.window - 1) // 2, self.window // 2))
        if self.words is not None:
            features = avg_pool1d(features, self.window, stride=1) * self.window
        score: Tensor = self.each(features)
        return score

    def _pairs(self, one_hot: Float[Tensor, "N A L"], each: Float[Tensor, "N T L"]) -> Float[Tensor, "N T L L"]:
        letters = torch.einsum("nai,tab,nbj->ntij", one_hot, self.letters + self.letters.transpose(1, 2), one_hot)
        places = torch.arange(self.shape.length, device=one_hot.device)
        apart = (places[:, None] - places).abs()
        return each[..., :, None] + each[..., None, :] + letters + self.distance[:, apart]


def _words(letters: int, k: int) -> Float[Tensor, "W A K"]:
    every = torch.eye(letters)
    spelled = torch.tensor(list(product(range(letters), repeat=k)), device=every.device)
    return every[spelled].transpose(1, 2).contiguous()


def _check(config: LinearConfig, shape: InputShape) -> None:
    if config.features != "words":
        return
    count = shape.letters**config.k
    if count > _MOST_WORDS:
        raise ConfigError(
            f"There are {count:,} words of {config.k} {shape.alphabet.title} letters.",
            where="k",
            fix=f"Take words so short that there are at most {_MOST_WORDS:,}.",
        )
    if config.k > shape.length:
        raise ConfigError(
            f"A word of {config.k} letters does not fit into {shape.length}.", where="k", fix="Take shorter words."
        )


ARCHITECTURE = Architecture(
    name="linear",
    summary="One weight a letter or word and no hidden layer; what a network has to beat.",
    config=LinearConfig,
    build=Linear,
    tasks=("binary", "multiclass", "multilabel", "regression", "residues", "masked", "tracks", "contacts"),
    alphabets=("dna", "rna", "protein"),
    source="SeqDL",
    fits=_check,
)
