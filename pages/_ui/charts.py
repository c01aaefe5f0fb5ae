"""Charts of pages: from a run folder or a judgement to the arrays of a figure, and its sentence for screen readers."""

from typing import TYPE_CHECKING

from pages._ui import storage, widgets, words
from seqdl_core.errors import SeqDLError
from seqdl_core.figures.confusion import confusion_table
from seqdl_core.figures.curves import Curve, Tone, precision_recall_curve, roc_curve, training_curves
from seqdl_core.figures.intervals import Measured, interval_plot
from seqdl_core.figures.palette import Palette
from seqdl_core.figures.text import interval, one_line, score
from seqdl_core.runs.folder import RunFolder

if TYPE_CHECKING:
    from seqdl_core.data.dataset import DatasetInfo
    from seqdl_core.evaluation.judge import Judgement


def loss_curves(owner: str, run: RunFolder, behind: tuple[str, ...], palette: Palette) -> None:
    """Training and validation loss of a run over its epochs, other runs' validation loss behind."""
    _, epochs = run.metrics()
    count = [epoch.epoch for epoch in epochs]
    curves = _behind(owner, behind, "validation_loss")
    curves.append(Curve("training", count, [epoch.train_loss for epoch in epochs]))
    curves.append(Curve("validation", count, [epoch.validation_loss for epoch in epochs], "model"))
    figure = training_curves(curves, palette, title="loss", epochs=_span(owner, run, behind))
    last = (
        f"; the last values are {score(epochs[-1].train_loss)} and {score(epochs[-1].validation_loss)}"
        if epochs
        else ""
    )
    widgets.figure(figure, f"Training and validation loss over {len(epochs)} epochs{last}.", key=f"loss:{run.id}")


def metric_curves(owner: str, run: RunFolder, behind: tuple[str, ...], palette: Palette) -> None:
    """The validation metric over epochs, with the level of the strongest baseline once that is measured."""
    _, epochs = run.metrics()
    curves = _behind(owner, behind, "validation_metric")
    own = Curve("", [epoch.epoch for epoch in epochs], [epoch.validation_metric for epoch in epochs], "model")
    name = epochs[-1].metric_name.upper() if epochs else "AUROC"
    figure = training_curves([*curves, own], palette, title=f"validation {name}", epochs=_span(owner, run, behind))
    last = f"; the last is {score(epochs[-1].validation_metric)}" if epochs else ""
    widgets.figure(figure, f"Validation {name} over {len(epochs)} epochs{last}.", key=f"metric:{run.id}")


def _behind(owner: str, others: tuple[str, ...], field: str) -> list[Curve]:
    curves = []
    for other in others:
        try:
            found = storage.run(owner, other)
            _, epochs = found.metrics()
        except SeqDLError:
            continue
        curves.append(
            Curve(
                one_line(found.spec.name, 18),
                [epoch.epoch for epoch in epochs],
                [getattr(epoch, field) for epoch in epochs],
                "ghost",
            )
        )
    return curves


def _span(owner: str, run: RunFolder, others: tuple[str, ...]) -> int:
    spans = [int(run.spec.training["epochs"])]
    for other in others:
        try:
            spans.append(int(storage.run(owner, other).spec.training["epochs"]))
        except SeqDLError:
            continue
    return max(spans)


def _order(judgement: "Judgement") -> list[str]:
    """Baselines from the strongest to the weakest."""
    return sorted(judgement.baselines, key=lambda name: -(judgement.baselines[name]["auroc"].value or 0.0))


def interval_rows(judgement: "Judgement", palette: Palette) -> None:
    """The model and its baselines as points with intervals."""
    own = judgement.metrics["auroc"]
    rows = [Measured(judgement.titles["model"], own.value, own.low, own.high, model=True)]
    for name in _order(judgement):
        measured, ahead = judgement.baselines[name]["auroc"], judgement.differences[name]["auroc"]
        gap = None
        if ahead.value is not None and ahead.low is not None and ahead.high is not None:
            gap = (ahead.value, ahead.low, ahead.high)
        rows.append(Measured(judgement.titles[name], measured.value, measured.low, measured.high, gap))
    sentence = "; ".join(f"{row.name} {score(row.value)} {interval(row.low, row.high)}" for row in rows)
    widgets.figure(interval_plot(rows, palette, title="Test AUROC, 95 % interval"), f"Test AUROC: {sentence}.")


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


def confusion(judgement: "Judgement", info: "DatasetInfo", palette: Palette) -> None:
    """The four counts at the threshold."""
    found = judgement.confusion
    if found is None:
        return
    counts = (
        (found.true_positives, found.false_negatives),
        (found.false_positives, found.true_negatives),
    )
    negative, positive = words.class_names(info.label_names)
    names = (positive, negative)
    sentence = (
        f"Of {sum(counts[0])} {names[0]} {counts[0][0]} are called {names[0]}; "
        f"of {sum(counts[1])} {names[1]} {counts[1][1]} are called {names[1]}."
    )
    widgets.figure(confusion_table(counts, names, palette), sentence, still=True)
