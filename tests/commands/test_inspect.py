"""The command inspect: what the page shows, as text and as JSON."""

import json
from pathlib import Path

import pytest

from seqdl_core.__main__ import main

ROWS = [
    ("ACGTTGCATTGACCA", "0.5"),
    ("TTGACCATGCAACGT", "1.25"),
    ("GGCATTACGACGTTA", "-0.75"),
    ("CATGCATTGACGTAC", "2.5"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "oligos.tsv"
    path.write_text("name\tseq\tfitness\n" + "".join(f"o{n}\t{s}\t{v}\n" for n, (s, v) in enumerate(ROWS)))
    return path


def test_inspect_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(file), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["ready"] is True
    assert result["files"] == [{"name": "oligos.tsv", "rows": 4}]
    keys = [finding["key"] for finding in result["findings"]]
    assert keys == ["format", "alphabet", "strands", "task", "label", "direction", "split", "names"]
    label = result["findings"][4]
    assert (label["choice"], label["value"]) == ("label_column", "fitness")
    assert label["sentence"] == "The label is the column fitness."
    assert result["dataset"]["task"] == "regression"
    assert result["summary"]["rows"] == 4
    assert result["rows"][0][0] == {"id": "o0", "sequence": ROWS[0][0], "label": "0.5"}


def test_inspect_for_a_person_and_with_a_correction(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(file), "--name-column", "(none)"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "One tab-separated table, one header line. Columns name, seq, fitness [--separator tab]"
    assert lines[-1] == "Ready to import."
    assert any(line.startswith("No column names the rows; they are numbered.") for line in lines)


def test_problems_are_an_answer_and_no_failure(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(file.read_text().replace("-0.75", "strong"))
    assert main(["inspect", str(file), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["ready"] is False
    assert len(result["problems"]) == 1
    assert set(result["problems"][0]) == {"what", "where", "fix"}
    left_out = tmp_path / "left.tsv"
    assert main(["inspect", str(file), "--task", "regression", "--bad-rows", "drop", "--dropped", str(left_out)]) == 0
    assert left_out.read_text().splitlines()[1].startswith("oligos.tsv\t4\to2\t")


def test_nothing_that_can_be_read_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.fa").touch()
    assert main(["inspect", str(tmp_path / "empty.fa"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["what"] == "The file is empty."


def test_what_is_noticed_in_several_files_is_told_with_their_names(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.tsv", tmp_path / "second.tsv"
    for path, content in ((first, file.read_text()), (second, file.read_text().replace("ACGT", "ACGG"))):
        path.write_text("# made by a machine\n" + content)
    assert main(["inspect", str(first), str(second)]) == 0
    notes = [line for line in capsys.readouterr().out.splitlines() if "comment line" in line]
    assert notes == [f"Note: 1 comment line at the top, left out. ({name})" for name in ("first.tsv", "second.tsv")]
