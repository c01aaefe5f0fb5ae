"""``evaluate``: how well does the model of a run do, on its test part or on data brought for it?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqdl_core.commands import Command, say
from seqdl_core.commands._choices import add_choices, chosen, flag_of
from seqdl_core.data.choices import ImportChoices
from seqdl_core.errors import ConfigError, RunError

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.evaluation.judge import Judgement
    from seqdl_core.runs.folder import RunFolder

_DECIDED = ("alphabet", "test_file", "test_fraction", "seed")
"""The model and the run decide these."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run folder with a trained model")
    parser.add_argument(
        "--data",
        metavar="FILE",
        help="judge on this labelled file, or on the test part of this dataset folder, instead of the run's test part",
    )
    parser.add_argument(
        "--baselines", action="store_true", help="judge the baselines too, fitted on what the model was trained on"
    )
    add_choices(parser, without=_DECIDED, defaults=ImportChoices(lengths="pad"))


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.runs.folder import RunFolder

    run = RunFolder.open(Path(arguments.run))
    if not run.model_path.is_file():
        state = run.status().state
        fix = "Wait until it is trained." if state in ("running", "queued") else "Train it first: train RUN."
        raise RunError(f"The run has no model yet; it is {state}.", where=str(run.path), fix=fix)
    if chosen(arguments) and not arguments.data:
        raise ConfigError(
            f"{flag_of(next(iter(chosen(arguments))))} corrects the reading of a file, and there is none.",
            where="evaluate",
            fix="Give the file with --data, or leave the option away.",
        )
    return _on_file(run, arguments) if arguments.data else _on_test_part(run, arguments.baselines).to_json()


def _on_test_part(run: "RunFolder", baselines: bool) -> "Judgement":
    """What is on record, where it holds what was asked for and belongs to the present model; otherwise made anew."""
    from seqdl_core.runs.execute import open_data
    from seqdl_core.runs.results import judge_run, judgement_of
    from seqdl_core.runs.trained import require_own_where_a_run_lies, trained_model

    require_own_where_a_run_lies(run.path)
    fresh = run.evaluation_path.is_file() and run.evaluation_path.stat().st_mtime >= run.model_path.stat().st_mtime
    known = judgement_of(run) if fresh else None
    if known is not None and (known.baselines or not baselines):
        return known
    say("Judging on the test part of the run's data.")
    return judge_run(run, open_data(run), trained_model(run), baselines=baselines)


def _on_file(run: "RunFolder", arguments: argparse.Namespace) -> dict[str, Any]:
    import numpy as np

    from seqdl_core.commands._data import labelled_rows
    from seqdl_core.commands._fitting import fitting
    from seqdl_core.runs.execute import open_data
    from seqdl_core.runs.parts import labelled
    from seqdl_core.runs.results import fit_rivals, judge_on, run_seed
    from seqdl_core.runs.trained import trained_model

    model = trained_model(run)
    card, rng = model.card, np.random.default_rng(run_seed(run))
    choices, file = chosen(arguments), Path(arguments.data)
    shuffles = card.negatives == "shuffle" if "negatives" not in choices else choices["negatives"] == "shuffle"
    positive = card.label_names[1] if card.task == "binary" else ""
    rows = labelled_rows(
        file,
        card.alphabet,
        positive,
        shuffles=shuffles,
        choices=choices,
        task=card.task,
        targets=card.target_names if card.task in ("regression", "multilabel", "tracks") else (),
    )
    for notice in rows.notices:
        if not (rows.need_shuffles and notice.part):
            say(f"Note: {notice.sentence}")
    part = labelled(
        fitting(rows, card),
        model.alphabet,
        card.length,
        rng,
        shuffle=rows.need_shuffles,
        task="masked" if card.task == "masked" else rows.info.task,
        outputs=card.targets,
        classes=card.label_names,
        bins=card.bins,
    )
    shorter = int((rows.table["sequence"].str.len() < card.length).sum())
    if shorter:
        say(f"{shorter:,} shorter sequences were padded at the end to the model's {card.length}.")
    say(f"Judging on {len(part.ids):,} sequences.")
    dataset = open_data(run)
    result = judge_on(
        part, model, fit_rivals(run, dataset) if arguments.baselines else [], dataset.info.higher_is
    ).to_json()
    result["seen_in_training"] = seen = _seen_in_training(dataset, list(rows.table["sequence"]))
    if seen:
        known = f"{seen:,} of {len(rows.table):,} sequences were trained on, so this says little about new ones."
        result["verdict"] = f"{known} {result['verdict']}"
    return result


def _seen_in_training(dataset: "Dataset", sequences: list[str]) -> int:
    """How many of these, or their other strands, the model met in training or validation."""
    from seqdl_core.sequences.alphabets import encode_all, reverse_complement

    met: set[bytes] = set()
    for split in ("train", "validation"):
        for sequence in dataset.sequences(split) if dataset.has(split) else []:
            met.add(dataset.alphabet.encode(sequence).tobytes())
    seen = 0
    for sequence in sequences:
        codes = encode_all([sequence], dataset.alphabet)
        strands = [codes, reverse_complement(codes, dataset.alphabet)] if dataset.alphabet.double_stranded else [codes]
        seen += any(strand.tobytes() in met for strand in strands)
    return seen


def _show(result: Any) -> str:
    from seqdl_core.commands._runs import interval_of
    from seqdl_core.evaluation.wording import interval_text

    positives = f", {result['positives']:,} of them positives" if result["task"] == "binary" else ""
    positives += f", {result['positions']:,} positions" if result["positions"] else ""
    lines = [result["verdict"], f"{result['n']:,} sequences{positives}"]
    for name in result["metrics"]:
        lines.append(f"\n{name}")
        for key, metrics in [("model", result["metrics"]), *result["baselines"].items()]:
            lines.append(f"  {result['titles'].get(key, key):<34} {interval_text(interval_of(metrics[name]))}")
    for target, metrics in result["by_target"].items():
        shown = [f"{name} {interval_text(interval_of(interval))}" for name, interval in metrics.items()]
        lines.append(f"\n{target}: {', '.join(shown)}")
    return "\n".join(lines)


COMMAND = Command(
    name="evaluate",
    help="Judge the model of a run: metrics with 95 % intervals, the baselines beside it, and the verdict.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
