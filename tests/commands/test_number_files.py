"""train and evaluate straight from tables of measured numbers, one column and several."""

import json
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset
from seqdl_core.model_file import read_card
from seqdl_core.runs.folder import RunFolder
from seqdl_core.sequences.alphabets import DNA
from tests.commands.conftest import QUICK

Captured = pytest.CaptureFixture[str]
TRAIN = ["--architecture", "deepbind", *QUICK]


def measured(path: Path, columns: list[str], rows: int, seed: int) -> Path:
    """Sequences with the number of a letter as each column's value: A for ``rich_a``, C for ``rich_c``."""
    sequences = [DNA.decode(row) for row in np.random.default_rng(seed).integers(0, 4, (rows, 40)).astype(np.uint8)]
    lines = [[s, *(f"{s.count(column[-1].upper()) / 8:.3f}" for column in columns)] for s in sequences]
    path.write_text("\n".join("\t".join(line) for line in [["sequence", *columns], *lines]) + "\n")
    return path


def evaluated(run: Path, file: Path, capsys: Captured, *more: str) -> dict[str, object]:
    capsys.readouterr()
    assert main(["evaluate", str(run), "--data", str(file), "--json", *more]) == 0
    result: dict[str, object] = json.loads(capsys.readouterr().out)
    return result


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("several")
    file = measured(folder / "both.tsv", ["rich_a", "rich_c"], 80, 1)
    data = ["--data", str(file), "--label-column", "rich_a;rich_c"]
    assert main(["train", *data, *TRAIN, "--out", str(folder / "run")]) == 0
    return folder / "run"


@pytest.mark.slow
def test_one_column_of_numbers(tmp_path: Path, capsys: Captured) -> None:
    file = measured(tmp_path / "activity.tsv", ["rich_a"], 80, 1)
    assert main(["train", "--data", str(file), *TRAIN, "--out", str(tmp_path / "run")]) == 0
    run = RunFolder.open(tmp_path / "run")
    assert Dataset.open(tmp_path / "run" / "dataset").info.counts == {"train": 64, "test": 16}
    card = read_card(run.model_path)
    assert (card.task, card.target_names, card.normalisation is not None) == ("regression", ("rich_a",), True)
    new = measured(tmp_path / "new.tsv", ["rich_a"], 30, 2)
    new.write_text(new.read_text().replace("rich_a", "activity of the promoter"))
    result = evaluated(tmp_path / "run", new, capsys)
    assert (result["task"], result["n"], result["seen_in_training"]) == ("regression", 30, 0)
    assert set(result["metrics"]) == {"spearman", "pearson", "r2", "mae"}  # type: ignore[call-overload]
    again = evaluated(tmp_path / "run", file, capsys)
    assert again["seen_in_training"] == 64


def test_several_columns_are_told_by_their_names(several: Path, tmp_path: Path, capsys: Captured) -> None:
    assert read_card(RunFolder.open(several).model_path).target_names == ("rich_a", "rich_c")
    straight = evaluated(several, measured(tmp_path / "straight.tsv", ["rich_a", "rich_c"], 30, 2), capsys)
    turned = evaluated(several, measured(tmp_path / "turned.tsv", ["rich_c", "rich_a"], 30, 2), capsys)
    assert turned["by_target"] == straight["by_target"]
    assert list(straight["by_target"]) == ["rich_a", "rich_c"]  # type: ignore[call-overload]
    chosen = evaluated(several, tmp_path / "turned.tsv", capsys, "--label-column", "rich_c;rich_a")
    assert chosen["by_target"] == straight["by_target"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["rich_a", "rich_g"], "The model does not predict rich_g."),
        (["rich_a"], "The data have no target rich_c."),
    ],
)
def test_other_columns_are_refused(
    several: Path, tmp_path: Path, capsys: Captured, columns: list[str], said: str
) -> None:
    file = measured(tmp_path / "other.tsv", columns, 30, 2)
    assert main(["evaluate", str(several), "--data", str(file), "--label-column", ";".join(columns)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_a_published_table(shared_data: Path, tmp_path: Path, capsys: Captured) -> None:
    lines = (shared_data / "data" / "plant_core_promoters" / "CNN_test_leaf.tsv").read_text().splitlines()
    (tmp_path / "leaf.tsv").write_text("\n".join(lines[:401]) + "\n")
    (tmp_path / "more.tsv").write_text("\n".join([lines[0], *lines[401:501]]) + "\n")
    assert main(["train", "--data", str(tmp_path / "leaf.tsv"), *TRAIN, "--out", str(tmp_path / "run")]) == 0
    assert read_card(RunFolder.open(tmp_path / "run").model_path).target_names == ("enrichment",)
    assert evaluated(tmp_path / "run", tmp_path / "more.tsv", capsys)["n"] == 100
