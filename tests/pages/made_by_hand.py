"""A data set and a finished run, made by hand in a moment: a fresh network and made-up figures."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from seqdl_core.data.dataset import Dataset, DatasetInfo, TaskName, label_columns
from seqdl_core.evaluation import bins, pairs
from seqdl_core.evaluation._by_sequence import Answers
from seqdl_core.evaluation.judge import Judgement, Scored, judge
from seqdl_core.evaluation.outputs import Predicted, judge_outputs
from seqdl_core.evaluation.positions import Tallied, judge_positions, tallied
from seqdl_core.interpretation.matching import Match
from seqdl_core.interpretation.reports import FilterReport, reports_to_json
from seqdl_core.model_file import ModelCard, build_network, save_model
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.runs.fitting import shape_for
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.parts import outputs_of
from seqdl_core.runs.parts import test_part as part_of_test
from seqdl_core.runs.records import now
from seqdl_core.runs.store import Store
from seqdl_core.sequences.motifs import jaspar
from seqdl_core.tasks import TASKS
from seqdl_core.tasks.contacts import pair_matrix
from seqdl_core.training.callbacks import EpochReport

SETTINGS = {"filters": 4, "channels": 4, "hidden": 4, "blocks": 0}
OWNER = "local"


def make_dataset(
    store: Store, name: str = "toy", labels: tuple[str, str] = ("0", "1"), ids: str = "seq", alphabet: str = "dna"
) -> Dataset:
    """Forty random sequences, half of them with an ELK1 site (in RNA with its letters)."""
    rng = np.random.default_rng(1)
    rows = []
    for number in range(40):
        letters = "".join(rng.choice(list("ACGT"), 30))
        label = number % 2
        sequence = letters[:10] + "ACCGGAAGTG" + letters[20:] if label else letters
        part = "test" if number >= 30 else "train"
        if alphabet == "rna":
            sequence = sequence.replace("T", "U")
        rows.append((f"{ids}_{number}", sequence, float(label), part, "toy.fa"))
    table = pd.DataFrame(rows, columns=["id", "sequence", "label", "split", "source"])
    counts, positives = {"train": 30, "test": 10}, {"train": 15, "test": 5}
    info = DatasetInfo(name=name, alphabet=alphabet, length=30, label_names=labels, counts=counts, positives=positives)
    return Dataset.create(store.new_dataset_folder(OWNER), table, info)


_TWO = ("cnn, this model", "a baseline")


def make_task(store: Store, task: TaskName, targets: tuple[str, ...] = ("strength",)) -> Dataset:
    """Sixty random sequences of 30 bp, 40 of them for training, with whatever this task has as targets."""
    rng = np.random.default_rng(5)
    rows = 60
    table = pd.DataFrame(
        {
            "id": [f"seq_{number}" for number in range(rows)],
            "sequence": ["".join(rng.choice(list("ACGT"), 30)) for _ in range(rows)],
            "split": ["train"] * 40 + ["test"] * 20,
            "source": "toy.tsv",
        }
    )
    if task == "residues":
        table["residues"] = ["".join(rng.choice(list("HEC"), 30)) for _ in range(rows)]
    if task == "tracks":
        table["bins"] = list(rng.poisson(3.0, (rows, 3 * len(targets))).astype(np.float32))
    if task == "contacts":
        table["structure"] = "((((" + "." * 22 + "))))"
    for column in label_columns(len(targets)):
        draws = {"regression": rng.normal(3, 1.4, rows), "multiclass": np.arange(rows) % 3.0,
                 "multilabel": rng.integers(0, 2, rows).astype(float)}  # fmt: skip
        table[column] = draws.get(task, np.full(rows, np.nan))
    labels = {"multiclass": ("donor", "acceptor", "neither"), "multilabel": ("0", "1"), "residues": ("C", "E", "H")}
    info = DatasetInfo(name=f"toy {task}", alphabet="dna", length=30, task=task, targets=targets,
                       label_names=labels.get(task, ()), counts={"train": 40, "test": 20},
                       bins=3 if task == "tracks" else 0)  # fmt: skip
    return Dataset.create(store.new_dataset_folder(OWNER), table, info)


def make_run(store: Store, data: Dataset, name: str = "toy run", metric: str = "auroc") -> RunFolder:
    """A run that trained for three epochs."""
    run = store.create_run(OWNER, data, architecture="cnn", name=name, architecture_config=SETTINGS)
    for epoch in (1, 2, 3):
        run.append(
            EpochReport(epoch, 3, 0.7 / epoch, 0.8 / epoch, 0.6 + epoch / 10, metric, 1e-3, 2.0, 900.0, epoch == 3)
        )
    return run


def finish_task(store: Store, data: Dataset) -> RunFolder:
    """A finished run on data of any task, judged on made-up answers; with motifs where it has one output."""
    info, outputs = data.info, outputs_of(data.info)
    run = make_run(store, data, f"{info.task} run", TASKS.get(info.task).metric_name)
    architecture = ARCHITECTURES.get("cnn")
    config = architecture.config.model_validate(run.spec.architecture_config)
    shape = shape_for(info)
    network = build_network(architecture, config, shape, seed=1)
    card = ModelCard(
        architecture="cnn", architecture_config=run.spec.architecture_config, alphabet=info.alphabet, task=info.task,
        length=30, targets=outputs, bins=info.bins, target_names=info.targets, label_names=info.label_names,
        data_hash=run.spec.data_hash,
    )  # fmt: skip
    save_model(run.model_path, network, card)
    run.evaluation_path.write_text(json.dumps(_judged(data).to_json()))
    if outputs == 1 and TASKS.get(info.task).output == "sequence":
        run.motifs_path.write_text(reports_to_json([FilterReport(0, jaspar("ELK1"), (), 0.8, 0.1, 1.2, 14.0)]))
    run.change(state="finished", epoch=3, epochs=3, done=1.0, trained=True, started=now(), ended=now())
    return run


def _judged(data: Dataset) -> Judgement:
    """Made-up answers: what is right, with noise."""
    info, part, noise = data.info, part_of_test(data, 30, 1), np.random.default_rng(2)
    if info.task == "residues":
        right = np.eye(3)[np.nan_to_num(part.targets).astype(int)].transpose(0, 2, 1)
        own, rival = (tallied(right + noise.normal(0, spread, right.shape), part.targets) for spread in (0.5, 1.5))
        window = Tallied("window", "15-letter window logistic regression", rival, "15-letter window baseline")
        return judge_positions("residues", info.label_names, Tallied("cnn", "cnn, this model", own), [window], draws=50)
    if info.task == "tracks":
        near = [np.log(part.targets + 0.1) + noise.normal(0, spread, part.targets.shape) for spread in (0.2, 1.0)]
        told = [Answers(name, name, bins.tallied(one, part.targets)) for name, one in zip(_TWO, near, strict=True)]
        return bins.judge_bins(info.targets, told, draws=50)
    if info.task == "contacts":
        truth = pair_matrix(torch.from_numpy(part.targets)).numpy()
        near = [np.nan_to_num(truth) + noise.normal(0, spread, truth.shape) for spread in (0.2, 1.0)]
        told = [Answers(name, name, pairs.tallied(one, truth)) for name, one in zip(_TWO, near, strict=True)]
        return pairs.judge_pairs(told, draws=50)
    own, rival = (part.targets + noise.normal(0, spread, part.targets.shape) for spread in (0.5, 1.5))
    names = info.label_names if info.task == "multiclass" else info.targets
    return judge_outputs(
        info.task, names, part.targets, Predicted("cnn", "cnn, this model", own, "cnn"),
        [Predicted("kmer", "5-mer model", rival, "5-mer baseline")], draws=50,
    )  # fmt: skip


def finish(run: RunFolder, data: Dataset) -> RunFolder:
    """Give it a model, a judgement and motifs."""
    architecture = ARCHITECTURES.get("cnn")
    config = architecture.config.model_validate(run.spec.architecture_config)
    alphabet = data.alphabet
    network = build_network(architecture, config, InputShape(alphabet, 30), seed=1)
    card = ModelCard(
        architecture="cnn", architecture_config=run.spec.architecture_config, alphabet=alphabet.name, task="binary",
        length=30, label_names=data.info.label_names, data_hash=run.spec.data_hash,
    )  # fmt: skip
    save_model(run.model_path, network, card)
    labels = data.labels("test")
    scores = labels + np.random.default_rng(2).normal(0, 0.4, len(labels))
    own = Scored("cnn", "cnn, this model", scores, 1 / (1 + np.exp(-scores)), "cnn")
    rival = Scored("kmer", "6-mer logistic regression", scores + np.random.default_rng(3).normal(0, 1, len(labels)))
    run.evaluation_path.write_text(json.dumps(judge(labels, own, [rival], draws=50).to_json()))
    match = Match("MA0028.3", "ELK1", "Ets-related", 1e-8, 3e-6, "+", 0, 12.0)
    reports = [
        FilterReport(0, replace(jaspar("ELK1"), letters=alphabet.letters), (match,), 0.8, 0.1, 1.2, 14.0),
        FilterReport(1, replace(jaspar("SP1"), letters=alphabet.letters), (), 0.3, 0.2, -0.1, 9.0),
        FilterReport(2, None, (), 0.0, 0.0, 0.0, 0.0),
    ]
    run.motifs_path.write_text(reports_to_json(reports))
    run.change(
        state="finished", epoch=3, epochs=3, done=1.0, trained=True, started=now(), ended=now(), memory_mb=480.0,
        sequences_per_second=900.0,
    )  # fmt: skip
    return run
