"""``train --fold``: one fold of a data set, or all of them in turn, as a person types it."""

import json
import statistics
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.data.parts.resplit import resplit
from seqdl_core.runs.folder import RunFolder
from tests.commands.test_run_commands import refused
from tests.runs.conftest import rows

Captured = pytest.CaptureFixture[str]
SMALL = ["--architecture", "deepbind", "--set", "epochs=1", "device=cpu", "filters=4", "filter_width=8"]


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 120 rows in three folds, the first of which tests."""
    place = tmp_path_factory.mktemp("folds")
    table = rows("train", 60, 60, np.random.default_rng(1))
    info = DatasetInfo(name="small", alphabet="dna", length=40, counts={"train": 120}, positives={"train": 60})
    whole = Dataset.create(place / "whole", table, info)
    return resplit(whole, place / "folded", "stratified", {"folds": 3}).folder


@pytest.mark.slow
def test_one_fold_tests_and_the_run_knows_it(folded: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "run"
    assert main(["train", "--data", str(folded), "--fold", "3", *SMALL, "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["fold"]) == ("finished", 3)
    run, source, own = RunFolder.open(out), Dataset.open(folded), Dataset.open(out / "dataset")
    assert (run.spec.fold, run.spec.name) == (3, "small (stratified) (fold 3 of 3) · deepbind")
    assert run.data == own.folder.resolve()
    assert run.spec.data_hash == own.hash != source.hash
    assert own.info.parent == source.hash
    for part, fold in (("test", 2.0), ("validation", 0.0), ("train", 1.0)):
        assert own.ids(part) == source.table.loc[source.table["fold"] == fold, "id"].tolist()


@pytest.mark.slow
def test_all_folds_test_in_turn_and_come_to_a_mean(folded: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "runs"
    command = ["train", "--data", str(folded), "--fold", "all", *SMALL, "--name", "mine", "--out", str(out)]
    assert main([*command, "--json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert "Fold 2 of 3 tests." in captured.err
    measured = [fold["metrics"]["auroc"]["value"] for fold in found["folds"]]
    assert [fold["fold"] for fold in found["folds"]] == [1, 2, 3]
    assert (found["state"], found["metric"]) == ("finished", "auroc")
    assert found["mean"] == pytest.approx(sum(measured) / 3)
    assert found["spread"] == pytest.approx(statistics.stdev(measured))
    assert found["sentence"].startswith(f"Mean of 3 folds, each with its own test part: AUROC {sum(measured) / 3:.3f}")
    runs = [RunFolder.open(out / f"fold-{fold}") for fold in (1, 2, 3)]
    assert [run.spec.name for run in runs] == ["mine (fold 1)", "mine (fold 2)", "mine (fold 3)"]
    tested = [name for run in runs for name in Dataset.open(run.data).ids("test")]
    assert sorted(tested) == sorted(Dataset.open(folded).table["id"]), "each row tests once"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fold", "4"], "There are folds 1, 2, 3."),
        (["--fold", "0"], "There is no fold '0'."),
        (["--fold", "one"], "There is no fold 'one'."),
        (["--fold", "1", "--test", "x.fa"], "both say what tests"),
        (["--fold", "all", "--set", "epochs=0"], "from 1 to 1000"),
    ],
)
def test_a_fold_that_makes_no_run_leaves_nothing(
    folded: Path, tmp_path: Path, capsys: Captured, options: list[str], said: str
) -> None:
    command = ["train", "--data", str(folded), *SMALL, "--out", str(tmp_path / "run")]
    assert said in refused([*command, *options], capsys)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_folds_are_those_of_a_data_set(folded: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.fa").write_text(">a\nACGT\n")
    command = ["train", *SMALL, "--out", str(tmp_path / "run")]
    assert "Import the files first" in refused([*command, "--data", str(tmp_path / "a.fa"), "--fold", "1"], capsys)
    whole = str(folded.parent / "whole")
    for fold in ("1", "all"):
        said = refused([*command, "--data", whole, "--fold", fold], capsys)
        assert "folds" in said
        assert "--folds 5" in said
    assert not (tmp_path / "run").exists()
    run = RunFolder.open(_prepared(folded, tmp_path / "prepared", capsys))
    assert "--fold cannot" in refused(["train", str(run.path), "--fold", "1"], capsys)


def _prepared(folded: Path, out: Path, capsys: Captured) -> Path:
    assert main(["train", "--data", str(folded), "--fold", "1", *SMALL, "--out", str(out)]) == 0
    capsys.readouterr()
    return out
