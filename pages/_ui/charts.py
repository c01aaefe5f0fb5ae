"""Charts of pages: from a run folder or a judgement to the arrays of a figure, and its sentence for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import doors, readings, storage, widgets
from seqdl_core.errors import SeqDLError
from seqdl_core.evaluation.wording import chance_of, metric_within
from seqdl_core.figures.confusion import confusion_grid, confusion_table
from seqdl_core.figures.curves import Curve, Tone, precision_recall_curve, roc_curve, training_curves
from seqdl_core.figures.intervals import Measured, interval_plot
from seqdl_core.figures.palette import Palette
from seqdl_core.figures.points import agreement_plot, spread_plot
from seqdl_core.figures.text import interval, one_line, score
from seqdl_core.runs.folder import RunFolder

if TYPE_CHECKING:
    from seqdl_core.data.dataset import DatasetInfo
    from seqdl_core.evaluation.judge import Judgement
    from seqdl_core.training.callbacks import EpochReport


@dataclass(frozen=True)
class Progress:
    """How the training of a run went so far; ``planned`` is the number of epochs ordered."""

    run_id: str
    name: str
    epochs: "Sequence[EpochReport]"
    planned: int

    def curve(self, field: str, name: str, tone: Tone) -> Curve:
        """One figure of each epoch as a line."""
        return Curve(name, [one.epoch for one in self.epochs], [getattr(one, field) for one in self.epochs], tone)


def progress(owner: str, run: RunFolder) -> Progress:
    """The epochs of a run, read once for all that is drawn from them."""
    return Progress(run.id, run.spec.name, doors.epochs(owner, run), int(run.spec.training["epochs"]))


def progress_of(owner: str, run_ids: Sequence[str]) -> list[Progress]:
    """The same of further runs; one that is gone is left out."""
    found = []
    for run_id in run_ids:
        try:
            found.append(progress(owner, storage.run(owner, run_id)))
        except SeqDLError:
            continue
    return found


def loss_curves(own: Progress, behind: Sequence[Progress], palette: Palette) -> None:
    """Training and validation loss of a run over its epochs, other runs' validation loss behind."""
    curves = _ghosts(behind, "validation_loss")
    curves.append(own.curve("train_loss", "training", "other"))
    curves.append(own.curve("validation_loss", "validation", "model"))
    figure = training_curves(curves, palette, title="loss", epochs=_span(own, behind))
    epochs = own.epochs
    last = (
        f"; the last values are {score(epochs[-1].train_loss)} and {score(epochs[-1].validation_loss)}"
        if epochs
        else ""
    )
    widgets.figure(figure, f"Training and validation loss over {len(epochs)} epochs{last}.", key=f"loss:{own.run_id}")


def metric_curves(own: Progress, behind: Sequence[Progress], palette: Palette) -> None:
    """The validation metric over epochs. Baselines are judged on the test part, so they stand on the verdict page."""
    epochs = own.epochs
    metric = metric_within(epochs[-1].metric_name if epochs else "auroc")
    curves = [*_ghosts(behind, "validation_metric"), own.curve("validation_metric", "", "model")]
    figure = training_curves(curves, palette, title=f"validation {metric}", epochs=_span(own, behind))
    last = f"; the last is {score(epochs[-1].validation_metric)}" if epochs else ""
    widgets.figure(figure, f"Validation {metric} over {len(epochs)} epochs{last}.", key=f"metric:{own.run_id}")


def _ghosts(behind: Sequence[Progress], field: str) -> list[Curve]:
    return [one.curve(field, one_line(one.name, 15), "ghost") for one in behind]


def _span(own: Progress, behind: Sequence[Progress]) -> int:
    return max(one.planned for one in (own, *behind))


def _order(judgement: "Judgement") -> list[str]:
    """Baselines from the strongest to the weakest; those without a figure come last."""

    def weakness(name: str) -> float:
        value = judgement.baselines[name][judgement.headline].value
        return float("inf") if value is None else -value

    return sorted(judgement.baselines, key=weakness)


def interval_rows(judgement: "Judgement", palette: Palette) -> None:
    """The model and its baselines as points with intervals."""
    metric = judgement.headline
    own = judgement.metrics[metric]
    rows = [Measured(judgement.titles["model"], own.value, own.low, own.high, model=True)]
    for name in _order(judgement):
        measured, ahead = judgement.baselines[name][metric], judgement.differences[name][metric]
        gap = None
        if ahead.value is not None and ahead.low is not None and ahead.high is not None:
            gap = (ahead.value, ahead.low, ahead.high)
        rows.append(Measured(judgement.titles[name], measured.value, measured.low, measured.high, gap))
    sentence = "; ".join(f"{row.name} {score(row.value)} {interval(row.low, row.high)}" for row in rows)
    title = f"Test {metric_within(metric)}"
    drawn = interval_plot(rows, palette, title=f"{title}, 95 % interval", guessing=chance_of(metric))
    widgets.figure(drawn, f"{title}: {sentence}.")


def roc(judgement: "Judgement", palette: Palette) -> None:
    """ROC curves of the model and its baselines."""
    curves = _curves(judgement, "auroc", "roc")
    widgets.figure(roc_curve(curves, palette), f"ROC curves with AUROC: {', '.join(curve.name for curve in curves)}.")


def precision_recall(judgement: "Judgement", palette: Palette) -> None:
    """Precision and recall of the model and its baselines."""
    curves = _curves(judgement, "auprc", "pr")
    figure = precision_recall_curve(curves, palette, judgement.base_rate or 0.0)
    widgets.figure(figure, f"Precision against recall with AUPRC: {', '.join(curve.name for curve in curves)}.")


def _curves(judgement: "Judgement", metric: str, kind: str) -> list[Curve]:
    curves = []
    for place, name in enumerate(["model", *_order(judgement)]):
        if name not in judgement.curves:
            continue
        measured = judgement.metrics if name == "model" else judgement.baselines[name]
        points = getattr(judgement.curves[name], kind)
        tone: Tone = "model" if name == "model" else "other" if place == 1 else "ghost"
        title = judgement.titles[name].removesuffix(", this model")
        curves.append(Curve(f"{title} {score(measured[metric].value)}", points.x, points.y, tone))
    return curves


def agreement(judgement: "Judgement", info: "DatasetInfo", palette: Palette) -> None:
    """What was measured against what the model says, row by row, and how both are spread."""
    if judgement.points is None:
        return
    points, name = judgement.points, readings.measured_name(info.targets)
    left, right = st.columns(2, gap="medium")
    shown = f"{len(points.measured):,} of {judgement.n:,} held-out sequences"
    with left:
        st.markdown("**Measured and predicted**")
        drawn = agreement_plot(points.measured, points.predicted, palette, name=name)
        widgets.figure(drawn, f"Predicted against measured {name} of {shown}; the dashed line is perfect agreement.")
    with right:
        st.markdown("**How often each value**")
        drawn = spread_plot(points.measured, points.predicted, palette, name=name)
        widgets.figure(drawn, f"How often each {name} is measured and how often it is predicted, in {shown}.")


def called(judgement: "Judgement", palette: Palette) -> None:
    """Which class was called how often, for each class."""
    names = list(judgement.by_target)
    total = sum(map(sum, judgement.called))
    right = sum(row[place] for place, row in enumerate(judgement.called))
    what = "held-out positions" if judgement.positions else "held-out sequences"
    sentence = f"Of {total:,} {what} {right:,} are called by their own class."
    widgets.figure(confusion_grid(judgement.called, names, palette), sentence)


def confusion(judgement: "Judgement", info: "DatasetInfo", palette: Palette) -> None:
    """The four counts at the threshold."""
    found = judgement.confusion
    if found is None:
        return
    counts = (
        (found.true_positives, found.false_negatives),
        (found.false_positives, found.true_negatives),
    )
    negative, positive = readings.class_names(info.label_names)
    names = (positive, negative)
    sentence = (
        f"Of {sum(counts[0])} {names[0]} {counts[0][0]} are called {names[0]}; "
        f"of {sum(counts[1])} {names[1]} {counts[1][1]} are called {names[1]}."
    )
    widgets.figure(confusion_table(counts, names, palette), sentence, still=True)
