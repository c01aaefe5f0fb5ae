"""The figures of a data set as plain JSON and back, so that one process measures and another one draws."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from seqdl_core.data.quality import Contradiction, Quality, Spread

_DIGITS = 5


def as_record(quality: Quality) -> dict[str, Any]:
    """Numbers, lists and words only; what is not known is None."""
    return {
        "rows": quality.rows,
        "classes": dict(zip(quality.classes, quality.sizes, strict=True)),
        "lengths": _plain(quality.lengths),
        "gc": _plain(quality.gc),
        "letters": quality.letters,
        "composition": quality.composition.tolist(),
        "positions": _known(np.round(quality.positions, _DIGITS).tolist()),
        "repeated": quality.repeated,
        "turned": quality.turned,
        "contradictions": quality.contradictions,
        "contradicting": quality.contradicting,
        "examples": [asdict(example) for example in quality.examples],
        "replicate_spread": quality.replicate_spread,
        "unknown_rows": quality.unknown_rows,
        "unknown_letters": quality.unknown_letters,
        "blank": quality.blank,
        "balance": {str(part): row for part, row in quality.balance.to_dict(orient="index").items()},
        "targets": _plain(quality.targets),
    }


def from_record(record: dict[str, Any]) -> Quality:
    """The figures again; more in the record than these is left alone."""
    classes = tuple(record["classes"])
    spread = record["replicate_spread"]
    lengths = _spread(record["lengths"])
    assert lengths is not None
    return Quality(
        rows=record["rows"],
        classes=classes,
        sizes=tuple(record["classes"].values()),
        lengths=lengths,
        gc=_spread(record["gc"]),
        letters=record["letters"],
        composition=_numbers(record["composition"]),
        positions=_numbers(record["positions"]),
        repeated=record["repeated"],
        turned=record["turned"],
        contradictions=record["contradictions"],
        contradicting=record["contradicting"],
        examples=tuple(
            Contradiction(tuple(one["ids"]), tuple(one["labels"]), one["spread"]) for one in record["examples"]
        ),
        replicate_spread=None if spread is None else (spread[0], spread[1]),
        unknown_rows=record["unknown_rows"],
        unknown_letters=record["unknown_letters"],
        blank=record["blank"],
        balance=pd.DataFrame.from_dict(record["balance"], orient="index", columns=list(classes)),
        targets=_spread(record["targets"]),
    )


def _plain(spread: Spread | None) -> dict[str, Any] | None:
    if spread is None:
        return None
    return {
        "edges": spread.edges.tolist(),
        "counts": spread.counts.tolist(),
        "medians": _known(spread.medians.tolist()),
    }


def _spread(record: dict[str, Any] | None) -> Spread | None:
    if record is None:
        return None
    return Spread(_numbers(record["edges"]), np.array(record["counts"], np.int64), _numbers(record["medians"]))


def _known(values: Any) -> Any:
    """NaN, which is no JSON, becomes None."""
    if isinstance(values, list):
        return [_known(value) for value in values]
    return None if values != values else values


def _numbers(values: Any) -> Any:
    return np.array(values, np.float64)  # None becomes NaN
