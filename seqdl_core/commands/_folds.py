"""The folds of a data set in turn: a run for each, and what they come to together."""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqdl_core.commands import say
from seqdl_core.errors import DataError

if TYPE_CHECKING:
    from seqdl_core.runs.folder import RunFolder


def train_in_turn(
    arguments: argparse.Namespace, prepare: Callable[[argparse.Namespace, Path, int], "RunFolder"]
) -> dict[str, Any]:
    """Prepare a run for each fold, then train one after the other; those behind a stopped one wait in their folders.

    Raises:
        SeqDLError: where the data set has no folds, or a fold makes no run; then none is made.
    """
    from seqdl_core.commands._runs import summary
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.splits.folds import folds_of
    from seqdl_core.evaluation.folds import over_folds
    from seqdl_core.runs.execute import execute
    from seqdl_core.runs.folder import RunFolder
    from seqdl_core.runs.results import judgement_of

    place = Path(arguments.out)
    RunFolder.check_free(place)
    existed = place.exists()
    there = folds_of(Dataset.open(Path(arguments.data[0])).table)
    if not there:
        raise DataError(
            "The data set has no folds.",
            where=arguments.data[0],
            fix="Make them first: python -m seqdl_core split SET --way stratified --folds 5 --out FOLDED.",
        )
    runs: list[RunFolder] = []
    try:
        runs = [prepare(arguments, place / f"fold-{fold}", fold) for fold in there]
    except BaseException:
        for made in place.glob("fold-*"):
            shutil.rmtree(made, ignore_errors=True)
        if not existed:
            shutil.rmtree(place, ignore_errors=True)
        raise
    judged = []
    for run in runs:
        say(f"Fold {run.spec.fold} of {len(runs)} tests.")
        if execute(run, say).state != "finished":
            break
        judgement = judgement_of(run)
        judged += [judgement] if judgement else []
    told = {"run": str(place), "folds": [summary(run) for run in runs]}
    if len(judged) < len(runs):
        return told | {"state": "stopped", "metric": None, "mean": None, "spread": None, "sentence": None}
    together = over_folds(judged)
    return told | {
        "state": "finished",
        "metric": together.metric,
        "mean": together.mean,
        "spread": together.spread,
        "sentence": together.sentence,
    }


def show_turns(result: dict[str, Any]) -> str:
    """The same for a person: a line for each fold, then mean and spread."""
    from seqdl_core.commands._runs import interval_of
    from seqdl_core.evaluation.wording import interval_text, metric_title

    lines, metric = [], result["metric"]
    for fold in result["folds"]:
        if fold["state"] == "finished":
            measured = {name: interval_text(interval_of(one)) for name, one in fold["metrics"].items()}
            shown = f"{metric_title(metric)} {measured[metric]}" if metric else "finished"
        else:
            way = "train" if fold["state"] == "prepared" else "resume"
            shown = f"{fold['state']}; go on with: python -m seqdl_core {way} {fold['run']}"
        lines.append(f"fold {fold['fold']:<4} {shown}")
    return "\n".join([*lines, result["sentence"] or "Mean and spread need all folds."])
