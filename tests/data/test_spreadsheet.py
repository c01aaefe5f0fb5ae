"""What is handed out as a table runs nothing when a spreadsheet opens it."""

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from seqdl_core.__main__ import main
from seqdl_core.commands import predict
from seqdl_core.data.spreadsheet import as_csv, cell

FORMULAS = ["=1+1", "+A1", "-A1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_becomes_text(formula: str) -> None:
    safe = cell(formula)
    assert safe.startswith("'")
    assert safe.lstrip("' ") == formula.strip()
    written = as_csv(pd.DataFrame({formula: [formula, "seq_1"], "value": [-1.5, 2.0]}))
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert rows[0] == [safe, "value"]
    assert [row[1] for row in rows[1:]] == ["-1.5", "2.0"]
    assert rows[1][0] == safe
    assert rows[2][0] == "seq_1"


def test_a_line_break_in_a_text_begins_no_row() -> None:
    assert as_csv(pd.DataFrame({"a": ["x\r=1+1", "x\n=1+1"]})).split() == ["a", "x", "=1+1", "x", "=1+1"]
    assert len(as_csv(pd.DataFrame({"a": ["x\r=1+1"]})).splitlines()) == 2


def test_numbers_stay_numbers() -> None:
    assert [cell(text) for text in ("-0.5", "+3", "1e-5", "-inf", "")] == ["-0.5", "+3", "1e-5", "-inf", ""]


def test_the_list_of_dropped_rows_runs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "t.tsv", tmp_path / "out.tsv"
    rows = [f"n{n}\tACGTTGCA{'ACGT'[n % 4]}{'GT'[n // 4 % 2]}A\t{n % 2}" for n in range(30)]
    path.write_text("name\tseq\tlabel\n" + "\n".join(["=HYPERLINK(1)\tACGTJ\t1", *rows]) + "\n")
    assert main(["inspect", str(path), "--bad-rows", "drop", "--dropped", str(out), "--alphabet", "dna", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dropped"] == 1
    [row] = list(csv.DictReader(io.StringIO(out.read_text(), newline=""), delimiter="\t"))
    assert row["name"] == "'=HYPERLINK(1)"


def test_predictions_run_nothing() -> None:
    lines = predict._table([{"id": "@x", "score": -0.25}, {"id": "b", "score": 1.0}]).split("\n")
    assert lines == ["id\tscore", "'@x\t-0.25", "b\t1.0"]
    assert predict._table([]) == "id"
