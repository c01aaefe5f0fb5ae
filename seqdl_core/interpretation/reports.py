"""What the filters learned, for people: motif, known matches, where it fires and how much rests on it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from seqdl_core.errors import DataError
from seqdl_core.interpretation.filters import FilterMotif, best_places, filter_motifs, influence
from seqdl_core.interpretation.matching import Match, alike, match_motifs
from seqdl_core.model_file import Model
from seqdl_core.sequences.motifs import Motif, jaspar_release
from seqdl_core.sequences.shuffles import dinucleotide_shuffle

_MOST_SITES = 4000  # positives that motifs are made from; more change the logos no further
_SCORES = 20_000  # predictions spent on influence: some 5 s on one core for 64 filters and 101 letters


@dataclass(frozen=True, eq=False)
class FilterReport:
    """One filter.

    Attributes:
        filter: its number, from 0.
        motif: what it looks for; None where it fires too seldom or nothing stands out.
        matches: the known motifs it looks like, best first; often none.
        fires_in_positives, fires_in_negatives: the share of sequences in which it fires, 0 to 1.
        influence: how much of the gap between the classes' mean raw scores is lost without it; may be negative.
        information: bits of the motif.
        same_as: a more influential filter with nearly the same motif; None if it is the first of its kind.
        twins: the less influential filters that have ``same_as`` this one.
    """

    filter: int
    motif: Motif | None
    matches: tuple[Match, ...]
    fires_in_positives: float
    fires_in_negatives: float
    influence: float
    information: float
    same_as: int | None = None
    twins: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """The filter and its twins in words: ``filter 12 with 31, 40``."""
        return f"filter {self.filter}" + (f" with {', '.join(map(str, self.twins))}" if self.twins else "")


def explain_filters(
    model: Model,
    codes: UInt8[np.ndarray, "N L"],
    labels: Float[np.ndarray, " N"] | None = None,
    *,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[FilterReport]:
    """Explain all first-layer filters on sequences of both classes, the most influential first.

    Args:
        codes: best the test part, since motifs should show what holds beyond training.
        labels: 1 for positives, which motifs are made from. Without labels all count as positives. Without negatives
            one dinucleotide shuffle of each positive, drawn from ``seed``, takes their place.
        progress: told how far it is, from 0 to 1.

    Raises:
        DataError: when there is no positive.
    """
    told = progress or (lambda done: None)
    positives = codes if labels is None else codes[labels > 0.5]
    negatives = codes[:0] if labels is None else codes[labels <= 0.5]
    if not len(positives):
        raise DataError("There is no positive to explain the filters with.", fix="Give sequences with the label 1.")
    positives = _spread(positives, _MOST_SITES)
    if not len(negatives):
        negatives = dinucleotide_shuffle(positives, np.random.default_rng(seed))
    negatives = _spread(negatives, _MOST_SITES)
    best = best_places(model, positives)
    among = best_places(model, negatives, best.raises)
    found = filter_motifs(model, positives, best)
    told(0.2)
    each = int(np.clip(_SCORES / (2 * len(found)), 20, 500))
    few, fewer = _spread(positives, each), _spread(negatives, each)
    classes = np.repeat([1.0, 0.0], [len(few), len(fewer)])
    weights = influence(model, np.concatenate([few, fewer]), classes)
    told(0.8)
    with_motif = [entry.motif for entry in found if entry.motif is not None]
    matches = iter(match_motifs(with_motif))
    reports = [
        FilterReport(
            filter=entry.filter,
            motif=entry.motif,
            matches=tuple(next(matches)) if entry.motif is not None else (),
            fires_in_positives=_share_above(best.effects[:, entry.filter], entry),
            fires_in_negatives=_share_above(among.effects[:, entry.filter], entry),
            influence=float(weights[entry.filter]),
            information=float(entry.motif.information().sum()) if entry.motif is not None else 0.0,
        )
        for entry in found
    ]
    told(1.0)
    return with_twins(sorted(reports, key=lambda report: (-report.influence, report.filter)))


def reports_to_json(reports: Sequence[FilterReport]) -> str:
    """Reports as the text of ``motifs.json``."""
    return json.dumps({"format": 1, "jaspar": jaspar_release(), "filters": [_plain(report) for report in reports]})


def reports_from_json(text: str, *, where: str = "motifs.json") -> list[FilterReport]:
    """Reports from the text of ``motifs.json``; raises DataError when it is damaged."""
    try:
        return [_restored(entry) for entry in json.loads(text)["filters"]]
    except (ValueError, KeyError, TypeError):
        fix = "Delete this file and explain the run again."
        raise DataError("The motifs cannot be read.", where=where, fix=fix) from None


def _plain(report: FilterReport) -> dict[str, Any]:
    entry = {name: getattr(report, name) for name in report.__dataclass_fields__}
    entry["matches"] = [asdict(match) for match in report.matches]
    if report.motif is not None:
        entry["motif"] = {
            **{name: getattr(report.motif, name) for name in report.motif.__dataclass_fields__},
            "probabilities": np.round(report.motif.probabilities, 6).tolist(),
        }
    return entry


def _restored(entry: dict[str, Any]) -> FilterReport:
    motif = entry["motif"]
    return FilterReport(
        **{
            **entry,
            "motif": motif and Motif(**{**motif, "probabilities": np.array(motif["probabilities"], np.float64)}),
            "matches": tuple(Match(**match) for match in entry["matches"]),
            "twins": tuple(entry["twins"]),
        }
    )


def _spread(codes: UInt8[np.ndarray, "N L"], most: int) -> UInt8[np.ndarray, "M L"]:
    """At most ``most`` rows, evenly spread over all."""
    rows = np.linspace(0, len(codes) - 1, min(most, len(codes))).round().astype(np.intp)
    return codes[rows]


def _share_above(effects: Float[np.ndarray, " N"], entry: FilterMotif) -> float:
    return float((effects > entry.threshold).mean())


def with_twins(reports: list[FilterReport]) -> list[FilterReport]:
    """Point each filter at the most influential one whose motif it repeats."""
    leaders: list[FilterReport] = []
    followers: dict[int, list[int]] = {}
    same_as: dict[int, int] = {}
    for report in reports:
        motif = report.motif
        if motif is None:
            continue
        for leader in leaders:
            if leader.motif is not None and alike(motif, leader.motif):
                same_as[report.filter] = leader.filter
                followers.setdefault(leader.filter, []).append(report.filter)
                break
        else:
            leaders.append(report)
    return [
        replace(
            report,
            same_as=same_as.get(report.filter),
            twins=tuple(sorted(followers.get(report.filter, []))),
        )
        for report in reports
    ]
