"""From one-hot proteins to the tokens of published protein language models, in a way that gradients pass.

A token is a row of weights over the vocabulary, one 1 among zeros for a real sequence. Its embedding is these weights
times the embedding table: for real sequences the same number as a look-up, and for attribution a number whose gradient
reaches every letter of the one-hot picture.

The layout is ``start, L letters, end`` and, behind shorter sequences, padding; residue ``i`` is token ``i + 1``. Which
columns are padding is read off the picture: all zeros, with no letter behind. So a letter that is hidden at the very
end of a sequence cannot be told from padding; it is then scored at the place of the ``end`` token. (A blank picture is
a long sequence of unknown letters.)
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import one_hot as rows_of
from torch.nn.functional import pad

from seqdl_core.models._layers import known_positions


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model in its order, and which of them open, close and fill up a sequence."""

    tokens: tuple[str, ...]
    start: str
    end: str
    padding: str

    def index(self, token: str) -> int:
        """The row of a token in the embedding table."""
        return self.tokens.index(token)

    def rows(self, letters: str) -> list[int]:
        """The row of each letter."""
        return [self.index(letter) for letter in letters]


def to_tokens(
    one_hot: Float[Tensor, "N A L"], letters: str, vocabulary: Vocabulary, unknown: str
) -> Float[Tensor, "N P V"]:
    """Weights over the vocabulary for each of P = L + 2 tokens; they sum to 1.

    Args:
        letters: the letters of the one-hot rows.
        unknown: the token of an all-zero column within the sequence; a column between has it in part.
    """
    size, within = len(vocabulary.tokens), known_positions(one_hot)

    def row(token: str) -> Tensor:
        return rows_of(torch.tensor(vocabulary.index(token), device=one_hot.device), size).to(one_hot)

    table = rows_of(torch.tensor(vocabulary.rows(letters), device=one_hot.device), size).to(one_hot)
    missing = (1 - one_hot.detach().sum(1)).clamp(min=0) * within
    residues = one_hot.transpose(1, 2) @ table + missing[..., None] * row(unknown)
    # Behind the letters come one end token and then padding: the end is where "within" stops.
    reached = pad(within, (1, 1)).to(one_hot)
    reached[:, 0] = 1
    closes = pad(reached, (1, 0))[:, :-1] - reached
    closes[:, 0] = 0
    first = torch.zeros_like(reached)
    first[:, 0] = 1
    beyond = 1 - reached - closes
    return (
        pad(residues, (0, 0, 1, 1))
        + first[..., None] * row(vocabulary.start)
        + closes[..., None] * row(vocabulary.end)
        + beyond[..., None] * row(vocabulary.padding)
    )
