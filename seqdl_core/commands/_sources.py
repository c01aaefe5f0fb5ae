"""What commands read: a model by path or by name, and sequences made ready for it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

from seqdl_core.commands import say
from seqdl_core.config import parse
from seqdl_core.errors import DataError, ModelFileError, suggest

if TYPE_CHECKING:
    from seqdl_core.model_file import Model
    from seqdl_core.sequences.readers import RawTable

PRETRAINED = Path(__file__).parents[2] / "pretrained"
"""Models that come with SeqDL: ``pretrained/<name>/model.safetensors``."""

_FILE = "model.safetensors"
_PLACE = ("chromosome", "start", "end", "strand")


class Places(NamedTuple):
    """Where sequences lie: 0-based half-open, ``minus`` where the letters are the reverse complement."""

    chromosomes: list[str]
    starts: list[int]
    ends: list[int]
    minus: list[bool]


class LoadedSequences(NamedTuple):
    """Sequences of a file in upper case, and their codes ``(N, L)`` padded at the end to the model's length.

    ``labels`` are 1 and 0 where the file has a column of two classes, otherwise None; ``places`` are those of a data
    set whose rows were cut from a genome, otherwise None.
    """

    ids: list[str]
    sequences: list[str]
    codes: UInt8[np.ndarray, "N L"]
    labels: Float[np.ndarray, " N"] | None = None
    places: Places | None = None


def resolve_model(text: str) -> Path:
    """The model file meant by a run folder, a model file or the name of a pretrained model.

    Raises:
        ModelFileError: where there is none (the nearest name is suggested), or a run folder holds another model than
            the run trained.
    """
    path = Path(text)
    if path.is_dir():
        if (path / _FILE).is_file():
            from seqdl_core.runs.trained import require_own_where_a_run_lies

            require_own_where_a_run_lies(path)
            return path / _FILE
        raise ModelFileError(
            "The folder holds no trained model.", where=text, fix="Wait until its training is finished."
        )
    if path.is_file():
        return path
    names = sorted(found.parent.name for found in PRETRAINED.glob(f"*/{_FILE}"))
    if text in names:
        return PRETRAINED / text / _FILE
    raise ModelFileError(
        "There is no run folder, model file or pretrained model of this name.",
        where=text,
        fix=suggest(text, names) or "Give the path of a run folder or of a model.safetensors file.",
    )


def add_ambiguous(parser: argparse.ArgumentParser) -> None:
    """The flag that says what to do with letters such as R, for commands that read sequences for a model."""
    parser.add_argument(
        "--ambiguous",
        choices=["refuse", "unknown"],
        default="refuse",
        help="unknown: read ambiguous letters as N (X in proteins), and count them (default: refuse)",
    )


def load_sequences(file: Path, model: "Model", ambiguous: Literal["refuse", "unknown"] = "refuse") -> LoadedSequences:
    """Read a file of sequences, or all rows of a data set, for a model; what was padded or changed is said on standard
    error.

    Raises:
        ReadError: if the file cannot be read, or naming the first sequence that is empty or holds a letter foreign to
            the model.
        DataError: naming the first sequence that is too long.
    """
    # The readers bring pandas; help texts must not wait for it.
    from seqdl_core.data.checks import clean_sequences
    from seqdl_core.data.choices import ImportChoices
    from seqdl_core.sequences.alphabets import encode_all
    from seqdl_core.sequences.readers import read_table
    from seqdl_core.sequences.vocabulary import means_name

    table = _rows_of(file) if file.is_dir() else read_table(file)
    if not table.sequence_column:
        raise DataError("The file holds no sequences.", where=file.name, fix="Give FASTA or a table of sequences.")
    alphabet, length = model.alphabet, model.card.length
    written = [str(cell) for cell in table.cells[table.sequence_column]]
    choices = parse(ImportChoices, {"alphabet": alphabet.name, "ambiguous": ambiguous})
    clean = clean_sequences(written, alphabet, choices, table.where)
    if clean.problems:
        raise clean.problems[0]
    sequences = clean.sequences
    for row, sequence in enumerate(sequences):
        if len(sequence) > length:
            raise DataError(
                f"The sequence has {len(sequence):,} {alphabet.unit}; the model reads at most {length:,}.",
                where=table.where(row),
                fix=f"Cut it to {length:,} {alphabet.unit} around the site of interest.",
            )
    name_column = table.name_column or next((column for column in table.cells.columns if means_name(column)), "")
    ids = [str(cell) for cell in table.cells[name_column]] if name_column else []
    ids = [name or f"row_{row}" for row, name in enumerate(ids or [""] * len(sequences), 1)]
    shorter = sum(len(sequence) < length for sequence in sequences)
    if shorter:
        say(f"{shorter:,} of {len(sequences):,} sequences are shorter than {length:,} {alphabet.unit}; "
            f"{alphabet.unknown} was added at their ends.")  # fmt: skip
    for notice in (*table.notices, *clean.notices):
        say(notice.sentence)
    codes = encode_all(sequences, alphabet, length)
    return LoadedSequences(ids, sequences, codes, _labels(table), _places(table, sequences))


def _rows_of(folder: Path) -> "RawTable":
    """The rows of a data set as a reader would give them, named by their ids."""
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.sequences.readers import FileIdentity, RawTable

    dataset = Dataset.open(folder)
    rows = dataset.table[["id", "sequence", "label", *(c for c in _PLACE if c in dataset.table.columns)]]
    file = FileIdentity(dataset.info.name, 0, dataset.hash, counted_in="record")
    numbers = np.arange(1, len(rows) + 1)
    return RawTable(file, "dataset", rows, numbers, sequence_column="sequence", name_column="id", header=True)


def _places(table: "RawTable", sequences: list[str]) -> Places | None:
    """Where the rows of a data set lie; None where one of them has no place of as many letters."""
    if table.layout != "dataset" or not {"chromosome", "start", "end"} <= set(table.cells.columns):
        return None
    starts, ends = (table.cells[name].to_numpy(np.float64) for name in ("start", "end"))
    if (ends - starts != [len(sequence) for sequence in sequences]).any():
        return None
    strands = table.cells["strand"].tolist() if "strand" in table.cells.columns else [""] * len(sequences)
    minus = [strand == "-" for strand in strands]
    return Places(table.cells["chromosome"].tolist(), starts.astype(int).tolist(), ends.astype(int).tolist(), minus)


def _labels(table: "RawTable") -> Float[np.ndarray, " N"] | None:
    """1 and 0 from the first column that is called like a label and holds two values."""
    from seqdl_core.sequences.vocabulary import is_label_value, means_label, positive_value

    for column in table.cells.columns:
        values = [str(cell).strip() for cell in table.cells[column]]
        classes = sorted(set(values))
        if means_label(str(column)) and len(classes) == 2 and all(map(is_label_value, classes)):
            positive, _ = positive_value(classes)
            return np.array([value == positive for value in values], np.float64)
    return None
