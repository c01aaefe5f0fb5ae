"""Judgements in words: what a run scored, what it is held against, and what to keep in mind."""

from typing import TYPE_CHECKING

import pandas as pd

from pages._ui.readings import measured_name
from seqdl_core.data.splits import AT_RANDOM_WAYS, outcome_of
from seqdl_core.evaluation.wording import metric_title
from seqdl_core.figures.text import decimals, interval, markdown, one_line, plural, quantity, score, signed
from seqdl_core.own_networks import title
from seqdl_core.runs.folder import RunFolder

if TYPE_CHECKING:
    from seqdl_core.data.dataset import DatasetInfo
    from seqdl_core.evaluation.judge import Judgement
    from seqdl_core.evaluation.metrics import Interval
    from seqdl_core.training.callbacks import EpochReport

_BY_CLASS = ("binary", "multiclass")


def on_test(judgement: "Judgement | None", *, named: bool = False) -> str:
    """``0.956 [0.944, 0.967]`` in the metric that the verdict speaks of, where ``named`` after its name."""
    if judgement is None:
        return ""
    measured = judgement.metrics[judgement.headline]
    name = f"{metric_title(judgement.headline)} " if named else ""
    return f"{name}{score(measured.value)} {interval(measured.low, measured.high)}".strip()


def validation_score(best: "EpochReport | None", *, named: bool = False) -> str:
    """The metric that training was steered by, at its best."""
    name = f"{metric_title(best.metric_name)} " if named and best else ""
    return f"{name}{score(best.validation_metric if best else None)}"


def against_best(judgement: "Judgement | None") -> str:
    """``+0.011 over 6-mer logistic regression``; what is known where there is no such comparison."""
    if judgement is None or not judgement.strongest:
        return ""
    ahead = judgement.differences[judgement.strongest][judgement.headline]
    return f"{signed(ahead.value)} over {judgement.titles[judgement.strongest]}"


def verdict_line(info: "DatasetInfo", run: RunFolder, judgement: "Judgement | None") -> str:
    """``ELK1, `cnn`, on 1,000 held-out sequences``."""
    held_out = f", on {plural(judgement.n, 'held-out sequence')}" if judgement else ""
    if judgement and judgement.positions:
        held_out += f", {plural(judgement.positions, 'position')}"
    return f"{markdown(info.name, 40)}, `{title(run.spec.architecture)}`{held_out}"


def verdict_badges(judgement: "Judgement", info: "DatasetInfo") -> list[tuple[str, str, str]]:
    """What to keep in mind with the sentence."""
    items = []
    if info.truth:
        items.append(("Simulated data", "gray", "science"))
    elif info.split_way in AT_RANDOM_WAYS or any("drawn at random" in notice.what for notice in info.notices):
        items.append(("Test set drawn at random", "orange", "info"))
    else:
        outcome = outcome_of(info.split_way) or "the parts as they were brought"
        items.append((outcome[0].upper() + outcome[1:], "gray", "call_split"))
    if info.higher_is:
        items.append((f"Higher is {info.higher_is}", "gray", "trending_up"))
    way = "Stratified bootstrap" if judgement.task in _BY_CLASS else "Bootstrap"
    way += " of whole sequences" if judgement.positions or judgement.task in ("tracks", "contacts") else ""
    items.append((f"{way}, {judgement.draws:,} draws, seed {judgement.seed}", "gray", ""))
    return items


def verdict_metrics(judgement: "Judgement", info: "DatasetInfo") -> list[tuple[str, str, str]]:
    """The metrics with their intervals; an error in the unit that was measured."""
    yardsticks = {
        "auprc": f" · base rate {score(judgement.base_rate, 2)}",
        "accuracy": " at 0.50" if judgement.task == "binary" else "",
    }
    if len(info.targets) == 1 and info.task == "regression":
        yardsticks["mae"] = f" in {markdown(measured_name(info.targets))}"
    return [
        (metric_title(name), *_measured(name, one, yardsticks.get(name, ""))) for name, one in judgement.metrics.items()
    ]


def _measured(name: str, one: "Interval", yardstick: str) -> tuple[str, str]:
    if name != "mae":
        return score(one.value), f"{interval(one.low, one.high)}{yardstick}"
    digits = max(decimals(one.value or 0.0), 2)
    bounds = f"[{quantity(one.low, digits)}, {quantity(one.high, digits)}]" if one.low is not None else ""
    return quantity(one.value, digits), f"{bounds}{yardstick}"


def by_target(judgement: "Judgement") -> pd.DataFrame:
    """The model's metrics of each target or class with their intervals; cells of ``st.dataframe`` read no Markdown."""
    first = {"multiclass": "Class", "residues": "Class", "masked": "Letter"}.get(judgement.task, "Target")
    rows = []
    for name, measured in judgement.by_target.items():
        row = {first: one_line(name, 60)}
        for metric, one in measured.items():
            value, bounds = _measured(metric, one, "")
            row[metric_title(metric.removeprefix("macro_"))] = f"{value} {bounds}".strip()
        rows.append(row)
    return pd.DataFrame(rows)
