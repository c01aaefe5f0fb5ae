"""The command import: a folder and what was found, or three parts and status 2."""

import json
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset
from seqdl_core.sequences.alphabets import DNA


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "peaks.csv"
    sequences = [DNA.decode(row) for row in np.random.default_rng(2).integers(0, 4, (20, 20)).astype(np.uint8)]
    rows = [f"p{row},{sequence},{row % 2}" for row, sequence in enumerate(sequences)]
    path.write_text("\n".join(["name,seq,Bound", *rows]) + "\n")
    return path


def test_import_writes_a_data_set(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "set"
    assert main(["import", str(file), "--out", str(out), "--test-fraction", "0.4", "--json"]) == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    dataset = Dataset.open(out)
    assert result["hash"] == dataset.hash
    assert result["counts"] == dataset.info.counts == {"train": 12, "test": 8}
    assert result["name"] == "peaks"
    assert [finding["key"] for finding in result["findings"]] == [
        "format",
        "alphabet",
        "strands",
        "task",
        "label",
        "split",
        "names",
    ]
    assert "The label is the column Bound." in captured.err
    assert "Note: 8 rows drawn at random (seed 1) as the test set." in captured.err


def test_import_for_a_person(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(file), "--out", str(tmp_path / "set"), "--name", "My peaks"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "My peaks: 16 train (8 positives), 4 test (2 positives)",
        str(tmp_path / "set"),
    ]


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (["--label-column", "Bond"], "Did you mean 'Bound'?"),
        (["--alphabet", "dan"], "Choose one of: auto, dna, rna, protein."),
        (["--test-fraction", "2"], "Give a value from 0 to 1"),
    ],
)
def test_import_refuses(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], word: str
) -> None:
    assert main(["import", str(file), "--out", str(tmp_path / "set"), *flags]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert word in captured.err
    assert not (tmp_path / "set").exists()


def test_import_reports_a_bad_file_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.fa").touch()
    assert main(["import", str(tmp_path / "empty.fa"), "--out", str(tmp_path / "set"), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error == {
        "what": "The file is empty.",
        "where": "empty.fa",
        "fix": "Choose a file with at least one sequence.",
    }


def test_sequences_without_labels_lead_to_scoring_and_to_hidden_letters(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = np.random.default_rng(3).integers(0, 4, (12, 20)).astype(np.uint8)
    (tmp_path / "any.fa").write_text("".join(f">s{n}\n{DNA.decode(row)}\n" for n, row in enumerate(rows)))
    out = tmp_path / "set"
    assert main(["import", str(tmp_path / "any.fa"), "--task", "unlabelled", "--out", str(out)]) == 0
    _, _, score, learn = capsys.readouterr().out.splitlines()
    assert f"python -m seqdl_core predict MODEL --sequences {out} --out" in score
    assert f"python -m seqdl_core train --masked --data {out} --architecture" in learn
    answers = []
    for source in (tmp_path / "any.fa", out):
        assert main(["predict", str(trained), "--sequences", str(source), "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert len(answers[0]) == 12
    assert answers[0] == answers[1]
