"""Whether sequences of DNA are read one way, found out from the letters themselves.

Sequences around a promoter or a splice site, and genes, lie the same way round: read from the other strand they look
different. Peaks and most regions of a genome do not, and a motif in them counts on either strand. A network should read
both strands of the second kind, and must not turn the first kind round.

The test: tell sequences from their own reverse complements. Half of the sequences says, for each letter at each place
(and for each word of three letters anywhere), how much more often it occurs in the sequence than in its reverse
complement; the other half is judged by the sum of these log ratios. Where a sequence means the same on both strands,
half of the guesses are right.

Relatives would give the game away: who knows one of them knows which way the other one lies. So sequences that share a
long word, on either strand, are a family; a family lies in one half and counts once, in learning, in the share and in
the number that tells chance from more.

Shares measured on public sets (7 bindings by ChIP-seq, promoters of two species, splice sites): see the tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from seqdl_core.sequences.alphabets import Alphabet, encode_all, reverse_complement

_MOST, _FEWEST = 4000, 30
_LETTERS = 512
_LEAST_SHARE = 0.6
_LEAST_DEVIATIONS = 4.0
_PSEUDOCOUNT = 3.0
_WORD = 3
_SHORTEST, _LONGEST = 8, 30
_LINKED_BY_CHANCE = 0.01
"""Words are so long that one sequence in a hundred shares one with an unrelated one."""


@dataclass(frozen=True)
class Direction:
    """What the letters say.

    Attributes:
        sequences: how many different ones were looked at.
        families: of relatives among them; fewer than 30 say nothing.
        share: of the families that were told from their reverse complements; 0.5 is chance.
        directed: whether that is more than chance and more than a trifle.
    """

    sequences: int
    families: int
    share: float
    directed: bool

    @property
    def enough(self) -> bool:
        return self.families >= _FEWEST


def direction_of(sequences: Sequence[str], alphabet: Alphabet) -> Direction:
    """Look at up to 4,000 different sequences, their first 512 letters each; the same answer for the same sequences.

    Sequences with foreign letters, which an import refuses or leaves out, say nothing.
    """
    known = str.maketrans("", "", alphabet.letters + alphabet.unknown)
    begun = dict.fromkeys(one[:_LETTERS].upper() for one in sequences if one)
    different = [one for one in begun if not one.translate(known)]
    step = max(1, len(different) // _MOST)
    different = different[::step][:_MOST]
    if len(different) < _FEWEST:
        return Direction(len(different), len(different), 0.5, False)
    forward = encode_all(different, alphabet)
    backward = _turned(forward, alphabet)
    family = _families(forward, backward, alphabet)
    families = int(family.max()) + 1
    if families < _FEWEST:
        return Direction(len(forward), families, 0.5, False)
    weight = 1 / np.bincount(family)[family]
    half = (np.random.default_rng(0).permutation(families) % 2 == 1)[family]
    tables = (_at_places(forward, alphabet), _of_words(forward, alphabet))
    turned = (_at_places(backward, alphabet), _of_words(backward, alphabet))
    share = max(_told(one, other, half, weight) for one, other in zip(tables, turned, strict=True))
    clear = (share - 0.5) * 2 * np.sqrt(families) >= _LEAST_DEVIATIONS
    return Direction(len(forward), families, share, bool(clear and share >= _LEAST_SHARE))


def _families(
    forward: UInt8[np.ndarray, "N L"], backward: UInt8[np.ndarray, "N L"], alphabet: Alphabet
) -> Int64[np.ndarray, " N"]:
    """A number from 0 for each sequence, the same for all that are linked by a shared word on either strand."""
    rows, length = forward.shape
    width = ceil(log(max(4.0, 2 * rows * length * length / _LINKED_BY_CHANCE), alphabet.size))
    width = min(max(width, _SHORTEST), _LONGEST, length)
    both = [_words(one, width, alphabet) for one in (forward, backward)]
    sequence, word = (np.concatenate(parts) for parts in zip(*both, strict=True))
    known = np.unique(word, return_inverse=True)[1].reshape(-1)
    links = coo_matrix((np.ones(len(word), np.uint8), (sequence, rows + known)), shape=(rows + len(word),) * 2)
    label = connected_components(links, directed=False)[1][:rows]
    return np.unique(label, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _words(codes: UInt8[np.ndarray, "N L"], width: int, alphabet: Alphabet) -> tuple[Int64[np.ndarray, " W"], ...]:
    """Of every word without an unknown letter its sequence and its number, letters as digits."""
    places = codes.shape[1] - width + 1
    numbers, known = np.zeros((len(codes), places), np.int64), np.ones((len(codes), places), bool)
    for at in range(width):
        letters = codes[:, at : at + places]
        numbers = numbers * alphabet.size + letters
        known &= letters < alphabet.size
    return np.nonzero(known)[0].astype(np.int64), numbers[known]


def _turned(codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet) -> UInt8[np.ndarray, "N L"]:
    """Reverse complements, with the padding left at the end."""
    other = reverse_complement(codes, alphabet)
    padding = (other == alphabet.unknown_code).cumprod(1).sum(1)
    places = (np.arange(codes.shape[1]) + padding[:, None]) % codes.shape[1]
    return np.asarray(np.take_along_axis(other, places, 1))


def _at_places(codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet) -> UInt8[np.ndarray, "N F"]:
    """Whether each letter stands at each place."""
    letters = np.arange(alphabet.size, dtype=np.uint8)
    return np.asarray(codes[:, :, None] == letters, np.uint8).reshape(len(codes), -1)


def _of_words(codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet) -> UInt8[np.ndarray, "N F"]:
    """How often each word of three letters occurs, up to 255 times."""
    counts = np.zeros((len(codes), alphabet.size**_WORD), np.int64)
    np.add.at(counts, _words(codes, min(_WORD, codes.shape[1]), alphabet), 1)
    return counts.clip(max=255).astype(np.uint8)


def _told(
    one: UInt8[np.ndarray, "N F"],
    other: UInt8[np.ndarray, "N F"],
    half: Bool[np.ndarray, " N"],
    weight: Float64[np.ndarray, " N"],
) -> float:
    """The share of families that is told from their reverse complements, each by what the other half says."""
    right = 0.0
    for judged in (half, ~half):
        learned = (_shares(table[~judged], weight[~judged]) for table in (one, other))
        ratios = np.subtract(*(np.log(shares) for shares in learned))
        lead = (one[judged].astype(np.float32) - other[judged]) @ ratios.astype(np.float32)
        right += float(((lead > 0) + (lead == 0) / 2) @ weight[judged])
    return right / float(weight.sum())


def _shares(counts: UInt8[np.ndarray, "N F"], weight: Float64[np.ndarray, " N"]) -> Float64[np.ndarray, " F"]:
    return np.asarray(weight @ counts + _PSEUDOCOUNT)
