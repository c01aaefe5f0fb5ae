"""The commands split, leaks and quality: what they print and what they refuse."""

import json
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.sequences.alphabets import DNA
from tests.data.planted import changed, random_sequences, rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(4)
    train = random_sequences(120, 60, DNA, rng)
    test = [changed(sequence, 4, 1, DNA, rng) for sequence in train[:12]] + random_sequences(28, 60, DNA, rng)
    made = rows(train, [sequence[:60] for sequence in test])
    info = DatasetInfo(
        name="copies", alphabet="dna", length=60, counts={"train": 120, "test": 40}, positives={"train": 60, "test": 20}
    )
    place = tmp_path_factory.mktemp("commands") / "set"
    Dataset.create(place, made, info)
    return place


def test_leaks_names_pairs_and_measures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leaks", str(folder), "--json", "--pairs", "5"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert (found["test_rows"], found["held"], found["known"], found["training_rows"]) == (12, 40, 120, 12)
    assert found["kinds"] == {"exact": 0, "reverse complement": 0, "overlap": 0, "near": 12}
    assert len(found["pairs"]) == 5
    assert found["pairs"][0]["train"] == found["pairs"][0]["test"].replace("test_120", "train_0")
    assert found["inflation"]["sentence"].startswith("12 of 40 test sequences have copies in training.")
    assert "||||" in found["shown"][0]
    assert main(["leaks", str(folder)]) == 0
    shown = capsys.readouterr()
    assert (shown.out + shown.err).count("12 of 40 test sequences") == 1
    assert "The 6-mer baseline scores" in shown.out
    assert "near: test_120 and train_0" in shown.out


def test_split_writes_a_data_set_without_leaks(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "other"
    asked = ["split", str(folder), "--way", "similarity", "--test", "0.25", "--out", str(out), "--name", "honest"]
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    dataset = Dataset.open(out)
    assert (found["hash"], found["counts"]) == (dataset.hash, dataset.info.counts)
    assert dataset.info.counts["test"] == 40
    assert dataset.info.parent == found["parent"] == Dataset.open(folder).hash
    assert dataset.info.name == "honest"
    assert main(["leaks", str(out), "--no-score", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["test_rows"] == 0


def test_a_split_may_be_described_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["split", str(folder), "--way", "random", "--folds", "4", "--fold", "2"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("Split at random")
    assert "Note: Sequences that are merely similar" in captured.err


def test_quality_prints_figures_and_the_shortcut(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quality", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 160
    assert found["classes"] == {"0": 80, "1": 80}
    assert found["balance"] == {"train": {"0": 60, "1": 60}, "test": {"0": 20, "1": 20}}
    assert found["shortcuts"]["metric"] == "AUROC"
    assert main(["quality", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("copies: 160 rows (80 0, 80 1)")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["split", "--way", "nearest"], "no way to split called 'nearest'"),
        (["split", "--way", "chromosome"], "on which chromosome"),
        (["split", "--way", "random", "--identity", "0.9"], "no setting called 'identity'"),
        (["split", "--way", "random", "--test", "two"], "'test' cannot be 'two'"),
        (["leaks", "--identity", "0.1"], "identity of 0.1"),
        (["leaks", "--pairs", "-1"], "--pairs cannot be -1"),
        (["quality", "--seed", "-1"], "--seed cannot be -1"),
    ],
)
def test_what_cannot_be_done_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], command: list[str], said: str
) -> None:
    assert main([command[0], str(folder), *command[1:]]) == 2
    assert said in capsys.readouterr().err
