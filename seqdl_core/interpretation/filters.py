"""What the filters of a network's first layer learned, as motifs, and how much the score depends on each.

DeepBind's recipe (Alipanahi et al. 2015, doi 10.1038/nbt.3300; ``compute_pfms`` in the authors' code): take each
filter's best place in each sequence, on the strand that decided the score, cut out the letters it saw there, count
them, add a pseudocount of 1e-4 and trim the ends that say little.

"Best" is meant for the score here: the place whose answer moved it most, answer times gradient (Shrikumar et al. 2016,
arXiv 1605.01713). In DeepBind's own network, where a vote of the largest answers is the score, that is the largest
answer on the winning strand, as in the recipe. In a deeper network it is not: later layers make use of some answers and
none of others. With largest answers the filters of ``cnn`` trained on SP1 matched no SP1 motif; with places that count,
filters for GC boxes and CCAAT boxes stand out.

A place must reach ``SHARE`` of the filter's strongest effect, so that places that hardly count do not blur the logo.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from numpy.typing import NDArray
from torch import Tensor

from seqdl_core.errors import DataError
from seqdl_core.model_file import Model
from seqdl_core.models import FilterNetwork, SequenceNetwork
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import Alphabet, reverse_complement
from seqdl_core.sequences.motifs import Motif

SHARE = 0.4
"""A filter fires in a sequence where its best place has at least this share of its strongest effect."""

_PSEUDOCOUNT = 1e-4
_FEWEST_SITES = 10


@dataclass(frozen=True, eq=False)
class BestPlaces:
    """Where each filter moves the score most, and by how much; arrays ``(N, F)``.

    Attributes:
        effects: the answer there times the gradient of the raw score, never negative.
        starts: where its window begins on that strand; negative or beyond the end where it hangs over the edge.
        strands: 0 for the sequence as given, 1 for its reverse complement.
        raises: ``(F,)``, whether the filter raises the score on the whole; effects count in that direction only.
    """

    effects: Float[np.ndarray, "N F"]
    starts: NDArray[np.intp]
    strands: NDArray[np.intp]
    raises: Bool[np.ndarray, " F"]


@dataclass(frozen=True, eq=False)
class FilterMotif:
    """What one filter looks for.

    Attributes:
        filter: its number, from 0.
        motif: the trimmed motif of the sites where it fires; None where there are too few or nothing stands out.
        threshold: the effect from which on it fires.
    """

    filter: int
    motif: Motif | None
    threshold: float


def filter_motifs(model: Model, codes: UInt8[np.ndarray, "N L"], best: BestPlaces | None = None) -> list[FilterMotif]:
    """The motif of every first-layer filter; give sequences that hold sites, and their best places where known."""
    places = best_places(model, codes) if best is None else best
    strands = [codes]
    if places.strands.any():
        strands.append(reverse_complement(codes, model.alphabet))
    return [_filter_motif(model, number, places, strands) for number in range(places.effects.shape[1])]


def best_places(
    model: Model,
    codes: UInt8[np.ndarray, "N L"],
    raises: Bool[np.ndarray, " F"] | None = None,
    batch_size: int = 64,
) -> BestPlaces:
    """Find the place in each sequence where each filter moves the first target's raw score most.

    Args:
        raises: the direction of each filter where it is known from other sequences; otherwise found in these.
    """
    if raises is None:
        totals = sum(effects.sum((0, 1, 3)) for effects, _ in _effects(model, codes, batch_size))
        raises = np.asarray(totals >= 0)
    direction = np.where(raises, 1.0, -1.0).astype(np.float32)[:, None]
    strongest, places = [], []
    for effects, offsets in _effects(model, codes, batch_size):
        strands, rows, filters, length = effects.shape
        flat = (effects * direction).transpose(1, 2, 0, 3).reshape(rows, filters, strands * length)
        where = flat.argmax(-1)
        strongest.append(np.maximum(np.take_along_axis(flat, where[..., None], -1)[..., 0], 0))
        moved = np.take_along_axis(offsets.T, where // length, 1)
        places.append(np.stack([where // length, where % length - filters_of(model).scan_offset + moved]))
    strands, starts = np.concatenate(places, 1)
    return BestPlaces(np.concatenate(strongest), starts, strands, raises)


def influence(
    model: Model, codes: UInt8[np.ndarray, "N L"], labels: Float[np.ndarray, " N"], batch_size: int = 256
) -> Float[np.ndarray, " F"]:
    """How much of the gap between the classes rests on each filter, in the unit of the raw score.

    Each filter in turn is silenced (its answers are set to 0 where they are above 0) and the score's drop is averaged:
    over the positives, less the mean drop over the negatives, because what a filter adds to both classes alike tells
    nothing apart. With one class only it is that class's mean drop. Filters that stand in for each other look less
    important than they are together.
    """
    silent = _Silenced(model)
    drops = []
    with torch.inference_mode():
        for batch in _batches(model, codes, batch_size):
            full = silent(batch, None)
            each = [full - silent(batch, number) for number in range(silent.filters)]
            drops.append(torch.stack(each, 1).cpu().numpy())
    drop = np.concatenate(drops)
    positive = labels > 0.5
    if positive.all() or not positive.any():
        return np.asarray(drop.mean(0))
    return np.asarray(drop[positive].mean(0) - drop[~positive].mean(0))


class _Silenced:
    """A network that can be asked with one filter silent.

    The answers of the last batch are kept: silencing F filters costs one scan, not F.
    """

    def __init__(self, model: Model) -> None:
        self.scan = filters_of(model).scan
        self.network = _with_scan(model.network, self._scan)
        self.in_units = model.in_units
        self.silent: int | None = None
        self.known: list[Tensor] = []
        self.asked = 0
        self.filters = 0

    def __call__(self, batch: Float[Tensor, "N A L"], silent: int | None) -> Float[Tensor, " N"]:
        """First-target scores with filter ``silent`` off; call with None first for each batch."""
        self.silent, self.asked = silent, 0
        if silent is None:
            self.known = []
        score: Tensor = self.in_units(self.network(batch))[:, 0]
        return score.float()

    def _scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        if self.silent is None:
            self.known.append(self.scan(one_hot))
            self.filters = self.known[0].shape[1]
            return self.known[-1]
        answers = self.known[self.asked].clone()
        self.asked += 1
        answers[:, self.silent].clamp_(max=0)
        return answers


def filters_of(model: Model) -> FilterNetwork:
    """The model's network, if it has filters.

    Raises:
        DataError: its architecture has none.
    """
    if isinstance(model.network, FilterNetwork):
        return model.network
    raise DataError(
        f"The architecture {model.name} has no filters that could be read as motifs.",
        where=model.card.data_name or model.name,
        fix="Train an architecture that begins with filters, such as cnn, or look at attributions instead.",
    )


def _with_scan(network: SequenceNetwork, scan: Callable[[Tensor], Tensor]) -> SequenceNetwork:
    """The network with another scan: a shallow copy that shares all weights, so the model itself stays as it is."""
    other = copy.copy(network)
    object.__setattr__(other, "scan", scan)
    return other


def _effects(
    model: Model, codes: UInt8[np.ndarray, "N L"], batch_size: int
) -> Iterator[tuple[Float[np.ndarray, "S n F P"], Int[np.ndarray, "S n"]]]:
    """Answer times gradient at every place of each strand the network reads, a batch at a time; 0 where it rests.

    Beside it, for each strand and row, how much further on the same place is in the whole row: a network may read a
    strand from its first known letter on.
    """
    asked: list[tuple[Tensor, Tensor]] = []
    first_layer = filters_of(model)

    def scan(sequences: Tensor) -> Tensor:
        answers = first_layer.scan(sequences).detach().requires_grad_()
        asked.append((sequences, answers))
        return answers

    network = _with_scan(model.network, scan)
    for batch in _batches(model, codes, batch_size):
        asked.clear()
        with torch.enable_grad():
            gradients = torch.autograd.grad(network(batch)[:, 0].sum(), [answers for _, answers in asked])
        strands = [torch.zeros_like(asked[0][1]) for _ in range(min(2, len(asked)))]
        offsets = np.zeros((len(strands), len(batch)), np.intp)
        before, behind = _blank_ends(batch)
        for (sequences, answers), gradient in zip(asked, gradients, strict=True):
            # A network may read a strand more than once; which strand it was is told by what it read.
            whole, given = torch.equal(sequences, batch), torch.equal(sequences, _rolled(batch, before))
            strand = 0 if len(strands) == 1 or whole or given else 1
            strands[strand] += answers.detach().clamp(min=0) * gradient
            if strand == 0 and given and not whole:
                offsets[0] = before
            elif strand == 1 and not torch.equal(sequences, batch.flip(1, 2)):
                offsets[1] = behind
        yield torch.stack(strands).float().cpu().numpy(), offsets


def _blank_ends(batch: Float[Tensor, "N A L"]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """How many unknown letters stand before the first and behind the last known one; 0 where none is known."""
    known = (batch.abs().amax(1) > 0).cpu().numpy()
    some = known.any(1)
    return np.where(some, known.argmax(1), 0), np.where(some, known[:, ::-1].argmax(1), 0)


def _rolled(batch: Float[Tensor, "N A L"], places: NDArray[np.intp]) -> Float[Tensor, "N A L"]:
    """Each row so many places further to the left; what leaves it comes in on the right."""
    length = batch.shape[-1]
    index = (torch.arange(length) + torch.from_numpy(places)[:, None]) % length
    return batch.gather(-1, index.to(batch.device)[:, None].expand(batch.shape))


def _batches(model: Model, codes: UInt8[np.ndarray, "N L"], size: int) -> Iterator[Float[Tensor, "N A L"]]:
    for start in range(0, len(codes), size):
        part = torch.from_numpy(np.ascontiguousarray(codes[start : start + size]))
        yield one_hot(part.to(model.device), model.alphabet.size)


def _filter_motif(model: Model, number: int, best: BestPlaces, strands: list[UInt8[np.ndarray, "N L"]]) -> FilterMotif:
    effects = best.effects[:, number]
    threshold = SHARE * float(effects.max(initial=0.0))
    fires = effects > threshold
    width = filters_of(model).filter_width
    windows = [
        _windows(codes, fires & (best.strands[:, number] == strand), best.starts[:, number], width, model.alphabet)
        for strand, codes in enumerate(strands)
    ]
    return FilterMotif(number, _motif(np.concatenate(windows), number, model.alphabet), threshold)


def _windows(
    codes: UInt8[np.ndarray, "N L"],
    chosen: Bool[np.ndarray, " N"],
    starts: NDArray[np.intp],
    width: int,
    alphabet: Alphabet,
) -> UInt8[np.ndarray, "S K"]:
    """The letters under a filter in the chosen sequences; unknown where the window hangs over the edge."""
    padded = np.pad(codes[chosen], ((0, 0), (width, width)), constant_values=alphabet.unknown_code)
    columns = starts[chosen][:, None] + width + np.arange(width)
    return np.asarray(np.take_along_axis(padded, columns, 1))


def _motif(windows: UInt8[np.ndarray, "S K"], number: int, alphabet: Alphabet) -> Motif | None:
    if len(windows) < _FEWEST_SITES:
        return None
    letters = alphabet.size
    # An unknown letter counts as an even mixture, as the network's own padding does.
    share = np.vstack([np.eye(letters), np.full((1, letters), 1 / letters)])
    counts = np.stack([share[column].sum(0) for column in windows.T]) + _PSEUDOCOUNT
    whole = Motif(
        id=f"filter_{number}",
        name=f"filter {number}",
        probabilities=counts / counts.sum(1, keepdims=True),
        sites=len(windows),
        letters=alphabet.letters,
    )
    start, end = whole.trim_bounds()
    return whole.trim() if end > start else None
