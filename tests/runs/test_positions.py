"""Runs with a class at each position, and runs that learn hidden letters: from the data set to the verdict."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqdl_core.__main__ import main
from seqdl_core.config import Config
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.errors import DataError
from seqdl_core.model_file import Model, load_model
from seqdl_core.models import ARCHITECTURES, Architecture, InputShape, SequenceNetwork
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.ordering import learned_as
from seqdl_core.runs.parts import baseline_part, outputs_of, training_part, validation_part
from seqdl_core.runs.parts import test_part as part_of_test
from seqdl_core.runs.results import judgement_of, motifs_of
from seqdl_core.variants.bench import view

Printed = pytest.CaptureFixture[str]


class TinyConfig(Config):
    width: int = 7


class Tiny(SequenceNetwork):
    """Two convolutions, a score a position."""

    def __init__(self, config: TinyConfig, shape: InputShape) -> None:
        super().__init__()
        half = config.width // 2
        self.layers = nn.Sequential(
            nn.Conv1d(shape.letters, 16, config.width, padding=half),
            nn.ReLU(),
            nn.Conv1d(16, shape.targets, config.width, padding=half),
        )

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T L"]:
        scores: Tensor = self.layers(one_hot)
        return scores


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """An architecture of our own beside the others."""
    made = Architecture(
        "tiny", "Two convolutions.", TinyConfig, Tiny, ("residues", "masked"), ("dna", "rna", "protein"), "a test"
    )
    monkeypatch.setitem(ARCHITECTURES._members, "tiny", made)


def sequences(rows: int, rng: np.random.Generator) -> list[str]:
    return ["".join(rng.choice(list("ADEFGHIKLW"), rng.integers(15, 31))) for _ in range(rows)]


def classes_of(sequence: str, rng: np.random.Generator) -> str:
    """E on D, H where W or D is on one side alone, C elsewhere: no sum of letters. A tenth is not measured."""
    near = [letter in "WD" for letter in f"-{sequence}-"]
    letters = [
        "E" if letter == "D" else "H" if left != right else "C"
        for letter, left, right in zip(sequence, near, near[2:], strict=False)
    ]
    return "".join("." if rng.random() < 0.1 else letter for letter in letters)


def proteins(folder: Path, task: str = "residues", rows: int = 300) -> Dataset:
    rng = np.random.default_rng(1)
    made = sequences(rows, rng)
    parts = ["test" if row % 4 == 0 else "train" for row in range(rows)]
    table = pd.DataFrame(
        {"id": [f"p{row}" for row in range(rows)], "sequence": made, "label": np.nan, "split": parts, "source": "made"}
    )
    if task == "residues":
        table["residues"] = [classes_of(one, rng) for one in made]
    info = DatasetInfo(
        name="made", alphabet="protein", task=task, length=max(map(len, made)), targets=("residues",),
        label_names=("C", "E", "H") if task == "residues" else (),
        counts={split: parts.count(split) for split in ("train", "test")},
    )  # fmt: skip
    return Dataset.create(folder, table, info)


SETTINGS = ["epochs=20", "batch_size=16", "learning_rate=0.02", "device=cpu"]


@pytest.fixture
def trained(tmp_path: Path, capsys: Printed) -> RunFolder:
    data = proteins(tmp_path / "data")
    out = str(tmp_path / "run")
    assert main(["train", "--data", str(data.folder), "--architecture", "tiny", "--out", out, "--set", *SETTINGS]) == 0
    told = capsys.readouterr()
    assert "What the filters learned is not told" in told.err
    assert "Beats the 15-letter window baseline by" in told.out
    return RunFolder.open(tmp_path / "run")


def test_targets_are_the_classes_of_the_residues(tmp_path: Path) -> None:
    dataset = proteins(tmp_path / "data")
    data, rows = training_part(dataset), dataset.rows("train")
    assert data.targets.dtype == np.float32
    assert data.targets.shape == data.codes.shape
    for written, numbers in zip(rows["residues"], data.targets, strict=True):
        said = ["." if np.isnan(one) else "CEH"[int(one)] for one in numbers]
        assert "".join(said).rstrip(".") == written.rstrip(".")
    assert outputs_of(dataset.info) == 3


def test_a_class_that_the_model_does_not_know_is_named(tmp_path: Path) -> None:
    dataset = proteins(tmp_path / "data")
    with pytest.raises(DataError, match="'H' is none of the classes") as caught:
        training_part(Dataset(dataset.folder, dataset.info.model_copy(update={"label_names": ("C", "E")}), "x"))
    first = next(row for row in dataset.rows("train").itertuples() if "H" in row.residues)
    assert caught.value.where == f"residues of {first.id}"


def test_a_run_on_residues_goes_through(trained: RunFolder, capsys: Printed) -> None:
    judgement = judgement_of(trained)
    assert judgement is not None
    assert (judgement.task, judgement.headline, judgement.n) == ("residues", "q3", 75)
    test = Dataset.open(trained.data).rows("test")
    assert judgement.positions == sum(len(one) - one.count(".") for one in test["residues"])
    assert judgement.positions == sum(map(sum, judgement.called))
    assert judgement.metrics["q3"].value > 0.95
    assert list(judgement.baselines) == ["frequencies", "window"]
    shares = np.array(judgement.called).sum(1)
    assert judgement.baselines["frequencies"]["q3"].value == pytest.approx(shares.max() / shares.sum())
    assert set(judgement.by_target) == {"C", "E", "H"}
    assert motifs_of(trained) is None
    card = load_model(trained.model_path).card
    assert (card.task, card.targets, card.label_names) == ("residues", 3, ("C", "E", "H"))
    assert main(["evaluate", str(trained.path)]) == 0
    told = capsys.readouterr().out
    assert f"75 sequences, {judgement.positions:,} positions" in told
    assert "\nq3\n" in told


def test_predict_writes_a_letter_a_position(trained: RunFolder, tmp_path: Path, capsys: Printed) -> None:
    file, table = tmp_path / "new.fa", tmp_path / "shares.tsv"
    file.write_text(">one\nAAAAAWAAAADAAAAA\n>two\nGGGWGWGGGGGGGGGGGGG\n")
    command = ["predict", str(trained.path), "--sequences", str(file), "--probabilities", str(table), "--json"]
    assert main(command) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows == [
        {"id": "one", "classes": "CCCCHCHCCHEHCCCC"},
        {"id": "two", "classes": "CCHCCCHCCCCCCCCCCCC"},
    ]
    shares = pd.read_csv(table, sep="\t")
    assert list(shares.columns) == ["id", "position", "letter", "class", "C", "E", "H"]
    assert len(shares) == 16 + 19
    assert shares.iloc[4].tolist()[:4] == ["one", 5, "A", "H"]
    assert np.allclose(shares[["C", "E", "H"]].sum(axis=1), 1, atol=1e-5)


def test_what_asks_for_one_score_a_sequence_says_so(trained: RunFolder, tmp_path: Path, capsys: Printed) -> None:
    file, out = tmp_path / "new.fa", tmp_path / "out"
    file.write_text(">one\nAAAAAWAAAADAAAAA\n")
    capsys.readouterr()
    for command in (["attribute", "--method", "saliency", "--out", str(out)], ["motifs", "--out", str(out)]):
        assert main([command[0], str(trained.path), "--sequences", str(file), *command[1:]]) != 0
        told = capsys.readouterr().err
        assert "Choose a model" in told
        assert "Traceback" not in told
    one_output = load_model(trained.model_path)
    one_output = Model(one_output.network, one_output.card.model_copy(update={"targets": 1}))
    with pytest.raises(DataError, match="one for each place in the sequence"):
        view(one_output, "AAAA")
    assert not out.exists()


def test_evaluate_on_a_dataset_brought_for_it(trained: RunFolder, capsys: Printed) -> None:
    assert main(["evaluate", str(trained.path), "--data", str(trained.data), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["metrics"] == json.loads(trained.evaluation_path.read_text())["metrics"]


def test_evaluate_on_a_file_brought_for_it(trained: RunFolder, tmp_path: Path, capsys: Printed) -> None:
    rng = np.random.default_rng(9)
    made = sequences(30, rng)
    file = tmp_path / "new.csv"
    pd.DataFrame({"sequence": made, "residues": [classes_of(one, rng) for one in made]}).to_csv(file, index=False)
    assert main(["evaluate", str(trained.path), "--data", str(file), "--json"]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert (judged["n"], judged["headline"]) == (30, "q3")
    assert judged["metrics"]["q3"]["value"] > 0.9


@pytest.mark.parametrize("task", ["unlabelled", "residues"])
def test_hidden_letters_are_learned_from_any_data_set(tmp_path: Path, capsys: Printed, task: str) -> None:
    data, out = proteins(tmp_path / "data", task, 80), tmp_path / "run"
    asked = ["--masked"] if task == "residues" else []
    settings = ["epochs=2", "device=cpu"]
    command = ["train", "--data", str(data.folder), "--architecture", "tiny", "--out", str(out), *asked]
    assert main([*command, "--set", *settings]) == 0
    capsys.readouterr()
    run = RunFolder.open(out)
    judgement = judgement_of(run)
    assert judgement is not None
    assert run.spec.task == judgement.task == "masked"
    assert list(judgement.metrics) == ["accuracy", "perplexity", "macro_recall"]
    assert 8 < judgement.baselines["frequencies"]["perplexity"].value < 12, "ten letters, evenly"
    assert list(judgement.differences["window"]) == ["accuracy", "macro_recall"]
    assert load_model(run.model_path).card.targets == 20
    assert main(["evaluate", str(out), "--data", str(data.folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["task"] == "masked"
    file = tmp_path / "new.fa"
    file.write_text(">one\nADXFGHIKLW\n")
    assert main(["predict", str(out), "--sequences", str(file), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["filled in"][:2] + row["filled in"][3:] == "ADFGHIKLW"
    assert row["filled in"][2] in "ACDEFGHIKLMNPQRSTVWY"


def test_hidden_letters_of_a_planted_motif_are_told_from_a_file(tmp_path: Path, capsys: Printed) -> None:
    """Half of the letters belong to a motif, where three sides tell the fourth; who counts letters knows none."""
    rng = np.random.default_rng(6)
    rows = []
    for row in range(200):
        noise = ["".join(rng.choice(list("ACGT"), size)) for size in rng.integers(4, 10, 3)]
        rows.append(f">s{row}\n" + "CACGTGACTT".join(noise) + "\n")
    file, out = tmp_path / "planted.fa", tmp_path / "run"
    file.write_text("".join(rows))
    command = ["train", "--data", str(file), "--masked", "--architecture", "tiny", "--out", str(out)]
    assert main([*command, "--set", *SETTINGS]) == 0
    assert capsys.readouterr().out
    judgement = judgement_of(RunFolder.open(out))
    assert judgement is not None
    blind, told = judgement.baselines["frequencies"]["perplexity"], judgement.metrics["perplexity"]
    assert blind.value == pytest.approx(4, abs=0.1)
    assert told.high < 0.75 * blind.low
    assert judgement.differences["frequencies"]["accuracy"].low > 0.15


def test_letters_are_hidden_once_for_the_judgement_and_never_for_training(tmp_path: Path) -> None:
    dataset = learned_as(proteins(tmp_path / "data", "unlabelled", 60))
    assert dataset.info.task == "masked"
    plain = dataset.codes("train")
    assert np.array_equal(training_part(dataset).codes, plain)
    assert training_part(dataset).targets.shape == (len(plain), 0)
    assert validation_part(dataset, 1) is None
    test, again = part_of_test(dataset, 30, 1), part_of_test(dataset, 30, 1)
    assert np.array_equal(test.codes, again.codes)
    hidden = np.isfinite(test.targets)
    assert np.array_equal(test.targets[hidden], dataset.codes("test", 30)[hidden])
    assert np.isfinite(baseline_part(dataset, 1).targets).any()
    assert not np.isfinite(test.labels).any()


def test_a_model_of_other_answers_has_no_probabilities_file(tmp_path: Path, capsys: Printed) -> None:
    from tests.runs.conftest import make_dataset

    data = make_dataset(tmp_path / "data", {"train": (30, 30), "test": (12, 12)})
    out = tmp_path / "run"
    settings = ["epochs=1", "device=cpu"]
    command = ["train", "--data", str(data.folder), "--architecture", "deepbind", "--out", str(out)]
    assert main([*command, "--set", *settings]) == 0
    file = tmp_path / "new.fa"
    file.write_text(">one\n" + "ACGT" * 10 + "\n")
    capsys.readouterr()
    assert main(["predict", str(out), "--sequences", str(file), "--probabilities", str(tmp_path / "x")]) != 0
    assert "a class at each position" in capsys.readouterr().err


def test_a_network_of_the_old_kind_still_loads(trained: RunFolder) -> None:
    model = load_model(trained.model_path)
    assert model(torch.zeros(2, 20, model.card.length)).shape == (2, 3, model.card.length)
