"""Layouts of JSON: what pandas, Hugging Face, web services and hand-written scripts save."""

import json
import zipfile
from pathlib import Path
from typing import Any

from benchmarks._layout_files import classes, dna, layout, named, numbers, packed, protein

BINARY = {"task": "binary", "alphabet": "dna", "rows": 40}
_KNOWN = "ACGTTGCAACGGTTAACCGGATCGATTACAGATTACAGGC"


def _records(**columns: list[Any]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _written(path: Path, value: Any, indent: int | None = None) -> Path:
    path.write_text(json.dumps(value, indent=indent))
    return path


def _lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def _dna(count: int = 40) -> list[str]:
    return [_KNOWN, *dna(count - 1, 40)]


@layout(
    "JSON Lines with an official split", **BINARY, official=True, counts={"train": 30, "test": 10}, first=(_KNOWN, "1")
)
def _jsonl(folder: Path) -> list[Path]:
    parts = ["train"] * 30 + ["test"] * 10
    return [_lines(folder / "data.jsonl", _records(seq=_dna(), label=[1, 0] * 20, split=parts))]


@layout("JSON: a list of records, indented", task="regression", alphabet="protein", rows=40, label="activity")
def _indented(folder: Path) -> list[Path]:
    values = [float(value) for value in numbers()]
    return [_written(folder / "api.json", _records(id=named(40), sequence=protein(), activity=values), 2)]


@layout("JSON: keys that are no known words", **BINARY, label="x", first=(_KNOWN, "high"))
def _unknown_keys(folder: Path) -> list[Path]:
    return [_written(folder / "ag.json", _records(ag=_dna(), x=classes(40, "high", "low")))]


@layout(
    "pandas: DataFrame.to_json()", task="regression", alphabet="dna", rows=40, label="expression", first=(_KNOWN, "2.5")
)
def _pandas(folder: Path) -> list[Path]:
    columns = {"sequence": _dna(), "expression": [2.5, *map(float, numbers(39))]}
    return [_written(folder / "df.json", {name: dict(zip(map(str, range(40)), cells, strict=True))
                                          for name, cells in columns.items()})]  # fmt: skip


@layout("pandas: to_json(orient='split')", task="multiclass", alphabet="protein", rows=42, label="location")
def _pandas_split(folder: Path) -> list[Path]:
    rows = [list(row) for row in zip(protein(42), classes(42, "nucleus", "membrane", "cytosol"), strict=True)]
    return [_written(folder / "df.json", {"columns": ["seq", "location"], "index": list(range(42)), "data": rows})]


@layout("JSON: columns, packed with gzip", **BINARY, label="bound", first=(_KNOWN, "TRUE"))
def _columns(folder: Path) -> list[Path]:
    return [packed(_written(folder / "set.json", {"sequence": _dna(), "bound": [True, False] * 20}))]


@layout("JSON: train and test in one object", **BINARY, official=True, counts={"train": 30, "test": 10})
def _parts(folder: Path) -> list[Path]:
    rows = _records(sequence=_dna(), label=[1, 0] * 20)
    return [_written(folder / "set.json", {"train": rows[:30], "test": rows[30:]})]


@layout("Hugging Face: rows of the data set viewer", **BINARY, label="label")
def _viewer(folder: Path) -> list[Path]:
    rows = [{"row_idx": n, "row": row, "truncated_cells": []}
            for n, row in enumerate(_records(sequence=_dna(), label=[1, 0] * 20))]  # fmt: skip
    return [_written(folder / "rows.json", {"features": [{"name": "sequence"}, {"name": "label"}], "rows": rows})]


@layout("Hugging Face: train.jsonl and test.jsonl in a zip archive", **BINARY, official=True,
        counts={"train": 30, "test": 10}, first=(_KNOWN, "1"))  # fmt: skip
def _zipped(folder: Path) -> list[Path]:
    rows = _records(sequence=_dna(), label=[1, 0] * 20)
    with zipfile.ZipFile(folder / "set.zip", "w") as archive:
        for name, those in (("train", rows[:30]), ("test", rows[30:])):
            archive.write(_lines(folder / f"{name}.jsonl", those), f"{name}.jsonl")
    return [folder / "set.zip"]


@layout("JSON: lists with their titles first", **BINARY, label="class", first=(_KNOWN, "a"))
def _lists(folder: Path) -> list[Path]:
    return [
        _written(
            folder / "rows.json", [["probe", "class"], *map(list, zip(_dna(), classes(40, "a", "b"), strict=True))]
        )
    ]


@layout("JSON: several columns of 0 and 1, nested", task="multilabel", alphabet="dna", rows=40,
        targets=("sites.CTCF", "sites.GATA1", "sites.MYC"))  # fmt: skip
def _nested(folder: Path) -> list[Path]:
    sites = _records(CTCF=[0, 1] * 20, GATA1=[1, 1, 0, 0] * 10, MYC=[0, 0, 1, 1, 1] * 8)
    return [_written(folder / "multi.json", _records(sequence=_dna(), sites=sites))]


@layout("JSON without sequences", form="sequence_column")
def _no_sequences(folder: Path) -> list[Path]:
    return [_written(folder / "wells.json", _records(well=named(40, "A"), value=[float(value) for value in numbers()]))]
