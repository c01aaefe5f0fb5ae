"""Augmentation: each time a sequence is shown it looks a little different. On the device, a batch at a time.

    step               what happens                                             applies to
    other strand       the reverse complement of rows that were drawn           codes; what lies along the sequence
    shift              rows move, the gap is filled with the unknown letter     codes; labels and pairs of positions
    mutation           a letter becomes any other, each equally likely          codes
    substitution       an amino acid becomes another, as BLOSUM62 finds likely  codes
    noise              Gaussian noise is added to the one-hot letters           one-hot

What is drawn is a pure function of seed, epoch and step: strand and shift in :mod:`seqdl_core.training.batches`, the
rest here from one generator a step. So a resumed run draws what it would have drawn, and the number of threads changes
nothing; another kind of device draws other numbers. Unknown letters stay unknown, without noise.

Targets that lie along the sequence go with it: in reverse order on the other strand, and moved by the shift, where the
gap is not known (NaN). Counts in bins cannot follow a shift by a part of a bin, so there it is refused.
"""

from functools import cache

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Shaped, UInt8
from torch import Tensor

from seqdl_core.errors import ConfigError
from seqdl_core.sequences.alphabets import PROTEIN, Alphabet
from seqdl_core.tasks import Hide, Task
from seqdl_core.training.config import TrainingConfig

_BLOSUM_FREQUENCIES = {
    "A": 0.074, "R": 0.052, "N": 0.045, "D": 0.054, "C": 0.025, "Q": 0.034, "E": 0.054, "G": 0.074, "H": 0.026,
    "I": 0.068, "L": 0.099, "K": 0.058, "M": 0.025, "F": 0.047, "P": 0.039, "S": 0.057, "T": 0.051, "W": 0.013,
    "Y": 0.032, "V": 0.073,
}  # fmt: skip
"""How frequent each amino acid is in the blocks that BLOSUM62 was counted from (Henikoff & Henikoff 1992)."""

_WORD = 2**64 - 1


def other_strand(codes: UInt8[Tensor, "N L"], chosen: Bool[Tensor, " N"], alphabet: Alphabet) -> UInt8[Tensor, "N L"]:
    """The reverse complement of the chosen rows; the others as they are."""
    complement = torch.from_numpy(alphabet.complement_codes).to(codes.device)
    return torch.where(chosen[:, None], complement[codes.flip(1).long()], codes)


def turned(values: Shaped[Tensor, "N ... L"], chosen: Bool[Tensor, " N"]) -> Shaped[Tensor, "N ... L"]:
    """The chosen rows in reverse order along the last axis, as :func:`other_strand` does to letters."""
    return torch.where(chosen.view(-1, *[1] * (values.ndim - 1)), values.flip(-1), values)


def shifted(values: Shaped[Tensor, "N ... L"], shifts: Int[Tensor, " N"], fill: float) -> Shaped[Tensor, "N ... L"]:
    """Rows moved right along the last axis by their shift (left when negative), the gap filled."""
    length = values.shape[-1]
    source = torch.arange(length, device=values.device) - shifts[:, None]
    source = source.view(-1, *[1] * (values.ndim - 2), length)
    inside = (source >= 0) & (source < length)
    moved = torch.gather(values, -1, source.clamp(0, length - 1).expand(values.shape))
    return torch.where(inside, moved, torch.full_like(moved, fill))


def mutated(codes: UInt8[Tensor, "N L"], rate: float, letters: int, generator: torch.Generator) -> UInt8[Tensor, "N L"]:
    """Each known letter becomes another one with probability ``rate``; all others are equally likely."""
    hit = torch.rand(codes.shape, generator=generator, device=codes.device) < rate
    step = torch.randint(1, letters, codes.shape, generator=generator, device=codes.device, dtype=torch.uint8)
    return torch.where(hit & (codes < letters), (codes + step) % letters, codes)


def substituted(codes: UInt8[Tensor, "N L"], rate: float, generator: torch.Generator) -> UInt8[Tensor, "N L"]:
    """Each known amino acid becomes another one with probability ``rate``, drawn by :func:`blosum_substitutions`."""
    hit = torch.rand(codes.shape, generator=generator, device=codes.device) < rate
    drawn = torch.rand(codes.shape, generator=generator, device=codes.device)
    hit &= codes < PROTEIN.size
    bounds = torch.from_numpy(blosum_substitutions().cumsum(1)).float().to(codes.device)
    before = codes[hit].long()
    after = (drawn[hit][:, None] >= bounds[before]).sum(1).clamp(max=PROTEIN.size - 1)
    # Rounding may leave the last bound a little under 1, and the letter itself takes no share: never draw it.
    after = torch.where(after == before, (before + 1) % PROTEIN.size, after)
    changed = codes.clone()
    changed[hit] = after.to(torch.uint8)
    return changed


@cache
def blosum_substitutions() -> Float[np.ndarray, "20 20"]:
    """Row a, column b: how likely a becomes b, given that it becomes another letter; in the alphabet's order.

    BLOSUM62 scores are ``2 log2(p_ab / (q_a q_b))``, so ``p(b | a)`` is ``q_b 2^(S_ab / 2)`` up to a factor; the
    diagonal is left out and each row made to sum to 1.
    """
    from Bio.Align import substitution_matrices

    scores = substitution_matrices.load("BLOSUM62")
    frequencies = np.array([_BLOSUM_FREQUENCIES[letter] for letter in PROTEIN.letters])
    table = np.array([[scores[a, b] for b in PROTEIN.letters] for a in PROTEIN.letters], np.float64)
    likely = frequencies * 2 ** (table / 2)
    np.fill_diagonal(likely, 0)
    return np.asarray(likely / likely.sum(1, keepdims=True))


def noisy(one_hot: Float[Tensor, "N A L"], spread: float, generator: torch.Generator) -> Float[Tensor, "N A L"]:
    """One-hot letters with Gaussian noise of this standard deviation; unknown letters stay all zero."""
    noise = torch.randn(one_hot.shape, generator=generator, device=one_hot.device, dtype=one_hot.dtype)
    known = one_hot.sum(1, keepdim=True) > 0
    return one_hot + torch.where(known, noise * spread, torch.zeros_like(noise))


def require_no_shift_of_bins(config: TrainingConfig, task: Task) -> None:
    """Raise ConfigError where a shift would move the letters away from the counts that were measured for them."""
    if task.output == "bins" and config.shift:
        raise ConfigError(
            f"A shift of up to {config.shift} letters would move the letters away from their counts, which stay in "
            "their bins.",
            where="shift",
            fix="Set the shift to 0.",
        )


class Augmentation:
    """What a training config asks for, step by step; with its defaults nothing is drawn and nothing changes."""

    def __init__(self, config: TrainingConfig, alphabet: Alphabet, device: torch.device) -> None:
        self._config, self._alphabet = config, alphabet
        self._generator = torch.Generator(device)

    def start(self, epoch: int, step: int) -> None:
        """Go to the draws of this step; every step begins with it."""
        seed = np.random.SeedSequence([self._config.seed, epoch, step]).generate_state(1, np.uint64)[0]
        self._generator.manual_seed(int(seed) & (_WORD >> 1))

    def letters(
        self, codes: UInt8[Tensor, "N L"], flipped: Bool[Tensor, " N"], shifts: Int[Tensor, " N"]
    ) -> UInt8[Tensor, "N L"]:
        """All that is done to letters."""
        config, alphabet = self._config, self._alphabet
        if bool(flipped.any()):
            codes = other_strand(codes, flipped, alphabet)
        if bool(shifts.any()):
            codes = shifted(codes, shifts, alphabet.unknown_code)
        if config.mutation_rate > 0:
            codes = mutated(codes, config.mutation_rate, alphabet.size, self._generator)
        if config.substitution_rate > 0 and alphabet.name == PROTEIN.name:
            codes = substituted(codes, config.substitution_rate, self._generator)
        return codes

    def targets(
        self,
        task: Task,
        targets: Float[Tensor, "N ..."],
        flipped: Bool[Tensor, " N"],
        shifts: Int[Tensor, " N"],
    ) -> Float[Tensor, "N ..."]:
        """What becomes of the targets of letters that :meth:`letters` moves."""
        if task.output == "sequence":
            return targets
        if bool(flipped.any()):
            targets = turned(targets, flipped)
            if task.output == "pairs":
                targets = turned(targets.transpose(-1, -2), flipped).transpose(-1, -2)
        if bool(shifts.any()):
            targets = shifted(targets, shifts, torch.nan)
            if task.output == "pairs":
                targets = shifted(targets.transpose(-1, -2), shifts, torch.nan).transpose(-1, -2)
        return targets

    def hidden(self, hide: Hide, codes: UInt8[Tensor, "N L"]) -> tuple[UInt8[Tensor, "N L"], Float[Tensor, "N L"]]:
        """Letters with some hidden, and those as targets, by this step's draws."""
        return hide(codes, self._alphabet, self._generator)

    def signal(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N A L"]:
        """All that is done to the one-hot letters."""
        return noisy(one_hot, self._config.noise, self._generator) if self._config.noise > 0 else one_hot
