"""``predict``: the score of every sequence in a file."""

import argparse
import csv
import io
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, say
from seqdl_core.commands._sources import add_ambiguous


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
    raw = scores(model, loaded.codes)
    probabilities = model.task.activation(raw)
    rows = [
        {"id": name, "score": round(float(score), 6), "probability": round(float(probability), 6)}
        for name, score, probability in zip(loaded.ids, raw[:, 0], probabilities[:, 0], strict=True)
    ]
    if arguments.out:
        replace_file(Path(arguments.out), _table(rows) + "\n")
        told = f"{counted(len(rows), 'prediction')} written to {arguments.out}."
        if not arguments.json:
            return told
        say(told)
    return rows


def _show(result: Any) -> str:
    return result if isinstance(result, str) else _table(result)


def _table(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    table = csv.DictWriter(out, ["id", "score", "probability"], delimiter="\t", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue().rstrip("\n")


COMMAND = Command(
    name="predict",
    help="Score every sequence of a file: the raw score (logit) and the probability of the positive class.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
