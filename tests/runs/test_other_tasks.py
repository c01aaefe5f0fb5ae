"""Runs on measured values, classes and labels: training, judgement and model file, in the unit that was brought."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqdl_core.__main__ import main
from seqdl_core.config import idle_settings
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.data.simulation.rules import Simulation
from seqdl_core.data.simulation.simulate import simulate_by
from seqdl_core.errors import ConfigError, DataError
from seqdl_core.interpretation.methods import METHODS
from seqdl_core.model_file import load_model
from seqdl_core.models.cnn import CnnConfig
from seqdl_core.predict import scores
from seqdl_core.runs.execute import execute
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.ordering import new_spec
from seqdl_core.runs.parts import normalisation_of, training_part
from seqdl_core.runs.results import judgement_of, motifs_of
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA, Alphabet, alphabet_named
from seqdl_core.tasks import TASKS, facts_of
from seqdl_core.training.config import TrainingConfig
from seqdl_core.variants.bench import view
from tests.runs.conftest import SMALL

FAR = 10_000.0
"""The unit: values lie around it, so that a forgotten normalisation cannot pass for one that was undone."""


def numbers(folder: Path, rows: int = 400) -> Dataset:
    """Strengths of ELK1 sites, moved to around 10,000, with some that were not measured."""
    made = simulate_by(folder / "simulated", Simulation(motifs=("P=CCGGAAGT",), task="regression", noise=0.5,
                                                        sequences=rows, length=40, copies="1"))  # fmt: skip
    table = made.table.assign(label=made.table["label"] * 10 + FAR)
    table.loc[::9, "label"] = np.nan
    return Dataset.create(folder / "numbers", table, made.info.model_copy(update={"higher_is": "better"}))


def classes(folder: Path, task: str) -> Dataset:
    """Three classes, or two labels, told by AAAA, CCCC and GGGG at the start."""
    rng = np.random.default_rng(1)
    kind = np.arange(240) % 3
    letters = ["ACG"[one] * 8 + "".join(rng.choice(list("ACGT"), 22)) for one in kind]
    label = kind.astype(float) if task == "multiclass" else (kind == 0).astype(float)
    table = pd.DataFrame(
        {
            "id": [f"r{row}" for row in range(240)],
            "sequence": letters,
            "label": label,
            "split": np.where(np.arange(240) % 4 == 0, "test", "train"),
            "source": "made",
        }
    )
    if task == "multilabel":
        table["label_2"] = np.where(kind == 2, 1.0, np.where(rng.random(240) < 0.1, np.nan, 0.0))
    info = DatasetInfo(
        name="kinds",
        alphabet="dna",
        task=task,
        length=30,
        targets=("label",) if task == "multiclass" else ("starts_a", "starts_g"),
        label_names=("a", "c", "g") if task == "multiclass" else ("0", "1"),
        counts={"train": 180, "test": 60},
    )
    return Dataset.create(folder / task, table, info)


def order(dataset: Dataset, **changes: Any) -> RunFolder:
    plain: dict[str, Any] = {
        "run_id": "a",
        "owner": "local",
        "name": "",
        "architecture": "cnn",
        "architecture_config": {**SMALL, "channels": 8, "hidden": 8},
        "training": {"epochs": 10, "device": "cpu", "batch_size": 32, "learning_rate": 0.02},
        "dataset": dataset,
    }
    return RunFolder.create(dataset.folder.parent / f"run-{dataset.folder.name}", new_spec(**{**plain, **changes}))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    run = order(numbers(tmp_path_factory.mktemp("numbers")))
    execute(run, lambda line: None)
    return run


def test_a_run_on_numbers_is_judged_in_their_unit(trained: RunFolder) -> None:
    judgement = judgement_of(trained)
    assert judgement is not None
    assert (judgement.task, judgement.headline, list(judgement.baselines)) == ("regression", "spearman", ["ridge"])
    assert judgement.metrics["spearman"].value > 0.5
    assert judgement.metrics["mae"].value < 100
    assert min(judgement.points.predicted) > FAR - 200
    test = Dataset.open(trained.data).labels("test")
    assert len(judgement.points.measured) == int(np.isfinite(test).sum())
    assert motifs_of(trained), "the upper half against the lower half"
    assert json.loads(trained.evaluation_path.read_text())["higher_is"] == "better"


def test_everything_that_asks_the_model_gets_the_unit(trained: RunFolder) -> None:
    model = load_model(trained.model_path)
    dataset = Dataset.open(trained.data)
    assert model.card.normalisation.kind == "z-score"
    assert model.card.target_names == ("strength",)
    codes = dataset.codes("test")[:3]
    said = scores(model, codes)[:, 0]
    assert (np.abs(said - FAR) < 300).all()
    seen = view(model, dataset.sequences("test")[0])
    assert seen.probability == seen.score == pytest.approx(float(said[0]), rel=1e-5)
    assert np.abs(seen.changes).max() > 1, "a network's own unit would be a hundred times smaller"
    method = METHODS.get("saliency")
    assert np.abs(method.attribute(model, codes, method.config())).max() > 1


def test_predict_and_evaluate_speak_of_the_unit(
    trained: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = Dataset.open(trained.data)
    file = tmp_path / "new.fa"
    file.write_text("".join(f">s{k}\n{one}\n" for k, one in enumerate(dataset.sequences("test")[:4])))
    assert main(["predict", str(trained.path), "--sequences", str(file), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [list(row) for row in rows] == [["id", "strength"]] * 4
    assert all(abs(row["strength"] - FAR) < 300 for row in rows)
    assert main(["evaluate", str(trained.path)]) == 0
    told = capsys.readouterr().out
    assert "ridge regression" in told
    assert "positives" not in told
    assert main(["evaluate", str(trained.path), "--data", str(dataset.folder), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["metrics"] == json.loads(trained.evaluation_path.read_text())["metrics"]


@pytest.mark.parametrize("kind", ["none", "z-score", "quantile", "log"])
def test_normalisation_is_fitted_on_the_training_rows_alone(tmp_path: Path, kind: str) -> None:
    dataset = numbers(tmp_path)
    moved = dataset.table.assign(label=dataset.table["label"].where(dataset.table["split"] == "train", -1e6))
    other = Dataset.create(tmp_path / "other", moved, dataset.info)
    config = TrainingConfig(normalisation=kind)
    normalisation = normalisation_of(dataset, config)
    assert normalisation == normalisation_of(other, config)
    learned = training_part(dataset, normalisation).targets
    assert np.isnan(learned).sum() == np.isnan(dataset.labels("train")).sum()
    if kind != "none":
        assert abs(float(np.nanmean(learned))) < 0.05
        assert float(np.nanstd(learned)) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_classes_and_labels_go_through(tmp_path: Path, task: str, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = classes(tmp_path, task)
    run = order(dataset)
    said: list[str] = []
    assert execute(run, said.append).state == "finished"
    assert any("one output" in line for line in said)
    judgement = judgement_of(run)
    assert judgement is not None
    assert judgement.metrics["macro_auroc"].value > 0.9
    assert list(judgement.baselines) == ["kmer", "one_hot"]
    model = load_model(run.model_path)
    assert model.card.targets == (3 if task == "multiclass" else 2)
    with pytest.raises(DataError, match="One output can be looked at"):
        view(model, dataset.sequences("test")[0])
    file = tmp_path / "new.fa"
    file.write_text(">one\n" + dataset.sequences("test")[0] + "\n")
    assert main(["predict", str(run.path), "--sequences", str(file), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    if task == "multiclass":
        assert row["class"] == max("acg", key=lambda name: row[name])
        assert row["a"] + row["c"] + row["g"] == pytest.approx(1, abs=1e-5)
    else:
        assert set(row) == {"id", "starts_a", "starts_g"}
        assert all(0 < row[name] < 1 for name in ("starts_a", "starts_g"))


@pytest.mark.parametrize(
    ("training", "said"),
    [({"normalisation": "log"}, "is for measured values"), ({"substitution_rate": "0.1"}, "replaces amino acids")],
)
def test_settings_that_would_do_nothing_are_refused(tmp_path: Path, training: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        order(classes(tmp_path, "multiclass"), training=training)


@pytest.mark.parametrize(("task", "learned"), [("unlabelled", "masked"), ("residues", "residues")])
def test_a_task_that_the_architecture_does_not_know_is_refused(tmp_path: Path, task: str, learned: str) -> None:
    made = classes(tmp_path, "multiclass")
    table = made.table.assign(label=np.nan, residues=made.table["sequence"])
    info = made.info.model_copy(update={"task": task, "label_names": ()})
    with pytest.raises(ConfigError, match=f"'deepbind' does not know the task '{learned}'") as caught:
        order(Dataset.create(tmp_path / task, table, info), architecture="deepbind", architecture_config={})
    assert caught.value.fix


OF_STRANDS = {"reverse_complement", "both_strands", "strands"}
OF_DNA = {"motifs", "freeze_motifs"}
DIRECTED = alphabet_named("dna", directed=True)


@pytest.mark.parametrize(
    ("task", "alphabet", "idle"),
    [
        ("regression", DNA, {"substitution_rate", "weightings", "freeze_motifs"}),
        ("binary", DNA, {"substitution_rate", "normalisation", "weightings", "freeze_motifs"}),
        ("binary", DIRECTED, {"substitution_rate", "normalisation", "freeze_motifs", *OF_STRANDS}),
        ("multiclass", RNA, {"substitution_rate", "normalisation", *OF_STRANDS, *OF_DNA}),
        ("regression", PROTEIN, {*OF_STRANDS, *OF_DNA, "gc_reach"}),
        ("residues", PROTEIN, {"normalisation", "pool", "halve", "weightings", *OF_STRANDS, *OF_DNA, "gc_reach"}),
        ("tracks", DNA, {"substitution_rate", "normalisation", "weightings", "freeze_motifs", "shift"}),
        ("contacts", RNA, {"substitution_rate", "normalisation", "pool", "halve", "weightings", "hidden", *OF_STRANDS,
                           *OF_DNA}),
    ],
)  # fmt: skip
def test_a_form_need_not_ask_for_what_would_do_nothing(task: str, alphabet: Alphabet, idle: set[str]) -> None:
    facts = facts_of(TASKS.get(task), alphabet)
    assert idle_settings(TrainingConfig, {}, facts) | idle_settings(CnnConfig, {}, facts) == idle
