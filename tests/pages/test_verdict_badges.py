"""Badges beside the verdict: what to keep in mind with it."""

import pytest

from pages._ui.verdicts import verdict_badges
from seqdl_core.data.dataset_info import DatasetInfo
from seqdl_core.evaluation.judge import Judgement


@pytest.mark.parametrize("direction", ["", "better", "worse"])
def test_the_direction_of_numbers_is_said_where_it_is_known(direction: str) -> None:
    judged = Judgement(
        verdict="", metrics={}, baselines={}, differences={}, titles={}, base_rate=None, n=1, positives=0, curves={},
        confusion=None, task="regression",
    )  # fmt: skip
    info = DatasetInfo.model_validate(
        {"name": "x", "alphabet": "dna", "length": 4, "task": "regression", "counts": {"test": 1}}
        | {"higher_is": direction}
    )
    words = [text for text, _, _ in verdict_badges(judged, info) if text.startswith("Higher")]
    assert words == ([f"Higher is {direction}"] if direction else [])
