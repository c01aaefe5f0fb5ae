"""``predict``: the score of every sequence in a file."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqdl_core.commands import Command, say
from seqdl_core.commands._sources import add_ambiguous

if TYPE_CHECKING:
    from seqdl_core.model_file import Model


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a run folder, a model file or the name of a pretrained model")
    parser.add_argument("--sequences", required=True, metavar="FILE", help="FASTA or a table, compressed or not")
    parser.add_argument("--out", metavar="FILE", help="write a tab-separated table here, not to standard output")
    add_ambiguous(parser)


def _run(arguments: argparse.Namespace) -> object:
    from seqdl_core.commands._sources import load_sequences, resolve_model
    from seqdl_core.data.checks import counted
    from seqdl_core.files import replace_file
    from seqdl_core.model_file import load_model
    from seqdl_core.predict import scores

    model = load_model(resolve_model(arguments.model))
    loaded = load_sequences(Path(arguments.sequences), model, arguments.ambiguous)
    rows = _rows(model, loaded.ids, scores(model, loaded.codes))
    if arguments.out:
        replace_file(Path(arguments.out), _table(rows) + "\n")
        told = f"{counted(len(rows), 'prediction')} written to {arguments.out}."
        if not arguments.json:
            return told
        say(told)
    return rows


def _rows(model: "Model", ids: list[str], raw: NDArray[np.float32]) -> list[dict[str, Any]]:
    """One row a sequence: what the task's scores mean to a person."""
    card, read = model.card, model.task.activation(raw)
    if card.task == "binary":
        return [
            {"id": name, "score": round(float(score), 6), "probability": round(float(probability), 6)}
            for name, score, probability in zip(ids, raw[:, 0], read[:, 0], strict=True)
        ]
    names = card.label_names if card.task == "multiclass" else card.target_names
    columns = [f"{name} (predicted)" if name in ("id", "class") else name for name in names]
    rows = []
    for name, values in zip(ids, read.tolist(), strict=True):
        row: dict[str, Any] = {"id": name}
        if card.task == "multiclass":
            row["class"] = names[values.index(max(values))]
        rows.append(row | {column: float(f"{value:.7g}") for column, value in zip(columns, values, strict=True)})
    return rows


def _show(result: Any) -> str:
    return result if isinstance(result, str) else _table(result)


def _table(rows: list[dict[str, Any]]) -> str:
    import pandas as pd

    from seqdl_core.data.spreadsheet import as_csv

    return as_csv(pd.DataFrame(rows, columns=list(rows[0]) if rows else ["id"]), separator="\t").rstrip("\n")


COMMAND = Command(
    name="predict",
    help="Score every sequence of a file: for two classes the raw score (logit) and the probability of the positive "
    "class, for more the class and the probability of each, for measured values the values in their unit.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
