"""Normalisation of regression targets: fitted on the training rows, kept in the model file, undone in every output.

    >>> normalisation = Normalisation.fit(targets, "z-score")
    >>> normalisation.undo(normalisation.apply(targets))  # the targets again

A network learns targets of mean 0 and spread 1 more easily than targets in whatever unit they were brought. Each kind
is a strictly rising line or curve without an end, so undoing is exact for every number, also outside the range that
training saw.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import ndtri
from torch import Tensor

from seqdl_core.config import Config

Kind = Literal["none", "z-score", "quantile", "log"]
KINDS: tuple[Kind, ...] = ("none", "z-score", "quantile", "log")

_MOST_KNOTS = 512  # of one target in a model file
_CLOSEST = 1e-12  # knots nearer to each other than this share of the range are one


class Curve(Config):
    """How one target is normalised.

    ``log`` first takes ``v = sign(d) log1p(|d|)`` of ``d = target - shift``, where shift is the smallest training
    target; ``z-score`` and ``log`` then take ``(v - mean) / spread``. ``quantile`` goes along straight lines from
    ``values`` to ``scores``, the standard normal quantiles of their ranks; beyond the ends it goes on with the slope
    from the first to the last.
    """

    shift: float = 0.0
    mean: float = 0.0
    spread: float = 1.0
    values: tuple[float, ...] = ()
    scores: tuple[float, ...] = ()


class Normalisation(Config):
    """What was done to the targets before training; one curve a target, in their order. NaN stays NaN."""

    kind: Kind = "none"
    curves: tuple[Curve, ...] = ()

    @staticmethod
    def fit(targets: Float[np.ndarray, "N T"], kind: Kind) -> "Normalisation":
        """The curves for these targets; NaN (not measured) is left out of account."""
        if kind == "none":
            return Normalisation()
        return Normalisation(
            kind=kind, curves=tuple(_fitted(column[np.isfinite(column)], kind) for column in targets.T)
        )

    def apply(self, targets: Float[np.ndarray, "N T"]) -> Float[np.ndarray, "N T"]:
        """Targets as the network learns them, float64."""
        return self._both_ways(torch.from_numpy(targets.astype(np.float64)), forward=True).numpy()

    def undo(self, scores: Float[np.ndarray, "N T"]) -> Float[np.ndarray, "N T"]:
        """What a network says in the unit of the targets, float64."""
        return self._both_ways(torch.from_numpy(scores.astype(np.float64)), forward=False).numpy()

    def undo_tensor(self, scores: Float[Tensor, "N T"]) -> Float[Tensor, "N T"]:
        """The same on any device, in the precision given; gradients pass through."""
        return scores if self.kind == "none" else self._both_ways(scores, forward=False)

    def _both_ways(self, given: Tensor, *, forward: bool) -> Tensor:
        if self.kind == "none":
            return given
        columns = zip(given.unbind(1), self.curves, strict=True)
        if self.kind == "quantile":
            done = [
                _along(column, *((one.values, one.scores) if forward else (one.scores, one.values)))
                for column, one in columns
            ]
        elif forward:
            done = [((_log(column - one.shift) if self.kind == "log" else column) - one.mean) / one.spread
                    for column, one in columns]  # fmt: skip
        else:
            straight = [(column * one.spread + one.mean, one.shift) for column, one in columns]
            done = [_unlog(column) + shift if self.kind == "log" else column for column, shift in straight]
        return torch.stack(done, 1)


def _fitted(values: Float[np.ndarray, " N"], kind: Kind) -> Curve:
    if not values.size:
        return Curve(values=(0.0,), scores=(0.0,))
    if kind == "quantile":
        return _quantiles(values.astype(np.float64))
    shift = float(values.min()) if kind == "log" else 0.0
    scaled = np.log1p(values.astype(np.float64) - shift) if kind == "log" else values.astype(np.float64)
    spread = float(scaled.std())
    return Curve(shift=shift, mean=float(scaled.mean()), spread=spread if spread > 0 else 1.0)


def _quantiles(values: Float[np.ndarray, " N"]) -> Curve:
    """Knots at distinct values, half of them even over the ranks and half over the scores, so that the tails have some.

    Tied values share the middle of their ranks.
    """
    distinct, counts = np.unique(values, return_counts=True)
    ends = np.cumsum(counts)
    scores = ndtri((ends - counts / 2) / len(values))
    knots = min(_MOST_KNOTS, len(distinct)) // 2 + 1
    by_rank = np.searchsorted(ends, np.linspace(1, len(values), knots))
    by_score = np.searchsorted(scores, np.linspace(scores[0], scores[-1], knots))
    few = len(distinct) <= _MOST_KNOTS
    wanted = np.arange(len(distinct)) if few else np.concatenate([by_rank, by_score]).clip(max=len(distinct) - 1)
    places = np.unique(np.concatenate([[0], wanted, [len(distinct) - 1]]))
    gap = _CLOSEST * (distinct[-1] - distinct[0])
    kept = [int(places[0])]
    for place in places[1:].tolist():
        if distinct[place] - distinct[kept[-1]] > gap:
            kept.append(place)
    return Curve(values=tuple(distinct[kept].tolist()), scores=tuple(scores[kept].tolist()))


def _along(given: Tensor, start: Sequence[float], end: Sequence[float]) -> Tensor:
    """Straight lines from ``start`` to ``end``, both rising; a single knot is a shift."""
    knots = torch.tensor(start, dtype=given.dtype, device=given.device)
    levels = torch.tensor(end, dtype=given.dtype, device=given.device)
    if len(knots) == 1:
        return given - knots[0] + levels[0]
    right = torch.searchsorted(knots, given.detach().contiguous()).clamp(1, len(knots) - 1)
    slopes = (levels[1:] - levels[:-1]) / (knots[1:] - knots[:-1])
    inside = levels[right - 1] + (given - knots[right - 1]) * slopes[right - 1]
    beyond = (levels[-1] - levels[0]) / (knots[-1] - knots[0])
    inside = torch.where(given < knots[0], levels[0] + (given - knots[0]) * beyond, inside)
    return torch.where(given > knots[-1], levels[-1] + (given - knots[-1]) * beyond, inside)


def _log(values: Tensor) -> Tensor:
    return values.sign() * values.abs().log1p()


def _unlog(values: Tensor) -> Tensor:
    return values.sign() * values.abs().expm1()
