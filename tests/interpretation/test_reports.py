"""Reports: the order, twins and the way to disk and back."""

import json

import numpy as np
import pytest

from seqdl_core.errors import DataError
from seqdl_core.interpretation.matching import Match
from seqdl_core.interpretation.reports import (
    FilterReport,
    explain_filters,
    reports_from_json,
    reports_to_json,
    with_twins,
)
from seqdl_core.sequences.motifs import jaspar
from tests.interpretation.test_filters import planted, scanner


def report(number: int, name: str | None, influence: float) -> FilterReport:
    motif = jaspar(name) if name else None
    match = Match("MA1", "X", "family", 1e-6, 1e-4, "-", -2, 7.5)
    return FilterReport(number, motif, (match,) if name else (), 0.75, 0.125, influence, 3.5)


def test_twins_point_at_the_most_influential() -> None:
    reports = with_twins([report(4, "ELK1", 3.0), report(1, "CTCF", 2.0), report(7, "ETV1", 1.0), report(2, None, 0.5)])
    assert [(entry.filter, entry.same_as, entry.twins) for entry in reports] == [
        (4, None, (7,)),
        (1, None, ()),
        (7, 4, ()),
        (2, None, ()),
    ]
    assert reports[0].title == "filter 4 with 7"
    assert reports[2].title == "filter 7"


def test_json_there_and_back() -> None:
    reports = with_twins([report(4, "ELK1", 3.0), report(7, "ETV1", 1.0), report(2, None, 0.5)])
    text = reports_to_json(reports)
    back = reports_from_json(text)
    assert reports_to_json(back) == text
    assert json.loads(text)["jaspar"].startswith("JASPAR20")
    for one, other in zip(reports, back, strict=True):
        assert (one.filter, one.matches, one.influence, one.twins) == (
            other.filter,
            other.matches,
            other.influence,
            other.twins,
        )
    assert back[0].motif is not None
    np.testing.assert_allclose(back[0].motif.probabilities, jaspar("ELK1").probabilities, atol=1e-6)
    assert back[2].motif is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"filters": [{"filter": 1}]}', '{"filters": [3]}'])
def test_damaged_files_are_told(text: str) -> None:
    with pytest.raises(DataError, match="motifs cannot be read") as caught:
        reports_from_json(text, where="runs/x/motifs.json")
    assert caught.value.where == "runs/x/motifs.json"


@pytest.mark.slow
def test_a_known_network_is_explained() -> None:
    motif = jaspar("CTCF")
    odds = motif.log_odds().T.astype(np.float32)
    empty, part = np.zeros_like(odds), odds.copy()
    part[:, :3] = 0
    model = scanner(np.stack([empty, odds, part]), [-1.0, -6.0, -6.0], vote=[1.0, 1.0, 0.5])
    codes = planted(motif, np.random.default_rng(1), 200, either_strand=True)
    seen: list[float] = []
    reports = explain_filters(model, codes, progress=seen.append)
    assert [entry.filter for entry in reports] == [1, 2, 0]
    first, second, silent = reports
    assert (first.twins, second.same_as, silent.motif) == ((2,), 1, None)
    assert first.matches[0].name == "CTCF"
    assert first.matches[0].q < 0.01
    assert first.fires_in_positives > 0.3 > 0.05 > first.fires_in_negatives
    assert first.influence > second.influence > 0
    assert silent.influence == 0
    assert seen == sorted(seen)
    assert seen[-1] == 1
    again = explain_filters(model, codes)
    assert reports_to_json(again) == reports_to_json(reports)


def test_there_must_be_a_positive() -> None:
    model = scanner(np.zeros((1, 4, 5), np.float32), [0.0])
    with pytest.raises(DataError, match="no positive"):
        explain_filters(model, np.zeros((3, 60), np.uint8), np.zeros(3))
