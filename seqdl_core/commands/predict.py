"""``predict``: the score of every sequence in a file; values in bins and matrices of pairs as arrays."""

import argparse
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqdl_core.commands import Command, say
from seqdl_core.commands._sources import add_ambiguous
from seqdl_core.errors import ConfigError

if TYPE_CHECKING:
    from seqdl_core.commands._sources import LoadedSequences
    from seqdl_core.model_file import Model

_AT_ONCE = 256


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a run folder, a model file or the name of a pretrained model")
    parser.add_argument(
        "--sequences", required=True, metavar="FILE", help="FASTA or a table, compressed or not, or a data set"
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="write a tab-separated table here, not to standard output; for values in bins and for pairs of positions "
        "an archive of arrays, FILE.npz",
    )
    parser.add_argument(
        "--bedgraph",
        metavar="FOLDER",
        help="for values in bins, where the sequences are a data set cut from a genome: write a bedGraph file a track",
    )
    parser.add_argument(
        "--probabilities",
        metavar="FILE",
        help="for a class at each position: write the probability of each class there, a line a position (from 1)",
    )
    add_ambiguous(parser)


def _run(arguments: argparse.Namespace) -> object:
    from seqdl_core.commands._sources import load_sequences, resolve_model
    from seqdl_core.data.checks import counted
    from seqdl_core.files import replace_file
    from seqdl_core.predict import scores
    from seqdl_core.sizing import load_to_score

    model = load_to_score(resolve_model(arguments.model))
    _check(model, arguments)
    loaded = load_sequences(Path(arguments.sequences), model, arguments.ambiguous)
    if model.task.output in ("bins", "pairs"):
        return _arrays(model, loaded, arguments)
    if model.task.output == "positions":
        rows = _positions(model, loaded, Path(arguments.probabilities) if arguments.probabilities else None)
    else:
        rows = _rows(model, loaded.ids, scores(model, loaded.codes))
    if arguments.out:
        replace_file(Path(arguments.out), _table(rows) + "\n")
        told = f"{counted(len(rows), 'prediction')} written to {arguments.out}."
        if not arguments.json:
            return told
        say(told)
    return rows


def _check(model: "Model", arguments: argparse.Namespace) -> None:
    """Raises ConfigError for what cannot be written of this model."""
    from seqdl_core.commands._arrays import require_npz

    if arguments.bedgraph and model.task.output != "bins":
        raise ConfigError(
            f"--bedgraph is for models that predict values in bins; this one predicts {model.task.title}.",
            where="--bedgraph",
            fix="Leave it away.",
        )
    if model.task.output == "pairs" or (model.task.output == "bins" and not (arguments.bedgraph and not arguments.out)):
        require_npz(arguments.out, model.task.title)
    if arguments.probabilities and model.task.output != "positions":
        raise ConfigError(
            "--probabilities is for models that tell a class at each position; this one gives one answer a sequence.",
            where="--probabilities",
            fix="Leave it away: the table holds all that the model says.",
        )


def _arrays(model: "Model", loaded: "LoadedSequences", arguments: argparse.Namespace) -> object:
    from seqdl_core.commands._arrays import write_bins, write_pairs

    out = Path(arguments.out) if arguments.out else None
    if model.task.output == "bins":
        told = write_bins(model, loaded, out, Path(arguments.bedgraph) if arguments.bedgraph else None)
    else:
        assert out is not None
        told = write_pairs(model, loaded, out)
    if not arguments.json:
        return told
    say(told)
    return {"sequences": len(loaded.ids), "arrays": arguments.out, "bedgraph": arguments.bedgraph}


def _positions(model: "Model", loaded: "LoadedSequences", place: Path | None) -> list[dict[str, Any]]:
    """One row a sequence with a letter a position: its class, or of a model of letters the sequence itself, filled in
    where it was unknown."""
    from seqdl_core.data.spreadsheet import cell
    from seqdl_core.files import replace_file
    from seqdl_core.predict import scores
    from seqdl_core.sequences.alphabets import encode_all

    names, masked = model.card.label_names, model.card.task == "masked"
    rows: list[dict[str, Any]] = []
    table = io.StringIO()
    lines = csv.writer(table, delimiter="\t", lineterminator="\n")
    lines.writerow(["id", "position", "letter", "class", *map(cell, names)])
    for start in range(0, len(loaded.ids), _AT_ONCE):
        ids, sequences = loaded.ids[start : start + _AT_ONCE], loaded.sequences[start : start + _AT_ONCE]
        read = model.task.activation(scores(model, encode_all(sequences, model.alphabet, model.card.length)))
        for name, sequence, each in zip(ids, sequences, read, strict=True):
            called = "".join(names[number] for number in each[:, : len(sequence)].argmax(0))
            if masked:
                known = model.alphabet.encode(sequence) < model.alphabet.size
                filled = "".join(
                    mine if here else told for mine, told, here in zip(sequence, called, known, strict=True)
                )
                rows.append({"id": name, "filled in": filled})
            else:
                rows.append({"id": name, "classes": called})
            if place is not None:
                columns = zip(sequence, called, each[:, : len(sequence)].T.tolist(), strict=True)
                lines.writerows(
                    [cell(name), number, letter, cell(one), *(f"{share:.6f}" for share in shares)]
                    for number, (letter, one, shares) in enumerate(columns, 1)
                )
    if place is not None:
        replace_file(place, table.getvalue())
        say(f"The probabilities are in {place}.")
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
    "class, for more the class and the probability of each, for measured values the values in their unit, for a class "
    "at each position one letter a position, for values in bins and pairs of positions an archive of arrays.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
