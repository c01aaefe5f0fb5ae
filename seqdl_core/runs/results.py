"""Results: the judgement and the motifs of a run, made once and kept beside the model."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Float

from seqdl_core import __version__
from seqdl_core.baselines import FittedBaseline, TrainingSet, fit_baselines
from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import DataError
from seqdl_core.evaluation import bins, pairs
from seqdl_core.evaluation._by_sequence import Answers
from seqdl_core.evaluation.judge import Judgement, Scored, judge, scored
from seqdl_core.evaluation.outputs import Predicted, judge_outputs
from seqdl_core.evaluation.positions import Tallied, Tally, judge_positions, tallied
from seqdl_core.files import replace_file
from seqdl_core.interpretation.reports import FilterReport, explain_filters, reports_from_json, reports_to_json
from seqdl_core.model_file import Model
from seqdl_core.models import FilterNetwork
from seqdl_core.predict import Predictor, rows_at_once, scores
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.parts import BY_POSITION, Labelled, baseline_part, outputs_of, test_part

_ROWS = 256  # whose scores of every position are in memory at once


def judge_run(run: RunFolder, dataset: Dataset, model: Model, *, baselines: bool = True) -> Judgement:
    """Judge the model on the dataset's test part, and keep the judgement in the run folder."""
    seed = run_seed(run)
    rivals = fit_rivals(run, dataset) if baselines else []
    judgement = judge_on(test_part(dataset, model.card.length, seed), model, rivals, dataset.info.higher_is)
    facts = {"higher_is": dataset.info.higher_is, "data_hash": dataset.hash, "run_seed": seed, "version": __version__}
    replace_file(run.evaluation_path, json.dumps({**judgement.to_json(), **facts}, indent=1))
    return judgement


def judge_on(part: Labelled, model: Model, rivals: Sequence[FittedBaseline], higher_is: str = "") -> Judgement:
    """Judge a model and fitted baselines on the same sequences; ``higher_is`` is what the data set knows."""
    card, title = model.card, f"{model.name}, this model"
    if part.task in BY_POSITION:
        own_tally = Tallied(model.name, title, _tally(model, part), model.name)
        others = [Tallied(rival.name, rival.title, _tally(rival, part), rival.short) for rival in rivals]
        return judge_positions(part.task, card.label_names, own_tally, others)
    if part.task == "tracks":
        return bins.judge_bins(card.target_names, _answers(bins.tallied, bins.Tally.joined, part, model, rivals))
    if part.task == "contacts":
        return pairs.judge_pairs(_answers(pairs.tallied, pairs.Tally.joined, part, model, rivals))
    raw = scores(model, part.codes)
    if part.task == "binary":
        own = Scored(model.name, title, raw[:, 0], model.task.activation(raw)[:, 0], model.name)
        return judge(part.labels, own, [scored(rival, scores(rival, part.codes)) for rival in rivals])
    names = card.label_names if part.task == "multiclass" else card.target_names
    return judge_outputs(
        part.task,
        names,
        part.targets,
        Predicted(model.name, title, raw, model.name),
        [Predicted(rival.name, rival.title, scores(rival, part.codes), rival.short) for rival in rivals],
        higher_is=higher_is,
    )


def _tally(predictor: Predictor, part: Labelled) -> Tally:
    starts = range(0, len(part.codes), _ROWS)
    return Tally.joined(
        tallied(scores(predictor, part.codes[start : start + _ROWS]), part.targets[start : start + _ROWS])
        for start in starts
    )


_T = TypeVar("_T")


def _answers(
    tallied: Callable[[Float[np.ndarray, "N T ..."], Float[np.ndarray, "N T ..."]], _T],
    joined: Callable[[Iterable[_T]], _T],
    part: Labelled,
    model: Model,
    rivals: Sequence[FittedBaseline],
) -> list[Answers[_T]]:
    """What the model and each baseline answer along the sequences, a few sequences at a time."""
    dense, length = model.task.dense, part.codes.shape[1]
    rows = rows_at_once(length, _ROWS, pairs=model.task.output == "pairs")

    def tally(predictor: Predictor) -> Iterator[_T]:
        for start in range(0, len(part.codes), rows):
            targets = part.targets[start : start + rows]
            truth = dense(torch.from_numpy(targets)).numpy() if dense else targets
            yield tallied(scores(predictor, part.codes[start : start + rows]), truth)

    own = Answers(model.name, f"{model.name}, this model", joined(tally(model)), model.name)
    return [own, *(Answers(rival.name, rival.title, joined(tally(rival)), rival.short) for rival in rivals)]


def fit_rivals(run: RunFolder, dataset: Dataset) -> list[FittedBaseline]:
    """The baselines for this task, fitted on the rows that the run's network learned from."""
    part = baseline_part(dataset, run_seed(run))
    training = TrainingSet(
        part.codes,
        part.labels,
        part.alphabet,
        run.spec.jaspar,
        part.task,
        part.targets,
        outputs_of(dataset.info) if part.task in BY_POSITION else 0,
    )
    return fit_baselines(training, run_seed(run))


def judgement_of(run: RunFolder) -> Judgement | None:
    """The judgement that is kept in the run folder; None where there is none yet.

    Raises:
        DataError: when the file is damaged.
    """
    try:
        return Judgement.from_json(json.loads(run.evaluation_path.read_text()), where=str(run.evaluation_path))
    except FileNotFoundError:
        return None
    except ValueError:
        raise DataError(
            "The evaluation cannot be read.",
            where=str(run.evaluation_path),
            fix="Delete this file and evaluate the run again.",
        ) from None


def run_seed(run: RunFolder) -> int:
    """The seed that everything in this run is drawn from."""
    return int(run.spec.training["seed"])


def why_not_explained(model: Model) -> str:
    """Why nothing can be told of what a model's filters learned; "" where it can."""
    if model.card.targets > 1 or model.task.output != "sequence":
        return "What the filters learned is not told: that needs a model with one output a sequence."
    if not isinstance(model.network, FilterNetwork):
        return f"What the filters learned is not told: {model.name} has no filters that scan the letters."
    return ""


def explain_run(run: RunFolder, dataset: Dataset, model: Model) -> list[FilterReport]:
    """Find what the filters learned, on the test part, and match it to JASPAR; keep it in the run folder.

    Of measured values the upper half takes the place of the positives and the lower half that of the negatives.

    Raises:
        DataError: for a model whose filters cannot be told about.
    """
    why = why_not_explained(model)
    if why:
        raise DataError(why, where=run.spec.name, fix="Train an architecture with filters on one target alone.")
    part = test_part(dataset, model.card.length, run_seed(run))
    codes, labels = part.codes, part.labels
    if part.task == "regression":
        known = np.isfinite(labels)
        codes, labels = codes[known], (labels[known] > np.median(labels[known])).astype(np.float64)
    reports = explain_filters(model, codes, labels, seed=run_seed(run))
    replace_file(run.motifs_path, reports_to_json(reports))
    return reports


def motifs_of(run: RunFolder) -> list[FilterReport] | None:
    """The filters' motifs that are kept in the run folder; None where there are none yet.

    Raises:
        DataError: when the file is damaged.
    """
    if not run.motifs_path.is_file():
        return None
    return reports_from_json(run.motifs_path.read_text("utf-8", "replace"), where=str(run.motifs_path))
